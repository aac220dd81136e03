"""Tenants: districts, townships, villages and communities. What each context shows of one stands in its own file."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import strawberry

from gateway.context import Context, Info
from gateway.enums import Level
from gateway.fields import field
from gateway.history import LogEntry, log_page
from gateway.ids import IdUnknown, Kind, NodeId, tenant_id
from gateway.people import Member, OfficeTerm, members_in
from gateway.relay import Connection, Node
from gateway.tenant_books import TenantBooks
from gateway.tenant_disclosures import TenantDisclosures
from gateway.tenant_proof import TenantProof
from gateway.tenant_vouchers import TenantVouchers
from policies.access.enforcer import NO_TENANT
from services.read_models.tenants import TenantRow
from services.work import Place


@strawberry.type(description="The end of a tenant's log. 日志末端")
class Head:
    position: int = strawberry.field(description="Of the last event; 0 for none. 最新序号")
    hash: str = strawberry.field(description="Of the chain up to it, in hexadecimal. 链值")
    recorded_at: datetime | None = strawberry.field(description="记录时间")


@strawberry.type(description="A district, township, village or community. 单位")
class Tenant(TenantBooks, TenantVouchers, TenantDisclosures, TenantProof, Node):
    @classmethod
    def of(cls, row: TenantRow) -> Tenant:
        return cls(id=strawberry.ID(str(tenant_id(row.key))), row=row)

    @classmethod
    async def load(cls, context: Context, node: NodeId, field: str = "id") -> Tenant:
        """Raises IdUnknown."""
        return cls.of(await tenant_row(context, node, field))

    @field("Division code of today. 区划代码")
    def code(self) -> str:
        return self.row.code

    @field("全称")
    def name(self) -> str:
        return self.row.name

    @field("简称")
    def short_name(self) -> str:
        return self.row.short_name

    @field("级别")
    def level(self) -> Level:
        return self.row.level

    @field("上级单位")
    async def parent(self, info: Info) -> Tenant | None:
        row = await info.context.loaders.tenants.load(self.row.parent_id) if self.row.parent_id else None
        return Tenant.of(row) if row else None

    @field("Directly below, in pinyin order. 下级单位")
    async def children(self, info: Info) -> list[Tenant]:
        return [Tenant.of(row) for row in await info.context.loaders.children.load(self.row.key)]

    @field("The tenant that this one was merged into. 并入单位")
    async def merged_into(self, info: Info) -> Tenant | None:
        row = await info.context.loaders.tenants.load(self.row.merged_into) if self.row.merged_into else None
        return Tenant.of(row) if row else None

    @field("Who holds which office; past terms too unless a day is given. 任职情况")
    async def offices(self, info: Info, on: date | None = None) -> list[OfficeTerm]:
        terms = await info.context.loaders.terms.load(self.row.key)
        return [OfficeTerm.of(self.row.district_id, term) for term in terms if on is None or term.runs_on(on)]

    @field("Everybody who holds or held an office here. 任职人员")
    async def members(self, info: Info) -> list[Member] | None:
        return await members_in(info.context, self.row.key)

    @field("Where the log stands: compare it with what was published. 日志末端")
    async def head(self, info: Info) -> Head:
        head = await info.context.loaders.heads.load(self.row.key)
        return Head(
            position=head.position if head else 0,
            hash=head.hash.hex() if head else "",
            recorded_at=head.recorded_at if head else None,
        )

    @field("The log, oldest first; of one object if `stream` is given. 全部日志")
    async def history(
        self, info: Info, first: int = 50, after: str | None = None, stream: UUID | None = None
    ) -> Connection[LogEntry] | None:
        return await log_page(info.context, self.row, first, after, stream)


@strawberry.type
class TenantQuery:
    @field("The tenant that has a division code now, or had it on a day. 按区划代码查找单位")
    async def tenant(self, info: Info, code: str, on: date | None = None) -> Tenant | None:
        await info.context.require("tenant", "read", NO_TENANT)
        row = await info.context.services.tenants.by_code(code.strip(), on)
        return Tenant.of(row) if row else None

    @field("Every district of the service. 全部区县")
    async def districts(self, info: Info) -> list[Tenant]:
        await info.context.require("tenant", "read", NO_TENANT)
        return [Tenant.of(row) for row in await info.context.services.tenants.districts()]


async def tenant_row(context: Context, node: NodeId, field: str | None = "id") -> TenantRow:
    """The tenant whose log an id names. The register is public, so an unknown one may be told. Raises IdUnknown."""
    row = await context.loaders.tenants.load(node.key.tenant)
    if row is None or row.key != node.key:
        raise IdUnknown(field=field)
    return row


async def place_of(context: Context, text: str, *kinds: Kind, field: str) -> tuple[Place, NodeId]:
    """Where a command about this object goes. Raises IdUnknown."""
    node = NodeId.parse(text, *kinds, field=field)
    row = await tenant_row(context, node, field)
    return Place(row.key, row.path, row.level), node
