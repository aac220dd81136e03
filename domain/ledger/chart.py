"""Chart of accounts (会计科目表): which accounts a village's books may use, and on which side each one grows.

The rules here hold for every version of the chart; the accounts themselves are data (policies/accounts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from domain.shared.errors import DomainError

_CONTRA = "(备抵)"


class ChartInvalid(DomainError):
    """Chart of accounts, line {line}: {value} is not acceptable; {expected}."""

    code = "CHART_INVALID"
    zh = "会计科目表第 {line} 行：“{value}”不符合要求；{expected_zh}"


class Side(StrEnum):
    """The two sides of an account: 借 and 贷."""

    DEBIT = "debit"
    CREDIT = "credit"


class AccountClass(StrEnum):
    """The classes (科目类别) of 财会〔2023〕14号."""

    ASSET = "资产"
    LIABILITY = "负债"
    EQUITY = "所有者权益"
    COST = "成本"
    PROFIT_AND_LOSS = "损益"


@dataclass(frozen=True, slots=True)
class Account:
    """One account (会计科目). `side` is where its balance normally stands.

    A contra account (备抵) is shown under its class but reduces it: 累计折旧 stands in credit among the assets.
    """

    code: str
    name: str
    class_name: AccountClass
    side: Side
    contra: bool = False

    @property
    def income(self) -> bool:
        """Revenue and gains: 501-504."""
        return self.class_name is AccountClass.PROFIT_AND_LOSS and self.side is Side.CREDIT

    @property
    def expense(self) -> bool:
        """Expenses, taxes and losses: 511-521."""
        return self.class_name is AccountClass.PROFIT_AND_LOSS and self.side is Side.DEBIT

    def balance(self, *, debit: int, credit: int) -> int:
        """The balance in fen, positive when it stands on the account's normal side."""
        return debit - credit if self.side is Side.DEBIT else credit - debit


Chart = Mapping[str, Account]


def chart_of(rows: Iterable[tuple[str, str, str]]) -> Chart:
    """An immutable chart from rows of code, name and class, in their order. Raises ChartInvalid.

    Classes are those printed in 财会〔2023〕14号; a contra account's class ends with (备抵).
    """
    chart: dict[str, Account] = {}
    for line, (code, name, class_name) in enumerate(rows, start=1):
        if not (code.isascii() and code.isdecimal() and len(code) == 3):
            raise ChartInvalid(
                line=line, value=code, expected="a code has three digits", expected_zh="科目编码为三位数字"
            )
        if code in chart:
            raise ChartInvalid(line=line, value=code, expected="each code stands once", expected_zh="科目编码不得重复")
        if not name.strip():
            raise ChartInvalid(line=line, value=code, expected="an account has a name", expected_zh="科目名称不得为空")
        chart[code] = _account(line, code, name, class_name)
    if not chart:
        raise ChartInvalid(line=1, value="", expected="a chart has accounts", expected_zh="科目表不得为空")
    return MappingProxyType(chart)


def _account(line: int, code: str, name: str, class_name: str) -> Account:
    contra = class_name.endswith(_CONTRA)
    try:
        kind = AccountClass(class_name.removesuffix(_CONTRA))
    except ValueError:
        allowed = "、".join(AccountClass)
        raise ChartInvalid(
            line=line, value=class_name, expected=f"a class is one of {allowed}", expected_zh=f"科目类别只能是{allowed}"
        ) from None
    side = normal_side(kind, code)
    if contra:
        side = Side.DEBIT if side is Side.CREDIT else Side.CREDIT
    return Account(code, name, kind, side, contra)


def normal_side(kind: AccountClass, code: str) -> Side:
    """Assets, costs and expenses grow in debit; liabilities, equity and income in credit.

    Income (50x) and expenses (51x, 52x) share the class 损益; the second digit tells them apart (财会〔2023〕14号).
    """
    match kind:
        case AccountClass.ASSET | AccountClass.COST:
            return Side.DEBIT
        case AccountClass.LIABILITY | AccountClass.EQUITY:
            return Side.CREDIT
        case AccountClass.PROFIT_AND_LOSS:
            return Side.CREDIT if code.startswith("50") else Side.DEBIT
