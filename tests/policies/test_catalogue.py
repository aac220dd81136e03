"""The catalogue of what is disclosed: data that a lawyer can read, and that the program can carry out."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pytest

from domain.ledger.statement import STATEMENTS
from domain.shared.identity import Level
from policies.catalogue.items import CatalogueItem, UnknownItem, catalogue, item_for

ITEMS = list(catalogue().values())


def test_every_row_of_the_table_is_an_item_of_its_own() -> None:
    text = files("policies.catalogue").joinpath("items.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [item.item for item in ITEMS] == [row["item"] for row in rows]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.item)
def test_every_item_says_what_when_and_on_which_basis(item: CatalogueItem) -> None:
    assert item.title
    assert item.period == "quarter", "handlers draft by quarter"
    assert item.statement in STATEMENTS
    assert re.search(r"\bS\d+\b", item.basis), "a requirement is named"
    assert item.item in item.basis


def test_villages_and_communities_disclose_income_and_expenditure() -> None:
    """S4 V.C1 and R.C3, quarterly at least (S4.12, S4.14)."""
    assert (item_for("V.C1", Level.VILLAGE).title, item_for("R.C3", Level.COMMUNITY).title) == ("收支情况", "收支情况")


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.item)
def test_an_item_is_found_at_its_own_level_only(item: CatalogueItem, level: Level) -> None:
    if level is item.level:
        assert item_for(item.item, level) is item
    else:
        with pytest.raises(UnknownItem) as refused:
            item_for(item.item, level)
        assert refused.value.field == "item"


@pytest.mark.parametrize("unknown", ["", "V.C99", "v.c1", "V.C1 "])
def test_what_is_no_item(unknown: str) -> None:
    with pytest.raises(UnknownItem) as refused:
        item_for(unknown, Level.VILLAGE)
    assert f"“{unknown}”" in refused.value.message()


def test_a_title_names_the_period() -> None:
    assert item_for("V.C1", Level.VILLAGE).titled("2025年第一季度") == "2025年第一季度收支情况"


def test_nobody_can_change_the_catalogue() -> None:
    with pytest.raises(TypeError):
        catalogue()["V.C2"] = ITEMS[0]  # type: ignore[index]
