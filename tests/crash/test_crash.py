"""The database is killed (kill -9, every process) under writers: what was acknowledged is there, once, and in order.

The same harness, with the one setting changed on which that rests, must see a loss; else it would prove nothing. What
it cannot show is a loss of power: what PostgreSQL has written, the kernel of a living machine keeps.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.shared.identity import TenantKey
from services.bus import Outcome
from services.handlers.tenancy import RegisterMember
from services.handlers.vouchers import DraftVoucher
from services.store.embedded import embedded
from services.store.migrate import migrate
from services.store.rebuild import check
from services.store.settings import Database
from services.store.verify import verify_all
from services.wiring import Services, wired
from services.work import Place
from tests.support.programs import ask, ask_until_up, eventually, lives, parent, processes
from tests.support.village import Person, Scene, build_scene, spending

WRITERS = 6
DOWN = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a client sees of a server that dies or comes up again; the last when it dies between two of its statements."""


@dataclass(frozen=True, slots=True)
class Server:
    """A private server, so that its death is nobody else's."""

    directory: Path
    database: Database

    def kill(self) -> None:
        """All its processes at once, but not the keeper of ours that starts it again."""
        postmaster = int((self.directory / "postgres/postmaster.pid").read_text().splitlines()[0])
        victims = processes(self.directory) - {parent(postmaster)}
        assert postmaster in victims
        for pid in sorted(victims):  # the postmaster came first: nobody gets a chance to tidy up
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not lives(postmaster))

    async def up(self) -> None:
        """Wait until it answers."""
        await ask_until_up(self.database.service, "select 1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("crash")
    with embedded(directory) as database:
        yield Server(directory, database)


@pytest.fixture(scope="module")
async def services(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    await migrate(server.database)
    async with wired(server.database, tmp_path_factory.mktemp("keys"), pool_size=WRITERS + 2) as made:
        yield made


@dataclass(frozen=True, slots=True)
class Request:
    """What a client wants, and goes on wanting under the same id until it is answered."""

    place: Place
    actor: Person
    command: object
    id: UUID = field(default_factory=uuid4)


@dataclass(slots=True)
class Clients:
    """Writers of several tenants, one of them contended, through the bus."""

    scene: Scene
    acknowledged: dict[UUID, tuple[Request, Outcome]] = field(default_factory=dict)
    unanswered: dict[UUID, Request] = field(default_factory=dict)

    async def until(self, enough: int, then: Callable[[], object]) -> None:
        """Write until so many more are acknowledged, then let it happen; every writer stops where it is cut off."""
        wanted = len(self.acknowledged) + enough
        writing = [asyncio.create_task(self._write(number)) for number in range(WRITERS)]
        while len(self.acknowledged) < wanted:
            assert not all(task.done() for task in writing), [task.exception() for task in writing]
            await asyncio.sleep(0)
        then()
        await asyncio.gather(*writing)
        assert self.unanswered

    async def retry(self) -> None:
        """Ask again, all at once, as clients do."""
        await asyncio.gather(*(self._send(request) for request in list(self.unanswered.values())))
        assert not self.unanswered

    async def _write(self, number: int) -> None:
        with suppress(*DOWN):
            while True:
                await self._send(self._request(number))

    async def _send(self, request: Request) -> None:
        self.unanswered[request.id] = request
        outcome = await self.scene.run(request.command, request.actor, request.place, request.id)
        self.acknowledged[request.id] = request, outcome
        del self.unanswered[request.id]

    def _request(self, number: int) -> Request:
        people, scene = self.scene.people, self.scene
        if number % 3 == 0:
            return Request(scene.district, people["admin"], RegisterMember("王新人"))
        draft = DraftVoucher(date(2025, 1, 15), "付村道维修款", spending(random.randrange(1, 10**6)))  # noqa: S311
        if number % 3 == 1:
            return Request(scene.neighbour, people["neighbour_clerk"], draft)
        return Request(scene.village, people["clerk"], draft)

    async def lost(self) -> list[Outcome]:
        """What was acknowledged and is not in the log, exactly once and where it was said to be."""
        found = {key: await self._recorded(key) for key in self._keys}
        return [
            outcome
            for request, outcome in self.acknowledged.values()
            if found[request.place.key].get(request.id) != [outcome.position]
        ]

    async def _recorded(self, key: TenantKey) -> dict[UUID, list[int]]:
        positions: dict[UUID, list[int]] = {}
        for event in await self.scene.services.log.after(key, 0, limit=100_000):
            positions.setdefault(event.command, []).append(event.position)
        return positions

    @property
    def _keys(self) -> list[TenantKey]:
        return [self.scene.district.key, self.scene.village.key, self.scene.neighbour.key]


@asynccontextmanager
async def clients(services: Services, district_code: str) -> AsyncIterator[Clients]:
    scene = await build_scene(services, district_code)
    await scene.open_books()
    await scene.open_books(scene.neighbour)
    yield Clients(scene)


async def patiently(attempt: Callable[[], Awaitable[None]]) -> None:
    """Until the server is there again for every connection of the pool."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await attempt()
            except DOWN:
                await asyncio.sleep(0.05)


async def assert_whole(database: Database) -> None:
    """Every chain verifies, and the read models are what the log says."""
    connection = await asyncpg.connect(database.owner)
    try:
        assert {result.broken for result in await verify_all(connection)} == {None}
        assert (await check(connection)).difference is None
    finally:
        await connection.close()


async def test_what_was_acknowledged_survives_kill_nine_exactly_once(server: Server, services: Services) -> None:
    async with clients(services, "445203") as writing:
        for _ in range(3):
            await writing.until(random.randint(20, 120), then=server.kill)  # noqa: S311
            await server.up()
            await assert_whole(server.database)
            assert await writing.lost() == []
            await patiently(writing.retry)
            assert await writing.lost() == []
            await assert_whole(server.database)
        people = Counter(type(request.command) for request, _ in writing.acknowledged.values())
        assert set(people) == {RegisterMember, DraftVoucher}


@asynccontextmanager
async def commits_acknowledged_too_early(database: Database) -> AsyncIterator[None]:
    """As some run PostgreSQL for speed: the record of a commit lies in memory for a while."""
    assert database.superuser
    settings = {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
    for name, value in settings.items():
        await ask(database.superuser, f"alter system set {name} = '{value}'", "select pg_reload_conf()")
    try:
        yield
    finally:
        await ask_until_up(database.service, "select 1")
        for name in settings:
            await ask(database.superuser, f"alter system reset {name}", "select pg_reload_conf()")


async def test_the_same_harness_sees_the_loss_when_commits_do_not_wait(server: Server, services: Services) -> None:
    await server.up()
    async with clients(services, "445299") as writing, commits_acknowledged_too_early(server.database):
        for _ in range(5):
            await writing.until(60, then=server.kill)
            await server.up()
            if await writing.lost():
                return
            await patiently(writing.retry)
    pytest.fail("nothing was lost in five crashes: this harness would not notice a loss")
