"""Whoever reads on after position N misses nothing, although transactions commit in another order than they began.

Beside the log, the same transactions write a table as it is often made: numbered by a sequence, without the head's
lock. The same reading loop over it misses rows, or the delays in this test would prove nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.shared.events import Meta
from domain.shared.identity import TenantKey
from domain.tenancy.member import Member
from services.store.db import Connection, Db, connected
from services.store.hub import Hub, hub
from services.store.log import Decision, EventLog
from services.store.reader import follow
from services.store.settings import Database

WRITERS, EACH = 8, 30
DELAY = 0.02
"""The longest of the random pauses inside a transaction, in seconds."""
KEY = TenantKey(uuid4(), uuid4())


@pytest.fixture
async def db(database: Database) -> AsyncIterator[Db]:
    connection = await asyncpg.connect(database.owner)
    try:
        await connection.execute(
            "create table sanzi.naive (id bigserial primary key, stream uuid); "
            "grant select, insert on sanzi.naive to sanzi_service; grant usage on sanzi.naive_id_seq to sanzi_service"
        )
    finally:
        await connection.close()
    async with connected(database.service, size=WRITERS + 2) as made:
        yield made


class Only:
    """A pool of one connection, which is in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def acquire(self) -> Connection:
        return self._connection

    async def release(self, _connection: Connection) -> None:
        """It is kept until the transaction ends."""


async def write(db: Db, chance: random.Random) -> list[UUID]:
    """One writer: every transaction writes to both, with pauses where they hurt."""
    written = []
    for _ in range(EACH):
        person = Member.register(id=uuid4(), name="sealed", phone=None, id_number=None)
        events: list[Any] = list(person.collect_events())
        async with db.scope(KEY.district, [KEY.tenant]) as connection, connection.transaction():
            await connection.execute("insert into sanzi.naive (stream) values ($1)", person.id)
            await asyncio.sleep(chance.random() * DELAY)
            within = EventLog(Db(cast(Any, Only(connection))))  # appends in this transaction
            await within.append(Decision(KEY, uuid4(), Meta("0" * 64, uuid4(), "test"), events, [[]]))
            await asyncio.sleep(chance.random() * DELAY / WRITERS)
        written.append(person.id)
    return written


async def read_naively(db: Db, finished: Callable[[], bool]) -> list[UUID]:
    """Reads on after the last number seen until nothing has come for a while."""
    last, seen = 0, list[UUID]()
    while True:
        done = finished()
        async with db.scope(KEY.district, [KEY.tenant]) as connection:
            rows = await connection.fetch("select id, stream from sanzi.naive where id > $1 order by id", last)
        for row in rows:
            last = row["id"]
            seen.append(row["stream"])
        if done and not rows:
            return seen
        await asyncio.sleep(0.001)


async def read_by_position(db: Db, finished: Callable[[], bool]) -> list[UUID]:
    """The same loop over the log."""
    log, last, seen = EventLog(db), 0, list[UUID]()
    while True:
        done = finished()
        events = await log.after(KEY, last)
        for event in events:
            assert event.position == last + 1
            last = event.position
            seen.append(event.stream)
        if done and not events:
            return seen
        await asyncio.sleep(0.001)


async def read_by_following(db: Db, news: Hub, total: int) -> list[UUID]:
    seen: list[UUID] = []
    async with aclosing(follow(EventLog(db), news, KEY)) as events:
        async for event in events:
            assert event.position == len(seen) + 1
            seen.append(event.stream)
            if len(seen) == total:
                return seen
    raise AssertionError("a follower never ends by itself")


async def test_readers_miss_nothing_where_a_naive_one_does(database: Database, db: Db) -> None:
    async with hub(db, database.service) as news:
        chances = [random.Random(seed) for seed in range(WRITERS)]  # noqa: S311
        writing = [asyncio.create_task(write(db, chance)) for chance in chances]

        def finished() -> bool:
            return all(task.done() for task in writing)

        readers: list[Awaitable[list[UUID]]] = [
            read_naively(db, finished),
            read_by_position(db, finished),
            read_by_following(db, news, WRITERS * EACH),
        ]
        async with asyncio.timeout(60):
            naive, by_position, following = await asyncio.gather(*readers)
    written = {stream for task in writing for stream in await task}
    assert len(written) == WRITERS * EACH
    recorded = [event.stream for event in await EventLog(db).after(KEY, 0, limit=10_000)]
    assert by_position == following == recorded
    assert set(recorded) == written
    assert len(naive) == len(set(naive))
    assert set(naive) < written, "the naive reader missed nothing: the delays are too short to show anything"
