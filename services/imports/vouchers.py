"""Vouchers from a spreadsheet: all of the file's vouchers, or all of its errors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain.shared.calendar import Month
from domain.shared.money import ZERO, Fen
from services.imports.cells import Unreadable
from services.imports.errors import ImportRefused, RowError
from services.imports.numbering import Numbering
from services.imports.sheet import read_sheet, shown_name
from services.imports.voucher_checks import LINE_CHECKS, VOUCHER_CHECKS
from services.imports.voucher_draft import COLUMNS, Books, Draft, drafts


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line (分录): money on one side of one account, in fen, with the document that proves it."""

    summary: str
    account: str
    counterparty: str
    debit: Fen
    credit: Fen
    evidence: str


@dataclass(frozen=True, slots=True)
class VoucherEntry:
    """One voucher of the file. `line` is its first row; `number` counts within the month of `occurred_on`."""

    line: int
    number: int
    occurred_on: date
    summary: str
    lines: tuple[EntryLine, ...]


def read_vouchers(
    file_name: str,
    data: bytes,
    *,
    year: int,
    accounts: Collection[str],
    closed: Collection[Month],
    taken: Mapping[Month, int],
) -> list[VoucherEntry]:
    """The vouchers by month and number. Raises ImportRefused with every error of every row, and the file's faults.

    `accounts` are the codes of the chart in force, `closed` the months that take no more vouchers, `taken` the highest
    number in the books by month: the file goes on from there without a gap.
    """
    books = Books(shown_name(file_name), year, frozenset(accounts), frozenset(closed), taken)
    numbering = Numbering(books)
    entries: list[VoucherEntry] = []
    errors: list[RowError] = []
    for draft in drafts(read_sheet(file_name, data, COLUMNS)):
        errors.extend(_errors(draft, books, numbering))
        if draft.on is not None and draft.number is not None and not errors:
            entries.append(_entry(draft, draft.on, draft.number))
    errors.extend(numbering.gaps())
    if errors:
        raise ImportRefused(books.file, errors)
    entries.sort(key=lambda entry: (entry.occurred_on.month, entry.number))
    return entries


def _errors(draft: Draft, books: Books, numbering: Numbering) -> Iterator[RowError]:
    for voucher_check in VOUCHER_CHECKS:
        if error := voucher_check(draft, books):
            yield error
    if error := numbering.enter(draft):
        yield error
    for line in draft.lines:
        for check in LINE_CHECKS:
            if error := check(line, books):
                yield error


def _entry(draft: Draft, on: date, number: int) -> VoucherEntry:
    lines = tuple(
        EntryLine(line.summary, line.account, line.counterparty, _fen(line.debit), _fen(line.credit), line.evidence)
        for line in draft.lines
    )
    return VoucherEntry(draft.lines[0].row.line, number, on, lines[0].summary, lines)


def _fen(amount: Fen | Unreadable | None) -> Fen:
    return ZERO if amount is None or isinstance(amount, Unreadable) else amount
