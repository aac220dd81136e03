from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.money import NotMoney, fen, yuan

amounts = st.integers(-(10**15) + 1, 10**15 - 1)


@given(amounts)
def test_yuan_and_fen_are_each_others_inverse(amount: int) -> None:
    assert fen(yuan(amount)) == amount


@given(amounts)
def test_thousands_may_be_set_apart(amount: int) -> None:
    whole, cents = yuan(abs(amount)).split(".")
    assert fen(f"{int(whole):,}.{cents}") == abs(amount)
    assert fen(f" {int(whole):,}.{cents} ".replace(",", "，")) == abs(amount)


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123450, "1234.50"), (-100, "-1.00")]
)
def test_people_see_two_decimals(amount: int, text: str) -> None:
    assert yuan(amount) == text


@pytest.mark.parametrize(("text", "amount"), [("1234.5", 123450), ("7", 700), ("-0.01", -1), ("1,234.50", 123450)])
def test_what_people_write(text: str, amount: int) -> None:
    assert fen(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", "1.234", "1,50", "1,23,456", "12,34", ",100", "1 000", "1e3", "NaN", "+5", "--5", "1.", ".5", "0x1", "一百",
     "１２", "1" * 14, "1.5元"],
)  # fmt: skip
def test_what_is_no_amount_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(NotMoney) as refused:
        fen(text)
    assert f"“{text}”" in refused.value.message()


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with suppress(NotMoney):
        assert fen(yuan(fen(text))) == fen(text)
