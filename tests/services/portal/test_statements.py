"""Figures arranged for a page: what adds up says so, what does not says that too."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.disclosure.disclosure import Figure
from domain.shared.identity import Office
from domain.shared.money import Fen
from policies.catalogue.items import catalogue
from services.portal.statements import Statement, hands, last_round, statutes
from services.read_models.approvals import StepRow

AT = datetime(2025, 4, 8, tzinfo=UTC)


def figures(**amounts: int) -> list[Figure]:
    section = {"rent": "income", "grant": "income", "roads": "expenditure"}
    return [Figure(section.get(name, "funds"), name, name, Fen(amount)) for name, amount in amounts.items()]


@pytest.mark.parametrize(("closing", "right"), [(950, True), (951, False)])
def test_the_sum(closing: int, right: bool) -> None:
    statement = Statement.of(figures(rent=500, grant=100, roads=150, opening=600, other=-100, closing=closing))
    assert [(table.section, table.total) for table in statement.tables] == [("income", 600), ("expenditure", 150)]
    assert statement.sum is not None
    assert statement.sum.right is right


def test_a_quarter_without_income_still_shows_where_income_would_stand() -> None:
    statement = Statement.of(figures(roads=150, opening=600, closing=450))
    assert [(table.section, len(table.figures)) for table in statement.tables] == [("income", 0), ("expenditure", 1)]
    assert statement.sum is not None
    assert statement.sum.right


def test_an_item_that_does_not_tell_of_funds_has_tables_but_no_sum() -> None:
    statement = Statement.of([Figure("发放名单", "a", "慰问金", Fen(100))])
    assert [table.section for table in statement.tables] == ["发放名单"]
    assert statement.sum is None
    assert Statement.of([]).tables == []


def test_only_the_last_round_is_told() -> None:
    steps = [step("drafted", 1), step("returned", 2), step("revised", 3), step("reviewed", 4), step("signed", 5)]
    assert [one.step for one in last_round(steps)] == ["revised", "reviewed", "signed"]
    assert [one.step for one in last_round(steps[:1])] == ["drafted"]
    assert last_round([]) == []
    named = hands(last_round(steps), {UUID(int=4): "林建国"})
    assert [hand.name for hand in named] == [None, "林建国", None]


def test_the_basis_of_every_item_is_free_of_our_own_numbers() -> None:
    assert statutes("S4 V.C1; S4.12; 《规定》(农经发〔2011〕13号); ") == ["《规定》(农经发〔2011〕13号)"]
    for item in catalogue().values():
        assert not [law for law in statutes(item.basis) if law.startswith("S")], item


def step(name: str, number: int) -> StepRow:
    return StepRow(UUID(int=0), number, name, UUID(int=number), Office.CLERK, "", number, AT)
