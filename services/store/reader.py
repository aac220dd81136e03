"""Reading on in the logs, behind the writers: for a subscriber from a position, for a reactor from its checkpoint.

Positions are gapless and in commit order in each tenant, so whoever reads on after position N misses nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable
from uuid import UUID

import structlog

from domain.shared.events import Recorded
from domain.shared.identity import TenantKey
from services.store.db import Connection
from services.store.hub import Hub
from services.store.log import EventLog

Handle = Callable[[Recorded], Awaitable[None]]
Selection = Callable[[], Awaitable[Collection[TenantKey]]]
"""Which tenants to read; asked again on every round, because tenants come and go."""

PAGE = 500
"""Events that a follower reads at once."""
TURN = 100
"""Events that a reader handles before it saves its checkpoint and lets another take its turn."""
ROUND = 5.0
"""Seconds after which a reader looks again without having been woken."""
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds between attempts at an event that a reader keeps failing to handle: each time twice as long."""

_log = structlog.get_logger(__name__)


async def follow(log: EventLog, hub: Hub, key: TenantKey, after: int = 0) -> AsyncGenerator[Recorded, None]:
    """Every event of one tenant after a position, in order, those to come as well; never ends by itself.

    Close it when done (contextlib.aclosing), or the hub goes on watching for it.
    """
    with hub.watch([key]) as watch:
        while True:
            watch.clear()
            page = await log.after(key, after, PAGE)
            for event in page:
                yield event
                after = event.position
            if not page:
                await watch.wait()


class LogReader:
    """A named reader of many tenants' logs, whose place in each is kept in sanzi.checkpoint.

    Every event is handled in order and at least once: the checkpoint is saved after the handling, so a reader that is
    killed handles its last turn again, and handlers must bear that (a command whose id is derived from the event's
    does). Readers of one name, in this process or others, take turns and never handle a tenant at the same time.
    """

    def __init__(self, log: EventLog, hub: Hub, name: str) -> None:
        self._log, self._db, self._hub, self.name = log, log.db, hub, name

    async def position(self, key: TenantKey) -> int:
        """The last position that was handled, 0 if none."""
        async with self._db.scope(key.district, [key.tenant]) as connection:
            return await _checkpoint(connection, key, self.name)

    async def start_at(self, key: TenantKey, position: int) -> None:
        """Let a reader that has no checkpoint in this tenant yet begin after that position instead of 0."""
        async with self._db.scope(key.district, [key.tenant]) as connection:
            await connection.execute(
                "insert into sanzi.checkpoint (district_id, tenant_id, reader, position) values ($1, $2, $3, $4) "
                "on conflict do nothing",
                key.district,
                key.tenant,
                self.name,
                position,
            )

    async def behind(self, keys: Iterable[TenantKey]) -> list[TenantKey]:
        """Those of these tenants whose log has events that this reader has not handled."""
        by_district: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for key in keys:
            by_district[key.district].append(key.tenant)
        found: list[TenantKey] = []
        for district, tenants in by_district.items():
            async with self._db.scope(district, tenants) as connection:
                rows = await connection.fetch(
                    """select h.tenant_id from sanzi.head h
                         left join sanzi.checkpoint c on c.district_id = h.district_id and c.tenant_id = h.tenant_id
                              and c.reader = $3
                        where h.district_id = $1 and h.tenant_id = any ($2) and h.position > coalesce(c.position, 0)
                        order by h.tenant_id""",
                    district,
                    tenants,
                    self.name,
                )
            found += [TenantKey(district, row["tenant_id"]) for row in rows]
        return found

    async def catch_up(self, key: TenantKey, handle: Handle) -> int:
        """Handle what is there of one tenant; how many events. Stops early where another reader of this name has the
        turn. What `handle` raises comes through, after the checkpoint of those handled before is saved."""
        total = 0
        while handled := await self._turn(key, handle):
            total += handled
        return total

    async def run(self, select: Selection, handle: Handle) -> None:
        """Handle everything of the selected tenants, for ever, also when the database goes away for a while.

        A tenant whose event cannot be handled is tried again after ever longer pauses; the others go on.
        """
        patience = _Patience()
        while True:
            try:
                keys = await select()
                with self._hub.watch(keys) as watch:
                    watch.clear()
                    due = [key for key in await self.behind(keys) if patience.allows(key)]
                    handled = await asyncio.gather(*(self._try(key, handle, patience) for key in due))
                    if not any(handled):
                        await watch.wait(min(ROUND, patience.seconds()))
            except Exception as problem:
                _log.error("reader_waits", reader=self.name, error=type(problem).__name__)
                await asyncio.sleep(SHORTEST_PAUSE)

    async def _try(self, key: TenantKey, handle: Handle, patience: _Patience) -> int:
        try:
            handled = await self.catch_up(key, handle)
        except Exception as problem:
            pause = patience.lose(key)
            # The kind alone: what an exception says may quote personal data.
            kind = type(problem).__name__
            _log.error("reader_failed", reader=self.name, tenant=str(key.tenant), error=kind, pause=pause)
            return 0
        patience.restore(key)
        return handled

    async def _turn(self, key: TenantKey, handle: Handle) -> int:
        """One turn: how many events were handled; 0 also when another has the turn."""
        failure: Exception | None = None
        async with (
            self._hub.turns,
            self._db.scope(key.district, [key.tenant]) as connection,
            connection.transaction(),
        ):
            # The lock is the transaction's: it goes with whoever dies. No snapshot is held while we handle.
            name = f"{self.name} {key.district} {key.tenant}"
            if not await connection.fetchval("select pg_try_advisory_xact_lock(hashtextextended($1, 0))", name):
                return 0
            before = position = await _checkpoint(connection, key, self.name)
            try:
                for event in await self._log.after(key, position, TURN):
                    await handle(event)
                    position = event.position
            except Exception as problem:
                failure = problem
            if position > before:
                await _save(connection, key, self.name, position)
        if failure:
            raise failure
        return position - before


class _Patience:
    """How long to leave tenants alone whose events could not be handled."""

    def __init__(self) -> None:
        self._pauses: dict[TenantKey, tuple[float, float]] = {}  # how long, until when

    def lose(self, key: TenantKey) -> float:
        pause = min(2 * self._pauses[key][0], LONGEST_PAUSE) if key in self._pauses else SHORTEST_PAUSE
        self._pauses[key] = (pause, time.monotonic() + pause)
        return pause

    def restore(self, key: TenantKey) -> None:
        self._pauses.pop(key, None)

    def allows(self, key: TenantKey) -> bool:
        return key not in self._pauses or self._pauses[key][1] <= time.monotonic()

    def seconds(self) -> float:
        """Until the first of them may be tried again."""
        soonest = min((until for _, until in self._pauses.values()), default=float("inf"))
        return max(0.0, soonest - time.monotonic())


async def _checkpoint(connection: Connection, key: TenantKey, reader: str) -> int:
    position: int | None = await connection.fetchval(
        "select position from sanzi.checkpoint where district_id = $1 and tenant_id = $2 and reader = $3",
        key.district,
        key.tenant,
        reader,
    )
    return position or 0


async def _save(connection: Connection, key: TenantKey, reader: str, position: int) -> None:
    await connection.execute(
        """insert into sanzi.checkpoint as c (district_id, tenant_id, reader, position) values ($1, $2, $3, $4)
           on conflict (district_id, tenant_id, reader)
           do update set position = greatest(c.position, excluded.position), updated_at = now()""",
        key.district,
        key.tenant,
        reader,
        position,
    )
