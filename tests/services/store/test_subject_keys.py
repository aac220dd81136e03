from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from services.identity.ports import WrappedKey
from services.store.db import Db, connected
from services.store.settings import Database
from services.store.subject_keys import SubjectKeyTable

DISTRICT, OTHER_DISTRICT, SUBJECT, OTHER = (UUID(int=n) for n in range(1, 5))


@pytest.fixture
async def db(database: Database) -> AsyncIterator[Db]:
    async with connected(database.service) as made:
        yield made


async def test_the_first_key_kept_is_everybodys(db: Db) -> None:
    table = SubjectKeyTable(db)
    for _ in range(20):
        subject = uuid4()
        kept = await asyncio.gather(*(table.keep(DISTRICT, subject, bytes([n])) for n in range(8)))
        assert len(set(kept)) == 1
        assert await table.find(DISTRICT, [subject]) == {subject: kept[0]}


async def test_keys_belong_to_a_district(db: Db) -> None:
    table = SubjectKeyTable(db)
    assert await table.keep(DISTRICT, SUBJECT, b"one") == WrappedKey(b"one")
    assert await table.keep(OTHER_DISTRICT, SUBJECT, b"two") == WrappedKey(b"two")
    await table.erase(OTHER_DISTRICT, SUBJECT)
    assert await table.find(DISTRICT, [SUBJECT, OTHER]) == {SUBJECT: WrappedKey(b"one")}
    assert await table.find(OTHER_DISTRICT, [SUBJECT]) == {SUBJECT: WrappedKey(None)}


async def test_erasing_leaves_a_mark_and_no_key(db: Db) -> None:
    table = SubjectKeyTable(db)
    await table.keep(DISTRICT, SUBJECT, b"one")
    await table.erase(DISTRICT, SUBJECT)
    await table.erase(DISTRICT, OTHER)
    assert await table.keep(DISTRICT, SUBJECT, b"again") == WrappedKey(None)
    async with db.scope(DISTRICT) as connection:
        rows = await connection.fetch("select wrapped, destroyed_at is not null from sanzi.subject_key")
    assert [tuple(row) for row in rows] == [(None, True)] * 2


async def test_erasing_again_keeps_the_first_time(db: Db) -> None:
    table = SubjectKeyTable(db)
    await table.erase(DISTRICT, SUBJECT)
    async with db.scope(DISTRICT) as connection:
        first = await connection.fetchval("select destroyed_at from sanzi.subject_key")
        await table.erase(DISTRICT, SUBJECT)
        assert await connection.fetchval("select destroyed_at from sanzi.subject_key") == first


async def test_a_key_erased_while_it_is_wrapped_anew_stays_erased(db: Db) -> None:
    table = SubjectKeyTable(db)
    await table.keep(DISTRICT, SUBJECT, b"old")
    await table.erase(DISTRICT, SUBJECT)
    assert not await table.replace(DISTRICT, SUBJECT, b"old", b"new")
    assert await table.find(DISTRICT, [SUBJECT]) == {SUBJECT: WrappedKey(None)}


async def test_pages_hold_every_key_in_force_once(db: Db) -> None:
    table = SubjectKeyTable(db)
    subjects = sorted(uuid4() for _ in range(7))
    for subject in subjects:
        await table.keep(DISTRICT, subject, subject.bytes)
    await table.erase(DISTRICT, subjects[3])
    seen: list[UUID] = []
    while page := await table.in_pages(DISTRICT, seen[-1] if seen else None, 3):
        seen += page
    assert seen == subjects[:3] + subjects[4:]
