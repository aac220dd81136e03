"""Further questions to the ledger's entries: a running balance, and what lies between two views of the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.shared.calendar import Month
from domain.shared.identity import TenantKey
from services.read_models.ledger import AsOf
from services.store.db import Db


def _seen(first: int) -> str:
    """Is an entry in the view whose position, time and date are the parameters from `first` on?"""
    return (
        f"(${first}::bigint is null or position <= ${first}) and (${first + 1}::timestamptz is null"
        f" or recorded_at <= ${first + 1}) and (${first + 2}::date is null or occurred_on <= ${first + 2})"
    )


async def turnover_before(
    db: Db, key: TenantKey, account: str, first: Month, as_of: AsOf, after: tuple[date, int, int] | None
) -> tuple[int, int]:
    """Debits and credits in fen of an account and those below it: before a month, or up to and with the entry `after`
    (its date, number and line)."""
    async with db.scope(key.district, [key.tenant]) as connection:
        row = await connection.fetchrow(
            f"""select coalesce(sum(debit), 0)::bigint, coalesce(sum(credit), 0)::bigint
                  from sanzi_read.ledger_entry
                 where district_id = $1 and tenant_id = $2 and starts_with(account, $3) and {_seen(5)}
                   and case when $8::date is null then month < $4
                            else (occurred_on, number, line) <= ($8, $9::int, $10::int) end""",
            key.district,
            key.tenant,
            account,
            str(first),
            as_of.position,
            as_of.recorded_at,
            as_of.occurred_on,
            *(after or (None, None, None)),
        )
    assert row is not None
    return row[0], row[1]


@dataclass(frozen=True, slots=True)
class Between:
    """A voucher in the books that only one of two views shows; `added` if the later one does."""

    voucher_id: UUID
    added: bool


async def vouchers_between(db: Db, key: TenantKey, one: AsOf, other: AsOf) -> list[Between]:
    """The vouchers that make the difference of two views, in the order of their posting."""
    async with db.scope(key.district, [key.tenant]) as connection:
        rows = await connection.fetch(
            f"""select voucher_id, bool_or({_seen(6)}) as added, min(position) as position
                  from sanzi_read.ledger_entry
                 where district_id = $1 and tenant_id = $2 and ({_seen(3)}) <> ({_seen(6)})
                 group by voucher_id order by min(position)""",
            key.district,
            key.tenant,
            one.position,
            one.recorded_at,
            one.occurred_on,
            other.position,
            other.recorded_at,
            other.occurred_on,
        )
    return [Between(row["voucher_id"], row["added"]) for row in rows]
