"""What the database itself refuses: changing an event, and seeing or writing what lies outside the scope."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.shared.events import Meta
from domain.shared.identity import TenantKey
from domain.tenancy.member import Member
from services.read_models.change import Put
from services.store.db import Db, connected
from services.store.log import Decision, EventLog
from services.store.settings import Database

MINE, THEIRS, FAR = (
    TenantKey(UUID(int=1), UUID(int=11)),
    TenantKey(UUID(int=1), UUID(int=12)),
    TenantKey(UUID(int=2), UUID(int=21)),
)
SCOPED = ("sanzi.event", "sanzi.head", "sanzi.checkpoint", "sanzi_read.member", "sanzi_read.balance")
"""Each has one row for each of the three tenants."""


@pytest.fixture(scope="module")
async def db(module_database: Database) -> AsyncIterator[Db]:
    async with connected(module_database.service) as made:
        for key in (MINE, THEIRS, FAR):
            person = Member.register(id=uuid4(), name="sealed", phone=None, id_number=None)
            events: list[Any] = list(person.collect_events())
            rows = [
                Put("member", id=person.id, name="sealed", phone=None, id_number=None, erased=False),
                Put("balance", month="2025-01", account="511", debit=1, credit=0),
            ]
            await EventLog(made).append(Decision(key, uuid4(), Meta("0" * 64, uuid4(), "test"), events, [rows]))
            async with made.scope(key.district, [key.tenant]) as connection:
                await connection.execute(
                    "insert into sanzi.checkpoint (district_id, tenant_id, reader, position) values ($1, $2, 'r', 1)",
                    key.district,
                    key.tenant,
                )
        yield made


async def visible(connection: Any, table: str) -> set[TenantKey]:
    return {TenantKey(*row) for row in await connection.fetch(f"select district_id, tenant_id from {table}")}


@pytest.mark.parametrize("table", SCOPED)
async def test_a_scope_shows_its_tenants_and_no_others(db: Db, table: str) -> None:
    in_district = {MINE, THEIRS} if table == "sanzi_read.member" else None  # people are read across a district
    async with db.scope(MINE.district, [MINE.tenant]) as connection:
        assert await visible(connection, table) == (in_district or {MINE})
    async with db.scope(MINE.district, [MINE.tenant, THEIRS.tenant]) as connection:
        assert await visible(connection, table) == {MINE, THEIRS}
    async with db.scope(MINE.district, [FAR.tenant]) as connection:
        assert await visible(connection, table) == (in_district or set())


@pytest.mark.parametrize("table", SCOPED)
async def test_no_scope_shows_nothing(module_database: Database, db: Db, table: str) -> None:
    async with db.scope() as connection:
        assert await visible(connection, table) == set()
    fresh: asyncpg.Connection[Any] = await asyncpg.connect(module_database.service)
    try:
        assert await visible(fresh, table) == set()
    finally:
        await fresh.close()


@pytest.mark.parametrize("key", [THEIRS, FAR])
async def test_writing_outside_the_scope_is_refused(db: Db, key: TenantKey) -> None:
    async with db.scope(MINE.district, [MINE.tenant]) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute("insert into sanzi.checkpoint values ($1, $2, 'other', 1)", *_ids(key))


def _ids(key: TenantKey) -> tuple[UUID, UUID]:
    return key.district, key.tenant


async def test_changes_reach_the_rows_of_the_scope_alone(db: Db) -> None:
    async with db.scope(MINE.district, [MINE.tenant]) as connection:
        transaction = connection.transaction()
        await transaction.start()
        assert (await connection.execute("update sanzi.checkpoint set position = 7")).endswith(" 1")
        await transaction.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into sanzi.head values (gen_random_uuid(), gen_random_uuid(), 0, '', now())",
        "update sanzi.head set position = 7",
        "insert into sanzi.event select * from sanzi.event",
        "insert into sanzi_read.balance select * from sanzi_read.balance",
        "update sanzi_read.balance set debit = 7",
        "delete from sanzi_read.balance",
        "select sanzi_read.apply(gen_random_uuid(), gen_random_uuid(), 1, now(), '[]')",
    ],
)
async def test_the_service_writes_the_record_through_the_append_alone(db: Db, statement: str) -> None:
    async with db.scope(MINE.district, [MINE.tenant]) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await connection.execute(statement)


NEVER = (
    "update sanzi.event set data = ''",
    "delete from sanzi.event",
    "truncate sanzi.event",
    "truncate sanzi.head",
    "delete from sanzi.head",
    "alter table sanzi.event disable trigger all",
    "drop trigger event_append_only on sanzi.event",
    "alter table sanzi.event disable row level security",
    "alter table sanzi.event owner to sanzi_service",
    "create policy mine on sanzi.event using (true)",
    "drop table sanzi.event cascade",
    "create or replace function sanzi.event_digest() returns int language sql as 'select 1'",
    "create table sanzi.mine (id int)",
    "set session_replication_role = replica",
    "set role sanzi_owner",
)


@pytest.mark.parametrize("statement", NEVER)
async def test_the_service_may_never(db: Db, statement: str) -> None:
    async with db.scope(MINE.district, [MINE.tenant]) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


@pytest.mark.parametrize("statement", NEVER[:3])
async def test_not_even_the_owner_changes_an_event_by_accident(
    module_database: Database, db: Db, statement: str
) -> None:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(module_database.owner)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("role", ["sanzi_service", "sanzi_owner"])
async def test_neither_role_passes_through_walls(module_database: Database, db: Db, role: str) -> None:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(module_database.owner)
    try:
        found = await connection.fetchrow(
            """select r.rolsuper as superuser, r.rolbypassrls as bypasses,
                      exists (select from pg_class c where c.relowner = r.oid) as owns
                 from pg_roles r where r.rolname = $1""",
            role,
        )
        walled = await connection.fetch(
            """select relname from pg_class where relkind = 'r' and not (relrowsecurity and relforcerowsecurity)
                  and relnamespace in ('sanzi'::regnamespace, 'sanzi_read'::regnamespace)"""
        )
    finally:
        await connection.close()
    assert found
    assert dict(found) == {"superuser": False, "bypasses": False, "owns": role == "sanzi_owner"}
    assert [row["relname"] for row in walled] == ["migration"]
