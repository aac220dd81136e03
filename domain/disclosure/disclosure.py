"""Disclosure (公开): one catalogue item of one period, from draft to filing.

drafted by the clerk → reviewed by the supervisory committee → signed by the secretary → published → filed with the
township (草案编制→审核→公开→备案, S2.11 to S2.15). A published edition is never changed; a correction is a new edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.shared.approval import require_other_hand, require_reason, require_stage
from domain.shared.errors import DomainError
from domain.shared.money import Fen


class Stage(StrEnum):
    """Where a disclosure stands."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    PUBLISHED = "published"
    FILED = "filed"
    RETURNED = "returned"

    @property
    def zh(self) -> str:
        return _STAGE_NAMES[self]

    @property
    def public(self) -> bool:
        return self in {Stage.PUBLISHED, Stage.FILED}


_STAGE_NAMES = {
    Stage.DRAFTED: "待审核",
    Stage.REVIEWED: "待签字",
    Stage.SIGNED: "待公开",
    Stage.PUBLISHED: "已公开",
    Stage.FILED: "已备案",
    Stage.RETURNED: "已退回",
}


class NothingToDisclose(DomainError):
    """There is nothing in the books for {period}."""

    code = "DISCLOSURE_EMPTY"
    zh = "{period} 账上没有可公开的内容"


class PeriodStillOpen(DomainError):
    """{month} is not closed yet; figures that can still change are not disclosed."""

    code = "DISCLOSURE_PERIOD_OPEN"
    zh = "{month} 尚未结账，数字仍可能变动，暂不能编制公开内容"


class EditionOutOfTurn(DomainError):
    """Edition {edition} cannot be drafted: edition {before} is not public yet."""

    code = "DISCLOSURE_EDITION_OUT_OF_TURN"
    zh = "不能编制第 {edition} 版：第 {before} 版尚未公开"


@dataclass(frozen=True, slots=True)
class Source:
    """A voucher behind a figure: its id and number, its date, what it was for, and how much of the figure it makes."""

    voucher: UUID
    number: str
    occurred_on: date
    summary: str
    amount: Fen


@dataclass(frozen=True, slots=True)
class Figure:
    """One disclosed amount, in fen, of a section (income, expenditure, balance), with the vouchers that made it."""

    section: str
    account: str
    name: str
    amount: Fen
    sources: tuple[Source, ...] = ()


