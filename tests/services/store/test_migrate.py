"""Migrations: each once, in order, whole or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from services.store.migrate import migrate, ordered, pending, released
from services.store.settings import Database
from services.store.snapshot import SNAPSHOT, dump
from services.store.unavailable import BadMigrationName, MigrationChanged, MigrationOrder, OwnerNeeded

FIRST = {migration.name: migration.sql for migration in released()[:1]}
STEPS = FIRST | {
    "0001_pre_one.sql": "create table one (id int)",
    "0002_post_two.sql": "create table two (id int)",
}


async def value(address: str, query: str) -> Any:
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_all_migrations_give_the_committed_schema(database: Database) -> None:
    assert dump(database) == SNAPSHOT.read_text(), "run `uv run python -m services.store.snapshot`"


async def test_what_is_pending_is_applied_once_and_in_order(empty_database: Database) -> None:
    names = [migration.name for migration in released()]
    assert await pending(empty_database) == names
    assert await migrate(empty_database) == names
    assert await pending(empty_database) == []
    assert await migrate(empty_database) == []
    kept = await value(empty_database.owner, "select array_agg(sha256 order by name) from sanzi.migration")
    assert kept == [migration.digest for migration in released()]


async def test_starters_take_turns(empty_database: Database) -> None:
    applied = await asyncio.gather(*(migrate(empty_database) for _ in range(4)))
    assert sorted(map(len, applied)) == [0, 0, 0, len(released())]


async def test_a_changed_file_is_refused(empty_database: Database) -> None:
    await migrate(empty_database, migrations=ordered(STEPS))
    changed = ordered(STEPS | {"0001_pre_one.sql": "create table one (id bigint)"})
    for check in (pending, migrate):
        with pytest.raises(MigrationChanged, match=r"0001_pre_one\.sql"):
            await check(empty_database, migrations=changed)


async def test_a_failing_migration_leaves_nothing_behind(empty_database: Database) -> None:
    broken = STEPS | {"0002_post_two.sql": "create table two (id int); select 1 / 0"}
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database, migrations=ordered(broken))
    assert await pending(empty_database, ordered(broken)) == ["0002_post_two.sql"]
    assert await value(empty_database.owner, "select to_regclass('sanzi.two') is null")
    assert await migrate(empty_database, migrations=ordered(STEPS)) == ["0002_post_two.sql"]


async def test_phases_before_and_after_a_release(empty_database: Database) -> None:
    steps = ordered(STEPS)
    assert await migrate(empty_database, "pre", steps) == [*FIRST, "0001_pre_one.sql"]
    assert await migrate(empty_database, "pre", steps) == []
    assert await migrate(empty_database, "post", steps) == ["0002_post_two.sql"]


async def test_a_phase_never_passes_one_that_is_left_out(empty_database: Database) -> None:
    with pytest.raises(MigrationOrder, match="0000_pre_schema"):
        await migrate(empty_database, "post", ordered(STEPS))
    later = ordered(STEPS | {"0003_pre_three.sql": "create table three (id int)"})
    with pytest.raises(MigrationOrder, match="0003_pre_three"):
        await migrate(empty_database, "pre", later)
    assert await pending(empty_database, later) == [migration.name for migration in later]
    assert len(await migrate(empty_database, migrations=later)) == 4


async def test_an_older_release_ignores_what_it_does_not_know(empty_database: Database) -> None:
    await migrate(empty_database, migrations=ordered(STEPS))
    assert await pending(empty_database, ordered(FIRST)) == []
    assert await migrate(empty_database, migrations=ordered(FIRST)) == []


@pytest.mark.parametrize("name", ["1_pre_x.sql", "0001_x.sql", "0001_during_x.sql", "0001_pre_X.sql", "0001_pre_.sql"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(BadMigrationName):
        ordered({name: ""})


def test_a_number_used_twice_is_refused() -> None:
    with pytest.raises(BadMigrationName, match="0001_pre_b"):
        ordered({"0001_pre_a.sql": "", "0001_pre_b.sql": ""})


async def test_the_service_may_not_migrate(empty_database: Database) -> None:
    as_service = Database(owner=empty_database.service, service=empty_database.service)
    with pytest.raises(OwnerNeeded, match="SANZI_OWNER_URL"):
        await migrate(as_service)
    assert await migrate(empty_database)
    assert await migrate(as_service) == []


async def test_the_service_owns_nothing_and_cannot_change_the_schema(database: Database) -> None:
    role = await asyncpg.connect(database.service)
    try:
        assert not await role.fetchval("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        assert await role.fetchval("show search_path") == "sanzi"
        assert await role.fetchval("select count(*) from pg_class where relowner = current_user::regrole") == 0
        for statement in ("create table mine (id int)", "delete from migration", "set role sanzi_owner"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await role.execute(statement)
    finally:
        await role.close()
