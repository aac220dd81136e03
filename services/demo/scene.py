"""What the demo village's year is made of: happenings with money on both sides, and who deals with the village.

Firms, shops and people are invented; people appear by surname alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from domain.shared.calendar import Month
from domain.shared.money import ZERO, Fen

CASH, BANK = "101", "102"
QUARTER_NAMES = ("一季度", "二季度", "三季度", "四季度")

# Kinds of original documents (原始凭证); evidence numbers begin with them.
INVOICE, RECEIPT, BANK_SLIP, PAYROLL, SHEET = "FP", "SJ", "HD", "GZ", "NB"

GROUPS = ("第一村民小组", "第二村民小组", "第三村民小组", "第四村民小组", "第五村民小组", "第六村民小组")
BANK_NAME = "桂岭信用社营业部"
POWER, WATER, TELECOM = "桂岭供电所", "桂岭自来水站", "桂岭电信营业厅"
FINANCE, CIVIL, FARMING = "桂岭镇财政所", "桂岭镇社事办", "桂岭镇农业农村办"
STATIONER, PRINTER, HARDWARE = "岭文办公用品店", "桂印图文店", "桂岭宏利五金店"
CLEANER, GARDENER, BUILDER = "净美环卫服务部", "绿源园艺场", "岭达建筑工程队"
LAMPS, PUMPS = "明辉照明器材店", "顺水机电维修部"


class Leg(NamedTuple):
    """Money on one side of one account."""

    account: str
    counterparty: str
    debit: Fen = ZERO
    credit: Fen = ZERO


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that moved money: it becomes one voucher. `document` is the kind of its evidence."""

    on: date
    summary: str
    legs: tuple[Leg, ...]
    document: str


class Scene:
    """The year, and a source of chance that one activity has to itself, so that adding one leaves the others alone."""

    def __init__(self, year: int, seed: int, activity: str) -> None:
        self.year = year
        self.chance = Random(f"{seed}:{year}:{activity}")  # noqa: S311 - a reproducible demo, nothing secret

    def day(self, month: int, day: int) -> date:
        """The working day on or after that day; the last one before if the month ends first."""
        last = Month(self.year, month).end
        on = min(date(self.year, month, day), last)
        step = 1 if on + timedelta(days=7 - on.weekday()) <= last else -1
        while on.weekday() >= 5:
            on += timedelta(days=step)
        return on

    def some_day(self, month: int, first: int = 2, last: int = 27) -> date:
        """A working day between two days of a month."""
        return self.day(month, self.chance.randint(first, last))

    def yuan(self, low: int, high: int, step_fen: int = 1) -> Fen:
        """An amount between two amounts in yuan, in steps of so many fen."""
        return Fen(self.chance.randrange(low * 100, high * 100 + 1, step_fen))


def move(on: date, summary: str, debit: str, credit: str, amount: int, who: str, document: str) -> Happening:
    """Money from the account in credit to the one in debit, both lines naming whom the village deals with."""
    sum_ = Fen(amount)
    return Happening(on, summary, (Leg(debit, who, debit=sum_), Leg(credit, who, credit=sum_)), document)


def received(on: date, summary: str, account: str, amount: int, who: str, *, into: str = BANK) -> Happening:
    """Income or a settled claim, into the bank unless said otherwise."""
    return move(on, summary, into, account, amount, who, RECEIPT)


def paid(on: date, summary: str, account: str, amount: int, who: str, *, out_of: str = BANK) -> Happening:
    """Spending against an invoice, by bank unless said otherwise."""
    return move(on, summary, account, out_of, amount, who, INVOICE)


def compound(
    on: date,
    summary: str,
    debits: Iterable[tuple[str, str, int]],
    credits_: Iterable[tuple[str, str, int]],
    document: str,
) -> Happening:
    """Several accounts at once; each a code, a counterparty and fen."""
    legs: Sequence[Leg] = [
        *(Leg(code, who, debit=Fen(amount)) for code, who, amount in debits),
        *(Leg(code, who, credit=Fen(amount)) for code, who, amount in credits_),
    ]
    return Happening(on, summary, tuple(legs), document)
