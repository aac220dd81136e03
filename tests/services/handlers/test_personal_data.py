"""Personal data stand sealed in the log and the read models; destroying a person's key erases them, not the chain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from domain.shared.errors import CommandReused, NotFound
from domain.shared.identity import Office
from domain.tenancy.member import MemberGone, NameMissing
from services.handlers.tenancy import EraseMember, GiveOffice, RegisterMember
from services.identity.sealing import SubjectErased
from services.store.settings import Database
from services.store.verify import verify
from services.work import System
from tests.support.village import SINCE, Scene

NAME, PHONE, ID_NUMBER = "陈桂花", "13790807060", "445203199912310027"
PERSON = RegisterMember(NAME, PHONE, ID_NUMBER)


@asynccontextmanager
async def everything(database: Database) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection before which no row is hidden."""
    connection = await asyncpg.connect(database.superuser)
    try:
        yield connection
    finally:
        await connection.close()


async def dump(database: Database) -> bytes:
    """Every row of every table of ours, and all bytes of every event."""
    async with everything(database) as connection:
        tables = await connection.fetch(
            "select schemaname, tablename from pg_tables where schemaname in ('sanzi', 'sanzi_read')"
        )
        assert {"event", "member"} <= {row["tablename"] for row in tables}
        rows = [
            row["text"].encode()
            for table in tables
            for row in await connection.fetch(
                f"select t::text as text from {table['schemaname']}.{table['tablename']} t"
            )
        ]
        events = await connection.fetch("select data, meta from sanzi.event")
        return b"\n".join([*rows, *(row["data"] + row["meta"] for row in events)])


async def register(scene: Scene) -> tuple[System, list[str | None]]:
    outcome = await scene.run(PERSON, scene.people["admin"], scene.district)
    return System(outcome.streams[0]), await opened(scene, System(outcome.streams[0]))


async def opened(scene: Scene, person: System) -> list[str | None]:
    """Name, phone and ID number as those see them who may."""
    assert person.member
    district = scene.district.key.district
    (row,) = await scene.services.offices.members(district, [person.member])
    sealed = {"name": row.name, "phone": row.phone or "", "id_number": row.id_number or ""}
    texts = await scene.services.sealing.open_many(district, {person.member: sealed})
    return list(texts[person.member].values())


async def test_what_was_given_can_be_read_by_those_who_have_the_keys(scene: Scene) -> None:
    _, texts = await register(scene)
    assert texts == [NAME, PHONE, ID_NUMBER]


async def test_neither_log_nor_read_models_hold_it_in_any_byte(scene: Scene, database: Database) -> None:
    await register(scene)
    stored = await dump(database)
    assert b"tenancy.MemberRegistered" in stored
    for text in (NAME, PHONE, ID_NUMBER, "chengui", PHONE[-8:]):
        assert text.encode() not in stored
        assert text.encode().hex().encode() not in stored
        assert text.encode("unicode_escape") not in stored


async def test_the_same_person_twice_leaves_nothing_to_compare(scene: Scene, database: Database) -> None:
    """Neither the sealed values nor the digests of the requests say that two people share a phone number."""
    admin = scene.people["admin"]
    one, other = [await scene.run(PERSON, admin, scene.district) for _ in range(2)]
    (first, second) = await scene.services.offices.members(
        scene.district.key.district, [one.streams[0], other.streams[0]]
    )
    assert len({first.name, second.name, first.phone, second.phone, first.id_number, second.id_number}) == 6
    events = [await scene.services.log.of_stream(scene.district.key, made.streams[0]) for made in (one, other)]
    elsewhere = await scene.run(RegisterMember("吴秀英"), admin, scene.district)
    events.append(await scene.services.log.of_stream(scene.district.key, elsewhere.streams[0]))
    assert len({of_one[0].meta.request for of_one in events}) == 1, "the digest covers nothing personal"


async def test_erasing_makes_the_person_unreadable_and_leaves_the_chain_whole(scene: Scene) -> None:
    person, _ = await register(scene)
    assert person.member
    await scene.run(EraseMember(person.member), scene.people["admin"], scene.district)
    await scene.services.sealing.destroy(scene.district.key.district, person.member)
    assert await opened(scene, person) == [None, None, None]
    assert (await scene.services.offices.members(scene.district.key.district, [person.member]))[0].erased
    async with scene.services.db.scope(scene.district.key.district, [scene.district.key.tenant]) as connection:
        found = await verify(connection, scene.district.key)
    assert (found.broken, found.events) == (None, found.head_position)


async def test_nothing_more_is_recorded_about_whoever_was_erased(scene: Scene) -> None:
    person, _ = await register(scene)
    assert person.member
    admin = scene.people["admin"]
    await scene.run(EraseMember(person.member), admin, scene.district)
    await scene.services.sealing.destroy(scene.district.key.district, person.member)
    with pytest.raises(MemberGone):
        await scene.run(EraseMember(person.member), admin, scene.district)
    with pytest.raises(NotFound):
        await scene.run(GiveOffice(person.member, Office.CLERK, SINCE), admin)
    with pytest.raises(SubjectErased):
        await scene.services.sealing.seal(scene.district.key.district, person.member, {"name": NAME})


@pytest.mark.parametrize("name", ["", "  "])
async def test_a_person_has_a_name(scene: Scene, name: str) -> None:
    with pytest.raises(NameMissing):
        await scene.run(RegisterMember(name, PHONE), scene.people["admin"], scene.district)


async def test_phone_and_id_number_may_be_unknown(scene: Scene) -> None:
    outcome = await scene.run(RegisterMember(NAME), scene.people["admin"], scene.district)
    (row,) = await scene.services.offices.members(scene.district.key.district, [outcome.streams[0]])
    assert (row.phone, row.id_number) == (None, None)


async def test_a_member_is_no_tenant_and_a_repeat_is_the_first(scene: Scene) -> None:
    command, admin = uuid4(), scene.people["admin"]
    first = await scene.run(PERSON, admin, scene.district, command)
    again = await scene.run(PERSON, admin, scene.district, command)
    assert (again.repeated, again.streams) == (True, first.streams)
    with pytest.raises(CommandReused):
        await scene.run(EraseMember(first.streams[0]), admin, scene.district, command)
