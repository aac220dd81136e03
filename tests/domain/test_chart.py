"""The chart of accounts of 财会〔2023〕14号."""

from __future__ import annotations

import pytest

from domain.ledger.chart import Account, AccountClass, ChartInvalid, Side, chart_of
from policies.accounts.chart import chart


def test_the_chart_in_force_has_the_42_accounts() -> None:
    accounts = chart()
    assert len(accounts) == 42
    assert accounts["101"] == Account("101", "库存现金", AccountClass.ASSET, Side.DEBIT)
    assert list(accounts)[:2] == ["101", "102"]
    assert list(accounts)[-1] == "521"


@pytest.mark.parametrize(
    ("code", "side", "contra"),
    [
        ("102", Side.DEBIT, False),
        ("133", Side.CREDIT, True),
        ("152", Side.CREDIT, True),
        ("162", Side.CREDIT, True),
        ("231", Side.CREDIT, False),
        ("301", Side.CREDIT, False),
        ("401", Side.DEBIT, False),
        ("501", Side.CREDIT, False),
        ("504", Side.CREDIT, False),
        ("511", Side.DEBIT, False),
        ("521", Side.DEBIT, False),
    ],
)
def test_each_account_grows_on_its_side(code: str, side: Side, contra: bool) -> None:
    assert (chart()[code].side, chart()[code].contra) == (side, contra)


def test_contra_accounts_are_exactly_the_three_depreciations() -> None:
    assert [a.code for a in chart().values() if a.contra] == ["133", "152", "162"]


def test_income_and_expense_share_a_class_but_not_a_side() -> None:
    assert [a.code for a in chart().values() if a.income] == ["501", "502", "503", "504"]
    assert [a.code for a in chart().values() if a.expense] == ["511", "512", "513", "514", "515", "521"]


def test_a_balance_is_positive_on_the_normal_side() -> None:
    assert chart()["101"].balance(debit=500, credit=200) == 300
    assert chart()["152"].balance(debit=200, credit=500) == 300


def test_nobody_can_change_the_chart() -> None:
    with pytest.raises(TypeError):
        chart()["999"] = chart()["101"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ([("1001", "现金", "资产")], "1001"),
        ([("１０１", "现金", "资产")], "１０１"),
        ([("101", "现金", "资产"), ("101", "现金", "资产")], "101"),
        ([("101", " ", "资产")], "101"),
        ([("101", "现金", "资财")], "资财"),
        ([], ""),
    ],
)
def test_a_faulty_chart_is_refused(rows: list[tuple[str, str, str]], value: str) -> None:
    with pytest.raises(ChartInvalid) as refusal:
        chart_of(rows)
    assert refusal.value.facts["value"] == value
    assert value in refusal.value.message()
