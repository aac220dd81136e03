"""The log as people read it: what happened, when, who did it in which office, and what it changed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

import strawberry

from domain.disclosure.disclosure import Disclosure
from domain.ledger.voucher import Voucher
from domain.shared.events import Recorded
from domain.shared.identity import TenantKey
from domain.tenancy.member import Member
from domain.tenancy.tenant import Tenant
from gateway.changes import Leaf, Who, changes_of
from gateway.context import Context, Info
from gateway.enums import Office
from gateway.event_names import EVENT_NAMES
from gateway.fields import field
from gateway.ids import Kind, NodeId
from gateway.people import name_of
from gateway.relay import Connection, Edge, cursor_number, cursor_of, cursor_parts, page_info, page_size
from services.read_models.tenants import TenantRow

_KINDS = {
    Tenant.__name__: Kind.TENANT,
    Member.__name__: Kind.MEMBER,
    Voucher.__name__: Kind.VOUCHER,
    Disclosure.__name__: Kind.DISCLOSURE,
}


@strawberry.type(description="A field that an event changed. 变更内容")
class FieldChange:
    field: str = strawberry.field(description="字段")
    before: str | None = strawberry.field(description="变更前")
    after: str | None = strawberry.field(description="变更后")


@strawberry.type(description="An event of a tenant's log. 日志记录")
class LogEntry:
    event: strawberry.Private[Recorded]

    @field("Gapless within the tenant's log. 日志序号")
    def position(self) -> int:
        return self.event.position

    @field("When it was recorded. 记录时间")
    def recorded_at(self) -> datetime:
        return self.event.recorded_at

    @field("Stable name of the event. 事件类型")
    def type(self) -> str:
        return self.event.type

    @field("What happened, in words. 事项")
    def title(self, info: Info) -> str:
        return info.context.say(*EVENT_NAMES.get(self.event.type, (self.event.type, self.event.type)))

    @field("Who did it; the system itself if null. 办理人")
    async def who(self, info: Info) -> str | None:
        member = self.event.meta.member
        return await name_of(info.context, self.event.key.district, member) if member else None

    @field("In which office. 办理人职务")
    def office(self) -> Office | None:
        return self.event.meta.office

    @field("Where it came from, such as graphql or cli. 来源")
    def origin(self) -> str:
        return self.event.meta.origin

    @field("The stream: all entries of one object share it. 对象标识")
    def stream(self) -> UUID:
        return self.event.stream

    @field("The object's global id, where it has one. 对象编号")
    def subject(self) -> strawberry.ID | None:
        node = _node_of(self.event)
        return strawberry.ID(str(node)) if node else None

    @field("Link of the chain, in hexadecimal. 哈希链值")
    def hash(self) -> str:
        return self.event.hash.hex()

    @field("What it changed. 变更内容")
    async def changes(self, info: Info) -> list[FieldChange]:
        context, key = info.context, self.event.key
        stream = await context.loaders.streams.load((key, self.event.stream))
        return [
            FieldChange(
                field=change.field,
                before=await _shown(context, key, change.before),
                after=await _shown(context, key, change.after),
            )
            for change in changes_of(stream, self.event.version, context.language)
        ]


async def log_entries(context: Context, rows: list[Recorded]) -> list[LogEntry]:
    """Events as the schema shows them; what was read of their streams before is read anew."""
    for key in {(row.key, row.stream) for row in rows}:
        with suppress(KeyError):  # not read before
            context.loaders.streams.clear(key)
    return [LogEntry(event=row) for row in rows]


async def log_page(
    context: Context, tenant: TenantRow, first: int, after: str | None, stream: UUID | None
) -> Connection[LogEntry]:
    """A page of a tenant's log, oldest first, or of one of its streams. Raises PageSize, CursorUnknown."""
    size = page_size(first)
    position = cursor_number(cursor_parts(after, 1)[0]) if after else 0
    if stream is None:
        rows = await context.services.log.after(tenant.key, position, size + 1)
    else:
        found = await context.services.log.of_stream(tenant.key, stream)
        rows = [row for row in found if row.position > position]
    return _connection(await log_entries(context, rows[:size]), more=len(rows) > size)


async def stream_history(context: Context, node: NodeId) -> list[LogEntry]:
    """Every event of one object, in order."""
    return [LogEntry(event=row) for row in await context.loaders.streams.load((node.key, node.id))]


def _connection(entries: list[LogEntry], *, more: bool) -> Connection[LogEntry]:
    edges = [Edge(cursor=cursor_of(entry.event.position), node=entry) for entry in entries]
    return Connection(edges=edges, page_info=page_info(edges, more=more))


async def _shown(context: Context, key: TenantKey, leaf: Leaf | None) -> str | None:
    return await name_of(context, key.district, leaf.member) if isinstance(leaf, Who) else leaf


def _node_of(event: Recorded) -> NodeId | None:
    """Books, benches and days of sign-ins are no nodes."""
    owner = type(event.payload).__qualname__.partition(".")[0]
    kind = _KINDS.get(owner)
    if kind is None:
        return None
    key = TenantKey(event.key.district, event.stream) if kind is Kind.TENANT else event.key
    return NodeId(kind, key, event.stream)
