"""Migrations: numbered SQL files, each applied once, in order, whole or not at all.

`pre` migrations only add, and run before a new release; `post` migrations remove what the old one needed, and run
after it has gone. A file once released never changes: a migration that was applied is known by its SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal, Self

import asyncpg

from services.store import routines
from services.store.db import Connection, Db
from services.store.settings import OWNER, SERVICE, Database
from services.store.unavailable import (
    BadMigrationName,
    MigrationChanged,
    MigrationOrder,
    OwnerNeeded,
    RoleMissing,
    UnsuitableDatabase,
)

Phase = Literal["pre", "post"]
OLDEST = 15
"""The oldest major version of PostgreSQL that will do."""
_LOCK = 0x73616E7A69
"""The advisory lock of whoever migrates: "sanzi" in ASCII."""
_NAME = re.compile(r"(\d{4})_(pre|post)_[a-z0-9_]+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    name: str
    sql: str

    @classmethod
    def of(cls, name: str, sql: str) -> Self:
        """Raises BadMigrationName."""
        if not _NAME.fullmatch(name):
            raise BadMigrationName(name=name)
        return cls(name, sql)

    @property
    def number(self) -> str:
        return self.name[:4]

    @property
    def phase(self) -> str:
        return self.name.split("_")[1]

    @property
    def digest(self) -> str:
        return sha256(self.sql.encode()).hexdigest()


def released() -> tuple[Migration, ...]:
    """The migrations of this release, in order. Raises BadMigrationName."""
    folder = files("services.store").joinpath("migrations")
    return ordered({file.name: file.read_text() for file in folder.iterdir() if file.name.endswith(".sql")})


def ordered(texts: Mapping[str, str]) -> tuple[Migration, ...]:
    """Migrations from file names and contents. Raises BadMigrationName, also for a number that is used twice."""
    found = tuple(Migration.of(name, texts[name]) for name in sorted(texts))
    for one, next_one in pairwise(found):
        if one.number == next_one.number:
            raise BadMigrationName(name=next_one.name)
    return found


async def pending(db: Database, migrations: tuple[Migration, ...] | None = None) -> list[str]:
    """The names of the migrations still to be applied; the service may ask. Raises MigrationChanged."""
    async with _connection(db.service) as connection:
        return [each.name for each in await _pending(connection, migrations or released())]


async def pending_for(db: Db) -> list[str]:
    """The same over the pool of a service at work. Raises MigrationChanged."""
    async with db.scope() as connection:
        return [each.name for each in await _pending(connection, released())]


async def migrate(
    db: Database, phase: Phase | None = None, migrations: tuple[Migration, ...] | None = None
) -> list[str]:
    """Apply what is pending, of one phase or all; the names applied. Programs that start together take turns.

    Raises StoreUnavailable: the database is unsuitable, a role is missing, the address is not the owner's, an applied
    file changed, or the phase would break the order.
    """
    async with _connection(db.owner) as connection:
        await _check(connection)
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        wanted = _of_phase(await _pending(connection, migrations or released()), phase)
        if wanted:
            await _check_owner(connection, wanted)
        for migration in wanted:
            await _apply(connection, migration)
        if migrations is None and await connection.fetchval("select current_user") == OWNER:
            await routines.install(connection)
        return [migration.name for migration in wanted]


@asynccontextmanager
async def _connection(address: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(address)
    try:
        yield connection
    finally:
        await connection.close()


async def _pending(connection: Connection, migrations: Iterable[Migration]) -> list[Migration]:
    """Names that only a newer release knows are no hindrance: its `pre` migrations leave us working."""
    applied: dict[str, str] = {}
    if await connection.fetchval("select to_regclass('sanzi.migration') is not null"):
        applied = {
            row["name"]: row["sha256"] for row in await connection.fetch("select name, sha256 from sanzi.migration")
        }
    for migration in migrations:
        if applied.get(migration.name, migration.digest) != migration.digest:
            raise MigrationChanged(name=migration.name)
    return [migration for migration in migrations if migration.name not in applied]


def _of_phase(pending: list[Migration], phase: Phase | None) -> list[Migration]:
    """Never past one that is left out. Raises MigrationOrder."""
    for one, next_one in pairwise(pending):
        if phase and one.phase == "post" and next_one.phase == "pre":
            raise MigrationOrder(pre=next_one.name, post=one.name)
    if phase == "post" and pending and pending[0].phase == "pre":
        raise MigrationOrder(pre=pending[0].name, post=pending[-1].name)
    return [migration for migration in pending if phase in {None, migration.phase}]


async def _apply(connection: asyncpg.Connection[Any], migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute("set local search_path = sanzi")
        await connection.execute(migration.sql)
        await connection.execute(
            "insert into sanzi.migration (name, sha256) values ($1, $2)", migration.name, migration.digest
        )


async def _check(connection: asyncpg.Connection[Any]) -> None:
    """Raises UnsuitableDatabase, RoleMissing."""
    if connection.get_server_version().major < OLDEST:
        raise UnsuitableDatabase(
            what="server_version", found=connection.get_server_version().major, wanted=f">= {OLDEST}"
        )
    encoding = await connection.fetchval("select current_setting('server_encoding')")
    if encoding != "UTF8":
        raise UnsuitableDatabase(what="server_encoding", found=encoding, wanted="UTF8")
    for role in (OWNER, SERVICE):
        if not await connection.fetchval("select exists (select from pg_roles where rolname = $1)", role):
            raise RoleMissing(role=role)


async def _check_owner(connection: asyncpg.Connection[Any], wanted: list[Migration]) -> None:
    """The tables must belong to the owner, lest the service could be theirs. Raises OwnerNeeded."""
    role = await connection.fetchval("select current_user")
    if role != OWNER:
        raise OwnerNeeded(names=", ".join(migration.name for migration in wanted), role=role)
