"""The books of a village: its chart, sub-accounts and closed months."""

from __future__ import annotations

import strawberry

from domain.ledger.chart import Account as StandardAccount
from gateway.chart import AccountNames
from gateway.enums import AccountClass, Side
from gateway.fields import field
from services.read_models.books import BooksRow


@strawberry.type(description="A village's books. 账套")
class Books:
    row: strawberry.Private[BooksRow]

    @field("Version of the national chart. 会计科目表版本")
    def chart(self) -> str:
        return self.row.chart

    @field("启用月份")
    def first_month(self) -> str:
        return str(self.row.first_month)

    @field("The last closed month. 已结账至")
    def closed_until(self) -> str | None:
        return str(self.row.closed_until) if self.row.closed_until else None


@strawberry.type(description="An account of the books. 会计科目")
class Account:
    code: str = strawberry.field(description="科目编码")
    names: strawberry.Private[AccountNames]
    leaf: bool = strawberry.field(description="May it be posted to? 是否末级科目")

    @property
    def _standard(self) -> StandardAccount:
        return self.names.account(self.code)

    @field("科目名称")
    def name(self) -> str:
        return self.names[self.code]

    @field("科目类别", name="class")
    def class_name(self) -> AccountClass:
        return self._standard.class_name

    @field("On which side its balance stands. 余额方向")
    def side(self) -> Side:
        return self._standard.side

    @field("Opened by the village itself. 是否自设明细")
    def own(self) -> bool:
        return self.code in self.names.own


def accounts_of(names: AccountNames) -> list[Account]:
    """Every account in code order; those with sub-accounts are no leaves."""
    codes = sorted({*names.standard, *names.own})
    above = {code[:-2] for code in names.own}
    return [Account(code=code, names=names, leaf=code not in above) for code in codes]
