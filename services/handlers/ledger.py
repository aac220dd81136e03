"""The books of a village: opening them, sub-accounts, closing a month."""

from __future__ import annotations

from dataclasses import dataclass

from domain.ledger.books import Books, BooksOpenAlready
from domain.ledger.voucher import Voucher
from domain.shared.calendar import Month
from domain.shared.errors import NotFound
from policies.accounts.chart import chart
from services.bus import handles
from services.read_models.vouchers import account_in_use, unposted
from services.work import Work


@dataclass(frozen=True, slots=True)
class OpenBooks:
    """Open the village's books with the chart of that version, from a month on (2025-01)."""

    first_month: str
    chart: str = "2023"


@handles(OpenBooks, "book", "open")
async def open_books(command: OpenBooks, work: Work) -> None:
    """Raises TenantClosed, BooksOpenAlready, BooksNotHere, UnknownChart, NotAPeriod."""
    await work.require_open()
    stream = work.key.stream("books")
    if await work.find(Books, stream):
        raise BooksOpenAlready(field="village")
    chart(command.chart)
    first = Month.parse(command.first_month)
    work.save(Books.open(id=stream, level=work.place.level, chart=command.chart, first=first))


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """Add a sub-account: the parent's code and two digits more."""

    account: str
    name: str


@handles(OpenAccount, "book", "open_account")
async def open_account(command: OpenAccount, work: Work) -> None:
    books = await books_of(work)
    async with work.reading() as connection:
        in_use, head = await account_in_use(connection, work.key, command.account[:-2])
    work.based_on(head)
    books.open_account(account=command.account, name=command.name, standard=chart(books.chart), parent_in_use=in_use)
    work.save(books, unless=(Voucher.Drafted, Voucher.Revised))


@dataclass(frozen=True, slots=True)
class ClosePeriod:
    """Close a month (2025-03). No voucher of it may be drafted meanwhile."""

    month: str


@handles(ClosePeriod, "book", "close_period")
async def close_period(command: ClosePeriod, work: Work) -> None:
    books, month = await books_of(work), Month.parse(command.month)
    async with work.reading() as connection:
        count, head = await unposted(connection, work.key, month)
    work.based_on(head)
    books.close(month, unposted=count)
    work.save(books, unless=(Voucher.Drafted,))


async def books_of(work: Work) -> Books:
    """Raises NotFound where the village has no books."""
    books = await work.find(Books, work.key.stream("books"))
    if books is None:
        raise NotFound(what="账套", field="village")
    return books
