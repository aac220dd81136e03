"""Voucher (记账凭证): one balanced entry in a village's books, from draft to posting.

drafted → reviewed by the supervisory committee → signed by the secretary → posted by the township accountant (S2.11 to
S2.15, S2.28). On the way it may be returned with a reason and revised, or withdrawn; its number stays taken. Once
posted it is only ever reversed by a linked opposite voucher.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.ledger.posting import Posting, Postings, check
from domain.shared.approval import require_other_hand, require_reason, require_stage
from domain.shared.calendar import Month
from domain.shared.errors import DomainError


class Stage(StrEnum):
    """Where a voucher stands."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    POSTED = "posted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def zh(self) -> str:
        return _STAGE_NAMES[self]


_STAGE_NAMES = {
    Stage.DRAFTED: "待审核",
    Stage.REVIEWED: "待签字",
    Stage.SIGNED: "待入账",
    Stage.POSTED: "已入账",
    Stage.RETURNED: "已退回",
    Stage.WITHDRAWN: "已作废",
}


class AlreadyReversed(DomainError):
    """Voucher {number} already has a reversal."""

    code = "VOUCHER_ALREADY_REVERSED"
    zh = "凭证 {number} 已有冲销凭证，不能重复冲销"


class ReversalTooEarly(DomainError):
    """A reversal of voucher {number} cannot be dated {on}, before the voucher itself ({original})."""

    code = "VOUCHER_REVERSAL_TOO_EARLY"
    zh = "冲销凭证的日期 {on} 早于原凭证 {number} 的日期 {original}；请填写不早于原凭证的日期"


class SummaryMissing(DomainError):
    """Say in the summary what the voucher is for."""

    code = "SUMMARY_MISSING"
    zh = "请填写凭证摘要"


class ReversalFixed(DomainError):
    """Voucher {number} is the exact opposite of another; withdraw it instead of revising it."""

    code = "VOUCHER_REVERSAL_FIXED"
    zh = "凭证 {number} 是冲销凭证，须与原凭证完全相反，不能修改；如有误请作废"


