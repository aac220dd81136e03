"""The append with its read-model rows, against a plain INSERT of the same columns under the same unique indexes.

Both sides are one round trip and one durable commit each, over the same pool of connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from time import perf_counter
from typing import Any, TypeVar

from domain.shared.identity import TenantKey
from services.bench.database import gather_statistics
from services.bench.measure import Case, Tell, compare
from services.bench.workload import Life, Villages
from services.store import codec
from services.store.db import Db, connected
from services.store.log import Decision, EventLog
from services.store.settings import Database

T = TypeVar("T")

VILLAGES = 200
CONNECTIONS = (1, 8, 32)
VOUCHERS = 64
"""Of one turn of one side; four appends each."""
TURNS = 4
"""Of one round."""
HISTORY = 5
"""Vouchers of each village before anything is timed."""

_REFERENCE = "one INSERT of the same event, same unique indexes, no functions, no row-level security, no read models"
_TABLE = "sanzi_bench.event"
_INSERT = f"insert into {_TABLE} values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
_HASH = bytes(32)

_POSITIONS = count(1)

Row = tuple[Any, ...]


async def measure(
    database: Database,
    rounds: int,
    tell: Tell,
    *,
    villages: int = VILLAGES,
    connections: Sequence[int] = CONNECTIONS,
    vouchers: int = VOUCHERS,
) -> list[Case]:
    """All cases, over many villages and on one hot one."""
    world = Villages(villages)
    await _make_table(database)
    await fill(database, world, villages * HISTORY, reference=True)
    await gather_statistics(database)
    cases: list[Case] = []
    for place, keys in ((f"villages-{villages}", world.keys), ("hot", world.keys[:1])):
        for clients in connections:
            async with connected(database.service, size=clients) as db:
                contest = _Contest(db, world, keys, vouchers, clients)
                name = f"append/{place}/c{clients}"
                sides = contest.append, contest.insert
                cases.append(await compare(name, _REFERENCE, "appends/s", *sides, rounds, turns=TURNS))
            tell(cases[-1])
    return cases


async def fill(database: Database, world: Villages, vouchers: int, *, reference: bool = False) -> None:
    """Append that many vouchers, one village after the other; as many to the reference's table if there is one."""
    async with connected(database.service, size=8) as db:
        both = _Contest(db, world, world.keys, vouchers, 8)
        await both.append()
        if reference:
            await both.insert()


async def _make_table(database: Database) -> None:
    async with connected(database.owner, size=1) as owner:
        await owner.pool.execute(
            f"""drop schema if exists sanzi_bench cascade;
                create schema sanzi_bench;
                create table {_TABLE} (like sanzi.event including indexes);
                grant usage on schema sanzi_bench to sanzi_service;
                grant insert on {_TABLE} to sanzi_service"""
        )


class _Contest:
    """Both sides of one case."""

    def __init__(self, db: Db, world: Villages, keys: Sequence[TenantKey], vouchers: int, clients: int) -> None:
        self._db, self._log = db, EventLog(db)
        self._world, self._keys, self._vouchers, self._clients = world, keys, vouchers, clients

    async def append(self) -> float:
        lives = self._world.vouchers(self._vouchers, self._keys)
        return await _rate(_queues(lives, self._clients), self._log.append)

    async def insert(self) -> float:
        lives = self._world.vouchers(self._vouchers, self._keys)
        rows = [[self._row(decision) for decision in queue] for queue in _queues(lives, self._clients)]
        return await _rate(rows, self._insert)

    async def _insert(self, row: Row) -> None:
        await self._db.pool.execute(_INSERT, *row)

    def _row(self, decision: Decision) -> Row:
        [event] = decision.events
        topic, schema_version, data = codec.encode(event)
        return (
            decision.key.district,
            decision.key.tenant,
            next(_POSITIONS),
            event.originator_id,
            event.originator_version,
            topic,
            schema_version,
            data,
            codec.encode_meta(decision.meta),
            decision.command,
            1,
            _HASH,
            _HASH,
            datetime.now(UTC),
        )


def _queues(lives: Sequence[Life], clients: int) -> list[list[Decision]]:
    """Each client's share: all its drafts, then all its reviews, and so on, so that it goes from village to village."""
    return [
        [decision for stage in zip(*lives[first::clients], strict=True) for decision in stage]
        for first in range(clients)
    ]


async def _rate(queues: Sequence[Sequence[T]], one: Callable[[T], Awaitable[object]]) -> float:
    """How many per second when every client takes the next as soon as its last is done."""

    async def client(queue: Sequence[T]) -> None:
        for each in queue:
            await one(each)

    start = perf_counter()
    await asyncio.gather(*map(client, queues))
    return sum(map(len, queues)) / (perf_counter() - start)
