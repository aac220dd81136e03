"""Who waits for news of a tenant's log is woken: at once by this process, soon by others, at the latest by polling.

Every append is announced after its commit. Announcements are gathered for a moment and sent as one NOTIFY, which is
never part of an append: it takes a lock of the whole database. A notification is a hint that may be lost, with the
process that owed it or on the way; so the heads of all logs that someone watches are polled as well, in one statement
per district, more often while nothing can be heard.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from domain.shared.identity import TenantKey
from services.store.db import Db

CHANNEL = "sanzi_log"
GATHER = 0.02
"""Seconds between two notifications of one process, in which announcements are gathered."""
POLL_DEAF, POLL_HEARING = 0.5, 5.0
"""Seconds between two looks at the heads: without a listening connection, and with one."""
RECONNECT = 1.0
"""Seconds before another attempt to listen."""

_log = structlog.get_logger(__name__)


class Watch:
    """News of some tenants. `clear` before reading the log, `wait` when nothing was there: then none is missed."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def clear(self) -> None:
        self._news.clear()

    def wake(self) -> None:
        self._news.set()

    async def wait(self, seconds: float | None = None) -> None:
        """Until there is news since the last `clear`, or the time is over. News may turn out to be none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()


class Hub:
    """One per process; see `hub`."""

    def __init__(self, db: Db, dsn: str) -> None:
        self._db, self._dsn = db, dsn
        self._watches: defaultdict[TenantKey, set[Watch]] = defaultdict(set)
        self._heads: dict[TenantKey, int] = {}
        self._to_send: dict[TenantKey, int] = {}
        self._pending = asyncio.Event()
        self._mode_changed = asyncio.Event()
        self.listening = False
        self.turns = asyncio.Semaphore(max(1, db.pool.get_max_size() // 2))
        """For readers: each holds a connection while it handles events, for which others are needed."""

    def announce(self, key: TenantKey, position: int) -> None:
        """That tenant's log goes to `position` now, as committed by this process. Never fails, never waits."""
        self._wake(key)
        self._to_send[key] = max(position, self._to_send.get(key, 0))
        self._pending.set()

    @contextmanager
    def watch(self, keys: Iterable[TenantKey]) -> Iterator[Watch]:
        """News of these tenants for as long as the block runs."""
        watch, wanted = Watch(), set(keys)
        for key in wanted:
            self._watches[key].add(watch)
        try:
            yield watch
        finally:
            for key in wanted:
                self._watches[key].discard(watch)
                if not self._watches[key]:
                    del self._watches[key]
                    self._heads.pop(key, None)

    async def listen(self) -> None:
        """Hear and send, over a connection of our own that is made again whenever it is lost."""
        while True:
            connection = None
            try:
                connection = await asyncpg.connect(self._dsn, timeout=10)
                await self._converse(connection)
            except Exception as problem:  # whatever it is, polling goes on, and so does trying
                _log.warning("log_notifications_lost", error=type(problem).__name__)
            finally:
                self._set_listening(False)
                if connection:
                    connection.terminate()
            await asyncio.sleep(RECONNECT)

    async def poll(self) -> None:
        """Look at the heads of all watched logs from time to time."""
        while True:
            self._mode_changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_HEARING if self.listening else POLL_DEAF):
                    await self._mode_changed.wait()
                    continue
            try:
                await self._look()
            except Exception as problem:
                _log.warning("log_poll_failed", error=type(problem).__name__)

    async def _converse(self, connection: asyncpg.Connection[Any]) -> None:
        own_pid = connection.get_server_pid()
        connection.add_termination_listener(lambda _connection: self._pending.set())

        def heard(_connection: object, pid: int, _channel: str, payload: object) -> None:
            if pid != own_pid:
                self._heard(str(payload))

        await connection.add_listener(CHANNEL, heard)
        self._set_listening(True)
        for key in list(self._watches):  # what happened before we heard
            self._wake(key)
        while not connection.is_closed():
            await self._pending.wait()
            self._pending.clear()
            sending, self._to_send = self._to_send, {}
            if sending:
                await connection.execute(
                    "select pg_notify($1, payload) from unnest($2::text[]) payload",
                    CHANNEL,
                    [f"{key.district} {key.tenant} {position}" for key, position in sending.items()],
                )
                await asyncio.sleep(GATHER)

    def _heard(self, payload: str) -> None:
        with suppress(ValueError):  # anyone who may connect may notify
            district, tenant, _position = payload.split(" ")
            self._wake(TenantKey(UUID(district), UUID(tenant)))

    def _wake(self, key: TenantKey) -> None:
        for watch in self._watches.get(key, ()):
            watch.wake()

    def _set_listening(self, listening: bool) -> None:
        self.listening = listening
        self._mode_changed.set()

    async def _look(self) -> None:
        by_district: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for key in self._watches:
            by_district[key.district].append(key.tenant)
        for district, tenants in by_district.items():
            async with self._db.scope(district, tenants) as connection:
                rows = await connection.fetch(
                    "select tenant_id, position from sanzi.head where district_id = $1 and tenant_id = any ($2)",
                    district,
                    tenants,
                )
            for tenant, position in rows:
                key = TenantKey(district, tenant)
                if key in self._watches and self._heads.get(key) != position:
                    self._heads[key] = position
                    self._wake(key)


@asynccontextmanager
async def hub(db: Db, dsn: str) -> AsyncIterator[Hub]:
    """A hub at work. `dsn` is that of the service; one connection apart from the pool listens on it."""
    made = Hub(db, dsn)
    working = [asyncio.create_task(made.listen()), asyncio.create_task(made.poll())]
    try:
        yield made
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
