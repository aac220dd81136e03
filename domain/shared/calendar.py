"""Accounting periods: a month, a quarter, a year. Pure dates; the present comes from outside."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from domain.shared.errors import DomainError

_YEAR = r"(19\d\d|2\d{3})"  # bookkeeping in no other century, and every date of it can be written
_MONTH = re.compile(rf"{_YEAR}-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(rf"{_YEAR}-Q([1-4])", re.ASCII)


class NotAPeriod(DomainError):
    """{value} is not a period; write 2025-03 for a month or 2025-Q1 for a quarter."""

    code = "PERIOD_INVALID"
    zh = "“{value}” 不是有效期间；月份写作 2025-03，季度写作 2025-Q1"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One accounting month (会计期间), written 2025-03."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotAPeriod."""
        if not (match := _MONTH.fullmatch(text)):
            raise NotAPeriod(value=text)
        return cls(int(match[1]), int(match[2]))

    @property
    def start(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def next(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def quarter(self) -> Quarter:
        return Quarter(self.year, (self.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One quarter of a year, written 2025-Q1."""

    year: int
    quarter: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotAPeriod."""
        if not (match := _QUARTER.fullmatch(text)):
            raise NotAPeriod(value=text)
        return cls(int(match[1]), int(match[2]))

    @property
    def months(self) -> tuple[Month, Month, Month]:
        last = self.quarter * 3
        return Month(self.year, last - 2), Month(self.year, last - 1), Month(self.year, last)

    @property
    def start(self) -> date:
        return self.months[0].start

    @property
    def end(self) -> date:
        return self.months[2].end

    @property
    def zh(self) -> str:
        return f"{self.year}年第{'一二三四'[self.quarter - 1]}季度"

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.quarter}"


FIRST_MONTH, LAST_MONTH = Month(1900, 1), Month(2999, 12)
"""The first and the last that `Month.parse` reads."""


def months_of(year: int) -> Iterator[Month]:
    """The twelve months of a year, in order."""
    return (Month(year, month) for month in range(1, 13))
