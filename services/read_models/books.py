"""The books of a village: its chart with sub-accounts, and which months are closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.ledger.books import Books
from domain.shared.calendar import Month
from domain.shared.events import Envelope
from domain.shared.identity import TenantKey
from services.read_models.change import Change, New, Set
from services.store.db import Db


def project(event: Envelope) -> Iterator[Change]:
    match event.payload:
        case Books.Opened() as it:
            yield New("books", chart=it.chart, first_month=it.first, closed_until=None)
        case Books.AccountOpened() as it:
            yield New("sub_account", code=it.account, name=it.name)
        case Books.Closed() as it:
            yield Set("books", closed_until=it.month)


@dataclass(frozen=True, slots=True)
class BooksRow:
    """One village's books; `sub_accounts` maps codes to names."""

    chart: str
    first_month: Month
    closed_until: Month | None
    sub_accounts: dict[str, str]


class BooksModel:
    def __init__(self, db: Db) -> None:
        self._db = db

    async def of(self, key: TenantKey) -> BooksRow | None:
        """The village's books, if they were opened."""
        async with self._db.scope(key.district, [key.tenant]) as connection:
            row = await connection.fetchrow(
                """select b.chart, b.first_month, b.closed_until,
                          array(select s.code from sanzi_read.sub_account s
                                 where s.district_id = $1 and s.tenant_id = $2 order by s.code) as codes,
                          array(select s.name from sanzi_read.sub_account s
                                 where s.district_id = $1 and s.tenant_id = $2 order by s.code) as names
                     from sanzi_read.books b where b.district_id = $1 and b.tenant_id = $2""",
                key.district,
                key.tenant,
            )
        if row is None:
            return None
        return BooksRow(
            chart=row["chart"],
            first_month=Month.parse(row["first_month"]),
            closed_until=Month.parse(row["closed_until"]) if row["closed_until"] else None,
            sub_accounts=dict(zip(row["codes"], row["names"], strict=True)),
        )
