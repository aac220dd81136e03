"""Projections name columns that there are, and no event is forgotten."""

from __future__ import annotations

from datetime import date

import pytest

from domain.aggregates import EVENTS
from domain.shared.events import Envelope, Recorded
from domain.shared.identity import TenantKey
from services.handlers.disclosures import DraftDisclosure, FileDisclosure, ReturnDisclosure
from services.handlers.ledger import OpenAccount
from services.handlers.tenancy import (
    DelegateOffice,
    EndOffice,
    EraseMember,
    MergeTenants,
    RecodeTenant,
    RegisterMember,
    RenameTenant,
)
from services.handlers.vouchers import ReturnVoucher, ReverseVoucher, ReviseVoucher, WithdrawVoucher
from services.read_models.change import Change
from services.read_models.projections import IGNORED, project
from services.store.apply import tables
from tests.support.village import SINCE, Scene, spending


@pytest.fixture(scope="module")
async def everything(scene: Scene) -> list[Recorded]:
    """Every event that commands of the bus make, at least once."""
    people, district = scene.people, scene.district
    original = await scene.draft_voucher()
    await scene.run(ReturnVoucher(original, "改"), people["director"])
    await scene.run(ReviseVoucher(original, "改", spending(7)), people["clerk"])
    await scene.post(original)
    for _ in range(2):
        reversal = await scene.run(ReverseVoucher(original, date(2025, 1, 20), "记错"), people["clerk"])
        await scene.run(WithdrawVoucher(reversal.streams[0], "不必"), people["clerk"])
    published = await scene.published_disclosure()
    await scene.run(FileDisclosure(published), people["reviewer"])
    second = (await scene.run(DraftDisclosure("V.C1", "2025-Q1", 2), people["clerk"])).streams[0]
    await scene.run(ReturnDisclosure(second, "再核"), people["director"])
    await scene.run(DraftDisclosure("V.C1", "2025-Q1", 2), people["clerk"])
    await scene.run(OpenAccount("11201", "合作社"), people["accountant"])
    clerk = people["clerk"]
    await scene.run(DelegateOffice(clerk.acting.term, people["far_accountant"].member, SINCE, SINCE), clerk)
    await scene.run(EndOffice(clerk.acting.term, date(2025, 12, 31), "调离"), people["admin"])
    stranger = (await scene.run(RegisterMember("王某"), people["admin"], district)).streams[0]
    await scene.run(EraseMember(stranger), people["admin"], district)
    await scene.run(RecodeTenant(scene.far.key.tenant, "445203113299", SINCE), place=district)
    await scene.run(RenameTenant(scene.far.key.tenant, "新名", "新名", SINCE), place=district)
    await scene.run(MergeTenants(scene.far.key.tenant, scene.neighbour.key.tenant, SINCE), place=district)
    return [event for key in (district.key, scene.village.key) for event in await _all(scene, key)]


async def _all(scene: Scene, key: TenantKey) -> list[Recorded]:
    return await scene.services.log.after(key, 0)


def shape(change: Change) -> tuple[str, str, frozenset[str]]:
    return change.table, change.operation, frozenset(change.row)


async def test_every_change_names_the_columns_of_its_table(scene: Scene, everything: list[Recorded]) -> None:
    async with scene.services.db.scope() as connection:
        found = {table.name: table for table in await tables(connection)}
    shapes = {shape(change) for event in everything for change in project(event)}
    assert {table for table, _, _ in shapes} >= {"tenant", "tenant_code", "voucher", "disclosure", "balance"}
    for name, operation, columns in shapes:
        table = found[name]
        assert set(table.own_key) <= columns, "a row is found by its key"
        if operation in {"new", "put", "add"}:
            assert columns == set(table.given), f"{operation} {name} gives the whole row, and no stamps"
        else:
            assert columns <= set(table.given)


def test_every_event_changes_a_row_or_is_ignored_on_purpose(everything: list[Recorded]) -> None:
    seen = {type(event.payload) for event in everything}
    silent = {type(event.payload) for event in everything if not list(project(event))}
    assert silent == seen & IGNORED
    assert set(EVENTS) - IGNORED <= seen


async def test_a_projection_depends_on_the_envelope_alone(scene: Scene) -> None:
    """What is projected when an event is decided is what a rebuild projects from the stored one."""
    for event in await _all(scene, scene.village.key):
        decided = Envelope(event.key, event.payload, event.meta, event.command)
        assert list(project(decided)) == list(project(event))
