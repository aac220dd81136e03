"""What a handler adds to the rules of one aggregate: numbers, periods, accounts, the other streams it touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.disclosure.disclosure import Disclosure, EditionOutOfTurn, NothingToDisclose, PeriodStillOpen
from domain.ledger.books import BooksOpenAlready, NotALeaf, PeriodBeforeBooks, PeriodClosed, UnknownAccount
from domain.ledger.voucher import Stage
from domain.shared.approval import SameHand, WrongStage
from domain.shared.calendar import Month, NotAPeriod
from domain.shared.errors import NotFound
from domain.shared.identity import Office
from domain.tenancy.tenant import CodeMalformed, DistrictOpenAlready, MergeUnfit, TenantClosed
from policies.accounts.chart import UnknownChart
from policies.catalogue.items import UnknownItem
from services.handlers.disclosures import DraftDisclosure, FileDisclosure, ReturnDisclosure
from services.handlers.ledger import OpenAccount, OpenBooks
from services.handlers.tenancy import (
    DelegateOffice,
    EndOffice,
    GiveOffice,
    ImportDivisions,
    MergeTenants,
    OpenDistrict,
    RenameTenant,
)
from services.handlers.vouchers import (
    DraftVoucher,
    PostVoucher,
    ReturnVoucher,
    ReverseVoucher,
    ReviewVoucher,
    ReviseVoucher,
    SignVoucher,
    WithdrawVoucher,
)
from services.read_models.approvals import StepRow
from services.read_models.ledger import AsOf
from services.read_models.vouchers import VoucherRow
from services.work import System
from tests.support.village import DIVISIONS, SINCE, Scene, spending

DRAFT = DraftVoucher(date(2025, 1, 15), "付村道维修款", spending(120_000))


async def voucher(scene: Scene, which: UUID) -> VoucherRow:
    (row,) = await scene.services.vouchers.by_ids(scene.village.key, [which])
    return row


async def balances(scene: Scene) -> dict[str, int]:
    rows = await scene.services.ledger.trial_balance(scene.village.key, Month(2025, 1), Month(2025, 12), AsOf())
    return {row.account: row.debit - row.credit for row in rows}


# Books


async def test_books_are_opened_once_with_a_chart_that_there_is(scene: Scene) -> None:
    with pytest.raises(BooksOpenAlready):
        await scene.open_books()
    for chart in ("1999", "../../secret", ""):
        with pytest.raises(UnknownChart):
            await scene.run(OpenBooks("2025-01", chart), place=scene.neighbour)
    with pytest.raises(NotAPeriod):
        await scene.run(OpenBooks("2025-1"), place=scene.neighbour)


async def test_without_books_there_is_nothing_to_enter(scene: Scene) -> None:
    with pytest.raises(NotFound):
        await scene.run(DRAFT, scene.people["neighbour_clerk"], scene.neighbour)


@pytest.mark.parametrize(
    ("on", "refusal"), [(date(2024, 12, 31), PeriodBeforeBooks), (date(2025, 1, 31), PeriodClosed)]
)
async def test_a_draft_lies_in_an_open_month(scene: Scene, on: date, refusal: type[Exception]) -> None:
    await scene.close("2025-01")
    with pytest.raises(refusal):
        await scene.run(replace(DRAFT, occurred_on=on), scene.people["clerk"])


async def test_a_draft_names_leaves_of_the_chart(scene: Scene) -> None:
    await scene.run(OpenAccount("10201", "信用社"), scene.people["accountant"])
    with pytest.raises(NotALeaf):
        await scene.run(DRAFT, scene.people["clerk"])
    lines = (DRAFT.postings[0], replace(DRAFT.postings[1], account="10202"))
    with pytest.raises(UnknownAccount):
        await scene.run(replace(DRAFT, postings=lines), scene.people["clerk"])


# Vouchers


async def test_a_number_once_taken_stays_taken(scene: Scene) -> None:
    given_up = await scene.draft_voucher()
    await scene.run(WithdrawVoucher(given_up, "重复"), scene.people["clerk"])
    following = await scene.draft_voucher()
    assert [(await voucher(scene, each)).number for each in (given_up, following)] == [1, 2]


async def test_only_what_is_posted_is_in_the_books(scene: Scene) -> None:
    drafted = await scene.draft_voucher()
    await scene.run(ReviewVoucher(drafted, "属实"), scene.people["director"])
    await scene.run(SignVoucher(drafted), scene.people["secretary"])
    assert await balances(scene) == {}
    await scene.run(PostVoucher(drafted), scene.people["accountant"])
    assert await balances(scene) == {"102": -120_000, "511": 120_000}


async def test_the_trail_names_every_hand_and_what_it_said(scene: Scene) -> None:
    drafted = await scene.draft_voucher()
    await scene.run(ReturnVoucher(drafted, "发票不清"), scene.people["director"])
    await scene.run(ReviseVoucher(drafted, "改", spending(7)), scene.people["clerk"])
    await scene.post(drafted)
    steps: list[StepRow] = await scene.services.approvals.of(scene.village.key, [drafted])
    assert [(step.step, step.office, step.note) for step in steps] == [
        ("drafted", Office.CLERK, ""),
        ("returned", Office.COMMITTEE_DIRECTOR, "发票不清"),
        ("revised", Office.CLERK, ""),
        ("reviewed", Office.COMMITTEE_DIRECTOR, "属实"),
        ("signed", Office.SECRETARY, ""),
        ("posted", Office.TOWNSHIP_ACCOUNTANT, ""),
    ]
    assert (await voucher(scene, drafted)).total == 7


async def test_a_posted_reversal_brings_the_books_back(scene: Scene) -> None:
    original = await scene.draft_voucher()
    await scene.post(original)
    await scene.close("2025-01")
    reverse = ReverseVoucher(original, date(2025, 2, 3), "科目记错")
    reversal = (await scene.run(reverse, scene.people["clerk"])).streams[0]
    await scene.post(reversal)
    assert await balances(scene) == {"102": 0, "511": 0}
    assert ((await voucher(scene, original)).reversal, (await voucher(scene, reversal)).reverses) == (
        reversal,
        original,
    )


async def test_a_reversal_lies_in_an_open_month_too(scene: Scene) -> None:
    original = await scene.draft_voucher()
    await scene.post(original)
    await scene.close("2025-01")
    with pytest.raises(PeriodClosed):
        await scene.run(ReverseVoucher(original, date(2025, 1, 31), "记错"), scene.people["clerk"])


async def test_a_withdrawn_reversal_frees_the_original(scene: Scene) -> None:
    original = await scene.draft_voucher()
    await scene.post(original)
    reverse = ReverseVoucher(original, date(2025, 1, 20), "记错")
    reversal = (await scene.run(reverse, scene.people["clerk"])).streams[0]
    await scene.run(WithdrawVoucher(reversal, "不必冲销"), scene.people["clerk"])
    assert (await voucher(scene, original)).reversal is None
    assert (await scene.run(reverse, scene.people["clerk"])).events


async def test_hands_are_kept_apart_even_where_the_policy_is_not_asked(scene: Scene) -> None:
    drafted = await scene.draft_voucher()
    with pytest.raises(SameHand):
        await scene.run(ReviewVoucher(drafted, "属实"), System(scene.people["clerk"].member))


async def test_what_is_named_must_be_of_that_kind_and_of_this_village(scene: Scene) -> None:
    drafted, secretary = await scene.draft_voucher(), scene.people["neighbour_secretary"]
    with pytest.raises(NotFound):
        await scene.run(SignVoucher(scene.village.key.stream("books")), scene.people["secretary"])
    with pytest.raises(NotFound):
        await scene.run(SignVoucher(drafted), secretary, scene.neighbour)
    assert (await voucher(scene, drafted)).stage is Stage.DRAFTED


# Disclosures


async def test_a_quarter_is_disclosed_once_its_months_are_closed(scene: Scene) -> None:
    await scene.post(await scene.draft_voucher())
    await scene.close("2025-01", "2025-02")
    with pytest.raises(PeriodStillOpen) as refused:
        await scene.run(DraftDisclosure("V.C1", "2025-Q1"), scene.people["clerk"])
    assert str(refused.value.facts["month"]) == "2025-03"
    await scene.close("2025-03")
    (drafted,) = (await scene.run(DraftDisclosure("V.C1", "2025-Q1"), scene.people["clerk"])).events
    assert isinstance(drafted, Disclosure.Drafted)
    assert drafted.as_of == await scene.services.log.head(scene.village.key) - 1
    assert [(f.section, f.account, f.amount) for f in drafted.figures] == [
        ("expenditure", "511", 120_000),
        ("funds", "opening", 0),
        ("funds", "other", 0),
        ("funds", "closing", -120_000),
    ]
    assert [source.number for source in drafted.figures[0].sources] == ["2025-01/1"]


async def test_the_next_quarter_opens_with_what_the_last_one_left(scene: Scene) -> None:
    for month in (1, 4):
        await scene.post(await scene.draft_voucher(on=date(2025, month, 9)))
        await scene.close(*(f"2025-{each:02d}" for each in range(month, month + 3)))
    (drafted,) = (await scene.run(DraftDisclosure("V.C1", "2025-Q2"), scene.people["clerk"])).events
    assert isinstance(drafted, Disclosure.Drafted)
    assert {f.account: f.amount for f in drafted.figures} == {
        "511": 120_000,
        "opening": -120_000,
        "other": 0,
        "closing": -240_000,
    }


@pytest.mark.parametrize(
    ("item", "period", "refusal"),
    [
        ("V.C9", "2025-Q1", UnknownItem),
        ("R.C3", "2025-Q1", UnknownItem),  # a community's
        ("V.C1", "2025-01", NotAPeriod),
        ("V.C1", "2024-Q4", NothingToDisclose),  # before the books
    ],
)
async def test_what_cannot_be_disclosed(scene: Scene, item: str, period: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await scene.run(DraftDisclosure(item, period), scene.people["clerk"])


async def test_editions_follow_each_other(scene: Scene) -> None:
    first = await scene.published_disclosure()
    clerk = scene.people["clerk"]
    with pytest.raises(WrongStage):
        await scene.run(DraftDisclosure("V.C1", "2025-Q1"), clerk)
    with pytest.raises(EditionOutOfTurn):
        await scene.run(DraftDisclosure("V.C1", "2025-Q1", edition=3), clerk)
    second = await scene.run(DraftDisclosure("V.C1", "2025-Q1", edition=2), clerk)
    assert second.streams != [first]
    with pytest.raises(EditionOutOfTurn):
        await scene.run(DraftDisclosure("V.C1", "2025-Q1", edition=3), clerk)


async def test_after_a_return_the_same_disclosure_is_drafted_again(scene: Scene) -> None:
    await scene.post(await scene.draft_voucher())
    await scene.close("2025-01", "2025-02", "2025-03")
    draft, clerk = DraftDisclosure("V.C1", "2025-Q1"), scene.people["clerk"]
    drafted = (await scene.run(draft, clerk)).streams
    await scene.run(ReturnDisclosure(drafted[0], "再核"), scene.people["director"])
    assert (await scene.run(draft, clerk)).streams == drafted


async def test_the_township_files_what_is_published(scene: Scene) -> None:
    disclosure = await scene.published_disclosure()
    await scene.run(FileDisclosure(disclosure), scene.people["reviewer"])
    (row,) = await scene.services.disclosures.by_ids(scene.village.key, [disclosure], public=True)
    assert row.stage.value == "filed"


# The register and offices


async def test_a_district_is_opened_once(scene: Scene) -> None:
    with pytest.raises(DistrictOpenAlready):
        await scene.run(OpenDistrict("445203", "揭东区", "揭东区", SINCE), place=scene.district)


async def test_only_new_divisions_are_entered_below_known_ones(scene: Scene) -> None:
    new = replace(DIVISIONS[2], code="445203112299", name="新村村委会", short_name="新村")
    outcome = await scene.run(ImportDivisions((*DIVISIONS, new), SINCE), place=scene.district)
    assert [event.originator_id for event in outcome.events] == outcome.streams
    assert len(outcome.streams) == 1
    row = await scene.services.tenants.by_code("445203112299")
    assert row is not None
    assert (row.id, row.parent_id) == (outcome.streams[0], scene.township.key.tenant)


async def test_a_division_outside_its_parents_code_is_refused(scene: Scene) -> None:
    stray = replace(DIVISIONS[2], code="445203113299")
    with pytest.raises(CodeMalformed):
        await scene.run(ImportDivisions((stray,), SINCE), place=scene.district)


async def test_nothing_new_begins_in_a_merged_village_but_its_books_are_wound_up(scene: Scene) -> None:
    merged = MergeTenants(scene.village.key.tenant, scene.neighbour.key.tenant, SINCE)
    await scene.run(merged, place=scene.district)
    clerk = scene.people["clerk"]
    with pytest.raises(TenantClosed):
        await scene.run(GiveOffice(clerk.member, Office.VILLAGE_HEAD, SINCE))
    with pytest.raises(TenantClosed):
        await scene.run(OpenBooks("2025-01"))
    await scene.post(await scene.draft_voucher())
    await scene.close("2025-01")
    await scene.run(EndOffice(clerk.acting.term, date(2026, 1, 31), "并村"))


async def test_tenants_of_different_levels_are_not_merged(scene: Scene) -> None:
    village, township = scene.village.key.tenant, scene.township.key.tenant
    with pytest.raises(MergeUnfit):
        await scene.run(MergeTenants(village, township, SINCE), place=scene.district)
    with pytest.raises(NotFound):
        await scene.run(RenameTenant(scene.people["clerk"].member, "x", "x", SINCE), place=scene.district)


async def test_an_office_goes_to_somebody_who_is_registered(scene: Scene) -> None:
    with pytest.raises(NotFound):
        await scene.run(GiveOffice(scene.village.key.tenant, Office.CLERK, SINCE))


async def test_what_was_lent_ends_with_the_term_in_the_read_model_too(scene: Scene) -> None:
    clerk, borrower = scene.people["clerk"], scene.people["far_accountant"].member
    last = SINCE + timedelta(30)
    await scene.run(DelegateOffice(clerk.acting.term, borrower, SINCE, SINCE + timedelta(90)), clerk)
    await scene.run(EndOffice(clerk.acting.term, last, "调离"), scene.people["admin"])
    terms = await scene.services.offices.of_tenant(scene.village.key)
    ends = {term.member_id: term.ends for term in terms if term.office is Office.CLERK}
    assert ends == {clerk.member: last, borrower: last}
