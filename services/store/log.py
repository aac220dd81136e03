"""The event log of every tenant: load aggregates, append decisions, read what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg
from eventsourcing.domain import Aggregate, AggregateEvent

from domain.shared.events import Meta, Recorded
from domain.shared.identity import TenantKey
from services.read_models.change import Change, encode_changes
from services.store import codec
from services.store.db import Connection, Db

A = TypeVar("A", bound=Aggregate)

COLUMNS = "stream_id, version, type, schema_version, data, meta, command_id, position, recorded_at, hash"
_APPEND = "select sanzi.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_APPEND_ONE = _APPEND.replace("append", "append_one")


_TURNS = 4093
"""Locks among which tenants are spread. That two share one is rare and does no harm."""


class Repeated(Exception):
    """The command id is in this log already."""


class Moved(Exception):
    """The log is no longer where the decision saw it; decide again."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Aggregates by stream id, and the head of the log in the same snapshot."""

    aggregates: Mapping[UUID, Aggregate]
    head: int


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the last event of an append stands."""

    position: int
    hash: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What one command decided for one tenant.

    `changes` are the read-model rows of each event. The append is refused if an event of a type in `guard` came after
    position `based_on`.
    """

    key: TenantKey
    command: UUID
    meta: Meta
    events: Sequence[AggregateEvent]
    changes: Sequence[Sequence[Change]]
    guard: frozenset[str] = frozenset()
    based_on: int = 0


class EventLog:
    def __init__(self, db: Db) -> None:
        self.db = db
        self._turns = [asyncio.Lock() for _ in range(_TURNS)]

    async def load(self, key: TenantKey, streams: Sequence[UUID], *, at: int | None = None) -> Loaded:
        """The aggregates that exist among `streams`, now or as of position `at`. One round trip."""
        async with self.db.scope(key.district, [key.tenant]) as connection:
            rows = await connection.fetch(
                """select coalesce((select h.position from sanzi.head h
                                    where h.district_id = $1 and h.tenant_id = $2), 0) as head,
                          e.stream_id, e.version, e.type, e.schema_version, e.data, e.recorded_at
                     from (values (1)) one
                     left join sanzi.event e on e.district_id = $1 and e.tenant_id = $2 and e.stream_id = any ($3)
                          and ($4::bigint is null or e.position <= $4)
                    order by e.stream_id, e.version""",
                key.district,
                key.tenant,
                list(streams),
                at,
            )
        aggregates: dict[UUID, Any] = {}
        for row in rows:
            if row["stream_id"] is not None:
                event = _event(row)
                aggregates[row["stream_id"]] = event.mutate(aggregates.get(row["stream_id"]))
        return Loaded(aggregates, rows[0]["head"])

    async def append(self, decision: Decision) -> Appended:
        """Chain the decision's events to the tenant's log, with their read-model rows, in one round trip.

        Raises Repeated when the command id is known, Moved when what the decision rests on has changed.
        """
        columns: list[Sequence[Any]] = [
            [event.originator_id for event in decision.events],
            [event.originator_version for event in decision.events],
            *zip(*map(codec.encode, decision.events), strict=True),
        ]
        changes = [encode_changes(each) for each in decision.changes]
        single = len(decision.events) == 1
        arguments = (
            decision.key.district,
            decision.key.tenant,
            decision.command,
            codec.encode_meta(decision.meta),
            *(column[0] if single else list(column) for column in columns),
            list(decision.guard),
            decision.based_on if decision.guard else 2**62,
            changes[0] if single else changes,
        )
        try:
            placed = await self._in_turn(decision.key, _APPEND_ONE if single else _APPEND, arguments)
        except asyncpg.UniqueViolationError as problem:
            # Of the table, not of the constraint: those of a distributed table have other names.
            if not (problem.table_name or "").startswith("event"):
                raise
            raise (Repeated if await self._knows(decision) else Moved) from problem
        except asyncpg.PostgresError as problem:
            if problem.sqlstate in {"SZ002", "40001", "40P01"}:
                raise Moved from problem
            raise
        return Appended(*placed)

    async def _knows(self, decision: Decision) -> bool:
        key = decision.key
        async with self.db.scope(key.district, [key.tenant]) as connection:
            found = await connection.fetchval(
                """select exists (select from sanzi.event
                    where district_id = $1 and tenant_id = $2 and command_id = $3)""",
                key.district,
                key.tenant,
                decision.command,
            )
        return bool(found)

    async def _in_turn(self, key: TenantKey, statement: str, arguments: Sequence[Any]) -> Any:
        """The appends of this process to one tenant wait here rather than for the head row, which costs the database
        more than they do, and leave the other connections to other tenants. Other processes meet at the row."""
        connection = None
        try:
            async with self._turns[key.tenant.int % _TURNS]:
                connection = await self.db.pool.acquire()
                return await connection.fetchval(statement, *arguments)
        finally:  # after the turn: the next need not wait for it
            if connection is not None:
                await self.db.pool.release(connection)

    async def of_command(self, key: TenantKey, command: UUID) -> list[Recorded]:
        """What a command recorded before; empty if it is new."""
        return await self._events(key, "command_id = $3", command, order="ord")

    async def of_stream(self, key: TenantKey, stream: UUID) -> list[Recorded]:
        """The history of one stream."""
        return await self._events(key, "stream_id = $3", stream, order="version")

    async def of_streams(self, key: TenantKey, streams: Sequence[UUID]) -> list[Recorded]:
        """The histories of several streams, each in order, in one round trip."""
        return await self._events(key, "stream_id = any ($3)", list(streams), order="stream_id, version")

    async def after(self, key: TenantKey, position: int, limit: int = 500) -> list[Recorded]:
        """The next events after a position, in order and without gaps."""
        return await self._events(key, "position > $3", position, order="position", limit=limit)

    async def head(self, key: TenantKey) -> int:
        """The position of the last event, 0 for an empty log."""
        async with self.db.scope(key.district, [key.tenant]) as connection:
            return await head(connection, key)

    async def _events(
        self, key: TenantKey, where: str, value: object, *, order: str, limit: int | None = None
    ) -> list[Recorded]:
        async with self.db.scope(key.district, [key.tenant]) as connection:
            rows = await connection.fetch(
                f"select {COLUMNS} from sanzi.event where district_id = $1 and tenant_id = $2 and {where} "
                f"order by {order} limit $4",
                key.district,
                key.tenant,
                value,
                limit,
            )
        return [recorded(key, row) for row in rows]


async def head(connection: Connection, key: TenantKey) -> int:
    """The position of the tenant's last event in the connection's snapshot, 0 for an empty log."""
    position = await connection.fetchval(
        "select position from sanzi.head where district_id = $1 and tenant_id = $2", key.district, key.tenant
    )
    return cast(int, position or 0)


def recorded(key: TenantKey, row: asyncpg.Record) -> Recorded:
    """A row of sanzi.event as it is read by people and projections."""
    return Recorded(
        key=key,
        payload=_event(row),
        meta=codec.decode_meta(row["meta"]),
        command=row["command_id"],
        position=row["position"],
        recorded_at=row["recorded_at"],
        hash=row["hash"],
        type=row["type"],
    )


def _event(row: asyncpg.Record) -> AggregateEvent:
    return codec.decode(
        row["type"],
        row["schema_version"],
        row["data"],
        stream=row["stream_id"],
        version=row["version"],
        at=row["recorded_at"],
    )
