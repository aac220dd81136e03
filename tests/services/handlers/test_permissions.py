"""Who may give which command: the policy answers before anything is read.

Every name in a command below is unknown to the database, so whoever is let in meets another refusal than Forbidden, and
whoever is not let in must not learn that there is no such thing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.shared.errors import DomainError, Forbidden, Unauthenticated
from domain.shared.identity import Acting, Office
from services.bus import HANDLERS
from services.handlers.disclosures import (
    DraftDisclosure,
    FileDisclosure,
    PublishDisclosure,
    ReturnDisclosure,
    ReviewDisclosure,
    SignDisclosure,
)
from services.handlers.ledger import ClosePeriod, OpenAccount, OpenBooks
from services.handlers.sign_ins import CheckNotLocked, RecordSignIn, RecordSignOut
from services.handlers.tenancy import (
    DelegateOffice,
    EndOffice,
    EraseMember,
    GiveOffice,
    ImportDivisions,
    MergeTenants,
    OpenDistrict,
    RecodeTenant,
    RegisterMember,
    RenameTenant,
)
from services.handlers.vouchers import (
    DraftVoucher,
    ImportVouchers,
    PostVoucher,
    ReturnVoucher,
    ReverseVoucher,
    ReviewVoucher,
    ReviseVoucher,
    SignVoucher,
    WithdrawVoucher,
)
from services.store.settings import Database
from services.wiring import wired
from services.work import Place
from tests.support.overtaken import Overtaken
from tests.support.village import PEOPLE, SINCE, Scene, build_scene, origin, spending

NOBODY = UUID(int=404)
CLERK, COMMITTEE = {"clerk"}, {"director", "committee"}
SECRETARY, ACCOUNTANT, TOWN_REVIEWER, ADMIN = {"secretary"}, {"accountant"}, {"reviewer"}, {"admin"}
EVERYONE = set(PEOPLE)


@dataclass(frozen=True)
class Case:
    """A command for the village (or, with `in_district`, the district) and who may give it."""

    command: object
    allowed: set[str]
    in_district: bool = False
    visitors: bool = False


CASES = (
    Case(OpenDistrict("445203", "揭东区", "揭东区", SINCE), ADMIN, in_district=True),
    Case(ImportDivisions((), SINCE), ADMIN, in_district=True),
    Case(RecodeTenant(NOBODY, "445203112299", SINCE), ADMIN, in_district=True),
    Case(RenameTenant(NOBODY, "新名", "新名", SINCE), ADMIN, in_district=True),
    Case(MergeTenants(NOBODY, NOBODY, SINCE), ADMIN, in_district=True),
    Case(RegisterMember(""), ADMIN, in_district=True),
    Case(EraseMember(NOBODY), ADMIN, in_district=True),
    Case(GiveOffice(NOBODY, Office.CLERK, SINCE), ADMIN),
    Case(EndOffice(NOBODY, SINCE, "调离"), ADMIN),
    Case(OpenBooks("never"), ACCOUNTANT),
    Case(OpenAccount("99901", "明细"), ACCOUNTANT),
    Case(ClosePeriod("2025-01"), ACCOUNTANT),
    Case(DraftVoucher(SINCE, "付款", spending(5)), CLERK),
    Case(ImportVouchers("v.csv", b"", 2025), CLERK),
    Case(ReviseVoucher(NOBODY, "付款", spending(5)), CLERK),
    Case(WithdrawVoucher(NOBODY, "重复"), CLERK),
    Case(ReviewVoucher(NOBODY, "属实"), COMMITTEE),
    Case(SignVoucher(NOBODY), SECRETARY),
    Case(ReturnVoucher(NOBODY, "不清"), COMMITTEE | SECRETARY | ACCOUNTANT),
    Case(PostVoucher(NOBODY), ACCOUNTANT),
    Case(ReverseVoucher(NOBODY, date(2025, 1, 9), "记错"), CLERK),
    Case(DraftDisclosure("V.C1", "never"), CLERK),
    Case(ReviewDisclosure(NOBODY, "属实"), COMMITTEE),
    Case(ReturnDisclosure(NOBODY, "不清"), COMMITTEE | SECRETARY),
    Case(SignDisclosure(NOBODY), SECRETARY),
    Case(PublishDisclosure(NOBODY), CLERK),
    Case(FileDisclosure(NOBODY), TOWN_REVIEWER),
    Case(RecordSignIn(NOBODY, NOBODY, proven=True), EVERYONE, in_district=True, visitors=True),
    Case(CheckNotLocked(NOBODY), EVERYONE, in_district=True, visitors=True),
    Case(RecordSignOut(NOBODY, NOBODY), EVERYONE, in_district=True),
)
ELSEWHERE = {DelegateOffice: "test_only_the_holder_lends_an_office"}
"""Commands whose permission rests on more than the place; the test that is about each."""


@pytest.fixture(scope="module")
async def scene(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with wired(module_database, tmp_path_factory.mktemp("keys")) as services:
        yield await build_scene(services)


def test_every_command_has_a_case() -> None:
    tried = [type(case.command) for case in CASES]
    assert len(set(tried)) == len(tried)
    assert {*tried, *ELSEWHERE} == {command for command in HANDLERS if command is not Overtaken}
    assert all(name in globals() for name in ELSEWHERE.values())


def _name(case: Any) -> str:
    return type(case.command).__name__ if isinstance(case, Case) else str(case)


@pytest.mark.parametrize("case", CASES, ids=_name)
async def test_only_the_named_offices_may(scene: Scene, case: Case) -> None:
    place = scene.district if case.in_district else scene.village
    let_in = set()
    for name, person in scene.people.items():
        if await _let_in(scene, case.command, person.acting, place):
            let_in.add(name)
    assert let_in == case.allowed


@pytest.mark.parametrize("case", CASES, ids=_name)
async def test_visitors_must_sign_in_first(scene: Scene, case: Case) -> None:
    place = scene.district if case.in_district else scene.village
    if case.visitors:
        await _run(scene, case.command, None, place)
    else:
        with pytest.raises(Unauthenticated):
            await _run(scene, case.command, None, place)


@pytest.mark.parametrize("case", [case for case in CASES if not case.in_district], ids=_name)
async def test_an_office_held_in_another_village_opens_nothing_here(scene: Scene, case: Case) -> None:
    for name in ("neighbour_clerk", "neighbour_director", "neighbour_secretary", "far_accountant"):
        with pytest.raises(Forbidden):
            await _run(scene, case.command, scene.people[name].acting, scene.village)


async def test_only_the_holder_lends_an_office(scene: Scene) -> None:
    clerk, borrower = scene.people["clerk"], scene.people["far_accountant"].member
    command = DelegateOffice(clerk.acting.term, borrower, SINCE, date(2025, 1, 9))
    with pytest.raises(Unauthenticated):
        await _run(scene, command, None, scene.village)
    for name in EVERYONE - CLERK:
        with pytest.raises(Forbidden):
            await _run(scene, command, scene.people[name].acting, scene.village)
    (lent,) = (await scene.run(command, clerk)).events
    assert lent.originator_id == scene.village.key.stream("bench")


async def _let_in(scene: Scene, command: object, actor: Acting, place: Place) -> bool:
    """Did the policy let the person in, whatever the rules then said?"""
    try:
        await _run(scene, command, actor, place)
    except Forbidden:
        return False
    except DomainError:
        return True
    return True


async def _run(scene: Scene, command: object, actor: Acting | None, place: Place) -> None:
    await scene.services.bus.execute(command, place, actor, origin())
