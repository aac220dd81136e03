"""The books of a village as its tenant shows them: chart, balances, details, differences, and the chain's proof."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated

import strawberry

from domain.shared.calendar import Month
from domain.shared.errors import DomainError
from domain.shared.money import Fen
from gateway.as_of import AsOfInput, view_of
from gateway.books import Account, Books, accounts_of
from gateway.chart import AccountNames
from gateway.context import Info
from gateway.fields import field
from gateway.ids import Kind, NodeId
from gateway.ledger import (
    AccountBalance,
    AccountDetail,
    AccountEntry,
    LedgerDifference,
    TrialBalance,
    VoucherBetween,
    differences,
)
from gateway.relay import (
    CursorUnknown,
    Edge,
    cursor_number,
    cursor_of,
    cursor_parts,
    page_info,
    page_size,
)
from gateway.tenant_base import TenantBase
from gateway.vouchers import Voucher
from services.read_models.detail import turnover_before, vouchers_between
from services.read_models.ledger import EntryRow

From = Annotated[str, strawberry.argument(name="from", description="First month, such as 2025-01. 起始月份")]
To = Annotated[str, strawberry.argument(name="to", description="Last month, such as 2025-12. 终止月份")]
EVER = (Month(1, 1), Month(9999, 12))


class TwoMoments(DomainError):
    """Give two moments to compare; there are {count}."""

    code = "TWO_MOMENTS"
    zh = "请给出两个时点进行比较，当前为 {count} 个"


@strawberry.type
class TenantBooks(TenantBase):
    @field("Null until they are opened. 账套")
    async def books(self, info: Info) -> Books | None:
        row = await info.context.loaders.books.load(self.row.key)
        return Books(row=row) if row else None

    @field("The chart in force with the village's own sub-accounts. 会计科目")
    async def accounts(self, info: Info) -> list[Account] | None:
        return accounts_of(await AccountNames.of(info.context, self.row.key))

    @field("Now, or as of a moment in the past. 科目余额表")
    async def trial_balance(
        self, info: Info, first: From, last: To, as_of: AsOfInput | None = None
    ) -> TrialBalance | None:
        view = await view_of(info.context, as_of, self.path)
        span = Month.parse(first), Month.parse(last)
        head = await info.context.services.log.head(self.row.key)
        names, rows = await asyncio.gather(
            AccountNames.of(info.context, self.row.key),
            info.context.services.ledger.trial_balance(self.row.key, *span, view),
        )
        return TrialBalance(first=first, last=last, position=head, rows=[AccountBalance.of(row, names) for row in rows])

    @field("An account and those below it, line by line. 明细账")
    async def account_detail(
        self,
        info: Info,
        account: str,
        first_month: From,
        last_month: To,
        as_of: AsOfInput | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> AccountDetail | None:
        view = await view_of(info.context, as_of, self.path)
        size, last_seen = page_size(first), _entry_cursor(after)
        names = await AccountNames.of(info.context, self.row.key)
        standard = names.account(account)
        services, key = info.context.services, self.row.key
        begin, end = Month.parse(first_month), Month.parse(last_month)
        (debit, credit), rows = await asyncio.gather(
            turnover_before(services.db, key, account, begin, view, last_seen),
            services.ledger.entries(key, begin, end, view, account, last_seen, size + 1),
        )
        opening = balance = standard.balance(debit=debit, credit=credit)
        edges: list[Edge[AccountEntry]] = []
        for row in rows[:size]:
            balance += standard.balance(debit=row.debit, credit=row.credit)
            entry = AccountEntry(row=row, village=self.row, names=names, balance=Fen(balance))
            edges.append(Edge(cursor=_cursor(row), node=entry))
        return AccountDetail(
            edges=edges,
            page_info=page_info(edges, more=len(rows) > size),
            account=account,
            name=names[account],
            side=standard.side,
            opening=Fen(opening),
        )

    @field("How the books differ between two moments, and which vouchers made it. 账簿差异")
    async def ledger_difference(self, info: Info, between: list[AsOfInput]) -> LedgerDifference | None:
        if len(between) != 2:
            raise TwoMoments(count=len(between), field="between")
        context, key = info.context, self.row.key
        one, other = (moment.view for moment in between)
        names, before, after, vouchers = await asyncio.gather(
            AccountNames.of(context, key),
            context.services.ledger.trial_balance(key, *EVER, one),
            context.services.ledger.trial_balance(key, *EVER, other),
            vouchers_between(context.services.db, key, one, other),
        )
        nodes = [NodeId(Kind.VOUCHER, key, row.voucher_id) for row in vouchers]
        found = await asyncio.gather(*(Voucher.load(context, self.row, node) for node in nodes))
        return LedgerDifference(
            accounts=differences(before, after, names),
            vouchers=[
                VoucherBetween(voucher=voucher, added=row.added) for voucher, row in zip(found, vouchers, strict=True)
            ],
        )


def _cursor(row: EntryRow) -> str:
    return cursor_of(row.occurred_on, row.number, row.line)


def _entry_cursor(after: str | None) -> tuple[date, int, int] | None:
    """Date, number and line of the last entry seen. Raises CursorUnknown."""
    if after is None:
        return None
    day, number, line = cursor_parts(after, 3)
    try:
        return date.fromisoformat(day), cursor_number(number), cursor_number(line)
    except ValueError:
        raise CursorUnknown(field="after") from None
