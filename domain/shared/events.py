"""An event in its setting: whose log, which stream, who did it. Projections read these; the store keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import AggregateEvent

from domain.shared.identity import Acting, Office, TenantKey


@dataclass(frozen=True, slots=True)
class Meta:
    """Who did it and why: written once per command and covered by every event's digest.

    `request` is the SHA-256 (hex) of the command's content, by which a repeat is told from a reuse of its id;
    `origin` is where it came from, such as `graphql` or `cli`. `member` is absent for what the system itself does.
    """

    request: str
    correlation: UUID
    origin: str
    member: UUID | None = None
    office: Office | None = None
    acting_for: UUID | None = None
    term: UUID | None = None
    causation: UUID | None = None

    @classmethod
    def of(cls, acting: Acting | None, *, request: str, correlation: UUID, origin: str, causation: UUID | None) -> Meta:
        if acting is None:
            return cls(request, correlation, origin, causation=causation)
        return cls(
            request, correlation, origin, acting.member, acting.office, acting.tenant, acting.term, causation=causation
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event that was decided: all that a projection may depend on."""

    key: TenantKey
    payload: AggregateEvent
    meta: Meta
    command: UUID

    @property
    def stream(self) -> UUID:
        return self.payload.originator_id

    @property
    def version(self) -> int:
        return self.payload.originator_version


@dataclass(frozen=True, slots=True)
class Recorded(Envelope):
    """An event as stored: its gapless `position` in the tenant's log, the store's clock, its link in the chain."""

    position: int
    recorded_at: datetime
    hash: bytes
    type: str
