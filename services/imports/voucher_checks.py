"""The rules that a voucher sheet must satisfy, one small function each."""

from __future__ import annotations

from collections.abc import Callable

from domain.shared.money import ZERO, yuan
from services.imports import voucher_faults as faults
from services.imports.cells import Unreadable
from services.imports.errors import Fault, RowError
from services.imports.voucher_draft import (
    ACCOUNT,
    COUNTERPARTY,
    CREDIT,
    DATE,
    DEBIT,
    EVIDENCE,
    NUMBER,
    SUMMARY,
    Books,
    Draft,
    DraftLine,
)

SUMMARY_LIMIT, COUNTERPARTY_LIMIT, EVIDENCE_LIMIT = 200, 100, 100

LineCheck = Callable[[DraftLine, Books], RowError | None]
VoucherCheck = Callable[[Draft, Books], RowError | None]

_AMOUNT_FAULTS: dict[Unreadable, Fault] = {
    Unreadable.NOT_A_NUMBER: faults.AMOUNT_INVALID,
    Unreadable.TOO_FINE: faults.AMOUNT_TOO_FINE,
    Unreadable.NEGATIVE: faults.AMOUNT_NEGATIVE,
}


def no_surplus(line: DraftLine, books: Books) -> RowError | None:
    """A row of a .csv ends where the header ends."""
    if not line.row.surplus:
        return None
    return faults.ROW_TOO_WIDE.at(books.file, line.row.line, EVIDENCE, line.row.surplus)


def summary_given(line: DraftLine, books: Books) -> RowError | None:
    """Every line says what it was for (公开 item by item, S4.04)."""
    return None if line.summary else line.fault(books, faults.SUMMARY_MISSING, SUMMARY)


def account_known(line: DraftLine, books: Books) -> RowError | None:
    """Every line names an account of the chart in force."""
    if line.account in books.accounts:
        return None
    if not line.account:
        return line.fault(books, faults.ACCOUNT_MISSING, ACCOUNT)
    return line.fault(books, faults.ACCOUNT_UNKNOWN, ACCOUNT, nearest=_nearest(line.account, books))


def _nearest(account: str, books: Books) -> str:
    """The account that shares the longest beginning: 10201 was probably meant as 102."""
    for length in range(len(account), 0, -1):
        near = [code for code in books.accounts if code.startswith(account[:length])]
        if near:
            return min(near)
    return min(books.accounts, default="101")


def debit_readable(line: DraftLine, books: Books) -> RowError | None:
    """A debit is an amount, exact to the fen."""
    return line.fault(books, _AMOUNT_FAULTS[line.debit], DEBIT) if isinstance(line.debit, Unreadable) else None


def credit_readable(line: DraftLine, books: Books) -> RowError | None:
    """A credit is an amount, exact to the fen."""
    return line.fault(books, _AMOUNT_FAULTS[line.credit], CREDIT) if isinstance(line.credit, Unreadable) else None


def one_side(line: DraftLine, books: Books) -> RowError | None:
    """A line is a debit or a credit, never both, and above zero. A zero beside an amount counts as blank."""
    debit, credit = line.debit, line.credit
    if isinstance(debit, Unreadable) or isinstance(credit, Unreadable):
        return None
    if debit and credit:
        return line.fault(books, faults.AMOUNT_BOTH_SIDES, CREDIT)
    if debit or credit:
        return None
    if debit is None and credit is None:
        return line.fault(books, faults.AMOUNT_MISSING, DEBIT)
    return line.fault(books, faults.AMOUNT_ZERO, CREDIT if debit is None else DEBIT)


def evidence_given(line: DraftLine, books: Books) -> RowError | None:
    """No voucher without a valid document: 白条 are refused (S2.29)."""
    return None if line.evidence else line.fault(books, faults.EVIDENCE_MISSING, EVIDENCE)


def summary_short(line: DraftLine, books: Books) -> RowError | None:
    return _short(line, books, SUMMARY, line.summary, SUMMARY_LIMIT)


def counterparty_short(line: DraftLine, books: Books) -> RowError | None:
    return _short(line, books, COUNTERPARTY, line.counterparty, COUNTERPARTY_LIMIT)


def evidence_short(line: DraftLine, books: Books) -> RowError | None:
    return _short(line, books, EVIDENCE, line.evidence, EVIDENCE_LIMIT)


def _short(line: DraftLine, books: Books, column: str, text: str, limit: int) -> RowError | None:
    if len(text) <= limit:
        return None
    return line.fault(books, faults.TEXT_TOO_LONG, column, length=len(text), limit=limit)


def date_readable(draft: Draft, books: Books) -> RowError | None:
    """A voucher has a date."""
    return None if draft.on else draft.fault(books, faults.DATE_INVALID, DATE, year=books.year)


def in_year(draft: Draft, books: Books) -> RowError | None:
    """One import holds one year."""
    if draft.on is None or draft.on.year == books.year:
        return None
    return draft.fault(books, faults.DATE_OUTSIDE_YEAR, DATE, year=books.year)


def period_open(draft: Draft, books: Books) -> RowError | None:
    """Nothing enters a month that was closed (结账)."""
    month = draft.month
    if month is None or month not in books.closed or month.year != books.year:
        return None
    return draft.fault(books, faults.PERIOD_CLOSED, DATE, month=month)


def number_readable(draft: Draft, books: Books) -> RowError | None:
    """A voucher has a number."""
    return None if draft.number else draft.fault(books, faults.NUMBER_INVALID, NUMBER)


def two_lines(draft: Draft, books: Books) -> RowError | None:
    """Double entry needs at least two lines."""
    return draft.fault(books, faults.VOUCHER_SINGLE_LINE, NUMBER) if len(draft.lines) == 1 else None


def balanced(draft: Draft, books: Books) -> RowError | None:
    """Debits equal credits (有借必有贷，借贷必相等). Said of a voucher of several lines whose amounts are readable."""
    totals = draft.totals()
    if totals is None or len(draft.lines) == 1 or totals[0] == totals[1]:
        return None
    debit, credit = totals
    return draft.fault(
        books,
        faults.VOUCHER_UNBALANCED,
        DEBIT if draft.lines[0].debit or ZERO else CREDIT,
        debit=yuan(debit),
        credit=yuan(credit),
        difference=yuan(abs(debit - credit)),
    )


LINE_CHECKS: tuple[LineCheck, ...] = (
    no_surplus,
    summary_given,
    account_known,
    debit_readable,
    credit_readable,
    one_side,
    evidence_given,
    summary_short,
    counterparty_short,
    evidence_short,
)
VOUCHER_CHECKS: tuple[VoucherCheck, ...] = (
    date_readable,
    in_year,
    period_open,
    number_readable,
    two_lines,
    balanced,
)