class Disclosure(Aggregate):
    """`as_of` is the position of the village's log at which the figures were taken: anyone can take them again."""

    @classmethod
    def draft(
        cls,
        *,
        id: UUID,
        by: UUID,
        item: str,
        period: str,
        edition: int,
        title: str,
        as_of: int,
        figures: tuple[Figure, ...],
        before: Disclosure | None = None,
    ) -> Disclosure:
        """Draft an edition. Raises EditionOutOfTurn, NothingToDisclose.

        `before` is the edition that this one corrects; the first has none.
        """
        if edition != (before.edition + 1 if before else 1) or (before and not before.stage.public):
            raise EditionOutOfTurn(edition=edition, before=edition - 1, field="edition")
        if not figures:
            raise NothingToDisclose(period=period, field="period")
        return cls._create(
            cls.Drafted,
            id=id,
            drafted_by=by,
            item=item,
            period=period,
            edition=edition,
            title=title,
            as_of=as_of,
            figures=figures,
        )

    class Drafted(Aggregate.Created):
        TOPIC = "disclosure.DisclosureDrafted"
        drafted_by: UUID
        item: str
        period: str
        edition: int
        title: str
        as_of: int
        figures: tuple[Figure, ...]

    def __init__(
        self,
        drafted_by: UUID,
        item: str,
        period: str,
        edition: int,
        title: str,
        as_of: int,
        figures: tuple[Figure, ...],
    ) -> None:
        self.drafted_by, self.item, self.period, self.edition = drafted_by, item, period, edition
        self.title, self.as_of, self.figures = title, as_of, figures
        self.stage = Stage.DRAFTED
        self._drafters = frozenset({drafted_by})
        self.reviewed_by: UUID | None = None

    @property
    def subject(self) -> str:
        return f"《{self.title}》"

    def _drafter(self, hand: UUID) -> UUID | None:
        """The hand, if it drafted this at any time: drafting it again by another makes nobody's own work another's."""
        return hand if hand in self._drafters else None

    def review(self, *, by: UUID, opinion: str) -> None:
        """The supervisory committee finds it true and complete (S2.13, S4.10). Raises WrongStage, SameHand."""
        require_stage(self.subject, self.stage, (Stage.DRAFTED,), "reviewed")
        require_other_hand(self.subject, by, "review", drafted=self._drafter(by))
        self._reviewed(reviewed_by=by, opinion=opinion)

    class Reviewed(Aggregate.Event):
        TOPIC = "disclosure.DisclosureReviewed"
        reviewed_by: UUID
        opinion: str

    @event(Reviewed)
    def _reviewed(self, reviewed_by: UUID, opinion: str) -> None:  # noqa: ARG002  # the opinion is for readers
        self.stage, self.reviewed_by = Stage.REVIEWED, reviewed_by

    def send_back(self, *, by: UUID, reason: str) -> None:
        """Return to the clerk at any stage before publication. Raises WrongStage, SameHand, ReasonMissing."""
        require_stage(self.subject, self.stage, (Stage.DRAFTED, Stage.REVIEWED, Stage.SIGNED), "returned")
        require_other_hand(self.subject, by, "return", drafted=self.drafted_by)
        require_reason(reason)
        self._returned(returned_by=by, reason=reason)

    class Returned(Aggregate.Event):
        TOPIC = "disclosure.DisclosureReturned"
        returned_by: UUID
        reason: str

    @event(Returned)
    def _returned(self, returned_by: UUID, reason: str) -> None:  # noqa: ARG002
        self.stage, self.reviewed_by = Stage.RETURNED, None

    def redraft(self, *, by: UUID, as_of: int, figures: tuple[Figure, ...]) -> None:
        """Take the figures again after a return. Raises WrongStage, NothingToDisclose."""
        require_stage(self.subject, self.stage, (Stage.RETURNED,), "redrafted")
        if not figures:
            raise NothingToDisclose(period=self.period, field="period")
        self._redrafted(drafted_by=by, as_of=as_of, figures=figures)

    class Redrafted(Aggregate.Event):
        TOPIC = "disclosure.DisclosureRedrafted"
        drafted_by: UUID
        as_of: int
        figures: tuple[Figure, ...]

    @event(Redrafted)
    def _redrafted(self, drafted_by: UUID, as_of: int, figures: tuple[Figure, ...]) -> None:
        self.stage, self.drafted_by, self.as_of, self.figures = Stage.DRAFTED, drafted_by, as_of, figures
        self._drafters |= {drafted_by}

    def sign(self, *, by: UUID) -> None:
        """The party secretary signs (S2.14). Raises WrongStage, SameHand."""
        require_stage(self.subject, self.stage, (Stage.REVIEWED,), "signed")
        require_other_hand(self.subject, by, "sign", drafted=self._drafter(by), reviewed=self.reviewed_by)
        self._signed(signed_by=by)

    class Signed(Aggregate.Event):
        TOPIC = "disclosure.DisclosureSigned"
        signed_by: UUID

    @event(Signed)
    def _signed(self, signed_by: UUID) -> None:  # noqa: ARG002
        self.stage = Stage.SIGNED

    def publish(self, *, by: UUID, on: date) -> None:
        """The clerk makes it public (S2.15). Raises WrongStage."""
        require_stage(self.subject, self.stage, (Stage.SIGNED,), "published")
        self._published(published_by=by, on=on)

    class Published(Aggregate.Event):
        TOPIC = "disclosure.DisclosurePublished"
        published_by: UUID
        on: date

    @event(Published)
    def _published(self, published_by: UUID, on: date) -> None:  # noqa: ARG002
        self.stage = Stage.PUBLISHED

    def file(self, *, by: UUID) -> None:
        """The township takes it on file (备案, S2.15). Raises WrongStage, SameHand."""
        require_stage(self.subject, self.stage, (Stage.PUBLISHED,), "filed")
        require_other_hand(self.subject, by, "file", drafted=self._drafter(by))
        self._filed(filed_by=by)

    class Filed(Aggregate.Event):
        TOPIC = "disclosure.DisclosureFiled"
        filed_by: UUID

    @event(Filed)
    def _filed(self, filed_by: UUID) -> None:  # noqa: ARG002
        self.stage = Stage.FILED
