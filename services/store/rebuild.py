"""Read models made again from the log: beside the live ones to compare them row for row, or in their place.

The events go through the same projections, and the row changes through the same generated function, as when they were
appended (services/read_models/projections.py, services/store/apply.py). All of this is the owner's work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

import asyncpg
import msgspec

from domain.shared.identity import TenantKey
from services.read_models.change import encode_changes
from services.read_models.projections import project
from services.store import apply
from services.store.apply import READ_SCHEMA, Table
from services.store.db import Connection, Db
from services.store.log import COLUMNS, recorded
from services.store.verify import known_tenants, owned

Progress = Callable[[int, int], None]
"""Called with the events that are done and their total."""

BATCH = 500
"""Events that are read, and whose changes are applied, at once."""
_BREATH = 50
"""Events after which we let the connection send what it holds, and others of this process have a word."""


class ReplayFailed(Exception):
    """The log cannot be replayed: an event is unreadable, or its changes do not fit what came before."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first row of a table, in the order of its key, that is not what the log says.

    `column` is the first that differs; it is None, as are the values, where one side lacks the whole row.
    """

    table: str
    key: dict[str, Any]
    column: str | None
    live: object
    rebuilt: object
    missing: str | None = None
    """`live` or `rebuilt`: the side without such a row."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What was replayed, and the first difference of each table that has any."""

    tenants: int
    events: int
    rows: int
    differences: tuple[Difference, ...] = ()

    @property
    def difference(self) -> Difference | None:
        """The first of them, None if all is equal."""
        return next(iter(self.differences), None)


async def check(
    source: Connection | Db, keys: Sequence[TenantKey] | None = None, progress: Progress | None = None
) -> Replay:
    """Rebuild all read models, or those of some tenants, aside and compare them with the live ones, in one snapshot.

    Nothing is left behind and nobody is kept waiting. `source` is the owner's. Raises ReplayFailed, OutOfScope.
    """
    async with owned(source) as connection:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        try:
            tenants = await known_tenants(connection) if keys is None else keys
            shadow = await Shadow.make(connection)
            run = await _Run.over(connection, shadow.schema, tenants, progress)
            for key in tenants:
                await run.tenant(key)
            rows, differences = 0, []
            for table in shadow.tables:
                count, difference = await shadow.compare(table, keys)
                rows += count
                differences += [difference] if difference else []
            return Replay(len(tenants), run.done, rows, tuple(differences))
        finally:
            await transaction.rollback()


async def rebuild(
    source: Connection | Db, keys: Sequence[TenantKey] | None = None, progress: Progress | None = None
) -> Replay:
    """Make the read models of these tenants, or of all, again.

    Tenant by tenant, each whole or not at all: readers see the old rows until then, writers wait. `source` is the
    owner's. Raises ReplayFailed, OutOfScope.
    """
    async with owned(source) as connection:
        tenants = await known_tenants(connection) if keys is None else keys
        shadow = await Shadow.make(connection)
        try:
            run = await _Run.over(connection, shadow.schema, tenants, progress)
            rows = 0
            for key in tenants:
                async with connection.transaction():
                    # Moving the head is what locks it; here it moves nowhere.
                    await connection.execute(
                        "update sanzi.head set position = position where district_id = $1 and tenant_id = $2",
                        key.district,
                        key.tenant,
                    )
                    await run.tenant(key)
                    rows += await shadow.replace(key)
            return Replay(len(tenants), run.done, rows)
        finally:
            await shadow.drop()


class _Run:
    """Applies events to the tables of one schema."""

    def __init__(self, connection: Connection, schema: str, total: int, progress: Progress | None) -> None:
        self.connection, self.schema, self.total, self.progress = connection, schema, total, progress
        self.done = 0

    @classmethod
    async def over(
        cls, connection: Connection, schema: str, keys: Sequence[TenantKey], progress: Progress | None
    ) -> Self:
        total: int = await connection.fetchval(
            "select coalesce(sum(h.position), 0)::bigint from sanzi.head h "
            "join unnest($1::uuid[], $2::uuid[]) k(d, t) on h.district_id = k.d and h.tenant_id = k.t",
            [key.district for key in keys],
            [key.tenant for key in keys],
        )
        return cls(connection, schema, total, progress)

    async def tenant(self, key: TenantKey) -> None:
        """All events of one tenant. While the database applies one batch, we project the next."""
        applying: asyncio.Task[None] | None = None
        rows = await self._read(key, 0)
        try:
            while rows:
                changes = await self._project(key, rows)
                if applying:
                    await applying
                following = await self._read(key, rows[-1]["position"]) if len(rows) == BATCH else []
                applying = asyncio.create_task(self._apply(key, rows, changes))
                self.done += len(rows)
                rows = following
            if applying:
                await applying
        except BaseException:
            if applying:
                await asyncio.gather(applying, return_exceptions=True)  # the connection is its until then
            raise

    async def _read(self, key: TenantKey, after: int) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self.connection.fetch(
            f"select {COLUMNS} from sanzi.event where district_id = $1 and tenant_id = $2 and position > $3 "
            f"order by position limit {BATCH}",
            key.district,
            key.tenant,
            after,
        )
        return rows

    async def _project(self, key: TenantKey, rows: list[asyncpg.Record]) -> list[str | None]:
        changes: list[str | None] = []
        for number, row in enumerate(rows):
            try:
                changes.append(encode_changes(list(project(recorded(key, row)))))
            except Exception as problem:
                raise ReplayFailed(f"tenant {key.tenant}, position {row['position']}: {problem}") from problem
            if number % _BREATH == 0:
                await asyncio.sleep(0)
        return changes

    async def _apply(self, key: TenantKey, rows: list[asyncpg.Record], changes: list[str | None]) -> None:
        try:
            await self.connection.execute(
                f"select {self.schema}.apply($1, $2, e.position, e.recorded_at, e.changes) "
                "from unnest($3::bigint[], $4::timestamptz[], $5::jsonb[]) e(position, recorded_at, changes) "
                "where e.changes is not null",
                key.district,
                key.tenant,
                [row["position"] for row in rows],
                [row["recorded_at"] for row in rows],
                changes,
            )
        except asyncpg.PostgresError as problem:
            first, last = rows[0]["position"], rows[-1]["position"]
            raise ReplayFailed(f"tenant {key.tenant}, positions {first} to {last}: {problem}") from problem
        if self.progress:
            self.progress(self.done, self.total)


