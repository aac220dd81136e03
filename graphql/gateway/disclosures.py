"""Disclosures: public once published, for the village's offices before; every figure with the vouchers behind it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from domain.disclosure.disclosure import Figure, Source
from domain.shared.money import Fen
from gateway.approvals import ApprovalStep, trail_of
from gateway.context import Context, Info
from gateway.enums import DisclosureStage
from gateway.fields import field
from gateway.history import LogEntry, stream_history
from gateway.ids import IdUnknown, Kind, NodeId
from gateway.relay import Node
from gateway.vouchers import Voucher
from services.read_models.disclosures import DisclosureRow
from services.read_models.tenants import TenantRow

if TYPE_CHECKING:
    from gateway.tenants import Tenant

_SECTIONS = {"income": ("收入", "income"), "expenditure": ("支出", "expenditure"), "funds": ("货币资金", "funds")}


@strawberry.type(description="A voucher behind a figure. 构成凭证")
class FigureSource:
    """A figure may have hundreds, so what needs no question is plain data: read without a resolver."""

    voucher_id: strawberry.Private[UUID]
    village: strawberry.Private[TenantRow]
    number: str = strawberry.field(description="凭证号")
    occurred_on: date = strawberry.field(description="业务日期")
    summary: str = strawberry.field(description="摘要")
    amount: Fen = strawberry.field(description="How much of the figure it makes. 金额")

    @classmethod
    def of(cls, village: TenantRow, source: Source) -> FigureSource:
        return cls(
            voucher_id=source.voucher,
            village=village,
            number=source.number,
            occurred_on=source.occurred_on,
            summary=source.summary,
            amount=source.amount,
        )

    @field("The voucher itself, for whoever may read it. 凭证（有权查看者）")
    async def voucher(self, info: Info) -> Voucher | None:
        if not await info.context.may("voucher", "read", self.village.path):
            return None
        row = await info.context.loaders.vouchers.load((self.village.key, self.voucher_id))
        return Voucher.of(self.village, row) if row else None


@strawberry.type(description="One disclosed amount. 公开数字")
class DisclosedFigure:
    figure: strawberry.Private[Figure]
    village: strawberry.Private[TenantRow]

    @field("income, expenditure or funds. 类别")
    def section(self) -> str:
        return self.figure.section

    @field("类别名称")
    def section_name(self, info: Info) -> str:
        return info.context.say(*_SECTIONS.get(self.figure.section, (self.figure.section, self.figure.section)))

    @field("科目编码")
    def account(self) -> str:
        return self.figure.account

    @field("名称")
    def name(self) -> str:
        return self.figure.name

    @field("金额")
    def amount(self) -> Fen:
        return self.figure.amount

    @field("The vouchers that make it. 构成凭证")
    def sources(self) -> list[FigureSource]:
        return [FigureSource.of(self.village, source) for source in self.figure.sources]


@strawberry.type(description="One catalogue item of one period. 公开事项")
class Disclosure(Node):
    row: strawberry.Private[DisclosureRow]
    village: strawberry.Private[TenantRow]

    @classmethod
    def of(cls, village: TenantRow, row: DisclosureRow) -> Disclosure:
        """Its own fields ask again, so that none shows what was not published."""
        return cls(id=strawberry.ID(str(NodeId(Kind.DISCLOSURE, village.key, row.id))), row=row, village=village)

    @classmethod
    async def load(cls, context: Context, village: TenantRow, node: NodeId) -> Disclosure:
        """What the caller may not see is as unknown as what there is not. Raises IdUnknown."""
        row = await context.loaders.disclosures.load((village.key, node.id))
        if row is None or not (row.stage.public or await context.may("disclosure", "read", village.path)):
            raise IdUnknown(field="id")
        return cls.of(village, row)

    @property
    def path(self) -> str:
        return self.village.path

    @property
    def is_published(self) -> bool:
        return self.row.stage.public

    @property
    def _node(self) -> NodeId:
        return NodeId(Kind.DISCLOSURE, self.village.key, self.row.id)

    @field("所属单位")
    async def tenant(self) -> Annotated[Tenant, strawberry.lazy("gateway.tenants")]:
        from gateway.tenants import Tenant  # noqa: PLC0415  # a tenant shows these, and these their tenant

        return Tenant.of(self.village)

    @field("Item of the catalogue. 公开事项编号")
    def item(self) -> str:
        return self.row.item

    @field("标题")
    def title(self) -> str:
        return self.row.title

    @field("Such as 2025-Q1. 期间")
    def period(self) -> str:
        return self.row.period

    @field("A correction is a new edition. 版次")
    def edition(self) -> int:
        return self.row.edition

    @field("状态")
    def stage(self) -> DisclosureStage:
        return self.row.stage

    @field("The stage in words. 状态名称")
    def stage_name(self, info: Info) -> str:
        return info.context.say(self.row.stage.zh, self.row.stage.value)

    @field("公开日期")
    def published_on(self) -> date | None:
        return self.row.published_on

    @field("Position of the log at which the figures were taken. 取数时日志序号")
    def as_of(self) -> int:
        return self.row.as_of

    @field("公开数字")
    def figures(self) -> list[DisclosedFigure]:
        return [DisclosedFigure(figure=figure, village=self.village) for figure in self.row.figures]

    @field("The hands it went through. 办理过程")
    async def trail(self, info: Info) -> list[ApprovalStep]:
        return await trail_of(info.context, self.village.key, self.row.id, self.path, "disclosure")

    @field("Its events: who did what, when, and what changed. 变更记录")
    async def history(self, info: Info) -> list[LogEntry] | None:
        return await stream_history(info.context, self._node)
