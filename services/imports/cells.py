"""What a cell of a voucher sheet means: a date, a voucher number, an amount, a text."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, timedelta
from enum import Enum, auto
from functools import lru_cache

from domain.shared.money import ZERO, Fen
from services.imports.sheet import Cell

_DATE = re.compile(r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?(?: 0?0:00(?::00)?)?", re.ASCII)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL_ORIGIN = date(1899, 12, 30)  # day 0 of Excel's serial dates from March 1900 on
_SERIALS = range(36_526, 73_051)  # 2000-01-01 to 2099-12-31
_LONGEST_DATE = 30
_NUMBER = re.compile(r"(?:(?:记|记字|记账)[-—–]?)?第?(\d{1,6})号?", re.ASCII)
_AMOUNT = re.compile(r"(-?)¥?(\d{1,13}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,12}))?元?", re.ASCII)
_MAX_FLOAT_YUAN = 1e13
_FEN_TOLERANCE = 1e-6


class Unreadable(Enum):
    """Why a cell is not an amount."""

    NOT_A_NUMBER = auto()
    TOO_FINE = auto()
    NEGATIVE = auto()


def read_date(cell: Cell) -> date | None:
    """A date cell, an Excel serial, or 2025-03-01, 2025/3/1, 2025.3.1, 2025年3月1日, 20250301; else None."""
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) or cell is None:
        return None
    if isinstance(cell, int) and cell in _SERIALS:
        return _SERIAL_ORIGIN + timedelta(days=cell)
    text = str(cell)
    return _date_of_text(text) if len(text) <= _LONGEST_DATE else None


@lru_cache(maxsize=4096)
def _date_of_text(text: str) -> date | None:
    text = _folded(text)
    if match := _DATE.fullmatch(text):
        year, first, month, second, day = match.groups()
        if (first, second) not in {("-", "-"), ("/", "/"), (".", "."), ("年", "月")}:
            return None
    elif match := _COMPACT_DATE.fullmatch(text):
        year, month, day = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_number(cell: Cell) -> int | None:
    """A voucher number from 1 to 999999, written 1, 记-1, 记-0001, 记字第1号; else None."""
    match = _NUMBER.fullmatch(_folded(str(cell)))
    return (int(match[1]) or None) if match else None


def read_amount(cell: Cell) -> Fen | Unreadable | None:
    """An amount in fen, None for a blank cell. 1,234.50 and ¥1234.5 are read; a real third decimal is not."""
    match cell:
        case None:
            return None
        case str():
            return _amount_of_text(_folded(cell))
        case int() | float():
            return _amount_of_number(cell)
        case _:
            return Unreadable.NOT_A_NUMBER


def _amount_of_number(value: float) -> Fen | Unreadable:
    if not math.isfinite(value) or abs(value) >= _MAX_FLOAT_YUAN:
        return Unreadable.NOT_A_NUMBER
    if value < 0:
        return Unreadable.NEGATIVE
    nearest = round(value * 100)
    # Equal to the double nearest to so many fen, or off by no more than sums of doubles are (0.1 + 0.2).
    if nearest / 100 == value or abs(value * 100 - nearest) < _FEN_TOLERANCE:
        return Fen(nearest)
    return Unreadable.TOO_FINE


def _amount_of_text(text: str) -> Fen | Unreadable:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return Unreadable.NOT_A_NUMBER
    minus, whole, decimals = match[1], match[2], match[3] or ""
    if decimals[2:].strip("0"):
        return Unreadable.TOO_FINE
    amount = int(whole.replace(",", "")) * 100 + int(decimals[:2].ljust(2, "0"))
    if minus and amount:
        return Unreadable.NEGATIVE
    return Fen(amount) if amount else ZERO


def read_code(cell: Cell) -> str:
    """A code such as an account's, full-width digits folded, whether the cell holds text or a number."""
    return "" if cell is None else _folded(str(cell))


def read_text(cell: Cell) -> str:
    """A text as entered, on one line; control and zero-width characters are dropped, '' for a blank cell."""
    if cell is None:
        return ""
    text = str(cell)
    if text.isprintable():
        return text
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"})
    return "".join(kept).strip()


def _folded(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()
