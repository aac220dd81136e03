"""Every projection, and the events that none of them needs. A new event must appear in one or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eventsourcing.domain import AggregateEvent

from domain.access.sign_in import SignIns
from domain.aggregates import events_of
from domain.shared.events import Envelope
from domain.tenancy.bench import Bench
from services.read_models import books, disclosures, ledger, offices, tenants, vouchers
from services.read_models.change import Change

PROJECTIONS: tuple[Callable[[Envelope], Iterator[Change]], ...] = (
    tenants.project,
    offices.project,
    books.project,
    vouchers.project,
    ledger.project,
    disclosures.project,
)

IGNORED: frozenset[type[AggregateEvent]] = frozenset({Bench.Opened, *events_of(SignIns)})
"""Read only as history: an opened bench is empty, and sign-ins are asked for member by member."""


def project(event: Envelope) -> Iterator[Change]:
    """All row changes that an event makes."""
    for one in PROJECTIONS:
        yield from one(event)
