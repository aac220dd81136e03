"""Many writers at once: positions stay gapless, in commit order, and no decision rests on what has moved."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.ledger.books import PeriodClosed
from domain.shared.errors import CommandReused
from domain.shared.events import Meta
from domain.shared.identity import TenantKey
from domain.tenancy.member import Member
from services.bus import Outcome
from services.handlers.ledger import ClosePeriod
from services.handlers.vouchers import DraftVoucher, ImportVouchers, ReviewVoucher
from services.store.db import Db, connected
from services.store.log import Appended, Decision, EventLog, Moved
from services.store.rebuild import check
from services.store.settings import Database
from services.store.verify import verify_all
from services.wiring import wired
from tests.support.village import Scene, build_scene, spending

WRITERS = 8
YEAR = Path(__file__).parents[3] / "services/demo/data/vouchers_2025.csv"


@pytest.fixture(scope="module")
async def db(module_database: Database) -> AsyncIterator[Db]:
    async with connected(module_database.service, size=WRITERS + 2) as made:
        yield made


@pytest.fixture
async def scene(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with wired(database, tmp_path_factory.mktemp("keys"), pool_size=WRITERS + 2) as services:
        made = await build_scene(services)
        await made.open_books()
        yield made


def joining(key: TenantKey, size: int = 1, id: UUID | None = None) -> Decision:
    """New people; with an id, one whom others enter at the same time."""
    events: list[Any] = []
    for _ in range(size):
        events += Member.register(id=id or uuid4(), name="sealed", phone=None, id_number=None).collect_events()
    return Decision(key, uuid4(), Meta("0" * 64, uuid4(), "test"), events, [[]] * len(events))


async def test_positions_are_gapless_and_in_commit_order(db: Db) -> None:
    """Every writer begins a log of its own kind anew: also the very first append of a tenant is contended."""
    log, key, chance = EventLog(db), TenantKey(uuid4(), uuid4()), random.Random(7)  # noqa: S311

    async def write() -> list[tuple[Decision, Appended]]:
        done, own = [], EventLog(db)  # as in another process: the appends of one log queue before the database
        for _ in range(25):
            decision = joining(key, size=chance.choice((1, 1, 1, 2, 5)))
            done.append((decision, await own.append(decision)))
        return done

    written = [each for part in await asyncio.gather(*(write() for _ in range(WRITERS))) for each in part]
    events = await log.after(key, 0, limit=100_000)
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    assert len(events) == sum(len(decision.events) for decision, _ in written)
    assert [event.recorded_at for event in events] == sorted(event.recorded_at for event in events)
    by_position = {event.position: event for event in events}
    for decision, appended in written:
        last = len(decision.events)
        together = [by_position[appended.position - last + 1 + i] for i in range(last)]
        assert [event.stream for event in together] == [event.originator_id for event in decision.events]
        assert {event.command for event in together} == {decision.command}
        assert together[-1].hash == appended.hash
    [verification] = await verify_all(db, [key])
    assert (verification.events, verification.broken) == (len(events), None)


async def test_of_those_who_begin_the_same_stream_one_does(db: Db) -> None:
    log, key = EventLog(db), TenantKey(uuid4(), uuid4())
    for _ in range(10):
        person = uuid4()
        before = await log.head(key)
        results = await asyncio.gather(
            *(EventLog(db).append(joining(key, id=person)) for _ in range(WRITERS)), return_exceptions=True
        )
        assert Counter(type(result) for result in results) == {Appended: 1, Moved: WRITERS - 1}
        assert await log.head(key) == before + 1


async def test_writers_of_different_tenants_do_not_wait_for_each_other(module_database: Database, db: Db) -> None:
    """One holds its tenant's head in an open transaction; a neighbour's append goes through all the same."""
    log, held, free = EventLog(db), *(TenantKey(UUID(int=99), uuid4()) for _ in range(2))
    await log.append(joining(held))
    owner: asyncpg.Connection[Any] = await asyncpg.connect(module_database.owner)
    try:
        async with owner.transaction():
            await owner.execute("update sanzi.head set position = position where tenant_id = $1", held.tenant)
            async with asyncio.timeout(5):
                await log.append(joining(free))
            waiting = asyncio.create_task(log.append(joining(held)))
            done, _ = await asyncio.wait([waiting], timeout=0.3)
            assert not done
        assert (await waiting).position == 2
    finally:
        await owner.close()


async def test_one_command_sent_many_times_at_once_is_carried_out_once(scene: Scene) -> None:
    command, command_id = DraftVoucher(date(2025, 1, 15), "付村道维修款", spending(120_000)), uuid4()
    before = await scene.services.log.head(scene.village.key)
    outcomes = await asyncio.gather(
        *(scene.run(command, scene.people["clerk"], command_id=command_id) for _ in range(WRITERS))
    )
    assert await scene.services.log.head(scene.village.key) == before + 1
    assert {outcome.position for outcome in outcomes} == {before + 1}
    assert {tuple(outcome.streams) for outcome in outcomes} == {tuple(outcomes[0].streams)}
    assert Counter(outcome.repeated for outcome in outcomes) == {False: 1, True: WRITERS - 1}
    other = DraftVoucher(date(2025, 1, 15), "付村道维修款", spending(120_001))
    with pytest.raises(CommandReused):
        await scene.run(other, scene.people["clerk"], command_id=command_id)
    assert await scene.services.log.head(scene.village.key) == before + 1


async def test_voucher_numbers_stay_gapless_under_contention(database: Database, scene: Scene) -> None:
    drafts = [scene.draft_voucher(amount=100 + number) for number in range(WRITERS * 3)]
    vouchers = await asyncio.gather(*drafts)
    async with scene.services.db.scope(scene.village.key.district, [scene.village.key.tenant]) as connection:
        numbers = await connection.fetch("select number from sanzi_read.voucher order by number")
    assert len(set(vouchers)) == WRITERS * 3
    assert [row["number"] for row in numbers] == list(range(1, WRITERS * 3 + 1))
    connection = await asyncpg.connect(database.owner)
    try:
        assert (await check(connection)).difference is None
    finally:
        await connection.close()


async def test_no_voucher_slips_into_a_month_while_it_is_closed(scene: Scene) -> None:
    """Drafting and closing race; whatever the order, no draft is left behind in a closed month."""
    await scene.post(await scene.draft_voucher())

    async def draft() -> Outcome | BaseException:
        await asyncio.sleep(random.random() * 0.02)  # noqa: S311
        command = DraftVoucher(date(2025, 1, 20), "付清洁费", spending(3_000))
        return (await asyncio.gather(scene.run(command, scene.people["clerk"]), return_exceptions=True))[0]

    async def close() -> Outcome | BaseException:
        await asyncio.sleep(random.random() * 0.02)  # noqa: S311
        command = ClosePeriod("2025-01")
        return (await asyncio.gather(scene.run(command, scene.people["accountant"]), return_exceptions=True))[0]

    *drafts, closing = await asyncio.gather(*(draft() for _ in range(4)), close())
    drafted = [outcome for outcome in drafts if isinstance(outcome, Outcome)]
    if isinstance(closing, Outcome):
        assert all(isinstance(refusal, PeriodClosed) for refusal in drafts)
    else:
        assert type(closing).__name__ == "PeriodBusy"
        assert len(drafted) == len(drafts)


async def test_of_two_reviews_at_once_one_stands(scene: Scene) -> None:
    voucher = await scene.draft_voucher()
    results = await asyncio.gather(
        scene.run(ReviewVoucher(voucher, "属实"), scene.people["director"]),
        scene.run(ReviewVoucher(voucher, "同意"), scene.people["committee"]),
        return_exceptions=True,
    )
    assert Counter(type(result).__name__ for result in results) == {"Outcome": 1, "WrongStage": 1}


async def test_a_long_decision_is_not_overtaken_for_ever(scene: Scene) -> None:
    """A year's import takes far longer to decide than a draft, and any draft made meanwhile overturns it."""
    importing = asyncio.create_task(
        scene.run(ImportVouchers("vouchers.csv", YEAR.read_bytes(), 2025), scene.people["clerk"])
    )
    drafts = 0
    while not importing.done():
        await scene.draft_voucher(on=date(2026, 1, 5))
        drafts += 1
    assert len((await importing).streams) > 600
    assert drafts > 1
