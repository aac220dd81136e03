"""The statement of income and expenditure: a villager can check it with a pencil."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.ledger.statement import Entry, Line, income_and_expenditure
from policies.accounts.chart import chart

CHART = chart()
START = date(2025, 1, 1)


def voucher(number: int, *lines: tuple[str, int], day: int = 0) -> list[Entry]:
    """The entries of one voucher; an amount above zero is a debit in fen, below zero a credit."""
    return [
        Entry(
            UUID(int=number), f"2025-01/{number}", START + timedelta(day), "", account, max(amount, 0), max(-amount, 0)
        )
        for account, amount in lines
    ]


def statement(*vouchers: list[Entry], opening: int = 0) -> dict[str, Line]:
    lines = income_and_expenditure(
        [entry for entries in vouchers for entry in entries], opening_funds=opening, chart=CHART
    )
    return {line.account: line for line in lines}


def amounts(lines: dict[str, Line]) -> dict[str, int]:
    return {account: line.amount for account, line in lines.items()}


accounts = st.sampled_from([*CHART, "10101", "10201", "50101", "5110201"])


@st.composite
def vouchers(draw: st.DrawFn) -> list[list[Entry]]:
    """Any balanced vouchers, red entries among them: the last line takes what the others leave over."""
    made = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        lines = draw(st.lists(st.tuples(accounts, st.integers(-(10**9), 10**9)), min_size=1, max_size=5))
        rest = (draw(accounts), -sum(amount for _, amount in lines))
        made.append(voucher(number, *lines, rest, day=draw(st.integers(0, 89))))
    return made


def funds(entries: Sequence[Entry]) -> int:
    return sum(entry.debit - entry.credit for entry in entries if entry.account[:3] in {"101", "102"})


@given(vouchers(), st.integers(-(10**10), 10**10))
def test_opening_and_income_less_expenditure_and_other_are_the_closing(made: list[list[Entry]], opening: int) -> None:
    lines = statement(*made, opening=opening)
    sections: Counter[str] = Counter()
    for line in lines.values():
        sections[line.section] += line.amount
    assert lines["opening"].amount == opening
    assert opening + sections["income"] - sections["expenditure"] + lines["other"].amount == lines["closing"].amount
    assert lines["closing"].amount == opening + funds([entry for entries in made for entry in entries])


@given(vouchers())
def test_every_figure_is_the_sum_of_its_vouchers_each_named_once_in_order(made: list[list[Entry]]) -> None:
    for line in statement(*made).values():
        assert len({part.voucher for part in line.parts}) == len(line.parts)
        assert list(line.parts) == sorted(line.parts, key=lambda part: (part.occurred_on, part.number))
        assert all(part.amount for part in line.parts)
        assert line.amount == sum(part.amount for part in line.parts)


def test_income_and_spending_stand_by_first_level_account_in_the_order_of_the_chart() -> None:
    lines = statement(
        voucher(1, ("102", 1_000), ("501", -1_000)),
        voucher(2, ("512", 300), ("101", -300)),
        voucher(3, ("511", 200), ("102", -200)),
    )
    assert list(lines) == ["501", "511", "512", "opening", "other", "closing"]
    assert amounts(lines) == {"501": 1_000, "511": 200, "512": 300, "opening": 0, "other": 0, "closing": 500}
    assert (lines["511"].section, lines["511"].name) == ("expenditure", CHART["511"].name)


def test_a_transfer_between_cash_and_bank_moves_nothing() -> None:
    lines = statement(voucher(1, ("101", 500), ("102", -500)), opening=900)
    assert amounts(lines) == {"opening": 900, "other": 0, "closing": 900}
    assert all(line.parts == () for line in lines.values())


def test_a_loan_is_money_moved_but_no_income() -> None:
    lines = statement(voucher(1, ("102", 700), ("201", -700)))
    assert amounts(lines) == {"opening": 0, "other": 700, "closing": 700}
    assert [part.number for part in lines["other"].parts] == ["2025-01/1"]


def test_income_not_yet_received_is_income_and_an_opposite_other_movement() -> None:
    lines = statement(voucher(1, ("112", 400), ("501", -400)))
    assert amounts(lines) == {"501": 400, "opening": 0, "other": -400, "closing": 0}


def test_a_red_entry_lessens_its_own_side() -> None:
    red = [
        Entry(UUID(int=2), "2025-01/2", START, "冲销", "511", -250, 0),
        Entry(UUID(int=2), "2025-01/2", START, "冲销", "102", 0, -250),
    ]
    lines = statement(voucher(1, ("511", 250), ("102", -250)), red)
    assert amounts(lines) == {"511": 0, "opening": 0, "other": 0, "closing": 0}
    assert [part.amount for part in lines["511"].parts] == [250, -250]


def test_a_reversal_by_the_opposite_voucher_does_the_same() -> None:
    lines = statement(voucher(1, ("511", 250), ("102", -250)), voucher(2, ("511", -250), ("102", 250)))
    assert amounts(lines) == {"511": 0, "opening": 0, "other": 0, "closing": 0}


def test_sub_accounts_roll_up_to_the_first_level() -> None:
    lines = statement(voucher(1, ("10201", 1_000), ("50101", -1_000)), voucher(2, ("10202", 500), ("5010203", -500)))
    assert amounts(lines) == {"501": 1_500, "opening": 0, "other": 0, "closing": 1_500}


def test_two_lines_of_one_voucher_are_one_part() -> None:
    lines = statement(voucher(1, ("511", 100), ("511", 50), ("102", -150)))
    assert [part.amount for part in lines["511"].parts] == [150]


def test_a_quiet_period_still_has_its_funds() -> None:
    lines = income_and_expenditure([], opening_funds=5, chart=CHART)
    assert [(line.account, line.amount) for line in lines] == [("opening", 5), ("other", 0), ("closing", 5)]
