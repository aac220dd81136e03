"""Vouchers as they stand: what each says, its stage, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.ledger.posting import Posting, Postings
from domain.ledger.voucher import Stage, Voucher
from domain.shared.calendar import Month
from domain.shared.events import Envelope
from domain.shared.identity import TenantKey
from services.read_models.change import Change, New, Set
from services.store.db import Connection, Db
from services.store.log import head


def project(event: Envelope) -> Iterator[Change]:
    match event.payload:
        case Voucher.Drafted() as it:
            yield New(
                "voucher",
                id=event.stream,
                month=str(Month.of(it.occurred_on)),
                number=it.number,
                occurred_on=it.occurred_on,
                summary=it.summary,
                postings=it.postings,
                total=total(it.postings),
                stage=Stage.DRAFTED,
                drafted_by=it.drafted_by,
                reverses=it.reverses,
                reversal=None,
            )
        case Voucher.Revised() as it:
            yield Set(
                "voucher",
                id=event.stream,
                stage=Stage.DRAFTED,
                drafted_by=it.revised_by,
                summary=it.summary,
                postings=it.postings,
                total=total(it.postings),
            )
        case Voucher.Reviewed():
            yield Set("voucher", id=event.stream, stage=Stage.REVIEWED)
        case Voucher.Returned():
            yield Set("voucher", id=event.stream, stage=Stage.RETURNED)
        case Voucher.Withdrawn():
            yield Set("voucher", id=event.stream, stage=Stage.WITHDRAWN)
        case Voucher.Signed():
            yield Set("voucher", id=event.stream, stage=Stage.SIGNED)
        case Voucher.Posted():
            yield Set("voucher", id=event.stream, stage=Stage.POSTED)
        case Voucher.ReversalDrafted() as it:
            yield Set("voucher", id=event.stream, reversal=it.reversal)
        case Voucher.ReversalDropped():
            yield Set("voucher", id=event.stream, reversal=None)


def total(postings: Postings) -> int:
    """The amount of a voucher: one side of it, in fen."""
    return sum(posting.debit for posting in postings)


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """A voucher as it is now; `total` in fen, `position` that of its last event."""

    id: UUID
    month: str
    number: int
    occurred_on: date
    summary: str
    postings: Postings
    total: int
    stage: Stage
    drafted_by: UUID
    reverses: UUID | None
    reversal: UUID | None
    position: int
    recorded_at: datetime

    @property
    def label(self) -> str:
        return f"{self.month}/{self.number}"


@dataclass(frozen=True, slots=True)
class VoucherFilter:
    """Which vouchers; `after` is the month and number of the last one seen."""

    stages: Sequence[Stage] = ()
    month: str | None = None
    after: tuple[str, int] | None = None
    first: int = 50


_COLUMNS = """id, month, number, occurred_on, summary, postings, total, stage, drafted_by, reverses, reversal,
              position, recorded_at"""


class Vouchers:
    """Reads the vouchers of one village."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def by_ids(self, key: TenantKey, ids: Sequence[UUID]) -> list[VoucherRow]:
        async with self._db.scope(key.district, [key.tenant]) as connection:
            rows = await connection.fetch(
                f"""select {_COLUMNS} from sanzi_read.voucher
                     where district_id = $1 and tenant_id = $2 and id = any ($3)""",
                key.district,
                key.tenant,
                list(ids),
            )
        return [_row(row) for row in rows]

    async def page(self, key: TenantKey, wanted: VoucherFilter) -> tuple[list[VoucherRow], bool]:
        """The next page in month and number order, and whether more follow."""
        after_month, after_number = wanted.after or ("", 0)
        async with self._db.scope(key.district, [key.tenant]) as connection:
            rows = await connection.fetch(
                f"""select {_COLUMNS} from sanzi_read.voucher
                     where district_id = $1 and tenant_id = $2 and (month, number) > ($3, $4)
                       and (cardinality($5::text[]) = 0 or stage = any ($5)) and ($6::text is null or month = $6)
                     order by month, number limit $7""",
                key.district,
                key.tenant,
                after_month,
                after_number,
                list(wanted.stages),
                wanted.month,
                wanted.first + 1,
            )
        return [_row(row) for row in rows[: wanted.first]], len(rows) > wanted.first

    async def count(self, key: TenantKey, wanted: VoucherFilter) -> int:
        async with self._db.scope(key.district, [key.tenant]) as connection:
            counted = await connection.fetchval(
                """select count(*) from sanzi_read.voucher where district_id = $1 and tenant_id = $2
                      and (cardinality($3::text[]) = 0 or stage = any ($3)) and ($4::text is null or month = $4)""",
                key.district,
                key.tenant,
                list(wanted.stages),
                wanted.month,
            )
        return int(counted or 0)


async def next_number(connection: Connection, key: TenantKey, month: Month) -> tuple[int, int]:
    """The next free number of a month, and the head of the log that says so (read first, so never too new)."""
    position = await head(connection, key)
    last = await connection.fetchval(
        "select max(number) from sanzi_read.voucher where district_id = $1 and tenant_id = $2 and month = $3",
        key.district,
        key.tenant,
        str(month),
    )
    return int(last or 0) + 1, position


async def taken_numbers(connection: Connection, key: TenantKey) -> tuple[dict[Month, int], int]:
    """The highest number of every month, and the head of the log that says so."""
    position = await head(connection, key)
    rows = await connection.fetch(
        """select month, max(number) as last from sanzi_read.voucher
            where district_id = $1 and tenant_id = $2 group by month""",
        key.district,
        key.tenant,
    )
    return {Month.parse(row["month"]): row["last"] for row in rows}, position


async def unposted(connection: Connection, key: TenantKey, month: Month) -> tuple[int, int]:
    """How many vouchers of a month are neither posted nor withdrawn, and the head of the log that says so."""
    position = await head(connection, key)
    count = await connection.fetchval(
        """select count(*) from sanzi_read.voucher
            where district_id = $1 and tenant_id = $2 and month = $3 and stage not in ('posted', 'withdrawn')""",
        key.district,
        key.tenant,
        str(month),
    )
    return int(count or 0), position


async def account_in_use(connection: Connection, key: TenantKey, account: str) -> tuple[bool, int]:
    """Does a voucher that was not withdrawn name this very account? And the head of the log that says so."""
    position = await head(connection, key)
    found = await connection.fetchval(
        """select exists (select from sanzi_read.voucher where district_id = $1 and tenant_id = $2
              and stage <> 'withdrawn' and postings @> jsonb_build_array(jsonb_build_object('account', $3::text)))""",
        key.district,
        key.tenant,
        account,
    )
    return bool(found), position


def _row(row: Any) -> VoucherRow:
    values: dict[str, Any] = dict(row)
    values["postings"] = msgspec.json.decode(values["postings"], type=tuple[Posting, ...])
    values["stage"] = Stage(values["stage"])
    return VoucherRow(**values)
