"""The catalogue of what is disclosed (公开事项清单), as data with its legal basis."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from domain.shared.errors import DomainError
from domain.shared.identity import Level


class UnknownItem(DomainError):
    """{item} is not an item of the catalogue for a {level}."""

    code = "ITEM_UNKNOWN"
    zh = "公开事项清单中没有适用于本级（{level}）的“{item}”"


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One matter that a tenant of `level` discloses for every `period`, drafted by the named `statement`."""

    item: str
    level: Level
    title: str
    period: str
    statement: str
    basis: str

    def titled(self, period_zh: str) -> str:
        return f"{period_zh}{self.title}"


@cache
def catalogue() -> Mapping[str, CatalogueItem]:
    """Every item by its id."""
    text = files("policies.catalogue").joinpath("items.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["item"]: _item(**row) for row in rows})


def _item(level: str, **texts: str) -> CatalogueItem:
    return CatalogueItem(level=Level(level), **texts)


def item_for(item: str, level: Level) -> CatalogueItem:
    """Raises UnknownItem, also for an item of another level."""
    found = catalogue().get(item)
    if found is None or found.level is not level:
        raise UnknownItem(item=item, level=level, field="item")
    return found
