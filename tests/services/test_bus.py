"""Commands are carried out once, whoever repeats them and whatever comes in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from domain.ledger.posting import Unbalanced
from domain.ledger.voucher import Stage, Voucher
from domain.shared.approval import WrongStage
from domain.shared.errors import CommandReused, Conflict, Forbidden, NotFound
from domain.shared.identity import Office
from domain.tenancy.bench import Bench, OfficesIncompatible
from services.bus import ATTEMPTS, Bus, Outcome
from services.handlers.tenancy import GiveOffice, ImportDivisions, RegisterMember
from services.handlers.vouchers import DraftVoucher, ReviewVoucher, SignVoucher
from services.read_models.vouchers import VoucherFilter
from services.store.settings import Database
from services.wiring import wired
from services.work import System
from tests.support.overtaken import overtaken
from tests.support.village import DIVISIONS, SINCE, Scene, build_scene, origin, spending

DRAFT = DraftVoucher(date(2025, 1, 15), "付村道维修款", spending(120_000))
OTHER = replace(DRAFT, summary="付电费")


@pytest.fixture
async def scene(database: Database, tmp_path: Path) -> AsyncIterator[Scene]:
    async with wired(database, tmp_path) as services:
        made = await build_scene(services)
        await made.open_books()
        yield made


async def numbers(scene: Scene) -> list[int]:
    rows, _ = await scene.services.vouchers.page(scene.village.key, VoucherFilter(first=500))
    return [row.number for row in rows]


async def head(scene: Scene) -> int:
    return await scene.services.log.head(scene.village.key)


# A command is carried out once


async def test_a_repeat_gets_the_first_outcome_and_records_nothing(scene: Scene) -> None:
    command, clerk = uuid4(), scene.people["clerk"]
    first = await scene.run(DRAFT, clerk, command_id=command)
    again = await scene.run(DRAFT, clerk, command_id=command)
    assert again == replace(first, repeated=True, events=again.events)
    assert (again.streams, first.repeated) == (first.streams, False)
    assert [vars(e) | {"timestamp": None} for e in again.events] == [
        vars(e) | {"timestamp": None} for e in first.events
    ]
    assert (await numbers(scene), await head(scene)) == ([1], first.position)


async def test_repeats_at_the_same_moment_too(scene: Scene) -> None:
    command, clerk = uuid4(), scene.people["clerk"]
    outcomes = await asyncio.gather(*(scene.run(DRAFT, clerk, command_id=command) for _ in range(10)))
    assert len({(outcome.position, tuple(outcome.streams)) for outcome in outcomes}) == 1
    assert [outcome.repeated for outcome in outcomes].count(False) == 1
    assert await numbers(scene) == [1]


async def test_a_repeat_while_the_first_is_being_appended(scene: Scene) -> None:
    command, clerk = uuid4(), scene.people["clerk"]
    inner: list[Outcome] = []

    async def the_same() -> None:
        inner.append(await scene.run(wrapped, clerk, command_id=command))

    with overtaken(the_same) as overtaking:
        wrapped = overtaking(DRAFT)
        outer = await scene.run(wrapped, clerk, command_id=command)
    assert (outer.repeated, outer.position, outer.streams) == (True, inner[0].position, inner[0].streams)
    assert await numbers(scene) == [1]


async def test_the_same_id_for_something_else_is_refused(scene: Scene) -> None:
    command, clerk = uuid4(), scene.people["clerk"]
    first = await scene.run(DRAFT, clerk, command_id=command)
    for other in (OTHER, ReviewVoucher(first.streams[0], "属实")):
        with pytest.raises(CommandReused):
            await scene.run(other, clerk if other is OTHER else scene.people["director"], command_id=command)
    assert await numbers(scene) == [1]


async def test_the_same_id_for_what_would_be_refused_anyway_is_a_reuse(scene: Scene) -> None:
    command, clerk = uuid4(), scene.people["clerk"]
    await scene.run(DRAFT, clerk, command_id=command)
    with pytest.raises(CommandReused):
        await scene.run(replace(DRAFT, postings=spending(5)[:1] * 2), clerk, command_id=command)


async def test_the_same_id_in_two_tenants_makes_things_apart(scene: Scene) -> None:
    """People of two districts, terms of two villages: an id of one must never pass for one of the other."""
    command, there = uuid4(), await build_scene(scene.services, "445299")
    people = [(await one.run(RegisterMember("某人"), place=one.district, command_id=command)) for one in (scene, there)]
    assert people[0].streams != people[1].streams
    give = GiveOffice(scene.people["clerk"].member, Office.RESIDENT_CADRE, SINCE)
    given = [await scene.run(give, place=place, command_id=command) for place in (scene.village, scene.neighbour)]
    terms = {event.term for outcome in given for event in outcome.events if isinstance(event, Bench.Given)}
    assert len(terms) == 2


async def test_who_may_do_nothing_here_does_not_learn_that_an_id_was_used(scene: Scene) -> None:
    command = uuid4()
    await scene.run(DRAFT, scene.people["clerk"], command_id=command)
    for stranger in ("neighbour_clerk", "far_accountant"):
        with pytest.raises(Forbidden):
            await scene.run(DRAFT, scene.people[stranger], command_id=command)


async def test_the_same_id_from_another_person_is_refused(scene: Scene) -> None:
    command, voucher = uuid4(), await scene.draft_voucher()
    await scene.run(ReviewVoucher(voucher, "属实"), scene.people["director"], command_id=command)
    with pytest.raises(CommandReused):
        await scene.run(ReviewVoucher(voucher, "属实"), scene.people["committee"], command_id=command)


async def test_another_village_may_use_the_same_id(scene: Scene) -> None:
    command = uuid4()
    await scene.open_books(scene.neighbour)
    await scene.run(DRAFT, scene.people["clerk"], command_id=command)
    other = await scene.run(OTHER, scene.people["neighbour_clerk"], scene.neighbour, command_id=command)
    assert not other.repeated


async def test_a_repeat_of_what_its_own_effect_made_impossible_gets_the_first_outcome(scene: Scene) -> None:
    command, director = uuid4(), scene.people["director"]
    review = ReviewVoucher(await scene.draft_voucher(), "属实")
    first = await scene.run(review, director, command_id=command)
    again = await scene.run(review, director, command_id=command)
    assert (again.repeated, again.position) == (True, first.position)
    with pytest.raises(WrongStage):
        await scene.run(review, director)


async def test_even_after_others_went_on(scene: Scene) -> None:
    command, voucher = uuid4(), await scene.draft_voucher()
    first = await scene.run(ReviewVoucher(voucher, "属实"), scene.people["director"], command_id=command)
    await scene.run(SignVoucher(voucher), scene.people["secretary"])
    again = await scene.run(ReviewVoucher(voucher, "属实"), scene.people["director"], command_id=command)
    assert (again.repeated, again.position) == (True, first.position)
    assert (await scene.services.vouchers.by_ids(scene.village.key, [voucher]))[0].stage is Stage.SIGNED


# A refusal


async def test_a_refusal_leaves_no_trace_and_may_be_tried_again(scene: Scene) -> None:
    command, clerk, before = uuid4(), scene.people["clerk"], await head(scene)
    unbalanced = replace(DRAFT, postings=(*DRAFT.postings, DRAFT.postings[0]))
    with pytest.raises(Unbalanced):
        await scene.run(unbalanced, clerk, command_id=command)
    assert (await head(scene), await numbers(scene)) == (before, [])
    assert await scene.services.log.of_command(scene.village.key, command) == []
    assert not (await scene.run(DRAFT, clerk, command_id=command)).repeated


async def test_what_was_refused_succeeds_once_the_reason_is_gone(scene: Scene) -> None:
    command, secretary = uuid4(), scene.people["secretary"]
    sign = SignVoucher(await scene.draft_voucher())
    with pytest.raises(WrongStage):
        await scene.run(sign, secretary, command_id=command)
    await scene.run(ReviewVoucher(sign.voucher, "属实"), scene.people["director"])
    assert not (await scene.run(sign, secretary, command_id=command)).repeated


async def test_a_refusal_part_of_the_way_records_none_of_it(scene: Scene) -> None:
    unknown_parent = replace(DIVISIONS[2], code="445203999001", parent="445203999")
    new = replace(DIVISIONS[2], code="445203112299")
    before = await scene.services.log.head(scene.district.key)
    with pytest.raises(NotFound):
        await scene.run(ImportDivisions((new, unknown_parent), SINCE), System(), scene.district)
    assert await scene.services.log.head(scene.district.key) == before
    assert await scene.services.tenants.by_code("445203112299") is None


async def test_nothing_to_do_is_done(scene: Scene) -> None:
    before = await scene.services.log.head(scene.district.key)
    outcome = await scene.run(ImportDivisions(DIVISIONS, SINCE), System(), scene.district)
    assert (outcome.events, outcome.streams) == ((), [])
    assert await scene.services.log.head(scene.district.key) == before


# Decisions that are overtaken


async def test_an_overtaken_decision_is_made_again_from_fresh_state(scene: Scene) -> None:
    clerk = scene.people["clerk"]
    with overtaken(lambda: scene.run(OTHER, clerk)) as overtaking:
        outcome = await scene.run(overtaking(DRAFT), clerk)
    (drafted,) = outcome.events
    assert isinstance(drafted, Voucher.Drafted)
    assert drafted.number == 2
    assert await numbers(scene) == [1, 2]


async def test_what_is_overtaken_every_time_gives_up_in_the_end(scene: Scene) -> None:
    clerk, command = scene.people["clerk"], uuid4()
    rival = Bus(scene.services.bus.tools)  # as in another process: it does not wait for this one's lock

    async def overtake() -> None:
        await rival.execute(OTHER, scene.village, clerk.acting, origin())

    with overtaken(overtake, times=10**6) as overtaking, pytest.raises(Conflict):
        await scene.run(overtaking(DRAFT), clerk, command_id=command)
    attempts = 1 + ATTEMPTS  # one at once, the others in the queue of those that were overtaken
    assert await numbers(scene) == list(range(1, attempts + 1))
    assert await scene.services.log.of_command(scene.village.key, command) == []


async def test_a_refusal_that_is_overtaken_is_the_refusal_of_what_is_now(scene: Scene) -> None:
    member = scene.people["accountant"].member
    clerk, supervisor = GiveOffice(member, Office.CLERK, SINCE), GiveOffice(member, Office.COMMITTEE_MEMBER, SINCE)
    with overtaken(lambda: scene.run(clerk)) as overtaking, pytest.raises(OfficesIncompatible):
        await scene.run(overtaking(supervisor))


# Who did it


async def test_every_event_says_who_did_it_in_which_office_and_where_it_came_from(scene: Scene) -> None:
    clerk, where = scene.people["clerk"], replace(origin(), channel="import", causation=uuid4())
    await scene.services.bus.execute(DRAFT, scene.village, clerk.acting, where)
    (event,) = await scene.services.log.of_command(scene.village.key, where.command)
    meta = event.meta
    assert (meta.member, meta.office, meta.acting_for, meta.term) == (
        clerk.member,
        Office.CLERK,
        scene.village.key.tenant,
        clerk.acting.term,
    )
    assert (meta.origin, meta.correlation, meta.causation) == ("import", where.correlation, where.causation)
    assert len(meta.request) == 64


async def test_what_the_system_does_names_nobody(scene: Scene) -> None:
    (event, *_) = await scene.services.log.after(scene.village.key, 0)
    assert (event.meta.member, event.meta.office, event.meta.acting_for, event.meta.term) == (None, None, None, None)
