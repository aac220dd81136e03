"""Readers miss nothing and repeat only what they must, however they are woken and whatever dies meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import asyncpg
import pytest

from domain.shared.events import Recorded
from domain.shared.identity import TenantKey
from services.store.db import connected
from services.store.hub import CHANNEL, Hub, hub
from services.store.log import EventLog
from services.store.reader import LogReader, follow
from services.store.settings import Database
from services.wiring import wired
from tests.support.village import Scene, build_scene

SOON = 3.0
"""Seconds in which a notification must have come; less than the time between two polls of a hearing hub."""


@pytest.fixture(scope="module")
async def scene(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with wired(module_database, tmp_path_factory.mktemp("keys")) as services:
        made = await build_scene(services)
        await made.open_books()
        yield made


@asynccontextmanager
async def another_process(database: Database) -> AsyncIterator[tuple[EventLog, Hub]]:
    """A log and a hub that share nothing with those of the scene but the database."""
    async with connected(database.service) as db, hub(db, database.service) as news:
        await until(lambda: news.listening)
        yield EventLog(db), news


async def until(true: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - nobody tells us when
            await asyncio.sleep(0.01)


@asynccontextmanager
async def following(log: EventLog, news: Hub, key: TenantKey, after: int = 0) -> AsyncIterator[list[Recorded]]:
    """The list that a follower fills."""
    seen: list[Recorded] = []

    async def collect() -> None:
        async with aclosing(follow(log, news, key, after)) as events:
            async for event in events:
                seen.append(event)

    task = asyncio.create_task(collect())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def cut_off(database: Database) -> int:
    """End every connection that listens, as a failing network would; how many."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(database.superuser)
    try:
        rows = await connection.fetch(
            """select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and query ~* 'listen|pg_notify' and pid <> pg_backend_pid()"""
        )
        return len(rows)
    finally:
        await connection.close()


async def test_a_follower_in_another_process_sees_old_and_new_events_soon(
    module_database: Database, scene: Scene
) -> None:
    async with (
        another_process(module_database) as (log, news),
        following(log, news, scene.village.key) as seen,
    ):
        before = await log.head(scene.village.key)
        await until(lambda: len(seen) == before)
        await scene.draft_voucher()
        await until(lambda: len(seen) == before + 1, SOON)
        assert [event.position for event in seen] == list(range(1, before + 2))


async def test_a_follower_begins_after_the_position_it_gives(scene: Scene) -> None:
    services = scene.services
    head = await services.log.head(scene.village.key)
    async with following(services.log, services.hub, scene.village.key, after=head) as seen:
        await scene.draft_voucher()
        await until(lambda: seen, SOON)
        assert [event.position for event in seen] == [head + 1]


async def test_many_announcements_become_few_notifications(module_database: Database, scene: Scene) -> None:
    heard: list[object] = []
    ear: asyncpg.Connection[Any] = await asyncpg.connect(module_database.service)
    await ear.add_listener(CHANNEL, lambda *told: heard.append(told[3]))
    try:
        await until(lambda: scene.services.hub.listening)
        for position in range(1, 1001):
            scene.services.hub.announce(scene.far.key, position)
        wanted = f"{scene.far.key.district} {scene.far.key.tenant} 1000"
        await until(lambda: wanted in heard, SOON)
        assert len(heard) == 1
    finally:
        await ear.close()


async def test_without_a_listening_connection_polling_wakes(module_database: Database, scene: Scene) -> None:
    async with connected(module_database.service) as db:
        deaf = Hub(db, "never used")
        polling = asyncio.create_task(deaf.poll())
        try:
            head = await scene.services.log.head(scene.village.key)
            async with following(EventLog(db), deaf, scene.village.key, after=head) as seen:
                await scene.draft_voucher()
                await until(lambda: seen, SOON)
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)


async def test_a_cut_connection_is_made_again_and_nothing_is_missed(module_database: Database, scene: Scene) -> None:
    async with another_process(module_database) as (log, news):
        head = await log.head(scene.village.key)
        async with following(log, news, scene.village.key, after=head) as seen:
            assert await cut_off(module_database) >= 1
            await until(lambda: not news.listening)
            await scene.draft_voucher()
            await until(lambda: seen, SOON)
            await until(lambda: news.listening)
            await until(lambda: scene.services.hub.listening)
            await scene.draft_voucher()
            await until(lambda: len(seen) == 2, SOON)


async def test_strange_notifications_harm_nobody(module_database: Database, scene: Scene) -> None:
    stranger: asyncpg.Connection[Any] = await asyncpg.connect(module_database.service)
    try:
        for payload in ("", "nonsense", "a b c", "1 2 3 4"):
            await stranger.execute("select pg_notify($1, $2)", CHANNEL, payload)
    finally:
        await stranger.close()
    await test_a_follower_in_another_process_sees_old_and_new_events_soon(module_database, scene)


def reader(scene: Scene, name: str) -> LogReader:
    return LogReader(scene.services.log, scene.services.hub, name)


