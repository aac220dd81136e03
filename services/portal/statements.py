"""A published disclosure as a page shows it: tables with totals, a sum to check, and whose hands it passed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.disclosure.disclosure import Figure
from domain.shared.identity import Office
from services.read_models.approvals import StepRow

_INTERNAL = re.compile(r"S\d[\w. ]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one section, in fen."""

    section: str
    figures: Sequence[Figure]

    @property
    def total(self) -> int:
        return sum(figure.amount for figure in self.figures)


@dataclass(frozen=True, slots=True)
class Sum:
    """Opening + income − expenditure + other = closing, in fen: the page checked with a pencil."""

    opening: int
    income: int
    expenditure: int
    other: int
    closing: int

    @property
    def right(self) -> bool:
        return self.opening + self.income - self.expenditure + self.other == self.closing


@dataclass(frozen=True, slots=True)
class Statement:
    """`tables` in the order of the statement; `funds` and `sum` where it tells of money at hand."""

    tables: Sequence[Table]
    funds: Sequence[Figure]
    sum: Sum | None

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> Statement:
        sections: dict[str, list[Figure]] = {}
        for figure in figures:
            sections.setdefault(figure.section, []).append(figure)
        funds = sections.pop("funds", [])
        if funds:
            sections = {"income": [], "expenditure": []} | sections
        tables = [Table(section, lines) for section, lines in sections.items()]
        return cls(tables, funds, _sum({table.section: table.total for table in tables}, funds))


def _sum(totals: Mapping[str, int], funds: Iterable[Figure]) -> Sum | None:
    parts = {figure.account: figure.amount for figure in funds}
    if not {"opening", "closing"} <= parts.keys():
        return None
    return Sum(parts["opening"], totals["income"], totals["expenditure"], parts.get("other", 0), parts["closing"])


@dataclass(frozen=True, slots=True)
class Hand:
    """One step of the approval trail; `name` is None where the person was erased."""

    step: str
    office: Office | None
    name: str | None
    at: datetime
    opinion: str


def last_round(steps: Sequence[StepRow]) -> list[StepRow]:
    """The steps from the last draft on: what was returned before never became public."""
    start = max((n for n, step in enumerate(steps) if step.step in {"drafted", "revised"}), default=0)
    return list(steps[start:])


def hands(steps: Iterable[StepRow], names: Mapping[UUID, str]) -> list[Hand]:
    return [Hand(step.step, step.office, names.get(step.member_id), step.recorded_at, step.note) for step in steps]


def statutes(basis: str) -> list[str]:
    """The laws and rules that a catalogue item rests on, without our own numbers for requirements."""
    return [part for part in map(str.strip, basis.split(";")) if part and not _INTERNAL.fullmatch(part)]
