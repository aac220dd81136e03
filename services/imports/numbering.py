"""Voucher numbers within a month are gapless: 1, 2, 3, ... on from the highest that is in the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from domain.shared.calendar import Month
from services.imports import voucher_faults as faults
from services.imports.errors import RowError
from services.imports.sheet import Row
from services.imports.voucher_draft import NUMBER, Books, Draft


class Numbering:
    """Remembers the numbers of a file, in whatever order its vouchers stand."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._firsts: dict[Month, dict[int, Row]] = {}
        self._undated: Counter[int] = Counter()
        self._unnumbered: Counter[Month] = Counter()

    def enter(self, draft: Draft) -> RowError | None:
        """Count the voucher in; its error if the number is in the books or stood in an earlier row."""
        month, number = draft.month, draft.number
        if month is None or number is None:
            self._lost(month, number)
            return None
        if month.year != self._books.year or month in self._books.closed:
            self._lost(None, number)
            return None
        taken = self._books.taken.get(month, 0)
        if number <= taken:
            facts = {"month": month, "number": number, "expected": taken + 1}
            return draft.fault(self._books, faults.NUMBER_TAKEN, NUMBER, **facts)
        row = draft.lines[0].row
        first = self._firsts.setdefault(month, {}).setdefault(number, row)
        if first is row:
            return None
        facts = {"month": month, "number": number, "first": first.line}
        return draft.fault(self._books, faults.NUMBER_REPEATED, NUMBER, **facts)

    def _lost(self, month: Month | None, number: int | None) -> None:
        """A voucher whose place is unknown because of another error may be the one that seems missing."""
        if month is not None:
            self._unnumbered[month] += 1
        elif number is not None:
            self._undated[number] += 1

    def gaps(self) -> Iterator[RowError]:
        """One error per gap, at the voucher after it, naming the number expected there."""
        for month, firsts in self._firsts.items():
            expected = self._books.taken.get(month, 0) + 1
            for number in sorted(firsts):
                missing = self._first_missing(month, expected, number)
                if missing is not None:
                    row, file = firsts[number], self._books.file
                    yield faults.NUMBER_GAP.at(file, row.line, NUMBER, row.cells[NUMBER], month=month, expected=missing)
                expected = number + 1

    def _first_missing(self, month: Month, expected: int, number: int) -> int | None:
        """The first number of a gap that no voucher with an unreadable date or number accounts for."""
        for missing in range(expected, number):
            if self._undated[missing]:
                self._undated[missing] -= 1
            elif self._unnumbered[month]:
                self._unnumbered[month] -= 1
            else:
                return missing
        return None
