"""Rules of the register: codes within codes, levels below levels, renaming, recoding, merging."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from domain.shared.identity import Level
from domain.tenancy.tenant import (
    CodeMalformed,
    CodeTaken,
    MergeUnfit,
    ParentUnfit,
    Tenant,
    TenantClosed,
    TenantNameMissing,
)
from tests.support.given import did, given, happened, opening

SINCE, LATER = date(2025, 1, 1), date(2026, 7, 1)
D, T, V, W = (UUID(int=n) for n in range(1, 5))


def tenant(id: UUID, level: Level, code: str, parent: Tenant | None, name: str = "某地") -> Tenant:
    return Tenant.register(id=id, level=level, code=code, name=name, short_name=name, parent=parent, since=SINCE)


DISTRICT = tenant(D, Level.DISTRICT, "445203", None, "揭东区")
TOWNSHIP = tenant(T, Level.TOWNSHIP, "445203112", DISTRICT, "新亨镇")


def village(id: UUID = V, code: str = "445203112212", level: Level = Level.VILLAGE) -> Tenant:
    return tenant(id, level, code, TOWNSHIP, "凤光村")


def merged_village() -> Tenant:
    gone = village(UUID(int=77), "445203112299")
    gone.merge(into=village(), since=SINCE)
    return gone


def test_the_path_names_all_that_lie_above_and_ends_with_a_slash() -> None:
    assert (DISTRICT.path, TOWNSHIP.path, village().path) == (f"/{D}/", f"/{D}/{T}/", f"/{D}/{T}/{V}/")


@pytest.mark.parametrize("level", [Level.VILLAGE, Level.COMMUNITY])
def test_villages_and_communities_lie_in_townships(level: Level) -> None:
    opening(tenant, V, level, "445203112212", TOWNSHIP).then(
        happened(Tenant.Registered, level=level, code="445203112212", parent=T, path=f"/{D}/{T}/{V}/", since=SINCE)
    )


@pytest.mark.parametrize(
    ("level", "code", "parent"),
    [
        (Level.VILLAGE, "445203112212", DISTRICT),
        (Level.VILLAGE, "445203112212", None),
        (Level.TOWNSHIP, "445203112", None),
        (Level.TOWNSHIP, "445203112", TOWNSHIP),
        (Level.DISTRICT, "445203", DISTRICT),
        (Level.COMMUNITY, "445203112212", village()),
    ],
)
def test_no_level_is_skipped(level: Level, code: str, parent: Tenant | None) -> None:
    opening(tenant, V, level, code, parent).then_refused(ParentUnfit)


@pytest.mark.parametrize(
    "code",
    ["", "44520311221", "4452031122123", "44520311221x", "445203113212", "４４５２０３１１２２１２", " 44520311221"],
)
def test_a_village_has_twelve_digits_beginning_with_the_townships(code: str) -> None:
    opening(village, V, code).then_refused(CodeMalformed)


@pytest.mark.parametrize("code", ["44520", "4452031", "abcdef"])
def test_a_district_has_six(code: str) -> None:
    opening(tenant, D, Level.DISTRICT, code, None).then_refused(CodeMalformed)


def test_nothing_is_registered_below_what_was_merged() -> None:
    gone = tenant(UUID(int=8), Level.TOWNSHIP, "445203118", DISTRICT)
    gone.merge(into=TOWNSHIP, since=SINCE)
    opening(tenant, V, Level.VILLAGE, "445203118001", gone).then_refused(TenantClosed)


def test_a_new_name_leaves_code_and_path() -> None:
    made = (
        given(village())
        .when(Tenant.rename, name="凤光社区居委会", short_name="凤光社区", since=LATER)
        .then(happened(Tenant.Renamed, name="凤光社区居委会", short_name="凤光社区", since=LATER))
    )
    assert (made.name, made.code, made.path) == ("凤光社区居委会", "445203112212", f"/{D}/{T}/{V}/")


def test_a_new_code_leaves_id_and_path() -> None:
    made = (
        given(village())
        .when(Tenant.recode, code="445203112312", parent=TOWNSHIP, taken=False, since=LATER)
        .then(happened(Tenant.Recoded, code="445203112312", since=LATER))
    )
    assert (made.id, made.code, made.path) == (V, "445203112312", f"/{D}/{T}/{V}/")


@pytest.mark.parametrize("code", ["445203", "4452031123120", "44520311231Z", "445203113212"])
def test_a_new_code_is_of_the_same_level_and_within_the_parent(code: str) -> None:
    given(village()).when(Tenant.recode, code=code, parent=TOWNSHIP, taken=False, since=LATER).then_refused(
        CodeMalformed
    )


def test_a_new_code_is_nobody_elses() -> None:
    given(village()).when(Tenant.recode, code="445203112312", parent=TOWNSHIP, taken=True, since=LATER).then_refused(
        CodeTaken
    )


# Merging


@pytest.mark.parametrize("into", [village(W, "445203112213"), village(W, "445203112213", Level.COMMUNITY)])
def test_a_village_is_merged_into_a_village_or_community(into: Tenant) -> None:
    made = (
        given(village()).when(Tenant.merge, into=into, since=LATER).then(happened(Tenant.Merged, into=W, since=LATER))
    )
    assert made.merged_into == W


@pytest.mark.parametrize("into", [village(), TOWNSHIP, DISTRICT])
def test_nothing_is_merged_into_itself_or_another_level(into: Tenant) -> None:
    given(village()).when(Tenant.merge, into=into, since=LATER).then_refused(MergeUnfit)


def test_nothing_is_merged_into_what_is_merged() -> None:
    given(village(W, "445203112213")).when(Tenant.merge, into=merged_village(), since=LATER).then_refused(TenantClosed)


def test_what_was_merged_takes_no_changes() -> None:
    gone = given(village(), did(Tenant.merge, into=village(W, "445203112213"), since=LATER))
    gone.when(Tenant.rename, name="x", short_name="x", since=LATER).then_refused(TenantClosed)
    gone.when(Tenant.recode, code="445203112300", parent=TOWNSHIP, taken=False, since=LATER).then_refused(TenantClosed)
    gone.when(Tenant.merge, into=village(UUID(int=5), "445203112215"), since=LATER).then_refused(TenantClosed)


def test_a_tenant_keeps_a_name() -> None:
    given(village()).when(Tenant.rename, name=" ", short_name="x", since=LATER).then_refused(TenantNameMissing)
    given(village()).when(Tenant.rename, name="x", short_name="", since=LATER).then_refused(TenantNameMissing)
