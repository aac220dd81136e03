"""What a cell means."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.imports.cells import Unreadable, read_amount, read_code, read_date, read_number, read_text
from services.imports.sheet import Cell


@pytest.mark.parametrize(
    "cell",
    [
        date(2025, 3, 1),
        45717,
        "2025-03-01",
        "2025-3-1",
        "2025/3/1",
        "2025.3.1",
        "2025年3月1日",
        "2025年03月01日",
        "２０２５－０３－０１",
        "20250301",
        20250301,
        "2025-03-01 00:00:00",
    ],
)
def test_dates(cell: Cell) -> None:
    assert read_date(cell) == date(2025, 3, 1)


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "2025-02-30",
        "2025-13-01",
        "2025-3",
        "3月1日",
        "2025-3/1",
        "2025年3-1",
        "昨天",
        12.5,
        7,
        "45717",  # in a text file a serial cannot be told from a typing error
        "1" * 99,
    ],
)
def test_no_dates(cell: Cell) -> None:
    assert read_date(cell) is None


@pytest.mark.parametrize("cell", [7, "7", "007", "记-7", "记-0007", "记字第7号", "记7", "第7号", "记－０００７"])
def test_numbers(cell: Cell) -> None:
    assert read_number(cell) == 7


@pytest.mark.parametrize("cell", [None, 0, "0", "-7", -7, 7.5, "7.0", "付-7", "记-", "七", "1234567", date(2025, 3, 1)])
def test_no_numbers(cell: Cell) -> None:
    assert read_number(cell) is None


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (None, None),
        (0, 0),
        ("0.00", 0),
        ("-0.00", 0),
        (12, 1200),
        (12.5, 1250),
        (0.1 + 0.2, 30),
        (1.1 + 2.2, 330),
        (1234567890123.45, 123456789012345),
        ("12", 1200),
        ("12.5", 1250),
        ("12.500", 1250),
        ("1,234.50", 123450),
        ("¥1,234.50", 123450),
        ("￥１２．５０", 1250),
        ("12.50元", 1250),
        ("9999999999999.99", 999999999999999),
    ],
)
def test_amounts(cell: Cell, amount: int | None) -> None:
    assert read_amount(cell) == amount


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("12.345", Unreadable.TOO_FINE),
        (12.345, Unreadable.TOO_FINE),
        (0.001, Unreadable.TOO_FINE),
        (100.0049, Unreadable.TOO_FINE),
        ("-12", Unreadable.NEGATIVE),
        (-12.5, Unreadable.NEGATIVE),
        (-12, Unreadable.NEGATIVE),
        ("十二元", Unreadable.NOT_A_NUMBER),
        ("12,50", Unreadable.NOT_A_NUMBER),
        ("1,2345.00", Unreadable.NOT_A_NUMBER),
        ("1e5", Unreadable.NOT_A_NUMBER),
        ("12.", Unreadable.NOT_A_NUMBER),
        ("1 2", Unreadable.NOT_A_NUMBER),
        ("10000000000000000", Unreadable.NOT_A_NUMBER),
        (1e300, Unreadable.NOT_A_NUMBER),
        (float("inf"), Unreadable.NOT_A_NUMBER),
        (float("nan"), Unreadable.NOT_A_NUMBER),
        (date(2025, 3, 1), Unreadable.NOT_A_NUMBER),
    ],
)
def test_no_amounts(cell: Cell, why: Unreadable) -> None:
    assert read_amount(cell) is why


@given(st.integers(0, 10**15 - 1))
def test_every_amount_survives_text_and_binary_numbers(fen: int) -> None:
    assert read_amount(f"{fen // 100}.{fen % 100:02d}") == fen
    assert read_amount(fen / 100) == fen


@given(st.integers(0, 10**9), st.integers(1, 9))
def test_a_third_decimal_is_never_rounded_away(fen: int, third: int) -> None:
    text = f"{fen // 100}.{fen % 100:02d}{third}"
    assert read_amount(text) is Unreadable.TOO_FINE
    assert read_amount(float(text)) is Unreadable.TOO_FINE


def test_texts_and_codes() -> None:
    assert read_text(" 支付\u200b电\x00费\r\n(3月)".strip()) == "支付电费  (3月)"
    assert read_text("甲　乙") == "甲 乙"
    assert read_text(None) == ""
    assert read_text(101) == "101"
    assert read_code("１０１") == read_code(101) == read_code("101") == "101"
