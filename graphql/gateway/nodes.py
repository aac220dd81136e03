"""`node(id)`: any object by its global id, for whoever may see it."""

from __future__ import annotations

import strawberry

from gateway.context import Context, Info
from gateway.disclosures import Disclosure
from gateway.fields import field
from gateway.ids import Kind, NodeId
from gateway.people import Member, OfficeTerm
from gateway.relay import Node
from gateway.tenants import Tenant, tenant_row
from gateway.vouchers import Voucher


@strawberry.type
class NodeQuery:
    @field("Any object by its id. 按编号查询")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return await find(info.context, NodeId.parse(id, field="id"))


async def find(context: Context, node: NodeId) -> Node:
    """Raises IdUnknown, Unauthenticated, Forbidden; the same whether or not there is what the caller may not see."""
    if node.kind is Kind.MEMBER:
        return await Member.load(context, node)
    row = await tenant_row(context, node)
    match node.kind:
        case Kind.TERM:
            return await OfficeTerm.load(context, node)
        case Kind.VOUCHER:
            return await Voucher.load(context, row, node)
        case Kind.DISCLOSURE:
            return await Disclosure.load(context, row, node)
        case _:
            return Tenant.of(row)
