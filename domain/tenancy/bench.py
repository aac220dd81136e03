"""The bench (任职名册) of one tenant: who holds which office, for which term."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.shared.errors import DomainError, NotFound
from domain.shared.identity import Level, Office
from domain.tenancy.incompatible import conflicts

_VILLAGE = frozenset({Level.VILLAGE, Level.COMMUNITY})
_ABOVE = frozenset({Level.DISTRICT, Level.TOWNSHIP})

LEVELS_OF: dict[Office, frozenset[Level]] = {
    Office.CLERK: _VILLAGE,
    Office.COMMITTEE_DIRECTOR: _VILLAGE,
    Office.COMMITTEE_MEMBER: _VILLAGE,
    Office.SECRETARY: _VILLAGE,
    Office.VILLAGE_HEAD: _VILLAGE,
    Office.GROUP_ACCOUNTANT: _VILLAGE,
    Office.RESIDENT_CADRE: _VILLAGE,
    Office.TOWNSHIP_ACCOUNTANT: frozenset({Level.TOWNSHIP}),
    Office.TOWNSHIP_REVIEWER: frozenset({Level.TOWNSHIP}),
    Office.INSPECTOR: _ABOVE,
    Office.DISTRICT_ADMINISTRATOR: frozenset({Level.DISTRICT}),
    Office.DEPARTMENT_OFFICER: _ABOVE,
}


class OfficesIncompatible(DomainError):
    """{office} cannot be given: the same person holds {held} here at that time ({basis})."""

    code = "OFFICE_INCOMPATIBLE"
    zh = "不能任命为{office_zh}：同一人同期在本单位担任{held_zh}（{basis}）"


class OfficeNotHere(DomainError):
    """There is no office {office} in a {level}."""

    code = "OFFICE_WRONG_LEVEL"
    zh = "{level} 一级不设{office_zh}"


class TermBackwards(DomainError):
    """A term cannot end ({ends}) before it starts ({starts})."""

    code = "TERM_BACKWARDS"
    zh = "任期结束日 {ends} 早于开始日 {starts}"


class TermOver(DomainError):
    """The term ends on {ends} already; it can end earlier, not later. Give the office again instead."""

    code = "TERM_OVER"
    zh = "该任期已定于 {ends} 结束，只能提前、不能延后；如需续任请另行任命"


class DelegationOutsideTerm(DomainError):
    """A delegation must lie within the term ({starts} to {ends}) of whoever delegates."""

    code = "DELEGATION_OUTSIDE_TERM"
    zh = "委托期间须在委托人的任期（{starts} 至 {ends}）之内"


class DelegatedAlready(DomainError):
    """Whoever acts for another may not pass the office on."""

    code = "DELEGATION_CHAINED"
    zh = "代理人不得再转委托"


@dataclass(frozen=True, slots=True)
class Term:
    """One person in one office from `starts` to `ends`, both inclusive; without `ends` until further notice."""

    id: UUID
    member: UUID
    office: Office
    starts: date
    ends: date | None
    delegated_by: UUID | None = None

    def overlaps(self, starts: date, ends: date | None) -> bool:
        """Is there a day in both? A term that was called off before it started has no day at all."""
        last = min((end for end in (self.ends, ends) if end is not None), default=None)
        return last is None or max(self.starts, starts) <= last


class Bench(Aggregate):
    """One stream per tenant, so that incompatible offices given at the same moment cannot both come to stand."""

    @classmethod
    def open(cls, *, id: UUID, level: Level) -> Bench:
        return cls._create(cls.Opened, id=id, level=level)

    class Opened(Aggregate.Created):
        TOPIC = "tenancy.BenchOpened"
        level: Level

    def __init__(self, level: Level) -> None:
        self.level = level
        self.terms: dict[UUID, Term] = {}

    def give(self, *, term: UUID, member: UUID, office: Office, starts: date, ends: date | None) -> None:
        """Appoint. Raises OfficeNotHere, TermBackwards, OfficesIncompatible (domain.tenancy.incompatible)."""
        if self.level not in LEVELS_OF[office]:
            raise OfficeNotHere(office=office.en, office_zh=office.zh, level=self.level)
        self._check(member, office, starts, ends)
        self._given(term=term, member=member, office=office, starts=starts, ends=ends)

    class Given(Aggregate.Event):
        TOPIC = "tenancy.OfficeGiven"
        term: UUID
        member: UUID
        office: Office
        starts: date
        ends: date | None

    @event(Given)
    def _given(self, term: UUID, member: UUID, office: Office, starts: date, ends: date | None) -> None:
        self.terms[term] = Term(term, member, office, starts, ends)

    def end(self, *, term: UUID, on: date, reason: str) -> None:
        """End a term on a day (inclusive), and with it what was delegated from it. Raises NotFound, TermBackwards,
        TermOver."""
        held = self.term(term)
        if on < held.starts:
            raise TermBackwards(starts=held.starts, ends=on, field="on")
        if held.ends is not None and on > held.ends:
            raise TermOver(ends=held.ends, field="on")
        self._ended(term=term, on=on, reason=reason)
        for lent in [t for t in self.terms.values() if t.delegated_by == term and (t.ends is None or t.ends > on)]:
            self._ended(term=lent.id, on=on, reason=reason)

    class Ended(Aggregate.Event):
        TOPIC = "tenancy.OfficeEnded"
        term: UUID
        on: date
        reason: str

    @event(Ended)
    def _ended(self, term: UUID, on: date, reason: str) -> None:  # noqa: ARG002  # the reason is for readers
        self.terms[term] = replace(self.terms[term], ends=on)

    def delegate(self, *, term: UUID, delegation: UUID, member: UUID, starts: date, ends: date) -> None:
        """Let another person act in one's office for a while. Raises NotFound, DelegatedAlready,
        DelegationOutsideTerm, and as `give`."""
        held = self.term(term)
        if held.delegated_by is not None:
            raise DelegatedAlready(field="term")
        self._check(member, held.office, starts, ends)
        if starts < held.starts or (held.ends is not None and ends > held.ends):
            raise DelegationOutsideTerm(starts=held.starts, ends=held.ends or "…", field="ends")
        self._delegated(term=term, delegation=delegation, member=member, office=held.office, starts=starts, ends=ends)

    class Delegated(Aggregate.Event):
        TOPIC = "tenancy.OfficeDelegated"
        term: UUID
        delegation: UUID
        member: UUID
        office: Office
        starts: date
        ends: date

    @event(Delegated)
    def _delegated(self, term: UUID, delegation: UUID, member: UUID, office: Office, starts: date, ends: date) -> None:
        self.terms[delegation] = Term(delegation, member, office, starts, ends, delegated_by=term)

    def term(self, term: UUID) -> Term:
        """Raises NotFound."""
        if term not in self.terms:
            raise NotFound(what="任期", field="term")
        return self.terms[term]

    def _check(self, member: UUID, office: Office, starts: date, ends: date | None) -> None:
        if ends is not None and ends < starts:
            raise TermBackwards(starts=starts, ends=ends)
        held = [t.office for t in self.terms.values() if t.member == member and t.overlaps(starts, ends)]
        if found := conflicts(office, held):
            other = found.a if found.b is office else found.b
            raise OfficesIncompatible(
                office=office.en, office_zh=office.zh, held=other.en, held_zh=other.zh, basis=found.basis
            )