async def test_a_reader_goes_on_from_its_checkpoint(scene: Scene) -> None:
    key, seen = scene.village.key, list[int]()

    async def handle(event: Recorded) -> None:
        seen.append(event.position)

    head = await scene.services.log.head(key)
    assert await reader(scene, "goes on").behind([key, scene.far.key]) == [key]
    assert await reader(scene, "goes on").catch_up(key, handle) == head
    assert await reader(scene, "goes on").catch_up(key, handle) == 0
    await scene.draft_voucher()
    assert await reader(scene, "goes on").behind([key]) == [key]
    assert await reader(scene, "goes on").catch_up(key, handle) == 1
    assert await reader(scene, "goes on").behind([key]) == []
    assert seen == list(range(1, head + 2))
    assert await reader(scene, "goes on").position(key) == head + 1
    assert await reader(scene, "another").position(key) == 0


async def test_a_new_reader_may_begin_at_the_head(scene: Scene) -> None:
    key, late = scene.village.key, reader(scene, "late")
    head = await scene.services.log.head(key)
    await late.start_at(key, head)
    await late.start_at(key, 0)  # it has begun already
    assert await late.position(key) == head
    assert await late.behind([key]) == []


async def test_the_checkpoint_follows_what_was_handled(scene: Scene) -> None:
    """Handling the third event fails: two are done, the third is offered again."""
    key, failing = scene.village.key, reader(scene, "failing")
    offered: list[int] = []

    async def handle(event: Recorded) -> None:
        offered.append(event.position)
        if event.position == 3 and offered.count(3) == 1:
            raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        await failing.catch_up(key, handle)
    assert await failing.position(key) == 2
    await failing.catch_up(key, handle)
    assert offered == [1, 2, 3, *range(3, await scene.services.log.head(key) + 1)]


async def test_a_reader_that_dies_in_its_turn_handles_it_again(scene: Scene) -> None:
    key, offered = scene.village.key, list[int]()

    async def hang(event: Recorded) -> None:
        offered.append(event.position)
        if len(offered) == 2:
            await asyncio.Event().wait()

    dying = asyncio.create_task(reader(scene, "dies").catch_up(key, hang))
    await until(lambda: len(offered) == 2)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert await reader(scene, "dies").position(key) == 0
    assert await reader(scene, "dies").catch_up(key, hang) == await scene.services.log.head(key)


async def test_readers_of_one_name_take_turns(module_database: Database, scene: Scene) -> None:
    """Two processes: while one handles, the other leaves it alone, and no event is handled twice."""
    key, busy, seen = scene.village.key, 0, list[int]()

    async def handle(event: Recorded) -> None:
        nonlocal busy
        busy += 1
        assert busy == 1
        await asyncio.sleep(0.005)
        seen.append(event.position)
        busy -= 1

    async with another_process(module_database) as (log, news):
        twins = [reader(scene, "twins"), LogReader(log, news, "twins")]
        handled = await asyncio.gather(*(twin.catch_up(key, handle) for twin in twins))
    assert sorted(handled)[0] == 0
    assert seen == list(range(1, await scene.services.log.head(key) + 1))


async def test_a_running_reader_handles_all_tenants_and_what_comes(scene: Scene) -> None:
    seen: dict[TenantKey, list[int]] = {}
    keys = [scene.district.key, scene.village.key, scene.neighbour.key]

    async def select() -> list[TenantKey]:
        return keys

    async def handle(event: Recorded) -> None:
        if event.key == scene.neighbour.key:
            raise ValueError("this tenant always fails")
        seen.setdefault(event.key, []).append(event.position)

    running = asyncio.create_task(reader(scene, "runs").run(select, handle))
    try:
        heads = {key: await scene.services.log.head(key) for key in keys[:2]}
        await until(lambda: {key: len(done) for key, done in seen.items()} == heads)
        await scene.draft_voucher()
        await until(lambda: len(seen[scene.village.key]) == heads[scene.village.key] + 1, SOON)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    for positions in seen.values():
        assert positions == list(range(1, len(positions) + 1))


async def test_many_readers_leave_connections_to_their_handlers(scene: Scene) -> None:
    """More readers than the pool has connections, each of whose handlers needs one as well."""
    keys = [scene.district.key, scene.village.key, scene.neighbour.key]

    async def handle(event: Recorded) -> None:
        assert await scene.services.log.head(event.key) >= event.position

    async with asyncio.timeout(30):
        handled = await asyncio.gather(
            *(reader(scene, f"crowd {number}").catch_up(key, handle) for number in range(8) for key in keys)
        )
    heads = [await scene.services.log.head(key) for key in keys]
    assert handled == heads * 8


async def test_a_running_reader_outlives_what_fails_around_it(scene: Scene) -> None:
    seen: list[int] = []
    asked = 0

    async def select() -> list[TenantKey]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise OSError("the database is away")
        return [scene.village.key]

    async def handle(event: Recorded) -> None:
        seen.append(event.position)

    running = asyncio.create_task(reader(scene, "outlives").run(select, handle))
    try:
        head = await scene.services.log.head(scene.village.key)
        await until(lambda: len(seen) == head)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
