"""What the books say: balances, the detail of an account, and how two moments differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import strawberry

from domain.shared.money import Fen
from gateway.chart import AccountNames
from gateway.context import Info
from gateway.enums import Side
from gateway.fields import field
from gateway.ids import Kind, NodeId
from gateway.relay import Connection
from gateway.vouchers import Voucher
from services.read_models.ledger import BalanceRow, EntryRow
from services.read_models.tenants import TenantRow


@strawberry.type(description="Debit and credit, in yuan. 借贷金额")
class Sides:
    debit: Fen = strawberry.field(description="借方")
    credit: Fen = strawberry.field(description="贷方")

    @classmethod
    def net(cls, amount: int) -> Sides:
        """A balance stands on one side only; `amount` is debit less credit, in fen."""
        return cls(debit=Fen(max(amount, 0)), credit=Fen(max(-amount, 0)))

    @classmethod
    def sum(cls, parts: Iterable[Sides]) -> Sides:
        listed = list(parts)
        return cls(debit=Fen(sum(part.debit for part in listed)), credit=Fen(sum(part.credit for part in listed)))


@strawberry.type(description="One account of the trial balance. 科目余额")
class AccountBalance:
    account: str = strawberry.field(description="科目编码")
    name: str = strawberry.field(description="科目名称")
    opening: Sides = strawberry.field(description="期初余额")
    turnover: Sides = strawberry.field(description="本期发生额")
    closing: Sides = strawberry.field(description="期末余额")

    @classmethod
    def of(cls, row: BalanceRow, names: AccountNames) -> AccountBalance:
        before = row.debit_before - row.credit_before
        return cls(
            account=row.account,
            name=names[row.account],
            opening=Sides.net(before),
            turnover=Sides(debit=Fen(row.debit), credit=Fen(row.credit)),
            closing=Sides.net(before + row.debit - row.credit),
        )


@strawberry.type(description="Sums of all accounts; debit equals credit in each. 合计")
class Totals:
    opening: Sides = strawberry.field(description="期初余额合计")
    turnover: Sides = strawberry.field(description="本期发生额合计")
    closing: Sides = strawberry.field(description="期末余额合计")


@strawberry.type(description="Every account with its balances. 科目余额表")
class TrialBalance:
    first: str = strawberry.field(name="from", description="起始月份")
    last: str = strawberry.field(name="to", description="终止月份")
    position: int = strawberry.field(description="The head of the log when it was taken. 日志序号")
    rows: list[AccountBalance] = strawberry.field(description="各科目余额")

    @field("合计")
    def totals(self) -> Totals:
        return Totals(
            opening=Sides.sum(row.opening for row in self.rows),
            turnover=Sides.sum(row.turnover for row in self.rows),
            closing=Sides.sum(row.closing for row in self.rows),
        )


@strawberry.type(description="One posted line of an account. 明细账分录")
class AccountEntry:
    row: strawberry.Private[EntryRow]
    village: strawberry.Private[TenantRow]
    names: strawberry.Private[AccountNames]
    balance: Fen = strawberry.field(description="After it, on the account's normal side. 余额")

    @field("业务日期")
    def occurred_on(self) -> date:
        return self.row.occurred_on

    @field("凭证号")
    def number(self) -> str:
        return f"{self.row.month}/{self.row.number}"

    @field("科目编码")
    def account(self) -> str:
        return self.row.account

    @field("科目名称")
    def account_name(self) -> str:
        return self.names[self.row.account]

    @field("摘要")
    def summary(self) -> str:
        return self.row.summary

    @field("往来单位或个人")
    def counterparty(self) -> str:
        return self.row.counterparty

    @field("借方金额")
    def debit(self) -> Fen:
        return Fen(self.row.debit)

    @field("贷方金额")
    def credit(self) -> Fen:
        return Fen(self.row.credit)

    @field("Of the event that posted it. 入账日志序号")
    def position(self) -> int:
        return self.row.position

    @field("入账时间")
    def recorded_at(self) -> datetime:
        return self.row.recorded_at

    @field("凭证")
    async def voucher(self, info: Info) -> Voucher:
        node = NodeId(Kind.VOUCHER, self.village.key, self.row.voucher_id)
        return await Voucher.load(info.context, self.village, node)


@strawberry.type(description="An account line by line with its running balance. 明细账")
class AccountDetail(Connection[AccountEntry]):
    account: str = strawberry.field(description="科目编码")
    name: str = strawberry.field(description="科目名称")
    side: Side = strawberry.field(description="On which side balances are positive. 余额方向")
    opening: Fen = strawberry.field(description="Before the first line of this page. 期初（承前页）余额")


@strawberry.type(description="One account at two moments. 科目差异")
class AccountDifference:
    account: str = strawberry.field(description="科目编码")
    name: str = strawberry.field(description="科目名称")
    side: Side = strawberry.field(description="On which side balances are positive. 余额方向")
    before: Fen = strawberry.field(description="前一时点余额")
    after: Fen = strawberry.field(description="后一时点余额")

    @field("差额")
    def difference(self) -> Fen:
        return Fen(self.after - self.before)


@strawberry.type(description="A voucher that only one of the two views shows. 造成差异的凭证")
class VoucherBetween:
    voucher: Voucher
    added: bool = strawberry.field(description="Does the second view show it? 是否新增")


@strawberry.type(description="How the books differ between two moments, and why. 账簿差异")
class LedgerDifference:
    accounts: list[AccountDifference] = strawberry.field(description="Accounts whose balance differs. 有差异的科目")
    vouchers: list[VoucherBetween] = strawberry.field(description="In the order of their posting. 造成差异的凭证")


def differences(
    before: Sequence[BalanceRow], after: Sequence[BalanceRow], names: AccountNames
) -> list[AccountDifference]:
    """The accounts whose balances differ, in code order."""
    old, new = ({row.account: row for row in rows} for rows in (before, after))
    found = [
        AccountDifference(
            account=code,
            name=names[code],
            side=names.account(code).side,
            before=_balance(old.get(code), names),
            after=_balance(new.get(code), names),
        )
        for code in sorted({*old, *new})
    ]
    return [one for one in found if one.before != one.after]


def _balance(row: BalanceRow | None, names: AccountNames) -> Fen:
    if row is None:
        return Fen(0)
    debit, credit = row.debit_before + row.debit, row.credit_before + row.credit
    return Fen(names.account(row.account).balance(debit=debit, credit=credit))
