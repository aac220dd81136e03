"""Vouchers (记账凭证) as they stand, with their lines and the hands they went through."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.ledger.posting import Posting
from domain.shared.money import Fen
from gateway.approvals import ApprovalStep, trail_of
from gateway.chart import AccountNames
from gateway.context import Context, Info
from gateway.enums import VoucherStage
from gateway.fields import field
from gateway.history import LogEntry, stream_history
from gateway.ids import IdUnknown, Kind, NodeId
from gateway.relay import Node
from services.read_models.tenants import TenantRow
from services.read_models.vouchers import VoucherRow

if TYPE_CHECKING:
    from gateway.tenants import Tenant


@strawberry.type(description="One line of a voucher. 分录")
class VoucherLine:
    account: str = strawberry.field(description="科目编码")
    account_name: str = strawberry.field(description="科目名称")
    debit: Fen = strawberry.field(description="借方金额")
    credit: Fen = strawberry.field(description="贷方金额")
    summary: str = strawberry.field(description="摘要")
    counterparty: str = strawberry.field(description="往来单位或个人")
    evidence: str = strawberry.field(description="Number of the document behind it. 附件号")

    @classmethod
    def of(cls, posting: Posting, names: AccountNames) -> VoucherLine:
        return cls(
            account=posting.account,
            account_name=names[posting.account],
            debit=posting.debit,
            credit=posting.credit,
            summary=posting.summary,
            counterparty=posting.counterparty,
            evidence=posting.evidence,
        )


@strawberry.type(description="A voucher: one balanced entry, from draft to posting. 记账凭证")
class Voucher(Node):
    row: strawberry.Private[VoucherRow]
    village: strawberry.Private[TenantRow]

    @classmethod
    def of(cls, village: TenantRow, row: VoucherRow) -> Voucher:
        return cls(id=strawberry.ID(str(NodeId(Kind.VOUCHER, village.key, row.id))), row=row, village=village)

    @classmethod
    async def load(cls, context: Context, village: TenantRow, node: NodeId) -> Voucher:
        """Asks before it looks: who may not read there cannot tell a voucher from none.

        Raises Unauthenticated, Forbidden, IdUnknown.
        """
        await context.require("voucher", "read", village.path)
        row = await context.loaders.vouchers.load((village.key, node.id))
        if row is None:
            raise IdUnknown(field="id")
        return cls.of(village, row)

    @property
    def path(self) -> str:
        return self.village.path

    @property
    def is_published(self) -> bool:
        return False

    @property
    def _node(self) -> NodeId:
        return NodeId(Kind.VOUCHER, self.village.key, self.row.id)

    @field("所属单位")
    async def tenant(self) -> Annotated[Tenant, strawberry.lazy("gateway.tenants")]:
        from gateway.tenants import Tenant  # noqa: PLC0415  # a tenant shows these, and these their tenant

        return Tenant.of(self.village)

    @field("As people name it, such as 2025-03/12. 凭证号")
    def number(self) -> str:
        return self.row.label

    @field("The accounting month, such as 2025-03. 会计期间")
    def month(self) -> str:
        return self.row.month

    @field("业务日期")
    def occurred_on(self) -> date:
        return self.row.occurred_on

    @field("摘要")
    def summary(self) -> str:
        return self.row.summary

    @field("分录")
    async def lines(self, info: Info) -> list[VoucherLine]:
        names = await AccountNames.of(info.context, self.village.key)
        return [VoucherLine.of(posting, names) for posting in self.row.postings]

    @field("One side of it. 金额合计")
    def total(self) -> Fen:
        return Fen(self.row.total)

    @field("状态")
    def stage(self) -> VoucherStage:
        return self.row.stage

    @field("The stage in words. 状态名称")
    def stage_name(self, info: Info) -> str:
        return info.context.say(self.row.stage.zh, self.row.stage.value)

    @field("The hands it went through. 办理过程")
    async def trail(self, info: Info) -> list[ApprovalStep]:
        return await trail_of(info.context, self.village.key, self.row.id, self.path, "voucher")

    @field("The voucher that this one reverses. 被冲销凭证")
    async def reverses(self, info: Info) -> Voucher | None:
        return await self._other(info.context, "reverses")

    @field("The voucher that reverses this one. 冲销凭证")
    async def reversal(self, info: Info) -> Voucher | None:
        return await self._other(info.context, "reversal")

    @field("Its events: who did what, when, and what changed. 变更记录")
    async def history(self, info: Info) -> list[LogEntry] | None:
        return await stream_history(info.context, self._node)

    async def _other(self, context: Context, link: str) -> Voucher | None:
        other = getattr(self.row, link)
        row = await context.loaders.vouchers.load((self.village.key, other)) if other else None
        return Voucher.of(self.village, row) if row else None
