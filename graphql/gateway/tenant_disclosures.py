"""What a tenant discloses: to everyone what is published, to its offices also what is in the making."""

from __future__ import annotations

import strawberry

from gateway.context import Context, Info
from gateway.disclosures import Disclosure
from gateway.fields import field
from gateway.relay import Connection, CursorUnknown, Edge, cursor_of, page_info, page_size
from gateway.tenant_base import TenantBase
from services.read_models.disclosures import DisclosureRow


@strawberry.type
class TenantDisclosures(TenantBase):
    @field("Newest first; with office rights also drafts. 公开内容")
    async def disclosures(
        self, info: Info, item: str | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Disclosure]:
        size = page_size(first)
        rows = await self._visible(info.context, item)
        edges = [Edge(cursor=_cursor(row), node=Disclosure.of(self.row, row)) for row in rows]
        begin = _after(edges, after) if after is not None else 0
        page = edges[begin : begin + size]
        return Connection(edges=page, page_info=page_info(page, more=len(edges) > begin + size))

    @field("The newest edition of an item of a period, such as 2025-Q1. 按事项和期间查找")
    async def disclosure(self, info: Info, item: str, period: str) -> Disclosure | None:
        rows = await self._visible(info.context, item, period)
        return Disclosure.of(self.row, rows[0]) if rows else None

    async def _visible(self, context: Context, item: str | None, period: str | None = None) -> list[DisclosureRow]:
        await context.require("disclosure", "read_published", self.path)
        drafts = await context.may("disclosure", "read", self.path)
        village = self.row.key
        return await context.services.disclosures.of_village(village, public=not drafts, item=item, period=period)


def _after(edges: list[Edge[Disclosure]], cursor: str) -> int:
    """Where the page after that edge begins. Raises CursorUnknown."""
    for place, edge in enumerate(edges, start=1):
        if edge.cursor == cursor:
            return place
    raise CursorUnknown(field="after")


def _cursor(row: DisclosureRow) -> str:
    return cursor_of(row.period, row.edition, row.item)
