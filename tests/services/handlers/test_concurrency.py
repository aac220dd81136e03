"""Rules that span streams hold when several processes decide at the same moment.

What must come out whatever the order is tried with real parallel callers; the worst moment itself (between a decision
and its append) is brought about on purpose.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import cycle
from uuid import UUID, uuid4

import pytest

from domain.access.sign_in import LockedOut, LockOut, SignIns
from domain.ledger.books import NotALeaf, PeriodBusy, PeriodClosed
from domain.ledger.voucher import AlreadyReversed, Stage
from domain.shared.approval import WrongStage
from domain.shared.errors import Conflict, DomainError
from domain.shared.identity import Level, Office
from domain.shared.money import ZERO, Fen
from domain.tenancy.bench import OfficesIncompatible
from domain.tenancy.tenant import TenantClosed
from services.bus import Outcome
from services.handlers.disclosures import DraftDisclosure
from services.handlers.ledger import ClosePeriod, OpenAccount
from services.handlers.sign_ins import RecordSignIn
from services.handlers.tenancy import GiveOffice, ImportDivisions, MergeTenants
from services.handlers.vouchers import DraftVoucher, ImportVouchers, ReverseVoucher
from services.imports.divisions import Division
from services.imports.errors import ImportRefused
from services.imports.vouchers import EntryLine, VoucherEntry
from services.imports.write import to_csv, voucher_rows
from services.read_models.vouchers import VoucherFilter, VoucherRow
from services.wiring import Services
from services.work import System
from tests.support.overtaken import overtaken
from tests.support.village import SINCE, TOWNSHIP_CODE, Person, Scene, spending

DRAFT = DraftVoucher(date(2025, 1, 15), "付村道维修款", spending(120_000))


async def patiently(run: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """As a client does that is told to try again: the same command with the same id."""
    while True:
        try:
            return await run()
        except Conflict:
            await asyncio.sleep(0.05)


async def all_at_once(
    scene: Scene, processes: Sequence[Services], commands: Sequence[object], actor: Person | System
) -> list[Outcome | DomainError]:
    """Each command in one process or another; what came of each."""

    async def one(services: Services, command: object) -> Outcome | DomainError:
        there, command_id = replace(scene, services=services), uuid4()
        try:
            return await patiently(lambda: there.run(command, actor, command_id=command_id))
        except DomainError as error:
            return error

    return await asyncio.gather(*map(one, cycle(processes), commands))


async def vouchers(scene: Scene) -> list[VoucherRow]:
    rows, more = await scene.services.vouchers.page(scene.village.key, VoucherFilter(first=500))
    assert not more
    return rows


def done(results: Sequence[Outcome | DomainError]) -> list[Outcome]:
    return [result for result in results if isinstance(result, Outcome)]


def refusals(results: Sequence[Outcome | DomainError]) -> set[type[DomainError]]:
    return {type(result) for result in results if isinstance(result, DomainError)}


# Numbers


async def test_many_drafters_at_once_get_numbers_without_gaps(scene: Scene, processes: Sequence[Services]) -> None:
    drafts = [replace(DRAFT, occurred_on=date(2025, 1 + which % 2, 3)) for which in range(24)]
    results = await all_at_once(scene, processes, drafts, scene.people["clerk"])
    assert len(done(results)) == 24
    assert [row.label for row in await vouchers(scene)] == [
        f"2025-{month:02d}/{number}" for month in (1, 2) for number in range(1, 13)
    ]


def sheet(*numbers: int) -> bytes:
    amount = Fen(12_300)
    lines = (
        EntryLine("付电费", "511", "供电所", amount, ZERO, "发票1"),
        EntryLine("付电费", "102", "供电所", ZERO, amount, "转账1"),
    )
    return to_csv(voucher_rows(VoucherEntry(2, number, date(2025, 1, 9), "付电费", lines) for number in numbers))


async def test_of_two_imports_with_the_same_numbers_one_is_refused(scene: Scene, processes: Sequence[Services]) -> None:
    imports = [ImportVouchers(f"{which}.csv", sheet(1, 2, 3), 2025) for which in range(4)]
    results = await all_at_once(scene, processes, imports, scene.people["clerk"])
    assert (len(done(results)), refusals(results)) == (1, {ImportRefused})
    assert [row.number for row in await vouchers(scene)] == [1, 2, 3]


async def test_an_import_overtaken_by_a_draft_is_refused_for_the_number_that_is_taken_now(scene: Scene) -> None:
    clerk = scene.people["clerk"]
    with overtaken(lambda: scene.run(DRAFT, clerk)) as overtaking, pytest.raises(ImportRefused):
        await scene.run(overtaking(ImportVouchers("a.csv", sheet(1, 2), 2025)), clerk)
    assert [row.number for row in await vouchers(scene)] == [1]


# Periods


async def test_no_draft_gets_into_a_month_that_is_being_closed(scene: Scene, processes: Sequence[Services]) -> None:
    """Whatever comes first: a closed month holds nothing that is not posted."""
    clerk, accountant = scene.people["clerk"], scene.people["accountant"]
    for month in range(1, 7):
        drafts = [replace(DRAFT, occurred_on=date(2025, month, 9)) for _ in range(4)]
        closing = ClosePeriod(f"2025-{month:02d}")
        drafted, closed = await asyncio.gather(
            all_at_once(scene, processes, drafts, clerk), all_at_once(scene, processes[1:2], [closing], accountant)
        )
        waiting = [row.id for row in await vouchers(scene) if row.stage is not Stage.POSTED]
        if done(closed):
            assert (waiting, refusals(drafted)) == ([], {PeriodClosed})
        else:
            assert (len(waiting), refusals(closed)) == (4, {PeriodBusy})
            await scene.post(*waiting)
            await scene.close(closing.month)


async def test_a_close_that_is_overtaken_by_a_draft_sees_it(scene: Scene) -> None:
    with overtaken(scene.draft_voucher) as overtaking, pytest.raises(PeriodBusy):
        await scene.run(overtaking(ClosePeriod("2025-01")), scene.people["accountant"])


async def test_a_draft_that_is_overtaken_by_the_close_is_refused(scene: Scene) -> None:
    with overtaken(lambda: scene.close("2025-01")) as overtaking, pytest.raises(PeriodClosed):
        await scene.run(overtaking(DRAFT), scene.people["clerk"])
    assert await vouchers(scene) == []


async def test_an_import_that_is_overtaken_by_the_close_is_refused(scene: Scene) -> None:
    with overtaken(lambda: scene.close("2025-01")) as overtaking, pytest.raises(ImportRefused):
        await scene.run(overtaking(ImportVouchers("a.csv", sheet(1), 2025)), scene.people["clerk"])


async def test_a_draft_that_is_overtaken_by_a_sub_account_must_use_it(scene: Scene) -> None:
    accountant = scene.people["accountant"]
    with (
        overtaken(lambda: scene.run(OpenAccount("10201", "信用社"), accountant)) as overtaking,
        pytest.raises(NotALeaf),
    ):
        await scene.run(overtaking(DRAFT), scene.people["clerk"])


# Reversals, disclosures, offices, the register


async def test_a_voucher_is_reversed_once(scene: Scene, processes: Sequence[Services]) -> None:
    original = await scene.draft_voucher()
    await scene.post(original)
    reverse = ReverseVoucher(original, date(2025, 1, 20), "科目记错")
    results = await all_at_once(scene, processes, [reverse] * 4, System(uuid4()))
    assert (len(done(results)), refusals(results)) == (1, {AlreadyReversed})
    (one, two) = await vouchers(scene)
    assert (one.reversal, two.reverses) == (two.id, one.id)


async def test_a_disclosure_is_drafted_once(scene: Scene, processes: Sequence[Services]) -> None:
    await scene.post(await scene.draft_voucher())
    await scene.close("2025-01", "2025-02", "2025-03")
    results = await all_at_once(scene, processes, [DraftDisclosure("V.C1", "2025-Q1")] * 4, scene.people["clerk"])
    assert (len(done(results)), refusals(results)) == (1, {WrongStage})
    assert len(await scene.services.disclosures.of_village(scene.village.key, public=False)) == 1


async def test_of_incompatible_offices_given_at_once_one_is_held(scene: Scene, processes: Sequence[Services]) -> None:
    member = scene.people["far_accountant"].member
    offices = [Office.CLERK, Office.COMMITTEE_MEMBER, Office.CLERK, Office.COMMITTEE_DIRECTOR]
    results = await all_at_once(scene, processes, [GiveOffice(member, each, SINCE) for each in offices], System())
    terms = await scene.services.offices.of_tenant(scene.village.key)
    held = [term.office for term in terms if term.member_id == member]
    assert refusals(results) == {OfficesIncompatible}
    assert sorted(held) in ([Office.CLERK] * 2, [Office.COMMITTEE_DIRECTOR, Office.COMMITTEE_MEMBER])


async def test_two_villages_are_not_merged_into_each_other(scene: Scene) -> None:
    one, other = scene.village.key.tenant, scene.neighbour.key.tenant

    async def the_other_way() -> None:
        await scene.run(MergeTenants(other, one, SINCE), System(), scene.district)

    with overtaken(the_other_way) as overtaking, pytest.raises(TenantClosed):
        await scene.run(overtaking(MergeTenants(one, other, SINCE)), System(), scene.district)


async def test_a_division_is_registered_once(scene: Scene, processes: Sequence[Services]) -> None:
    division = Division("445203112299", "新村村委会", "新村", Level.VILLAGE, TOWNSHIP_CODE)
    there = replace(scene, village=scene.district)
    results = await all_at_once(there, processes, [ImportDivisions((division,), SINCE)] * 4, System())
    assert sorted(len(outcome.events) for outcome in done(results)) == [0, 0, 0, 1]


# Guesses


async def test_parallel_guesses_get_no_more_tries_than_guesses_one_by_one(
    scene: Scene, processes: Sequence[Services]
) -> None:
    member = scene.people["clerk"].member
    guesses = [RecordSignIn(member, uuid4(), proven=False) for _ in range(20)]
    there = replace(scene, village=scene.district)
    results = await all_at_once(there, processes, guesses, System(member))
    assert (len(done(results)), refusals(results)) == (LockOut().failures, {LockedOut})
    events = await scene.services.log.of_stream(
        scene.district.key, SignIns.stream(member, scene.services.clock().date())
    )
    assert [type(event.payload) for event in events] == [SignIns.Created, *[SignIns.SignInRefused] * LockOut().failures]
    with pytest.raises(LockedOut):
        await scene.run(RecordSignIn(member, uuid4(), proven=True), System(member), scene.district)


async def test_positions_have_no_gaps_and_every_stream_counts_up(scene: Scene, processes: Sequence[Services]) -> None:
    await all_at_once(scene, processes, [DRAFT] * 12, scene.people["clerk"])
    events = await scene.services.log.after(scene.village.key, 0)
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    assert [event.recorded_at for event in events] == sorted(event.recorded_at for event in events)
    streams: dict[UUID, list[int]] = {}
    for event in events:
        streams.setdefault(event.stream, []).append(event.version)
    assert all(versions == list(range(1, len(versions) + 1)) for versions in streams.values())
