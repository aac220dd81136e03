from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.access.sign_in import Ending
from services.identity.ports import Credential, RefusedRotation, Session
from services.store.credentials import CredentialTable, SessionTable
from services.store.db import Db, connected
from services.store.settings import Database

DISTRICT, OTHER_DISTRICT, MEMBER, OTHER = (UUID(int=n) for n in range(1, 5))
NOW = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TABLES = ("credential", "session", "refresh_token", "subject_key")


@pytest.fixture
async def db(database: Database) -> AsyncIterator[Db]:
    async with connected(database.service) as made:
        yield made


async def filled(db: Db) -> Session:
    """One row in each table of the district."""
    session = Session(uuid4(), MEMBER, NOW, NOW + 7 * DAY)
    await CredentialTable(db).add(DISTRICT, Credential("chen", MEMBER, "hash"), NOW)
    await SessionTable(db).start(DISTRICT, session, b"1" * 32, NOW + DAY)
    async with db.scope(DISTRICT) as connection:
        await connection.execute(
            "insert into sanzi.subject_key (district_id, subject_id, wrapped) values ($1, $2, 'x')", DISTRICT, MEMBER
        )
    return session


async def counted(db: Db, district: UUID | None) -> list[int]:
    async with db.scope(district) as connection:
        return [await connection.fetchval(f"select count(*) from sanzi.{table}") for table in TABLES]


async def test_another_district_or_no_scope_sees_no_row(db: Db) -> None:
    await filled(db)
    assert await counted(db, DISTRICT) == [1, 1, 1, 1]
    assert await counted(db, OTHER_DISTRICT) == [0, 0, 0, 0]
    assert await counted(db, None) == [0, 0, 0, 0]


async def test_a_bare_connection_of_the_service_sees_and_writes_nothing(db: Db, database: Database) -> None:
    await filled(db)
    bare = await asyncpg.connect(database.service)
    try:
        for table in TABLES:
            assert await bare.fetchval(f"select count(*) from sanzi.{table}") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await bare.execute("insert into sanzi.credential values ($1, 'li', $2, 'hash', $3)", DISTRICT, OTHER, NOW)
    finally:
        await bare.close()


async def test_a_scope_cannot_write_into_another_district(db: Db) -> None:
    await filled(db)
    async with db.scope(OTHER_DISTRICT) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(
                "insert into sanzi.subject_key (district_id, subject_id, wrapped) values ($1, $2, 'x')",
                DISTRICT,
                OTHER,
            )
        assert await connection.execute("delete from sanzi.credential") == "DELETE 0"
        assert await connection.execute("update sanzi.session set term_id = null") == "UPDATE 0"
    assert await counted(db, DISTRICT) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "update sanzi.credential set member_id = $1",
        "update sanzi.session set good_until = good_until + interval '1 year' where member_id = $1",
        "update sanzi.refresh_token set expires_at = expires_at + interval '1 year' where member_id = $1",
        "delete from sanzi.refresh_token where member_id = $1",
        "delete from sanzi.subject_key where subject_id = $1",
        "update sanzi.subject_key set subject_id = $1",
    ],
)
async def test_the_service_may_do_no_more_than_it_must(db: Db, statement: str) -> None:
    await filled(db)
    async with db.scope(DISTRICT) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await connection.execute(statement, MEMBER)


async def test_the_owner_sees_all_districts_so_that_a_backup_is_whole(db: Db, database: Database) -> None:
    await filled(db)
    owner = await asyncpg.connect(database.owner)
    try:
        assert [await owner.fetchval(f"select count(*) from sanzi.{table}") for table in TABLES] == [1, 1, 1, 1]
    finally:
        await owner.close()


async def test_a_login_and_a_member_are_unique_in_their_district_alone(db: Db) -> None:
    table = CredentialTable(db)
    assert await table.add(DISTRICT, Credential("chen", MEMBER, "hash"), NOW)
    assert not await table.add(DISTRICT, Credential("chen", OTHER, "hash"), NOW)
    assert not await table.add(DISTRICT, Credential("li", MEMBER, "hash"), NOW)
    assert await table.add(OTHER_DISTRICT, Credential("chen", MEMBER, "other"), NOW)
    assert await table.find(DISTRICT, "chen") == Credential("chen", MEMBER, "hash")
    assert await table.find_member(OTHER_DISTRICT, MEMBER) == Credential("chen", MEMBER, "other")
    assert await table.find(DISTRICT, "li") is None


async def test_of_two_who_replace_a_password_at_once_one_does(db: Db) -> None:
    table = CredentialTable(db)
    old = Credential("chen", MEMBER, "old")
    await table.add(DISTRICT, old, NOW)
    done = await asyncio.gather(*(table.replace(DISTRICT, old, f"new {n}", NOW) for n in range(4)))
    assert sorted(done) == [False, False, False, True]


async def test_a_token_that_nobody_knows(db: Db) -> None:
    await filled(db)
    rotation = await SessionTable(db).rotate(DISTRICT, b"2" * 32, b"3" * 32, at=NOW, idle_until=NOW + DAY)
    assert (rotation.session, rotation.refused) == (None, RefusedRotation.UNKNOWN)


async def test_a_session_ended_says_when_and_why(db: Db) -> None:
    session = await filled(db)
    table = SessionTable(db)
    assert await table.end(DISTRICT, session.id, NOW, Ending.BY_ADMINISTRATOR)
    assert await table.find_open(DISTRICT, session.id, NOW) is None
    async with db.scope(DISTRICT) as connection:
        row = await connection.fetchrow("select ended_at, reason from sanzi.session")
    assert row is not None
    assert tuple(row) == (NOW, "by_administrator")
    rotation = await table.rotate(DISTRICT, b"1" * 32, b"3" * 32, at=NOW, idle_until=NOW + DAY)
    assert rotation.refused is RefusedRotation.ENDED


async def test_purging_forgets_old_sessions_with_their_tokens_and_no_others(db: Db) -> None:
    await filled(db)
    table = SessionTable(db)
    recent = Session(uuid4(), MEMBER, NOW + DAY, NOW + 8 * DAY)
    await table.start(DISTRICT, recent, b"9" * 32, NOW + 2 * DAY)
    assert await table.purge(DISTRICT, NOW + 7 * DAY + timedelta(seconds=1)) == 1
    assert await counted(db, DISTRICT) == [1, 1, 1, 1]
    assert await table.find_open(DISTRICT, recent.id, NOW + DAY) == recent
