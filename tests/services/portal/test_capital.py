"""大写金额, by the examples of the rule itself and against a reading back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.capital import capital

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        # 支付结算办法附一第四、五条
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元零叁角贰分"),
        (10_700_053, "壹拾万柒仟元零伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        # and what they leave open
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角"),
        (100, "壹元整"),
        (1_000, "壹拾元整"),
        (1_005, "壹拾元零伍分"),
        (10_000_000, "壹拾万元整"),
        (10_001_000, "壹拾万零壹拾元整"),
        (10_000_000_001, "壹亿元零壹分"),
        (100_010_000_000, "壹拾亿零壹拾万元整"),
        (-5_302_834, "负伍万叁仟零贰拾捌元叁角肆分"),
    ],
)
def test_examples(amount: int, words: str) -> None:
    assert capital(amount) == words


@given(st.integers(min_value=0, max_value=10**16))
def test_what_is_written_can_be_read_back(amount: int) -> None:
    words = capital(amount)
    assert read(words) == amount
    assert "零零" not in words


@given(st.integers(min_value=1, max_value=10**14))
def test_only_whole_yuan_ends_in_zheng(amount: int) -> None:
    assert capital(amount).endswith("整") == (amount % 100 == 0)


def test_an_amount_beyond_all_names_is_refused() -> None:
    with pytest.raises(OverflowError):
        capital(10**18)


def read(words: str) -> int:
    """The amount in fen, read as a person would, knowing nothing of how it was written."""
    whole, _, small = words.removesuffix("整").rpartition("元")
    total = 0
    for digit, unit in re.findall(r"([零壹贰叁肆伍陆柒捌玖])([角分])", small):
        total += DIGITS[digit] * (10 if unit == "角" else 1)
    group = number = yuan = 0
    for sign in whole:
        if sign in DIGITS:
            number = DIGITS[sign]
        elif sign in PLACES:
            group += number * PLACES[sign]
            number = 0
        else:
            yuan += (group + number) * {"万": 10**4, "亿": 10**8, "兆": 10**12}[sign]
            group = number = 0
    return (yuan + group + number) * 100 + total
