"""The log of a village over a real WebSocket: nothing missed, nothing doubled, nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from domain.shared.identity import Office
from services.handlers.tenancy import EndOffice, GiveOffice, RegisterMember
from services.store.settings import Database
from services.wiring import Services, wired
from services.work import BEIJING
from tests.gateway.plumbing.listening import eventually, joined, opened, served
from tests.gateway.plumbing.probe import DEVELOPMENT, app, client
from tests.support.village import SINCE, Person, Scene

SETTINGS = replace(DEVELOPMENT, recheck_seconds=0.2, subscriptions_per_connection=3)


@pytest.fixture
async def address(services: Services) -> AsyncIterator[str]:
    async with served(app(services, SETTINGS)) as found:
        yield found


@pytest.fixture
async def token(scene: Scene) -> str:
    return await scene.token(scene.people["clerk"])


async def head(scene: Scene) -> int:
    return await scene.services.log.head(scene.village.key)


async def test_what_is_there_and_then_what_comes(address: str, scene: Scene, token: str) -> None:
    before = await head(scene)
    async with joined(address, token) as subscriber:
        await subscriber.subscribe(scene.village)
        assert await subscriber.positions(before) == list(range(1, before + 1))
        async with asyncio.timeout(1):  # a signal, not a poll
            await scene.draft_voucher()
            assert await subscriber.positions(1) == [before + 1]


async def test_going_on_after_an_interruption(address: str, scene: Scene, token: str) -> None:
    seen = await head(scene)
    async with joined(address, token) as subscriber:
        await subscriber.subscribe(scene.village, after=seen)
        await scene.draft_voucher()
        [position] = await subscriber.positions(1)
    for _ in range(3):
        await scene.draft_voucher()
    async with joined(address, token) as subscriber:
        await subscriber.subscribe(scene.village, after=position)
        await scene.draft_voucher()
        assert await subscriber.positions(4) == [seen + n for n in range(2, 6)]


async def test_nothing_is_missed_or_doubled_while_many_write_and_the_client_keeps_leaving(
    address: str, scene: Scene, token: str
) -> None:
    first = await head(scene)
    writing = asyncio.gather(*(scene.draft_voucher(100 + n) for n in range(60)))
    seen: list[int] = []
    while len(seen) < 60:
        async with joined(address, token) as subscriber:
            await subscriber.subscribe(scene.village, after=seen[-1] if seen else first)
            seen += await subscriber.positions(min(7, 60 - len(seen)))
    await writing
    assert seen == list(range(first + 1, first + 61))


async def test_what_another_process_writes_arrives_too(
    address: str, scene: Scene, token: str, module_database: Database, tmp_path: Path
) -> None:
    before = await head(scene)
    async with joined(address, token) as subscriber:
        await subscriber.subscribe(scene.village, after=before)
        async with wired(module_database, tmp_path) as other:
            await replace(scene, services=other).draft_voucher()
            assert await subscriber.positions(1) == [before + 1]


@pytest.mark.parametrize("who", ["neighbour_clerk", "far_accountant"])
async def test_another_village_is_refused(address: str, scene: Scene, who: str) -> None:
    async with joined(address, await scene.token(scene.people[who])) as subscriber:
        await subscriber.subscribe(scene.village)
        assert await subscriber.refusal() == "FORBIDDEN"


@pytest.mark.parametrize("who", ["accountant", "inspector", "secretary"])
async def test_who_watches_over_it_may(address: str, scene: Scene, who: str) -> None:
    async with joined(address, await scene.token(scene.people[who])) as subscriber:
        await subscriber.subscribe(scene.village)
        assert await subscriber.positions(1) == [1]


async def test_a_visitor_is_refused(address: str, scene: Scene) -> None:
    async with joined(address) as subscriber:
        await subscriber.subscribe(scene.village)
        assert await subscriber.refusal() == "UNAUTHENTICATED"


async def test_a_member_without_an_office_is_refused(address: str, scene: Scene) -> None:
    async with joined(address, await scene.token(scene.people["clerk"], office=False)) as subscriber:
        await subscriber.subscribe(scene.village)
        assert await subscriber.refusal() == "UNAUTHENTICATED"


@pytest.mark.parametrize("after", [-1, 1_000_000])
async def test_a_position_that_cannot_be_is_refused(address: str, scene: Scene, token: str, after: int) -> None:
    async with joined(address, token) as subscriber:
        await subscriber.subscribe(scene.village, after=after)
        assert await subscriber.refusal() == "POSITION_UNKNOWN"


async def test_an_unknown_tenant_is_refused(address: str, scene: Scene, token: str) -> None:
    unknown = replace(scene.village, key=replace(scene.village.key, tenant=uuid4()))
    async with joined(address, token) as subscriber:
        await subscriber.subscribe(unknown)
        assert await subscriber.refusal() == "NOT_FOUND"


async def test_the_connection_ends_with_its_token(address: str, services: Services, scene: Scene) -> None:
    """The token was given so long ago that it is good for about a second more."""
    clerk = scene.people["clerk"]
    lifetime, skew = timedelta(minutes=10), timedelta(seconds=5)
    at = services.clock() - lifetime - skew + timedelta(seconds=1.5)
    grant = await services.sessions.open(scene.district.key.district, clerk.member, at=at)
    access = services.sign_in.read(grant.access_token)
    token = await services.sessions.choose(access, clerk.acting.term, at=at)
    async with joined(address, token) as subscriber:
        await subscriber.subscribe(scene.village)
        await subscriber.positions(1)
        assert await subscriber.closed() == (4401, "TOKEN_EXPIRED")
    async with opened(address) as subscriber:
        await subscriber.send(type="connection_init", payload={"authorization": f"Bearer {token}"})
        assert await subscriber.closed() == (4401, "TOKEN_EXPIRED")


async def test_the_subscription_ends_with_the_office(address: str, services: Services, scene: Scene) -> None:
    registered = await scene.run(RegisterMember("临时报账员"), place=scene.district)
    member = registered.streams[0]
    today = services.clock().astimezone(BEIJING).date()
    await scene.run(GiveOffice(member, Office.VILLAGE_HEAD, SINCE), place=scene.neighbour)
    [term] = await services.offices.of_member(scene.district.key.district, member)
    at = await services.log.head(scene.neighbour.key)
    async with joined(address, await scene.token(Person("临时", term.acting))) as subscriber:
        await subscriber.subscribe(scene.neighbour, after=at - 1)
        assert await subscriber.positions(1) == [at]
        await scene.run(EndOffice(term.id, today - timedelta(days=1), "辞职"), place=scene.neighbour)
        assert await subscriber.positions(1) == [at + 1]
        assert await subscriber.refusal() == "UNAUTHENTICATED"


async def test_subscriptions_are_counted_and_given_back(services: Services, scene: Scene, token: str) -> None:
    application = app(services, SETTINGS)

    async def figure(name: str) -> float:
        async with client(application) as http:
            text = (await http.get("/metrics")).text
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return next(sample.value for sample in samples if sample.name == name)

    async with served(application) as address:
        async with joined(address, token) as subscriber:
            after = await head(scene)
            for id in "abc":
                await subscriber.subscribe(scene.village, after - 1, id)
            assert await subscriber.positions(3) == [after] * 3
            await scene.draft_voucher()
            assert await subscriber.positions(3) == [after + 1] * 3
            assert await figure("sanzi_subscriptions_open") == 3
            assert await figure("sanzi_reader_lag_seconds_count") == 3
            await subscriber.subscribe(scene.village, after, "d")
            assert await subscriber.refusal() == "TOO_MANY_SUBSCRIPTIONS"
            await subscriber.send(type="complete", id="a")
            await subscriber.subscribe(scene.village, after, "d")
            assert await subscriber.positions(1) == [after + 1]
            assert await figure("sanzi_subscriptions_open") == 3

        async def all_closed() -> bool:
            return await figure("sanzi_subscriptions_open") == 0

        await eventually(all_closed)
