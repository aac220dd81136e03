"""Whatever is done to a log behind its back is found, at the right place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.shared.identity import TenantKey
from services.store.db import connected
from services.store.settings import Database
from services.store.verify import Broken, OutOfScope, Verification, known_tenants, verify, verify_all
from services.wiring import wired
from tests.support.village import Scene, build_scene

TARGET = 5
"""The event that is tampered with; the village has more before and after."""


@pytest.fixture(scope="module")
async def scene(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with wired(module_database, tmp_path_factory.mktemp("keys")) as services:
        made = await build_scene(services)
        await made.open_books()
        await made.post(await made.draft_voucher(), await made.draft_voucher())
        yield made


@asynccontextmanager
async def tampered(database: Database, statement: str, *values: object) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A superuser's connection that has done it in an open transaction, triggers off; undone at the end."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(database.superuser)
    try:
        await connection.transaction(isolation="repeatable_read").start()
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(statement, *values)
        yield connection
    finally:
        await connection.close()


async def found(database: Database, key: TenantKey, statement: str, *values: object) -> Verification:
    async with tampered(database, statement, *values) as connection:
        return await verify(connection, key)


async def test_an_untouched_log_verifies_for_owner_and_service(module_database: Database, scene: Scene) -> None:
    async with connected(module_database.service) as db:
        [for_service] = await verify_all(db, [scene.village.key])
    connection = await asyncpg.connect(module_database.owner)
    try:
        [for_owner] = await verify_all(connection, [scene.village.key])
    finally:
        await connection.close()
    assert for_owner == for_service
    assert for_owner.broken is None
    assert for_owner.events == for_owner.head_position == await scene.services.log.head(scene.village.key) > TARGET
    assert for_owner.code == "445203112212"


async def test_a_log_without_events_is_whole(module_database: Database, scene: Scene) -> None:
    async with connected(module_database.service) as db:
        [empty] = await verify_all(db, [TenantKey(scene.district.key.district, uuid4())])
    assert (empty.events, empty.head_position, empty.head_hash, empty.broken) == (0, 0, sha256(b"").digest(), None)


ONE = "where tenant_id = $1 and position = 5"
ALTERATIONS = {
    "stream_id": f"update sanzi.event set stream_id = gen_random_uuid() {ONE}",
    "version": f"update sanzi.event set version = version + 1000 {ONE}",
    "version, back": f"update sanzi.event set version = -1 {ONE}",
    "type": f"update sanzi.event set type = type || 'X' {ONE}",
    "schema_version": f"update sanzi.event set schema_version = 2 {ONE}",
    "data": f"update sanzi.event set data = data || ' ' {ONE}",
    "data, one bit": f"update sanzi.event set data = set_bit(data, 20, 1 - get_bit(data, 20)) {ONE}",
    "meta": f"update sanzi.event set meta = '{{}}' {ONE}",
    "meta to data": f"update sanzi.event set meta = meta || substr(data, 1, 1), data = substr(data, 2) {ONE}",
    "command_id": f"update sanzi.event set command_id = gen_random_uuid() {ONE}",
    "ord": f"update sanzi.event set ord = ord + 1 {ONE}",
    "recorded_at": f"update sanzi.event set recorded_at = recorded_at + interval '1 microsecond' {ONE}",
    "recorded_at, for ever": f"update sanzi.event set recorded_at = 'infinity' {ONE}",
    "digest": f"update sanzi.event set digest = sha256('x') {ONE}",
    "hash": f"update sanzi.event set hash = sha256('x') {ONE}",
    "position": f"update sanzi.event set position = 1000000 {ONE}",
    "tenant_id": f"update sanzi.event set tenant_id = district_id, position = 1000000 {ONE}",
    "district_id": f"update sanzi.event set district_id = gen_random_uuid() {ONE}",
}
"""Every column of sanzi.event. `$1` is the village."""
REASONS = {"hash": "broken link", "position": "missing", "tenant_id": "missing", "district_id": "missing"}


async def test_every_column_is_among_the_alterations(module_database: Database, scene: Scene) -> None:
    async with tampered(module_database, "select $1::uuid", None) as connection:
        columns = await connection.fetch(
            "select attname from pg_attribute where attrelid = 'sanzi.event'::regclass and attnum > 0"
        )
    assert {row["attname"] for row in columns} == {name.split(",")[0] for name in ALTERATIONS if " to " not in name}


@pytest.mark.parametrize("name", ALTERATIONS)
async def test_an_altered_column_is_found_where_it_is(module_database: Database, scene: Scene, name: str) -> None:
    result = await found(module_database, scene.village.key, ALTERATIONS[name], scene.village.key.tenant)
    assert result.broken == Broken(TARGET, REASONS.get(name, "altered"))  # type: ignore[arg-type]
    assert result.events == TARGET - 1


async def test_a_deleted_event_is_missed(module_database: Database, scene: Scene) -> None:
    result = await found(module_database, scene.village.key, f"delete from sanzi.event {ONE}", scene.village.key.tenant)
    assert result.broken == Broken(TARGET, "missing")


async def test_a_deleted_tail_is_missed(module_database: Database, scene: Scene) -> None:
    statement = "delete from sanzi.event where tenant_id = $1 and position >= 5"
    result = await found(module_database, scene.village.key, statement, scene.village.key.tenant)
    assert result.broken == Broken(TARGET, "missing")


COPY = """insert into sanzi.event
    select district_id, tenant_id, position + 1, stream, 1, type, schema_version, data, meta, command, ord, digest_of,
           sha256(hash || int8send(position + 1) || digest_of), recorded_at
      from sanzi.event
           cross join lateral (select gen_random_uuid() as stream, gen_random_uuid() as command) new
           cross join lateral (select sanzi.event_digest(district_id, tenant_id, stream, 1, type, schema_version,
                command, ord, meta, data, recorded_at) as digest_of) made"""
"""An event forged after the one that the condition names, its digest and link as they must be."""


async def test_an_event_slipped_in_is_not_what_the_next_one_follows(module_database: Database, scene: Scene) -> None:
    """The forger makes room and links the new event rightly to the one before."""
    village = scene.village.key.tenant
    make_room = "update sanzi.event set position = position + 1000000 where tenant_id = $1 and position >= 5"
    async with tampered(module_database, make_room, village) as connection:
        await connection.execute(
            "update sanzi.event set position = position - 999999 where tenant_id = $1 and position > 1000000", village
        )
        await connection.execute(f"{COPY} where tenant_id = $1 and position = 4", village)
        result = await verify(connection, scene.village.key)
    assert result.broken == Broken(TARGET + 1, "broken link")


async def test_an_event_after_the_head_is_found(module_database: Database, scene: Scene) -> None:
    """The forger even chains it rightly."""
    head = await scene.services.log.head(scene.village.key)
    statement = f"{COPY} where tenant_id = $1 and position = $2"
    result = await found(module_database, scene.village.key, statement, scene.village.key.tenant, head)
    assert result.broken == Broken(head + 1, "head")


async def test_swapped_events_are_found_at_the_first(module_database: Database, scene: Scene) -> None:
    async with tampered(module_database, "select $1::uuid", None) as connection:
        await connection.execute("create temporary table pair as table sanzi.event with no data")
        await connection.execute(
            "insert into pair select * from sanzi.event where tenant_id = $1 and position in (5, 7)",
            scene.village.key.tenant,
        )
        await connection.execute(
            "delete from sanzi.event where tenant_id = $1 and position in (5, 7)", scene.village.key.tenant
        )
        await connection.execute("update pair set position = 12 - position; insert into sanzi.event table pair")
        result = await verify(connection, scene.village.key)
    assert result.broken == Broken(TARGET, "broken link")


@pytest.mark.parametrize(
    ("statement", "offset"),
    [
        ("update sanzi.head set hash = sha256('x') where tenant_id = $1", 0),
        ("update sanzi.head set position = position - 1 where tenant_id = $1", 0),
        ("update sanzi.head set position = position + 1 where tenant_id = $1", 1),
        ("delete from sanzi.head where tenant_id = $1", None),
    ],
)
async def test_a_changed_head_is_found(
    module_database: Database, scene: Scene, statement: str, offset: int | None
) -> None:
    last = await scene.services.log.head(scene.village.key)
    result = await found(module_database, scene.village.key, statement, scene.village.key.tenant)
    if offset is None:
        assert result.broken == Broken(1, "head")
    else:
        assert result.broken == Broken(last + offset, "missing" if offset else "head")


async def test_a_chain_made_anew_still_shows_a_stream_that_skips(module_database: Database, scene: Scene) -> None:
    """The forger drops an event from the middle of a stream, moves the rest up and hashes everything again."""
    key = scene.village.key
    async with tampered(module_database, f"delete from sanzi.event {ONE}", key.tenant) as connection:
        await rechain(connection, key)
        result = await verify(connection, key)
    assert result.broken is not None
    assert result.broken.reason == "version"
    assert result.broken.position >= TARGET


async def test_a_tail_cut_off_together_with_its_head_shows_only_against_an_anchor(
    module_database: Database, scene: Scene
) -> None:
    key = scene.village.key
    async with connected(module_database.service) as db:
        [anchor] = await verify_all(db, [key])
    statement = "delete from sanzi.event where tenant_id = $1 and position >= 5"
    async with tampered(module_database, statement, key.tenant) as connection:
        await rechain(connection, key)
        cut = await verify(connection, key)
    assert cut.broken is None
    assert (cut.head_position, cut.head_hash) != (anchor.head_position, anchor.head_hash)


async def rechain(connection: asyncpg.Connection[Any], key: TenantKey) -> None:
    """Whatever events there are become a chain with a head, as whoever owns the machine could do."""
    rows = await connection.fetch(
        "select * from sanzi.event where district_id = $1 and tenant_id = $2 order by position",
        key.district,
        key.tenant,
    )
    link = sha256(b"").digest()
    for position, row in enumerate(rows, start=1):
        link = sha256(link + position.to_bytes(8, "big") + row["digest"]).digest()
        await connection.execute(
            "update sanzi.event set position = $3, hash = $4 where tenant_id = $1 and position = $2",
            key.tenant,
            row["position"],
            position,
            link,
        )
    await connection.execute(
        "update sanzi.head set position = $2, hash = $3 where tenant_id = $1", key.tenant, len(rows), link
    )


async def test_the_service_sees_no_other_tenant_and_says_so(module_database: Database, scene: Scene) -> None:
    async with connected(module_database.service) as db:
        async with db.scope(scene.village.key.district, [scene.neighbour.key.tenant]) as connection:
            with pytest.raises(OutOfScope):
                await verify(connection, scene.village.key)
        async with db.scope() as connection:
            with pytest.raises(OutOfScope):
                await known_tenants(connection)


async def test_the_owner_verifies_every_tenant_there_is(module_database: Database, scene: Scene) -> None:
    seen: list[tuple[int, int]] = []
    async with connected(module_database.owner) as db:
        results = await verify_all(db, progress=lambda done, total: seen.append((done, total)))
    assert {result.key for result in results} >= {scene.district.key, scene.village.key, scene.neighbour.key}
    assert [result.broken for result in results] == [None] * len(results)
    assert seen[-1] == (len(results), len(results))
