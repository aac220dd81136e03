"""How numbers, dates and periods look on a page."""

from __future__ import annotations

from datetime import date, datetime

from domain.shared.calendar import Month, NotAPeriod, Quarter
from services.work import BEIJING


def money(amount: int) -> str:
    """Fen as yuan with thousands separators and a true minus sign: -123450 -> '−1,234.50'."""
    yuan, cents = divmod(abs(amount), 100)
    return f"{'−' if amount < 0 else ''}{yuan:,}.{cents:02d}"


def day(value: date, lang: str) -> str:
    """2025-04-03 -> 2025年4月3日, or 3 April 2025."""
    if lang == "en":
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def beijing_day(value: datetime, lang: str) -> str:
    """The day in Beijing of a moment."""
    return day(value.astimezone(BEIJING).date(), lang)


def moment(value: datetime, lang: str) -> str:
    """The minute in Beijing of a moment."""
    return f"{beijing_day(value, lang)} {value.astimezone(BEIJING):%H:%M}"


def period(text: str, lang: str) -> str:
    """2025-Q1 -> 2025年第一季度, or first quarter of 2025; a period of another kind as it is written."""
    try:
        quarter = Quarter.parse(text)
    except NotAPeriod:
        return _month(text, lang)
    ordinal = ("first", "second", "third", "fourth")[quarter.quarter - 1]
    return f"{ordinal} quarter of {quarter.year}" if lang == "en" else quarter.zh


def title_parts(title: str, of: str) -> list[str]:
    """A title where it may be broken: 2025年第一季度 | 收支情况."""
    start = period(of, "zh")
    return [start, title.removeprefix(start)] if title.startswith(start) and title != start else [title]


def _month(text: str, lang: str) -> str:
    try:
        month = Month.parse(text)
    except NotAPeriod:
        return text
    return f"{_MONTHS[month.month - 1]} {month.year}" if lang == "en" else f"{month.year}年{month.month}月"


def spaced(code: str) -> str:
    """A long code in groups of eight, so that it can be copied by hand."""
    return " ".join(code[start : start + 8] for start in range(0, len(code), 8))


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
