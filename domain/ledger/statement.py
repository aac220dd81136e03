"""Income-and-expenditure statement (收支明细) of a period, each figure with the vouchers that made it (S4 V.C1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.ledger.chart import Account
from domain.shared.money import Fen

FUNDS = ("101", "102")
"""Cash and bank deposits: what the village has at hand."""


class Entry(NamedTuple):
    """One line of a posted voucher, in fen; `number` as people name it."""

    voucher: UUID
    number: str
    occurred_on: date
    summary: str
    account: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one voucher adds to a figure, in fen."""

    voucher: UUID
    number: str
    occurred_on: date
    summary: str
    amount: Fen


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the statement, in fen."""

    section: str
    account: str
    name: str
    amount: Fen
    parts: tuple[Part, ...] = ()


def income_and_expenditure(
    entries: Iterable[Entry], *, opening_funds: int, chart: Mapping[str, Account]
) -> tuple[Line, ...]:
    """Sections `income` and `expenditure` by first-level account, and `funds`: opening, other movements, closing.

    Opening funds plus income less expenditure plus other movements are the closing funds, so that a villager can check
    the page with a pencil. `entries` are those of the period in order; `opening_funds` is the balance of cash and bank
    before it, in fen. A period in which nothing moved still has its funds: a village discloses every quarter (S4.12).
    """
    by_account: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_account[entry.account[:3]].append(entry)
    lines: list[Line] = []
    for code, account in chart.items():
        if code in by_account and (account.income or account.expense):
            section = "income" if account.income else "expenditure"
            parts = _parts(by_account[code], account)
            lines.append(Line(section, code, account.name, _sum(parts), parts))
    moved = _merged(part for code in FUNDS for part in _parts(by_account.get(code, ()), chart[code]))
    earned = [part if line.section == "income" else _negative(part) for line in lines for part in line.parts]
    other = _merged([*moved, *map(_negative, earned)])
    lines.append(Line("funds", "opening", "期初货币资金", Fen(opening_funds)))
    lines.append(Line("funds", "other", "其他资金变动（往来、借款、购建资产等）", _sum(other), other))
    lines.append(Line("funds", "closing", "期末货币资金", Fen(opening_funds + _sum(moved)), moved))
    return tuple(sorted(lines, key=lambda line: ("income", "expenditure", "funds").index(line.section)))


Statement = Callable[..., tuple[Line, ...]]
"""Made from a period's `entries`, with `opening_funds` in fen and the `chart` by keyword."""

STATEMENTS: Mapping[str, Statement] = {"income_and_expenditure": income_and_expenditure}
"""Every statement by the name that the disclosure catalogue gives it."""


def _parts(entries: Iterable[Entry], account: Account) -> tuple[Part, ...]:
    return _merged(
        Part(e.voucher, e.number, e.occurred_on, e.summary, Fen(account.balance(debit=e.debit, credit=e.credit)))
        for e in entries
    )


def _merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """One part per voucher, in order of date; a transfer between cash and bank cancels out and is left out."""
    sums: dict[UUID, Part] = {}
    for part in parts:
        before = sums.get(part.voucher)
        amount = Fen(part.amount + (before.amount if before else 0))
        sums[part.voucher] = Part(part.voucher, part.number, part.occurred_on, part.summary, amount)
    moved = (part for part in sums.values() if part.amount)
    return tuple(sorted(moved, key=lambda part: (part.occurred_on, len(part.number), part.number)))


def _negative(part: Part) -> Part:
    return replace(part, amount=Fen(-part.amount))


def _sum(parts: Iterable[Part]) -> Fen:
    return Fen(sum(part.amount for part in parts))
