"""Every aggregate of the domain. Importing this module makes all topics known to the library."""

from __future__ import annotations

from eventsourcing.domain import Aggregate, AggregateEvent
from eventsourcing.utils import get_topic

from domain.access.sign_in import SignIns
from domain.disclosure.disclosure import Disclosure
from domain.ledger.books import Books
from domain.ledger.voucher import Voucher
from domain.tenancy.bench import Bench
from domain.tenancy.member import Member
from domain.tenancy.tenant import Tenant

AGGREGATES: tuple[type[Aggregate], ...] = (Tenant, Member, Bench, Books, Voucher, Disclosure, SignIns)


def events_of(aggregate: type[Aggregate]) -> list[type[AggregateEvent]]:
    """The event classes that an aggregate declares itself."""
    return [
        part
        for part in vars(aggregate).values()
        if isinstance(part, type) and issubclass(part, AggregateEvent) and hasattr(part, "TOPIC")
    ]


EVENTS: tuple[type[AggregateEvent], ...] = tuple(event for cls in AGGREGATES for event in events_of(cls))

for _event in EVENTS:
    get_topic(_event)  # registers it
