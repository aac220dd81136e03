"""Rules of the voucher: its stages in order, different hands at each, and the reversal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest

from domain.ledger.posting import Posting, Unbalanced
from domain.ledger.voucher import AlreadyReversed, ReversalFixed, Stage, Voucher
from domain.shared.approval import ReasonMissing, SameHand, WrongStage
from domain.shared.money import Fen
from tests.support.given import Given, did, given, happened, opening

CLERK, DIRECTOR, SECRETARY, ACCOUNTANT, COLLEAGUE = (UUID(int=n) for n in range(1, 6))
REVERSAL = UUID(int=99)
LINES = (
    Posting("511", debit=Fen(120_000), counterparty="宏达工程队", evidence="发票0001"),
    Posting("102", credit=Fen(120_000), counterparty="宏达工程队", evidence="转账0001"),
)
OTHER_LINES = (Posting("511", debit=Fen(5), evidence="1"), Posting("101", credit=Fen(5), evidence="2"))

Step = Callable[[Voucher], object]
reviewed: Step = did(Voucher.review, by=DIRECTOR, opinion="属实")
signed: Step = did(Voucher.sign, by=SECRETARY)
posted: Step = did(Voucher.post, by=ACCOUNTANT)
returned: Step = did(Voucher.send_back, by=DIRECTOR, reason="发票不清")
revised: Step = did(Voucher.revise, by=COLLEAGUE, summary="改", postings=OTHER_LINES)
withdrawn: Step = did(Voucher.withdraw, by=CLERK, reason="重复")
reversal_drafted: Step = did(
    Voucher.reverse, id=REVERSAL, by=COLLEAGUE, number=1, on=date(2025, 4, 2), reason="科目记错"
)

PATHS: dict[Stage, tuple[Step, ...]] = {
    Stage.DRAFTED: (),
    Stage.REVIEWED: (reviewed,),
    Stage.SIGNED: (reviewed, signed),
    Stage.POSTED: (reviewed, signed, posted),
    Stage.RETURNED: (returned,),
    Stage.WITHDRAWN: (withdrawn,),
}


def a_voucher(*, reverses: UUID | None = None) -> Voucher:
    return Voucher.draft(
        id=uuid4(),
        by=CLERK,
        number=12,
        on=date(2025, 3, 7),
        summary="付村道维修款",
        postings=LINES,
        reverses=reverses,
    )


def voucher_at(stage: Stage) -> Given[Voucher]:
    return given(a_voucher(), *PATHS[stage])


COMMANDS: dict[str, tuple[Step, frozenset[Stage]]] = {
    "review": (reviewed, frozenset({Stage.DRAFTED})),
    "sign": (signed, frozenset({Stage.REVIEWED})),
    "post": (posted, frozenset({Stage.SIGNED})),
    "return": (returned, frozenset({Stage.DRAFTED, Stage.REVIEWED, Stage.SIGNED})),
    "revise": (revised, frozenset({Stage.RETURNED})),
    "withdraw": (withdrawn, frozenset({Stage.DRAFTED, Stage.RETURNED})),
    "reverse": (reversal_drafted, frozenset({Stage.POSTED})),
}
"""Every command on a voucher, and the stages in which it may be given."""


@pytest.mark.parametrize("stage", Stage)
def test_the_path_to_each_stage_leads_there(stage: Stage) -> None:
    assert voucher_at(stage).aggregate.stage is stage


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_taken_in_its_stages_only(name: str, stage: Stage) -> None:
    command, allowed = COMMANDS[name]
    result = voucher_at(stage).when(command)
    if stage in allowed:
        assert not hasattr(result, "error")
    else:
        error = result.then_refused(WrongStage)
        assert "凭证 2025-03/12" in error.message()
        assert stage.zh in error.message()


def test_a_draft_records_who_when_and_what() -> None:
    made = opening(
        Voucher.draft, id=uuid4(), by=CLERK, number=3, on=date(2025, 3, 7), summary="付款", postings=LINES
    ).then(happened(Voucher.Drafted, drafted_by=CLERK, number=3, occurred_on=date(2025, 3, 7), postings=LINES))
    assert made.stage is Stage.DRAFTED


def test_an_unbalanced_voucher_is_not_drafted() -> None:
    opening(
        Voucher.draft, id=uuid4(), by=CLERK, number=3, on=date(2025, 3, 7), summary="", postings=(LINES[0], *LINES)
    ).then_refused(Unbalanced)


def test_people_name_it_by_month_and_number() -> None:
    voucher = given(a_voucher()).aggregate
    assert (voucher.label, voucher.subject) == ("2025-03/12", "凭证 2025-03/12")


# Different hands (S2.12 to S2.14; Accounting Law)


def test_the_drafter_may_not_review() -> None:
    given(a_voucher()).when(Voucher.review, by=CLERK, opinion="属实").then_refused(SameHand)


@pytest.mark.parametrize("hand", [CLERK, DIRECTOR])
def test_neither_drafter_nor_reviewer_may_sign(hand: UUID) -> None:
    given(a_voucher(), reviewed).when(Voucher.sign, by=hand).then_refused(SameHand)


@pytest.mark.parametrize("hand", [CLERK, SECRETARY])
def test_neither_drafter_nor_signer_may_post(hand: UUID) -> None:
    given(a_voucher(), reviewed, signed).when(Voucher.post, by=hand).then_refused(SameHand)


def test_the_drafter_withdraws_instead_of_returning() -> None:
    given(a_voucher()).when(Voucher.send_back, by=CLERK, reason="记错").then_refused(SameHand)
    given(a_voucher()).when(Voucher.withdraw, by=CLERK, reason="记错").then(
        happened(Voucher.Withdrawn, withdrawn_by=CLERK, reason="记错")
    )


# Returning and revising


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_giving_back_or_up_needs_a_reason(reason: str) -> None:
    given(a_voucher()).when(Voucher.send_back, by=DIRECTOR, reason=reason).then_refused(ReasonMissing)
    given(a_voucher()).when(Voucher.withdraw, by=CLERK, reason=reason).then_refused(ReasonMissing)
    voucher_at(Stage.POSTED).when(
        Voucher.reverse, id=REVERSAL, by=COLLEAGUE, number=1, on=date(2025, 4, 2), reason=reason
    ).then_refused(ReasonMissing)


def test_a_revised_voucher_is_a_draft_again_with_its_date_and_number() -> None:
    voucher = given(a_voucher(), returned).when(revised).then(happened(Voucher.Revised, revised_by=COLLEAGUE))
    assert (voucher.stage, voucher.postings, voucher.label) == (Stage.DRAFTED, OTHER_LINES, "2025-03/12")


def test_whoever_revised_it_is_its_drafter_from_then_on() -> None:
    given(a_voucher(), returned, revised).when(Voucher.review, by=COLLEAGUE, opinion="").then_refused(SameHand)


def test_a_revision_by_another_does_not_let_the_first_drafter_approve() -> None:
    """Whoever was clerk may sit on the committee, sign or keep the books later, but not for their own voucher."""
    again = (returned, revised)
    given(a_voucher(), *again).when(Voucher.review, by=CLERK, opinion="").then_refused(SameHand)
    given(a_voucher(), *again, reviewed).when(Voucher.sign, by=CLERK).then_refused(SameHand)
    given(a_voucher(), *again, reviewed, signed).when(Voucher.post, by=CLERK).then_refused(SameHand)


def test_a_return_clears_the_hands_of_the_first_round() -> None:
    """Reviewed by one, returned by the secretary, reviewed by another: the first reviewer may sign no more than others,
    but is not barred for a review that no longer counts."""
    again = given(
        a_voucher(), reviewed, signed, did(Voucher.send_back, by=ACCOUNTANT, reason="金额不符"), revised
    ).aggregate
    assert (again.reviewed_by, again.signed_by) == (None, None)


def test_a_revision_must_balance_too() -> None:
    given(a_voucher(), returned).when(
        Voucher.revise, by=CLERK, summary="", postings=(LINES[0], OTHER_LINES[1])
    ).then_refused(Unbalanced)


# Posting


def test_posting_carries_all_that_the_books_need() -> None:
    given(a_voucher(), reviewed, signed).when(posted).then(
        happened(
            Voucher.Posted,
            posted_by=ACCOUNTANT,
            number=12,
            occurred_on=date(2025, 3, 7),
            summary="付村道维修款",
            postings=LINES,
        )
    )


def test_what_is_posted_after_a_revision_is_the_revision() -> None:
    given(a_voucher(), returned, revised, reviewed, signed).when(posted).then(
        happened(Voucher.Posted, summary="改", postings=OTHER_LINES)
    )


# Reversal (红字冲销)


def test_a_reversal_is_the_exact_opposite_and_begins_as_a_draft() -> None:
    original = voucher_at(Stage.POSTED).aggregate
    opposite = original.reverse(id=REVERSAL, by=COLLEAGUE, number=4, on=date(2025, 4, 2), reason="科目记错")
    assert (opposite.id, opposite.reverses, opposite.stage) == (REVERSAL, original.id, Stage.DRAFTED)
    assert [(p.account, p.debit, p.credit) for p in opposite.postings] == [("511", 0, 120_000), ("102", 120_000, 0)]
    assert (opposite.label, opposite.summary, opposite.drafted_by) == ("2025-04/4", "科目记错", COLLEAGUE)
    given(opposite).when(Voucher.review, by=COLLEAGUE, opinion="").then_refused(SameHand)


def test_a_voucher_has_one_reversal_at_a_time() -> None:
    given(a_voucher(), reviewed, signed, posted, reversal_drafted).when(reversal_drafted).then_refused(AlreadyReversed)


def test_a_reversal_given_up_makes_room_for_another() -> None:
    dropped = did(Voucher.drop_reversal, reversal=REVERSAL)
    given(a_voucher(), reviewed, signed, posted, reversal_drafted, dropped).when(reversal_drafted).then(
        happened(Voucher.ReversalDrafted, reversal=REVERSAL)
    )


def test_a_reversal_may_be_returned_and_withdrawn_but_not_revised() -> None:
    back = given(a_voucher(reverses=uuid4()), returned)
    back.when(revised).then_refused(ReversalFixed)
    back.when(withdrawn).then(happened(Voucher.Withdrawn))
