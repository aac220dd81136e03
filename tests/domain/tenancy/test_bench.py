"""Rules of the bench: offices by level, terms, incompatible offices, delegation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from domain.shared.errors import NotFound
from domain.shared.identity import Level, Office
from domain.tenancy.bench import (
    LEVELS_OF,
    Bench,
    DelegatedAlready,
    DelegationOutsideTerm,
    OfficeNotHere,
    OfficesIncompatible,
    Term,
    TermBackwards,
    TermOver,
)
from tests.support.given import Given, did, given, happened

CHEN, LIN, WU = (UUID(int=n) for n in range(1, 4))
TERM, LENT = UUID(int=11), UUID(int=12)
JANUARY, JUNE, JULY, DECEMBER = date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31)
Step = Callable[[Bench], object]


def bench(level: Level = Level.VILLAGE) -> Bench:
    return Bench.open(id=uuid4(), level=level)


def holds(
    member: UUID, office: Office, starts: date = JANUARY, ends: date | None = None, term: UUID | None = None
) -> Step:
    return did(Bench.give, term=term or uuid4(), member=member, office=office, starts=starts, ends=ends)


def lent(to: UUID, starts: date, ends: date, delegation: UUID = LENT) -> Step:
    return did(Bench.delegate, term=TERM, delegation=delegation, member=to, starts=starts, ends=ends)


@pytest.mark.parametrize("office", Office)
@pytest.mark.parametrize("level", Level)
def test_each_office_exists_at_its_levels_only(office: Office, level: Level) -> None:
    result = given(bench(level)).when(holds(CHEN, office, term=TERM))
    if level in LEVELS_OF[office]:
        result.then(happened(Bench.Given, term=TERM, member=CHEN, office=office, starts=JANUARY, ends=None))
    else:
        result.then_refused(OfficeNotHere)


def test_the_offices_of_a_village_are_those_of_a_community() -> None:
    assert all((Level.VILLAGE in levels) == (Level.COMMUNITY in levels) for levels in LEVELS_OF.values())
    assert set(LEVELS_OF) == set(Office)


def test_a_term_does_not_end_before_it_starts() -> None:
    given(bench()).when(holds(CHEN, Office.CLERK, JULY, JUNE)).then_refused(TermBackwards)
    given(bench()).when(holds(CHEN, Office.CLERK, JULY, JULY)).then(happened(Bench.Given, starts=JULY, ends=JULY))


# Incompatible offices (不相容职务)


@pytest.mark.parametrize(
    ("starts", "ends", "together"),
    [
        (JANUARY, JUNE, True),
        (JUNE, None, True),  # one day in common
        (date(2024, 1, 1), JANUARY, True),
        (date(2024, 1, 1), None, True),
        (JULY, None, False),  # the day after
        (date(2024, 1, 1), date(2024, 12, 31), False),
    ],
)
def test_incompatible_offices_clash_only_on_days_that_they_share(
    starts: date, ends: date | None, together: bool
) -> None:
    result = given(bench(), holds(CHEN, Office.CLERK, JANUARY, JUNE)).when(
        holds(CHEN, Office.COMMITTEE_MEMBER, starts, ends)
    )
    if together:
        error = result.then_refused(OfficesIncompatible)
        assert "同期在本单位担任报账员" in error.message()
        assert error.facts["basis"]
    else:
        result.then(happened(Bench.Given))


def test_two_people_may_hold_what_one_may_not() -> None:
    given(bench(), holds(CHEN, Office.CLERK)).when(holds(LIN, Office.COMMITTEE_MEMBER)).then(happened(Bench.Given))


def test_secretary_and_village_head_may_be_one_person() -> None:
    given(bench(), holds(CHEN, Office.SECRETARY)).when(holds(CHEN, Office.VILLAGE_HEAD)).then(happened(Bench.Given))


def test_an_office_given_up_clashes_no_more() -> None:
    free = given(bench(), holds(CHEN, Office.CLERK, term=TERM), did(Bench.end, term=TERM, on=JUNE, reason="辞职"))
    free.when(holds(CHEN, Office.COMMITTEE_MEMBER, JULY)).then(happened(Bench.Given))
    free.when(holds(CHEN, Office.COMMITTEE_MEMBER, JUNE)).then_refused(OfficesIncompatible)


days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@examples(days, st.none() | days, days, st.none() | days)
def test_terms_overlap_when_they_have_a_day_in_common(
    starts: date, ends: date | None, others: date, other_ends: date | None
) -> None:
    last = date(2027, 1, 1)
    mine, theirs = (
        {one + timedelta(n) for n in range(((until or last) - one).days + 1)}
        for one, until in ((starts, ends), (others, other_ends))
    )
    assert Term(TERM, CHEN, Office.CLERK, starts, ends).overlaps(others, other_ends) is bool(mine & theirs)


# Ending


def test_ending_is_inclusive_and_may_be_brought_forward() -> None:
    held = given(bench(), holds(CHEN, Office.CLERK, JANUARY, DECEMBER, TERM))
    made = held.when(Bench.end, term=TERM, on=JUNE, reason="调离").then(happened(Bench.Ended, term=TERM, on=JUNE))
    assert made.terms[TERM].ends == JUNE


def test_ending_neither_prolongs_a_term_nor_turns_it_backwards() -> None:
    held = given(bench(), holds(CHEN, Office.CLERK, JANUARY, JUNE, TERM))
    held.when(Bench.end, term=TERM, on=JULY, reason="").then_refused(TermOver)
    held.when(Bench.end, term=TERM, on=date(2024, 12, 31), reason="").then_refused(TermBackwards)
    held.when(Bench.end, term=uuid4(), on=JUNE, reason="").then_refused(NotFound)


# Delegation (委托)


def lending() -> Given[Bench]:
    return given(bench(), holds(CHEN, Office.CLERK, JANUARY, DECEMBER, TERM))


def test_an_office_is_lent_for_a_time_within_the_term() -> None:
    made = (
        lending()
        .when(lent(WU, JUNE, JULY))
        .then(
            happened(
                Bench.Delegated, term=TERM, delegation=LENT, member=WU, office=Office.CLERK, starts=JUNE, ends=JULY
            )
        )
    )
    assert made.terms[LENT] == Term(LENT, WU, Office.CLERK, JUNE, JULY, delegated_by=TERM)


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [
        (date(2024, 12, 31), JUNE, DelegationOutsideTerm),
        (JUNE, date(2026, 1, 1), DelegationOutsideTerm),
        (JULY, JUNE, TermBackwards),
    ],
)
def test_not_for_longer_than_it_is_held(starts: date, ends: date, refusal: type[TermBackwards]) -> None:
    lending().when(lent(WU, starts, ends)).then_refused(refusal)


def test_what_is_lent_is_not_passed_on() -> None:
    step = lent(WU, JUNE, JULY)
    given(bench(), holds(CHEN, Office.CLERK, JANUARY, DECEMBER, TERM), step).when(
        Bench.delegate, term=LENT, delegation=uuid4(), member=LIN, starts=JUNE, ends=JULY
    ).then_refused(DelegatedAlready)


def test_whoever_may_not_hold_it_may_not_borrow_it() -> None:
    given(bench(), holds(CHEN, Office.CLERK, term=TERM), holds(WU, Office.COMMITTEE_MEMBER)).when(
        lent(WU, JUNE, JULY)
    ).then_refused(OfficesIncompatible)


def test_whoever_borrowed_it_may_not_take_what_is_incompatible_meanwhile() -> None:
    held = given(bench(), holds(CHEN, Office.CLERK, term=TERM), lent(WU, JUNE, JULY))
    held.when(holds(WU, Office.COMMITTEE_MEMBER, JULY)).then_refused(OfficesIncompatible)
    held.when(holds(WU, Office.COMMITTEE_MEMBER, JULY + timedelta(1))).then(happened(Bench.Given))


def test_the_end_of_a_term_ends_what_was_lent_from_it() -> None:
    later = uuid4()
    held = given(
        bench(),
        holds(CHEN, Office.CLERK, term=TERM),
        lent(WU, JANUARY, JANUARY, uuid4()),
        lent(WU, JUNE, DECEMBER),
        lent(LIN, JULY, DECEMBER, later),
    )
    made = held.when(Bench.end, term=TERM, on=JUNE, reason="辞职").then(
        happened(Bench.Ended, term=TERM, on=JUNE),
        happened(Bench.Ended, term=LENT, on=JUNE),
        happened(Bench.Ended, term=later, on=JUNE),
    )
    assert not made.terms[later].overlaps(JANUARY, None), "what was called off before it began has no day"
