"""What can be subscribed to: the log of a tenant, from any position on, without a gap and without a repeat.

Entries are read from the log, never from a queue, so a client that was away, or is slow, misses nothing and fills
nobody's memory. Signals only say that there may be something to read.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import strawberry

from domain.shared.errors import DomainError
from gateway import exchange
from gateway.context import Context, Info
from gateway.fields import subscription
from gateway.history import LogEntry, log_entries
from gateway.ids import IdUnknown, Kind, NodeId
from services.read_models.tenants import TenantRow

PAGE = 50
"""Entries read at once."""


class PositionUnknown(DomainError):
    """The log has no position {after} yet; give that of the last entry you have, or 0 for all of them."""

    code = "POSITION_UNKNOWN"
    zh = "日志中尚无序号 {after}；请填写您收到的最后一条的序号，或填 0 从头开始"


@strawberry.type
class Subscription:
    @subscription(
        "The log of a tenant after a position (0: from the beginning), as it grows. "
        "After a lost connection, subscribe again after the last position seen. "
        "村务日志订阅：从指定序号之后开始，不漏不重"
    )
    async def village_log(self, info: Info, tenant: strawberry.ID, after: int = 0) -> AsyncGenerator[LogEntry, None]:
        context = info.context
        row = await _tenant(context, tenant)
        await context.require("log", "subscribe", row.path)
        exchange.current().tenant = row.id
        if after < 0 or after > await context.services.log.head(row.key):
            raise PositionUnknown(field="after", after=after)
        async for entry in _entries(context, row, after):
            yield entry


async def _tenant(context: Context, id: str) -> TenantRow:
    """Raises IdUnknown."""
    node = NodeId.parse(id, Kind.TENANT, field="tenant")
    row = await context.loaders.tenants.load(node.id)
    if row is None or row.key != node.key:
        raise IdUnknown(field="tenant")
    return row


async def _entries(context: Context, row: TenantRow, after: int) -> AsyncGenerator[LogEntry, None]:
    """Raises Forbidden, Unauthenticated when the caller's office no longer allows it."""
    current = exchange.current()
    allowed_until = time.monotonic() + current.recheck_seconds
    opened = datetime.now(UTC)
    with context.services.hub.watch([row.key]) as watch:
        while True:
            watch.clear()
            page = await context.services.log.after(row.key, after, PAGE)
            for event, entry in zip(page, await log_entries(context, page), strict=True):
                if time.monotonic() >= allowed_until:
                    allowed_until = await _still_allowed(context, row, current.recheck_seconds)
                yield entry
                after = event.position
                if event.recorded_at > opened:
                    current.delivered((datetime.now(UTC) - event.recorded_at).total_seconds())
            if not page:
                await watch.wait(max(0.0, allowed_until - time.monotonic()))
                if time.monotonic() >= allowed_until:
                    allowed_until = await _still_allowed(context, row, current.recheck_seconds)


async def _still_allowed(context: Context, row: TenantRow, seconds: float) -> float:
    """Ask again, and until when the answer counts. Raises Forbidden, Unauthenticated."""
    context.look_again()
    await context.require("log", "subscribe", row.path)
    return time.monotonic() + seconds
