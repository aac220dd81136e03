"""不相容职务: which offices one person may not hold together in one tenant."""

from __future__ import annotations

from itertools import product

import pytest

from domain.shared.identity import Office
from domain.tenancy.incompatible import INCOMPATIBLE, conflicts

SEPARATE = {
    frozenset(pair)
    for pair in (
        (Office.CLERK, Office.COMMITTEE_DIRECTOR),
        (Office.CLERK, Office.COMMITTEE_MEMBER),
        (Office.SECRETARY, Office.COMMITTEE_DIRECTOR),
        (Office.SECRETARY, Office.COMMITTEE_MEMBER),
        (Office.VILLAGE_HEAD, Office.COMMITTEE_DIRECTOR),
        (Office.VILLAGE_HEAD, Office.COMMITTEE_MEMBER),
        (Office.CLERK, Office.SECRETARY),
        (Office.TOWNSHIP_ACCOUNTANT, Office.TOWNSHIP_REVIEWER),
    )
} | {frozenset((Office.INSPECTOR, other)) for other in Office if other is not Office.INSPECTOR}


@pytest.mark.parametrize(("new", "held"), list(product(Office, Office)))
def test_every_pair_of_offices(new: Office, held: Office) -> None:
    found = conflicts(new, [held])
    assert (found is not None) is (frozenset((new, held)) in SEPARATE)
    if found is not None:
        assert {found.a, found.b} == {new, held}
        assert found.basis


def test_secretary_and_village_head_may_be_one_person() -> None:
    assert conflicts(Office.SECRETARY, [Office.VILLAGE_HEAD]) is None


def test_whoever_holds_nothing_may_take_anything() -> None:
    assert all(conflicts(office, []) is None for office in Office)


def test_one_of_several_offices_is_enough() -> None:
    held = iter([Office.GROUP_ACCOUNTANT, Office.RESIDENT_CADRE, Office.CLERK])
    found = conflicts(Office.COMMITTEE_MEMBER, held)
    assert found is not None
    assert (found.a, found.b) == (Office.CLERK, Office.COMMITTEE_MEMBER)


def test_no_pair_is_listed_twice() -> None:
    assert len({frozenset((rule.a, rule.b)) for rule in INCOMPATIBLE}) == len(INCOMPATIBLE)
