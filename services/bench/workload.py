"""What the benchmarks append: vouchers of the demo year on their way through four hands, as the bus would decide it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import cycle
from typing import cast
from uuid import UUID, uuid4

from eventsourcing.domain import Aggregate, AggregateEvent
from eventsourcing.utils import get_topic

from domain.ledger.posting import Posting
from domain.ledger.voucher import Voucher
from domain.shared.events import Envelope, Meta
from domain.shared.identity import Office, TenantKey
from services.demo.year import generate_year
from services.handlers.vouchers import NUMBERED
from services.imports.vouchers import VoucherEntry
from services.read_models.projections import project
from services.store.log import Decision

_NOT_OVERTAKEN = 2**62
"""The head that decisions rest on: we time appends, not the conflicts of drafts that want the same number."""

Life = tuple[Decision, ...]
"""Drafted, reviewed, signed, posted: one command and one event each, with its read-model rows."""


class Villages:
    """Villages of one district, and how many vouchers each has."""

    def __init__(self, count: int) -> None:
        district = uuid4()
        self.keys = [TenantKey(district, uuid4()) for _ in range(count)]
        self._numbers: Counter[TenantKey] = Counter()
        self._entries = cycle(_entries())

    def vouchers(self, count: int, keys: Sequence[TenantKey] | None = None) -> list[Life]:
        """That many new vouchers, one village after the other."""
        wanted = keys or self.keys
        return [self._voucher(wanted[place % len(wanted)]) for place in range(count)]

    def _voucher(self, key: TenantKey) -> Life:
        self._numbers[key] += 1
        return tuple(_life(key, next(self._entries), self._numbers[key]))


def _life(key: TenantKey, entry: VoucherEntry, number: int) -> Iterator[Decision]:
    clerk, director, secretary, accountant = (uuid4() for _ in range(4))
    voucher = Voucher.draft(
        id=uuid4(),
        by=clerk,
        number=number,
        on=entry.occurred_on,
        summary=entry.summary,
        postings=tuple(
            Posting(line.account, line.debit, line.credit, line.summary, line.counterparty, line.evidence)
            for line in entry.lines
        ),
    )
    yield _decision(key, voucher, clerk, Office.CLERK, frozenset(map(get_topic, NUMBERED)))
    voucher.review(by=director, opinion="属实")
    yield _decision(key, voucher, director, Office.COMMITTEE_DIRECTOR)
    voucher.sign(by=secretary)
    yield _decision(key, voucher, secretary, Office.SECRETARY)
    voucher.post(by=accountant)
    yield _decision(key, voucher, accountant, Office.TOWNSHIP_ACCOUNTANT)


def _decision(
    key: TenantKey, aggregate: Aggregate, member: UUID, office: Office, guard: frozenset[str] = frozenset()
) -> Decision:
    command = uuid4()
    meta = Meta(
        request=command.hex * 2,
        correlation=uuid4(),
        origin="graphql",
        member=member,
        office=office,
        acting_for=key.tenant,
        term=uuid4(),
    )
    events = [cast(AggregateEvent, event) for event in aggregate.collect_events()]
    changes = [list(project(Envelope(key, event, meta, command))) for event in events]
    return Decision(key, command, meta, events, changes, guard, _NOT_OVERTAKEN)


@cache
def _entries() -> list[VoucherEntry]:
    return generate_year()
