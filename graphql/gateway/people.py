"""People, the offices they hold, and what of them may be shown to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from domain.shared.identity import TenantKey
from gateway.context import Context, Info
from gateway.enums import Office
from gateway.fields import field
from gateway.ids import IdUnknown, Kind, NodeId, member_id, tenant_id
from gateway.relay import Node
from services.read_models.offices import TermRow

if TYPE_CHECKING:
    from gateway.tenants import Tenant


async def name_of(context: Context, district: UUID, member: UUID) -> str:
    """The name of a person; an erased person has none any more."""
    name = await context.loaders.names.load((district, member))
    return name or context.say("已注销人员", "erased person")


@strawberry.type(description="Somebody's term in an office: public (S2.21). 任职")
class OfficeTerm(Node):
    row: strawberry.Private[TermRow]
    district: strawberry.Private[UUID]

    @classmethod
    def of(cls, district: UUID, row: TermRow) -> OfficeTerm:
        node = NodeId(Kind.TERM, TenantKey(district, row.tenant_id), row.id)
        return cls(id=strawberry.ID(str(node)), row=row, district=district)

    @field("职务")
    def office(self) -> Office:
        return self.row.office

    @field("The office in words. 职务名称")
    def office_name(self, info: Info) -> str:
        return info.context.say(self.row.office.zh, self.row.office.en)

    @field("The holder's name. 任职人姓名")
    async def holder(self, info: Info) -> str:
        return await name_of(info.context, self.district, self.row.member_id)

    @field("任职单位")
    async def tenant(self, info: Info) -> Annotated[Tenant, strawberry.lazy("gateway.tenants")]:
        from gateway.tenants import Tenant  # noqa: PLC0415  # a tenant shows these, and these their tenant

        return await Tenant.load(info.context, tenant_id(TenantKey(self.district, self.row.tenant_id)))

    @field("First day. 任期开始日", name="from")
    def starts(self) -> date:
        return self.row.starts

    @field("Last day; until further notice if null. 任期结束日", name="to")
    def ends(self) -> date | None:
        return self.row.ends

    @field("Held on behalf of another term's holder. 是否受委托代行")
    def delegated(self) -> bool:
        return self.row.delegated_by is not None

    @classmethod
    async def load(cls, context: Context, node: NodeId) -> OfficeTerm:
        """Raises IdUnknown."""
        row = await context.services.offices.term(node.key.district, node.id)
        if row is None or row.tenant_id != node.key.tenant:
            raise IdUnknown(field="id")
        return cls.of(node.key.district, row)


@strawberry.type(description="A person registered in the district. 人员")
class Member(Node):
    district: strawberry.Private[UUID]
    member: strawberry.Private[UUID]

    @classmethod
    def of(cls, district: UUID, member: UUID) -> Member:
        """Whoever calls this has asked whether the caller may read the person."""
        return cls(id=strawberry.ID(str(member_id(district, member))), district=district, member=member)

    @field("姓名")
    async def name(self, info: Info) -> str:
        return await name_of(info.context, self.district, self.member)

    @field("Were the personal data erased? 个人信息是否已删除")
    async def erased(self, info: Info) -> bool:
        row = await info.context.loaders.members.load((self.district, self.member))
        return row is not None and row.erased

    @field("Masked unless you administer it or it is yours. 电话")
    async def phone(self, info: Info) -> str | None:
        return await self._private(info.context, "phone", shown=(3, 4))

    @field("Masked unless you administer it or it is yours. 身份证号")
    async def id_number(self, info: Info) -> str | None:
        return await self._private(info.context, "id_number", shown=(1, 1))

    @field("Every term, past ones too. 任职经历")
    async def offices(self, info: Info) -> list[OfficeTerm]:
        rows = await info.context.services.offices.of_member(self.district, self.member)
        return [OfficeTerm.of(self.district, row) for row in rows]

    async def _private(self, context: Context, field: str, *, shown: tuple[int, int]) -> str | None:
        row = await context.loaders.members.load((self.district, self.member))
        sealed = getattr(row, field) if row else None
        if sealed is None:
            return None
        opened = await context.services.sealing.open_many(self.district, {self.member: {field: sealed}})
        text = opened[self.member][field]
        if text and not await context.may("member", "read_private", f"/{self.district}/", subject=self.member):
            return masked(text, *shown)
        return text

    @classmethod
    async def load(cls, context: Context, node: NodeId) -> Member:
        """The person, for whom the policy lets read them. Raises Unauthenticated, Forbidden, IdUnknown.

        People are read where they hold office; who reads none of those places learns nothing, not even that there is
        such a person.
        """
        district = node.key.district
        terms = await context.services.offices.of_member(district, node.id)
        await require_reader(context, district, node.id, terms)
        if node.key.tenant != district or await context.loaders.members.load((district, node.id)) is None:
            raise IdUnknown(field="id")
        return cls.of(district, node.id)


async def require_reader(context: Context, district: UUID, member: UUID, terms: Sequence[TermRow]) -> None:
    """Raises Unauthenticated, Forbidden."""
    for path in {term.path for term in terms}:
        if await context.may("member", "read", path):
            return
    await context.require("member", "read", f"/{district}/", subject=member)


def masked(text: str, head: int, tail: int) -> str:
    """All but the first and last characters hidden; short texts altogether."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]


async def members_in(context: Context, key: TenantKey) -> list[Member]:
    """Everybody who holds or held an office in a tenant."""
    terms = await context.loaders.terms.load(key)
    members = dict.fromkeys(term.member_id for term in terms)
    await asyncio.gather(*(context.loaders.members.load((key.district, member)) for member in members))
    return [Member.of(key.district, member) for member in members]
