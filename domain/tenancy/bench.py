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
        return (self.ends is None or starts <= self.ends) and (ends is None or self.starts <= ends)


class Bench(Aggregate):
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
        """End a term on a day (inclusive). Raises NotFound, TermBackwards."""
        if on < self.term(term).starts:
            raise TermBackwards(starts=self.terms[term].starts, ends=on)
        self._ended(term=term, on=on, reason=reason)

    class Ended(Aggregate.Event):
        TOPIC = "tenancy.OfficeEnded"
        term: UUID
        on: date
        reason: str

    @event(Ended)
    def _ended(self, term: UUID, on: date, reason: str) -> None:  # noqa: ARG002  # the reason is for readers
        self.terms[term] = replace(self.terms[term], ends=on)

    def delegate(self, *, term: UUID, delegation: UUID, member: UUID, starts: date, ends: date) -> None:
        """Let another person act in one's office for a while. Raises as `give`."""
        held = self.term(term)
        self._check(member, held.office, starts, ends)
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
