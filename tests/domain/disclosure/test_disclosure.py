"""Rules of a disclosure: its stages in order, different hands at each, and editions that follow each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest

from domain.disclosure.disclosure import Disclosure, EditionOutOfTurn, Figure, NothingToDisclose, Source, Stage
from domain.shared.approval import ReasonMissing, SameHand, WrongStage
from domain.shared.money import Fen
from tests.support.given import did, given, happened, opening

CLERK, DIRECTOR, SECRETARY, REVIEWER, COLLEAGUE = (UUID(int=n) for n in range(1, 6))
SOURCE = Source(UUID(int=9), "2025-01/1", date(2025, 1, 15), "付村道维修款", Fen(120_000))
FIGURES = (Figure("expenditure", "511", "经营支出", Fen(120_000), (SOURCE,)),)
OTHER_FIGURES = (Figure("income", "501", "经营收入", Fen(7)),)

Step = Callable[[Disclosure], object]
reviewed: Step = did(Disclosure.review, by=DIRECTOR, opinion="属实")
signed: Step = did(Disclosure.sign, by=SECRETARY)
published: Step = did(Disclosure.publish, by=CLERK, on=date(2025, 4, 8))
filed: Step = did(Disclosure.file, by=REVIEWER)
returned: Step = did(Disclosure.send_back, by=DIRECTOR, reason="数字不清")
redrafted: Step = did(Disclosure.redraft, by=COLLEAGUE, as_of=50, figures=OTHER_FIGURES)

PATHS: dict[Stage, tuple[Step, ...]] = {
    Stage.DRAFTED: (),
    Stage.REVIEWED: (reviewed,),
    Stage.SIGNED: (reviewed, signed),
    Stage.PUBLISHED: (reviewed, signed, published),
    Stage.FILED: (reviewed, signed, published, filed),
    Stage.RETURNED: (returned,),
}
COMMANDS: dict[str, tuple[Step, frozenset[Stage]]] = {
    "review": (reviewed, frozenset({Stage.DRAFTED})),
    "return": (returned, frozenset({Stage.DRAFTED, Stage.REVIEWED, Stage.SIGNED})),
    "redraft": (redrafted, frozenset({Stage.RETURNED})),
    "sign": (signed, frozenset({Stage.REVIEWED})),
    "publish": (published, frozenset({Stage.SIGNED})),
    "file": (filed, frozenset({Stage.PUBLISHED})),
}
"""Every command on a disclosure, and the stages in which it may be given."""


def a_disclosure(edition: int = 1, before: Disclosure | None = None) -> Disclosure:
    return Disclosure.draft(
        id=uuid4(),
        by=CLERK,
        item="V.C1",
        period="2025-Q1",
        edition=edition,
        title="2025年第一季度收支情况",
        as_of=42,
        figures=FIGURES,
        before=before,
    )


def test_a_draft_records_the_figures_and_the_position_at_which_they_were_taken() -> None:
    made = opening(a_disclosure).then(
        happened(Disclosure.Drafted, drafted_by=CLERK, item="V.C1", period="2025-Q1", as_of=42, figures=FIGURES)
    )
    assert (made.stage, made.figures, made.subject) == (Stage.DRAFTED, FIGURES, "《2025年第一季度收支情况》")


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_taken_in_its_stages_only(name: str, stage: Stage) -> None:
    command, allowed = COMMANDS[name]
    before = given(a_disclosure(), *PATHS[stage])
    assert before.aggregate.stage is stage
    result = before.when(command)
    if stage in allowed:
        assert not hasattr(result, "error")
    else:
        assert stage.zh in result.then_refused(WrongStage).message()


def test_only_what_was_published_is_public() -> None:
    assert {stage for stage in Stage if stage.public} == {Stage.PUBLISHED, Stage.FILED}


def test_an_empty_disclosure_is_none() -> None:
    given(a_disclosure(), returned).when(Disclosure.redraft, by=CLERK, as_of=50, figures=()).then_refused(
        NothingToDisclose
    )
    opening(
        Disclosure.draft, id=uuid4(), by=CLERK, item="V.C1", period="2025-Q1", edition=1, title="", as_of=1, figures=()
    ).then_refused(NothingToDisclose)


# Different hands (S2.12 to S2.15)


def test_the_drafter_neither_reviews_nor_returns() -> None:
    given(a_disclosure()).when(Disclosure.review, by=CLERK, opinion="").then_refused(SameHand)
    given(a_disclosure()).when(Disclosure.send_back, by=CLERK, reason="记错").then_refused(SameHand)


@pytest.mark.parametrize("hand", [CLERK, DIRECTOR])
def test_neither_drafter_nor_reviewer_signs(hand: UUID) -> None:
    given(a_disclosure(), reviewed).when(Disclosure.sign, by=hand).then_refused(SameHand)


def test_the_drafter_publishes_but_does_not_file() -> None:
    given(a_disclosure(), reviewed, signed).when(published).then(
        happened(Disclosure.Published, published_by=CLERK, on=date(2025, 4, 8))
    )
    given(a_disclosure(), reviewed, signed, published).when(Disclosure.file, by=CLERK).then_refused(SameHand)


# Returning and drafting again


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_return_has_a_reason(reason: str) -> None:
    given(a_disclosure()).when(Disclosure.send_back, by=DIRECTOR, reason=reason).then_refused(ReasonMissing)


def test_a_redraft_takes_the_figures_again_and_begins_anew() -> None:
    again = given(a_disclosure(), reviewed, did(Disclosure.send_back, by=SECRETARY, reason="再核")).when(redrafted)
    made = again.then(happened(Disclosure.Redrafted, drafted_by=COLLEAGUE, as_of=50, figures=OTHER_FIGURES))
    assert (made.stage, made.figures, made.as_of, made.reviewed_by) == (Stage.DRAFTED, OTHER_FIGURES, 50, None)


def test_whoever_drafted_again_is_the_drafter_from_then_on() -> None:
    given(a_disclosure(), returned, redrafted).when(Disclosure.review, by=COLLEAGUE, opinion="").then_refused(SameHand)


def test_a_new_draft_by_another_does_not_let_the_first_drafter_approve() -> None:
    again = (returned, redrafted)
    given(a_disclosure(), *again).when(Disclosure.review, by=CLERK, opinion="").then_refused(SameHand)
    given(a_disclosure(), *again, reviewed).when(Disclosure.sign, by=CLERK).then_refused(SameHand)
    given(a_disclosure(), *again, reviewed, signed, published).when(Disclosure.file, by=CLERK).then_refused(SameHand)


# Editions


@pytest.mark.parametrize("stage", Stage)
def test_a_correction_follows_what_is_public(stage: Stage) -> None:
    first = given(a_disclosure(), *PATHS[stage]).aggregate
    result = opening(a_disclosure, 2, first)
    if stage.public:
        result.then(happened(Disclosure.Drafted, edition=2))
    else:
        result.then_refused(EditionOutOfTurn)


@pytest.mark.parametrize("edition", [-1, 0, 2, 3])
def test_the_first_edition_is_the_first(edition: int) -> None:
    opening(a_disclosure, edition).then_refused(EditionOutOfTurn)


@pytest.mark.parametrize("edition", [1, 3])
def test_no_edition_is_skipped_or_made_twice(edition: int) -> None:
    opening(a_disclosure, edition, given(a_disclosure(), reviewed, signed, published).aggregate).then_refused(
        EditionOutOfTurn
    )
