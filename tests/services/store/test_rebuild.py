"""A rebuilt read model equals the live one row for row, and says where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest

from services.handlers.ledger import OpenAccount
from services.handlers.tenancy import EndOffice, EraseMember, RenameTenant
from services.handlers.vouchers import ReturnVoucher, ReverseVoucher, ReviseVoucher, WithdrawVoucher
from services.store import apply, rebuild
from services.store.rebuild import ReplayFailed
from services.store.settings import Database
from services.store.verify import OutOfScope
from services.wiring import wired
from services.work import System
from tests.support.village import Scene, build_scene, spending


@pytest.fixture
async def scene(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with wired(database, tmp_path_factory.mktemp("keys")) as services:
        yield await build_scene(services)


@asynccontextmanager
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(database.owner)
    try:
        yield connection
    finally:
        await connection.close()


async def a_realistic_mix(scene: Scene) -> None:
    """Every read-model table gets rows, and every kind of change happens: put, set, add, and what undoes them."""
    people = scene.people
    await scene.open_books()
    await scene.run(OpenAccount("11201", "应收承包款"), people["accountant"])
    await scene.published_disclosure()
    returned = await scene.draft_voucher(on=date(2025, 4, 3))
    await scene.run(ReturnVoucher(returned, "票据不全"), people["director"])
    await scene.run(ReviseVoucher(returned, "付村道维修尾款", spending(30_000)), people["clerk"])
    withdrawn = await scene.draft_voucher(on=date(2025, 4, 4))
    await scene.run(WithdrawVoucher(withdrawn, "重复录入"), people["clerk"])
    await scene.post(returned)
    await scene.run(ReverseVoucher(returned, date(2025, 4, 30), "冲销"), people["clerk"])
    await scene.run(EraseMember(people["head"].member), scene.people["admin"], scene.district)
    await scene.run(
        RenameTenant(scene.far.key.tenant, "桥头社区居民委员会", "桥头社区", date(2025, 5, 1)), System(), scene.district
    )
    await scene.run(EndOffice(people["committee"].acting.term, date(2025, 6, 30), "辞职"), System())


async def left_behind(connection: asyncpg.Connection[Any]) -> list[str]:
    """Tables and functions that are neither PostgreSQL's nor in the schemas of ours."""
    rows = await connection.fetch(
        """select relname as name from pg_class where relpersistence = 't'
           union all
           select proname from pg_proc where pronamespace not in ('sanzi'::regnamespace, 'sanzi_read'::regnamespace,
                'pg_catalog'::regnamespace, 'information_schema'::regnamespace)"""
    )
    return [row["name"] for row in rows]


async def test_everything_rebuilt_equals_what_is_live(database: Database, scene: Scene) -> None:
    await a_realistic_mix(scene)
    seen: list[tuple[int, int]] = []
    async with owner(database) as connection:
        replay = await rebuild.check(connection, progress=lambda done, total: seen.append((done, total)))
        tables = await apply.tables(connection)
        rows = {
            table.name: await connection.fetchval(f"select count(*) from sanzi_read.{table.name}") for table in tables
        }
        assert await left_behind(connection) == []
    assert replay.difference is None
    assert min(rows.values()) > 0, f"the mix leaves a table empty: {rows}"
    assert replay.rows == sum(rows.values())
    assert seen[-1] == (replay.events, replay.events)


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        (
            "update sanzi_read.ledger_entry set debit = debit + 1 where account = '511'",
            ("ledger_entry", "debit", 120_001, 120_000),
        ),
        ("update sanzi_read.voucher set position = position + 1", ("voucher", "position", None, None)),
    ],
)
async def test_a_changed_row_is_named(
    database: Database, scene: Scene, tampering: str, expected: tuple[str, str, object, object]
) -> None:
    await scene.open_books()
    await scene.post(await scene.draft_voucher())
    async with owner(database) as connection:
        await connection.execute(tampering)
        replay = await rebuild.check(connection, [scene.village.key])
        [difference] = replay.differences
        table, column, live, rebuilt = expected
        assert (difference.table, difference.column) == (table, column)
        if live is not None:
            assert (difference.live, difference.rebuilt) == (live, rebuilt)
        assert difference.key["tenant_id"] == str(scene.village.key.tenant)
        assert (await rebuild.check(connection, [scene.neighbour.key])).difference is None


async def test_a_row_too_few_and_a_row_too_many_are_found(database: Database, scene: Scene) -> None:
    await scene.open_books()
    await scene.post(await scene.draft_voucher())
    async with owner(database) as connection:
        await connection.execute("delete from sanzi_read.ledger_entry where account = '511'")
        await connection.execute(
            "insert into sanzi_read.balance (district_id, tenant_id, month, account, debit, credit) "
            "values (gen_random_uuid(), gen_random_uuid(), '2025-01', '511', 1, 0)"
        )
        found = {each.table: each for each in (await rebuild.check(connection)).differences}
    assert found["ledger_entry"].missing == "live"
    assert found["balance"].missing == "rebuilt"
    assert len(found) == 2


async def test_rebuilding_mends_the_read_models(database: Database, scene: Scene) -> None:
    await a_realistic_mix(scene)
    async with owner(database) as connection:
        await connection.execute("update sanzi_read.balance set debit = debit + 7")
        await connection.execute("delete from sanzi_read.voucher where tenant_id = $1", scene.village.key.tenant)
        assert (await rebuild.check(connection)).difference is not None
        done = await rebuild.rebuild(connection)
        assert await left_behind(connection) == []
        replay = await rebuild.check(connection)
    assert replay.difference is None
    assert (done.events, done.rows) == (replay.events, replay.rows)


async def test_appends_wait_for_a_rebuild_and_are_not_lost(database: Database, scene: Scene) -> None:
    await scene.open_books()
    async with owner(database) as connection:
        rebuilding = asyncio.create_task(rebuild.rebuild(connection))
        await asyncio.gather(*(scene.draft_voucher(on=date(2025, 1, 1 + day)) for day in range(12)))
        await rebuilding
        assert (await rebuild.check(connection)).difference is None


async def test_batches_are_no_seams(database: Database, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_realistic_mix(scene)
    monkeypatch.setattr(rebuild, "BATCH", 3)
    async with owner(database) as connection:
        replay = await rebuild.check(connection)
    assert replay.difference is None
    assert replay.events > 30


async def test_the_service_cannot_pretend_that_nothing_is_there(database: Database, scene: Scene) -> None:
    with pytest.raises(OutOfScope):
        await rebuild.check(scene.services.db)


async def test_an_unreadable_event_is_named(database: Database, scene: Scene) -> None:
    await scene.open_books()
    connection: asyncpg.Connection[Any] = await asyncpg.connect(database.superuser)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(
            "update sanzi.event set data = '{}' where tenant_id = $1 and position = 1", scene.village.key.tenant
        )
        with pytest.raises(ReplayFailed, match=rf"{scene.village.key.tenant}, position 1"):
            await rebuild.check(connection)
    finally:
        await connection.close()