class Voucher(Aggregate):
    """Checks stand in the commands; the events below them only record. `number` is gapless within its month."""

    @classmethod
    def draft(
        cls,
        *,
        id: UUID,
        by: UUID,
        number: int,
        on: date,
        summary: str,
        postings: Postings,
        reverses: UUID | None = None,
    ) -> Voucher:
        """Open a voucher. Raises SummaryMissing, and what `domain.ledger.posting.check` raises."""
        check(postings)
        _require_summary(summary)
        return cls._create(
            cls.Drafted,
            id=id,
            drafted_by=by,
            number=number,
            occurred_on=on,
            summary=summary,
            postings=postings,
            reverses=reverses,
        )

    class Drafted(Aggregate.Created):
        TOPIC = "ledger.VoucherDrafted"
        drafted_by: UUID
        number: int
        occurred_on: date
        summary: str
        postings: tuple[Posting, ...]
        reverses: UUID | None = None

    def __init__(
        self,
        drafted_by: UUID,
        number: int,
        occurred_on: date,
        summary: str,
        postings: tuple[Posting, ...],
        reverses: UUID | None = None,
    ) -> None:
        self.drafted_by, self.number, self.occurred_on = drafted_by, number, occurred_on
        self.summary, self.postings, self.reverses = summary, postings, reverses
        self.stage = Stage.DRAFTED
        self._drafters = frozenset({drafted_by})
        self.reviewed_by: UUID | None = None
        self.signed_by: UUID | None = None
        self.reversal: UUID | None = None

    @property
    def month(self) -> Month:
        return Month.of(self.occurred_on)

    @property
    def label(self) -> str:
        """How people name it: 2025-03/12."""
        return f"{self.month}/{self.number}"

    @property
    def subject(self) -> str:
        return f"凭证 {self.label}"

    def _drafter(self, hand: UUID) -> UUID | None:
        """The hand, if it ever drafted or revised this: a later revision by another makes nobody's own work another's,
        though offices change hands between."""
        return hand if hand in self._drafters else None

    def review(self, *, by: UUID, opinion: str) -> None:
        """The supervisory committee agrees (S2.13). Raises WrongStage, SameHand."""
        require_stage(self.subject, self.stage, (Stage.DRAFTED,), "reviewed")
        require_other_hand(self.subject, by, "review", drafted=self._drafter(by))
        self._reviewed(reviewed_by=by, opinion=opinion)

    class Reviewed(Aggregate.Event):
        TOPIC = "ledger.VoucherReviewed"
        reviewed_by: UUID
        opinion: str

    @event(Reviewed)
    def _reviewed(self, reviewed_by: UUID, opinion: str) -> None:  # noqa: ARG002  # the opinion is for readers
        self.stage, self.reviewed_by = Stage.REVIEWED, reviewed_by

    def send_back(self, *, by: UUID, reason: str) -> None:
        """Return to the clerk before posting. Raises WrongStage, SameHand, ReasonMissing."""
        require_stage(self.subject, self.stage, (Stage.DRAFTED, Stage.REVIEWED, Stage.SIGNED), "returned")
        require_other_hand(self.subject, by, "return", drafted=self.drafted_by)
        require_reason(reason)
        self._returned(returned_by=by, reason=reason)

    class Returned(Aggregate.Event):
        TOPIC = "ledger.VoucherReturned"
        returned_by: UUID
        reason: str

    @event(Returned)
    def _returned(self, returned_by: UUID, reason: str) -> None:  # noqa: ARG002
        self.stage, self.reviewed_by, self.signed_by = Stage.RETURNED, None, None

    def revise(self, *, by: UUID, summary: str, postings: Postings) -> None:
        """Correct what was returned and put it up for review again; date and number stay.

        Raises WrongStage, ReversalFixed, and as `draft`.
        """
        require_stage(self.subject, self.stage, (Stage.RETURNED,), "revised")
        if self.reverses is not None:
            raise ReversalFixed(number=self.label, field="postings")
        check(postings)
        _require_summary(summary)
        self._revised(revised_by=by, summary=summary, postings=postings)

    class Revised(Aggregate.Event):
        TOPIC = "ledger.VoucherRevised"
        revised_by: UUID
        summary: str
        postings: tuple[Posting, ...]

    @event(Revised)
    def _revised(self, revised_by: UUID, summary: str, postings: tuple[Posting, ...]) -> None:
        self.stage, self.drafted_by, self.summary, self.postings = Stage.DRAFTED, revised_by, summary, postings
        self._drafters |= {revised_by}

    def withdraw(self, *, by: UUID, reason: str) -> None:
        """Give a draft up (作废); the number stays taken, so that the series has no gap.

        Raises WrongStage, ReasonMissing.
        """
        require_stage(self.subject, self.stage, (Stage.DRAFTED, Stage.RETURNED), "withdrawn")
        require_reason(reason)
        self._withdrawn(withdrawn_by=by, reason=reason)

    class Withdrawn(Aggregate.Event):
        TOPIC = "ledger.VoucherWithdrawn"
        withdrawn_by: UUID
        reason: str

    @event(Withdrawn)
    def _withdrawn(self, withdrawn_by: UUID, reason: str) -> None:  # noqa: ARG002
        self.stage = Stage.WITHDRAWN

    def sign(self, *, by: UUID) -> None:
        """The party secretary signs (S2.14). Raises WrongStage, SameHand."""
        require_stage(self.subject, self.stage, (Stage.REVIEWED,), "signed")
        require_other_hand(self.subject, by, "sign", drafted=self._drafter(by), reviewed=self.reviewed_by)
        self._signed(signed_by=by)

    class Signed(Aggregate.Event):
        TOPIC = "ledger.VoucherSigned"
        signed_by: UUID

    @event(Signed)
    def _signed(self, signed_by: UUID) -> None:
        self.stage, self.signed_by = Stage.SIGNED, signed_by

    def post(self, *, by: UUID) -> None:
        """The township accountant enters it in the books (镇入账, S2.28). Raises WrongStage, SameHand.

        Accounting Law: who records is neither who handled nor who approved the transaction.
        """
        require_stage(self.subject, self.stage, (Stage.SIGNED,), "posted")
        require_other_hand(self.subject, by, "post", drafted=self._drafter(by), signed=self.signed_by)
        self._posted(
            posted_by=by,
            number=self.number,
            occurred_on=self.occurred_on,
            summary=self.summary,
            postings=self.postings,
        )

    class Posted(Aggregate.Event):
        """Carries all that the books need, so that a reader of the books needs no other event."""

        TOPIC = "ledger.VoucherPosted"
        posted_by: UUID
        number: int
        occurred_on: date
        summary: str
        postings: tuple[Posting, ...]

    @event(Posted)
    def _posted(
        self,
        posted_by: UUID,  # noqa: ARG002
        number: int,  # noqa: ARG002
        occurred_on: date,  # noqa: ARG002
        summary: str,  # noqa: ARG002
        postings: tuple[Posting, ...],  # noqa: ARG002
    ) -> None:
        self.stage = Stage.POSTED

    def reverse(self, *, id: UUID, by: UUID, number: int, on: date, reason: str) -> Voucher:
        """Draft the opposite voucher (红字冲销). It is a draft like any other: the clerk enters it, and it goes through
        the same stages and different hands.

        Raises WrongStage, AlreadyReversed, ReversalTooEarly, ReasonMissing.
        """
        require_stage(self.subject, self.stage, (Stage.POSTED,), "reversed")
        if self.reversal is not None:
            raise AlreadyReversed(number=self.label)
        if on < self.occurred_on:
            raise ReversalTooEarly(number=self.label, original=self.occurred_on, on=on, field="occurredOn")
        require_reason(reason)
        opposite = Voucher.draft(
            id=id,
            by=by,
            number=number,
            on=on,
            summary=reason,
            postings=tuple(posting.opposite for posting in self.postings),
            reverses=self.id,
        )
        self._reversal_drafted(reversal=id)
        return opposite

    class ReversalDrafted(Aggregate.Event):
        TOPIC = "ledger.VoucherReversalDrafted"
        reversal: UUID

    @event(ReversalDrafted)
    def _reversal_drafted(self, reversal: UUID) -> None:
        self.reversal = reversal

    def drop_reversal(self, *, reversal: UUID) -> None:
        """The reversal was withdrawn before it was posted: this voucher stands."""
        self._reversal_dropped(reversal=reversal)

    class ReversalDropped(Aggregate.Event):
        TOPIC = "ledger.VoucherReversalDropped"
        reversal: UUID

    @event(ReversalDropped)
    def _reversal_dropped(self, reversal: UUID) -> None:  # noqa: ARG002
        self.reversal = None


def _require_summary(summary: str) -> None:
    if not summary.strip():
        raise SummaryMissing(field="summary")