@dataclass(frozen=True, slots=True)
class Shadow:
    """Temporary tables like the live ones, with the function that applies changes to them.

    They have their primary keys and no other index. That is quicker; and without statistics, which rows of this same
    transaction cannot have, an update might be planned to walk all rows of a tenant over an index that begins alike.
    """

    connection: Connection
    schema: str
    tables: tuple[Table, ...]

    @classmethod
    async def make(cls, connection: Connection) -> Self:
        """Empty again after each transaction."""
        tables = await apply.tables(connection)
        async with connection.transaction():
            for table in tables:
                await connection.execute(
                    f"create temporary table {table.name} (like {READ_SCHEMA}.{table.name} including defaults, "
                    f"primary key ({', '.join(table.key)})) on commit delete rows"
                )
            schema: str = await connection.fetchval("select pg_my_temp_schema()::regnamespace::text")
            await apply.install(connection, schema)
        return cls(connection, schema, tuple(tables))

    async def drop(self) -> None:
        if self.connection.is_closed():
            return
        async with self.connection.transaction():
            await self.connection.execute(f"drop function {self.schema}.apply")
            for table in self.tables:
                await self.connection.execute(f"drop table {self.schema}.{table.name}")

    async def replace(self, key: TenantKey) -> int:
        """Put the rows in place of a tenant's live ones; how many they are."""
        rows = 0
        for table in self.tables:
            await self.connection.execute(
                f"delete from {READ_SCHEMA}.{table.name} where district_id = $1 and tenant_id = $2",
                key.district,
                key.tenant,
            )
            done = await self.connection.execute(
                f"insert into {READ_SCHEMA}.{table.name} select * from {self.schema}.{table.name}"
            )
            rows += int(done.rpartition(" ")[2])
        return rows

    async def compare(self, table: Table, keys: Sequence[TenantKey] | None) -> tuple[int, Difference | None]:
        """How many rows were rebuilt, and the first difference in the order of the key."""
        await self.connection.execute(f"analyze {self.schema}.{table.name}")
        joined = " and ".join(f"l.{column} = s.{column}" for column in table.key)
        in_order = ", ".join(f"coalesce(l.{column}, s.{column})" for column in table.key)
        selected, values = "", list[object]()
        if keys is not None:
            selected = "where (district_id, tenant_id) in (select * from unnest($1::uuid[], $2::uuid[]))"
            values = [[key.district for key in keys], [key.tenant for key in keys]]
        row = await self.connection.fetchrow(
            f"""select to_jsonb(l) as live, to_jsonb(s) as rebuilt
                  from (select * from {READ_SCHEMA}.{table.name} {selected}) l
                  full join {self.schema}.{table.name} s on {joined}
                 where l is distinct from s
                 order by {in_order} limit 1""",
            *values,
        )
        count: int = await self.connection.fetchval(f"select count(*) from {self.schema}.{table.name}")
        if row is None:
            return count, None
        live, rebuilt = (msgspec.json.decode(side) if side else None for side in (row["live"], row["rebuilt"]))
        return count, _difference(table, live, rebuilt)


def _difference(table: Table, live: dict[str, Any] | None, rebuilt: dict[str, Any] | None) -> Difference:
    present = cast(dict[str, Any], live or rebuilt)
    key = {column: present[column] for column in table.key}
    if live is None or rebuilt is None:
        return Difference(table.name, key, None, None, None, missing="live" if live is None else "rebuilt")
    column = next(column for column in live if live[column] != rebuilt[column])
    return Difference(table.name, key, column, live[column], rebuilt[column])
