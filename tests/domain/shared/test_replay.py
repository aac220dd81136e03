"""Whatever happened to an aggregate, its stored events bring it back; every event there is stands in one such life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from eventsourcing.domain import Aggregate, AggregateEvent
from eventsourcing.utils import get_topic

from domain.access.sign_in import Ending, LockOut, SignIns
from domain.aggregates import AGGREGATES, EVENTS, events_of
from domain.disclosure.disclosure import Disclosure, Figure, Source
from domain.ledger.books import Books
from domain.ledger.posting import Posting
from domain.ledger.voucher import Voucher
from domain.shared.calendar import Month
from domain.shared.identity import Level, Office
from domain.shared.money import Fen
from domain.tenancy.bench import Bench
from domain.tenancy.member import Member
from domain.tenancy.tenant import Tenant
from policies.accounts.chart import chart
from tests.support.given import replay

ONE, TWO, THREE, FOUR = (UUID(int=n) for n in range(1, 5))
DAY = date(2025, 1, 15)
NINE = datetime(2025, 1, 15, 9, tzinfo=UTC)
LINES = (Posting("511", debit=Fen(5), evidence="发票1"), Posting("102", credit=Fen(5), evidence="转账1"))
FIGURES = (Figure("income", "501", "经营收入", Fen(7), (Source(uuid4(), "2025-01/1", DAY, "租金", Fen(7)),)),)


def tenant() -> Tenant:
    district = Tenant.register(
        id=uuid4(), level=Level.DISTRICT, code="445203", name="揭东区", short_name="揭东区", parent=None, since=DAY
    )
    one, other = (
        Tenant.register(
            id=uuid4(), level=Level.TOWNSHIP, code=code, name="镇", short_name="镇", parent=district, since=DAY
        )
        for code in ("445203112", "445203113")
    )
    one.rename(name="街道", short_name="街道", since=DAY)
    one.recode(code="445203001", parent=district, taken=False, since=DAY)
    one.merge(into=other, since=DAY)
    return one


def member() -> Member:
    made = Member.register(id=uuid4(), name="sealed1.x", phone=None, id_number="sealed1.y")
    made.erase()
    return made


def bench() -> Bench:
    made = Bench.open(id=uuid4(), level=Level.COMMUNITY)
    made.give(term=ONE, member=TWO, office=Office.CLERK, starts=DAY, ends=None)
    made.delegate(term=ONE, delegation=THREE, member=FOUR, starts=DAY, ends=DAY + timedelta(9))
    made.end(term=ONE, on=DAY + timedelta(3), reason="调离")
    return made


def books() -> Books:
    made = Books.open(id=uuid4(), level=Level.VILLAGE, chart="2023", first=Month(2025, 1))
    made.open_account(account="10201", name="信用社", standard=chart(), parent_in_use=False)
    made.close(Month(2025, 1), unposted=0)
    return made


def voucher(number: int = 1) -> Voucher:
    return Voucher.draft(id=uuid4(), by=ONE, number=number, on=DAY, summary="付款", postings=LINES)


def posted_voucher() -> Voucher:
    made = voucher()
    made.review(by=TWO, opinion="属实")
    made.send_back(by=THREE, reason="改")
    made.revise(by=ONE, summary="再付", postings=LINES)
    made.review(by=TWO, opinion="属实")
    made.sign(by=THREE)
    made.post(by=FOUR)
    made.reverse(id=uuid4(), by=ONE, number=2, on=DAY, reason="记错")
    assert made.reversal is not None
    made.drop_reversal(reversal=made.reversal)
    return made


def withdrawn_voucher() -> Voucher:
    made = voucher()
    made.withdraw(by=ONE, reason="重复")
    return made


def disclosure() -> Disclosure:
    made = Disclosure.draft(
        id=uuid4(), by=ONE, item="V.C1", period="2025-Q1", edition=1, title="收支", as_of=3, figures=FIGURES
    )
    made.send_back(by=TWO, reason="再核")
    made.redraft(by=ONE, as_of=4, figures=FIGURES)
    made.review(by=TWO, opinion="")
    made.sign(by=THREE)
    made.publish(by=ONE, on=DAY)
    made.file(by=FOUR)
    return made


def sign_ins() -> SignIns:
    made = SignIns.open(member=ONE, at=NINE)
    for minute in range(5):
        made.refuse(at=NINE + timedelta(minutes=minute), rule=LockOut())
    made.sign_in(session=TWO, at=NINE + timedelta(hours=1))
    made.sign_out(session=TWO, at=NINE + timedelta(hours=2))
    made.revoke(session=THREE, at=NINE + timedelta(hours=2), because=Ending.TOKEN_REUSED)
    return made


LIVES = (tenant, member, bench, books, posted_voucher, withdrawn_voucher, disclosure, sign_ins)


def _events(aggregate: Aggregate) -> Sequence[AggregateEvent]:
    return [event for event in aggregate.collect_events() if isinstance(event, AggregateEvent)]


@pytest.mark.parametrize("life", LIVES)
def test_stored_events_bring_back_the_aggregate(life: type[Aggregate]) -> None:
    lived = life()
    events = _events(lived)
    assert replay(events) == lived
    assert lived.version == len(events)


@pytest.mark.parametrize("life", LIVES)
def test_so_does_every_beginning_and_what_follows_it(life: type[Aggregate]) -> None:
    """A replay in two parts is the replay in one: no event's body needs what only the command knew."""
    events = _events(life())
    whole = replay(events)
    for cut in range(1, len(events)):
        half = replay(events[:cut])
        for event in events[cut:]:
            half = event.mutate(half)
        assert half == whole


def test_every_aggregate_and_every_event_stands_in_a_life() -> None:
    lived = {type(event) for life in LIVES for event in _events(life())}
    assert lived == set(EVENTS)
    assert {aggregate for aggregate in AGGREGATES if lived & set(events_of(aggregate))} == set(AGGREGATES)


def test_topics_are_stable_names_and_not_places_in_the_code() -> None:
    topics = [get_topic(event) for event in EVENTS]
    assert len(set(topics)) == len(topics)
    assert all(
        topic.count(".") == 1 and topic.split(".")[0] in {"tenancy", "ledger", "disclosure", "access"}
        for topic in topics
    )
