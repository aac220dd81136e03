"""What is in the books: entries of posted vouchers, and balances, now or as of an earlier position, time or date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.ledger.voucher import Voucher
from domain.shared.calendar import Month, Quarter
from domain.shared.events import Envelope
from domain.shared.identity import TenantKey
from services.read_models.change import Add, Change, New
from services.store.db import Connection, Db
from services.store.log import head


def project(event: Envelope) -> Iterator[Change]:
    match event.payload:
        case Voucher.Posted() as it:
            month = str(Month.of(it.occurred_on))
            for line, posting in enumerate(it.postings, start=1):
                yield New(
                    "ledger_entry",
                    voucher_id=event.stream,
                    line=line,
                    month=month,
                    number=it.number,
                    occurred_on=it.occurred_on,
                    account=posting.account,
                    summary=posting.summary or it.summary,
                    counterparty=posting.counterparty,
                    debit=posting.debit,
                    credit=posting.credit,
                )
            for posting in it.postings:
                yield Add("balance", month=month, account=posting.account, debit=posting.debit, credit=posting.credit)


@dataclass(frozen=True, slots=True)
class AsOf:
    """A view of the past: what had been recorded by a position or a time, and had occurred by a business date."""

    position: int | None = None
    recorded_at: datetime | None = None
    occurred_on: date | None = None

    @property
    def now(self) -> bool:
        return self == AsOf()


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One account over a span of months, in fen: turnover before the span, and within it."""

    account: str
    debit_before: int
    credit_before: int
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of a posted voucher, in fen."""

    voucher_id: UUID
    line: int
    month: str
    number: int
    occurred_on: date
    account: str
    summary: str
    counterparty: str
    debit: int
    credit: int
    position: int
    recorded_at: datetime


_SUMS = """coalesce(sum(debit) filter (where month < $3), 0)::bigint as debit_before,
           coalesce(sum(credit) filter (where month < $3), 0)::bigint as credit_before,
           coalesce(sum(debit) filter (where month >= $3), 0)::bigint as debit,
           coalesce(sum(credit) filter (where month >= $3), 0)::bigint as credit"""
_RECORDED = """($5::bigint is null or position <= $5) and ($6::timestamptz is null or recorded_at <= $6)
           and ($7::date is null or occurred_on <= $7)"""


class Ledger:
    """Reads the books of one village."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def trial_balance(self, key: TenantKey, first: Month, last: Month, as_of: AsOf) -> list[BalanceRow]:
        """Every account with turnover up to `last` (科目余额表), in code order. Now is read from the balances."""
        values: list[Any] = [key.district, key.tenant, str(first), str(last)]
        source, where = "sanzi_read.balance", "true"
        if not as_of.now:
            source, where = "sanzi_read.ledger_entry", _RECORDED
            values += [as_of.position, as_of.recorded_at, as_of.occurred_on]
        async with self._db.scope(key.district, [key.tenant]) as connection:
            rows = await connection.fetch(
                f"""select account, {_SUMS} from {source}
                     where district_id = $1 and tenant_id = $2 and month <= $4 and {where}
                     group by account order by account""",
                *values,
            )
        return [BalanceRow(**row) for row in rows]

    async def entries(
        self,
        key: TenantKey,
        first: Month,
        last: Month,
        as_of: AsOf,
        account: str = "",
        after: tuple[date, int, int] | None = None,
        limit: int = 100,
    ) -> list[EntryRow]:
        """Account detail (明细账) in order of date, number and line; `account` stands for its sub-accounts too.

        `after` is the date, number and line of the last entry seen.
        """
        async with self._db.scope(key.district, [key.tenant]) as connection:
            rows = await connection.fetch(
                f"""select voucher_id, line, month, number, occurred_on, account, summary, counterparty,
                          debit, credit, position, recorded_at
                     from sanzi_read.ledger_entry
                    where district_id = $1 and tenant_id = $2 and month >= $3 and month <= $4 and {_RECORDED}
                      and starts_with(account, $8)
                      and ($9::date is null or (occurred_on, number, line) > ($9, $10::int, $11::int))
                    order by occurred_on, number, line limit $12""",
                key.district,
                key.tenant,
                str(first),
                str(last),
                as_of.position,
                as_of.recorded_at,
                as_of.occurred_on,
                account,
                *(after or (None, None, None)),
                limit,
            )
        return [EntryRow(**row) for row in rows]


async def quarter_entries(
    connection: Connection, key: TenantKey, quarter: Quarter, funds: Sequence[str]
) -> tuple[list[EntryRow], int, int]:
    """A quarter's entries in order, the balance in fen of the `funds` accounts before it, and the head of the log."""
    position = await head(connection, key)
    rows = await connection.fetch(
        """select voucher_id, line, month, number, occurred_on, account, summary, counterparty,
                  debit, credit, position, recorded_at
             from sanzi_read.ledger_entry
            where district_id = $1 and tenant_id = $2 and month between $3 and $4 and position <= $5
            order by occurred_on, number, line""",
        key.district,
        key.tenant,
        str(quarter.months[0]),
        str(quarter.months[2]),
        position,
    )
    before = await connection.fetchval(
        """select coalesce(sum(debit - credit), 0)::bigint from sanzi_read.balance
            where district_id = $1 and tenant_id = $2 and month < $3 and left(account, 3) = any ($4)""",
        key.district,
        key.tenant,
        str(quarter.months[0]),
        list(funds),
    )
    return [EntryRow(**row) for row in rows], int(before or 0), position
