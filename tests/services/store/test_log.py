"""The append: one round trip, whole or not at all, refused when what it rests on has moved, and never undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ledger.books import Books
from domain.shared.calendar import Month
from domain.shared.events import Envelope, Meta
from domain.shared.identity import Level, Office, TenantKey
from domain.tenancy.member import Member
from services.read_models.change import Put, Set
from services.read_models.projections import project
from services.store.db import Db, connected
from services.store.log import Appended, Decision, EventLog, Moved, Repeated
from services.store.settings import Database
from services.store.verify import verify_all

META = Meta("0" * 64, uuid4(), "test", uuid4(), Office.CLERK, uuid4(), uuid4(), uuid4())


@pytest.fixture(scope="module")
async def db(module_database: Database) -> AsyncIterator[Db]:
    async with connected(module_database.service) as made:
        yield made


@pytest.fixture
def log(db: Db) -> EventLog:
    return EventLog(db)


@pytest.fixture
def key() -> TenantKey:
    """A tenant that nobody has written to."""
    return TenantKey(uuid4(), uuid4())


def decision(
    key: TenantKey,
    *aggregates: Member | Books,
    command: UUID | None = None,
    guard: frozenset[str] = frozenset(),
    based_on: int = 0,
) -> Decision:
    command = command or uuid4()
    events: list[Any] = [event for aggregate in aggregates for event in aggregate.collect_events()]
    changes = [list(project(Envelope(key, event, META, command))) for event in events]
    return Decision(key, command, META, events, changes, guard, based_on)


def member(name: str = "sealed") -> Member:
    return Member.register(id=uuid4(), name=name, phone=None, id_number=None)


async def append(log: EventLog, key: TenantKey, *aggregates: Member | Books) -> Appended:
    return await log.append(decision(key, *aggregates))


async def test_the_first_append_begins_the_log(log: EventLog, key: TenantKey) -> None:
    assert await log.head(key) == 0
    assert (await append(log, key, member())).position == 1
    assert await log.head(key) == 1


@pytest.mark.parametrize("events", [1, 3])
async def test_an_append_is_one_statement_without_a_transaction_around_it(
    module_database: Database, key: TenantKey, events: int
) -> None:
    async with connected(module_database.service, size=1) as only_one:
        log, sent = EventLog(only_one), list[str]()
        await append(log, key, *(member() for _ in range(events)))  # prepares the statement
        async with only_one.pool.acquire() as connection:
            connection.add_query_logger(lambda query: sent.append(query.query))
        await append(log, key, *(member() for _ in range(events)))
        await log.head(key)
    statements = [query for query in sent if "sanzi.append" in query]
    assert len(statements) == 1
    assert sent.index(statements[0]) == 0, "something was sent before the append"
    assert not {"begin", "commit"} & {query.strip("; ").lower() for query in sent}


async def test_what_is_read_back_is_what_was_recorded(log: EventLog, key: TenantKey) -> None:
    person = member("封存:5p6X5bu65Zu9")
    made = decision(key, person)
    appended = await log.append(made)
    [read] = await log.after(key, 0)
    clock = {"timestamp": appended.recorded_at}  # the store's, whatever the aggregate's was
    assert vars(read.payload) == vars(made.events[0]) | clock
    assert (read.meta, read.command, read.type) == (META, made.command, "tenancy.MemberRegistered")
    assert (read.position, read.hash, read.recorded_at) == (1, appended.hash, appended.recorded_at)
    loaded = await log.load(key, [person.id])
    assert loaded.head == 1
    assert vars(loaded.aggregates[person.id]).items() >= {"name": person.name, "erased": False}.items()


async def test_the_head_names_the_last_event_of_several(log: EventLog, key: TenantKey) -> None:
    appended = await append(log, key, *(member() for _ in range(5)))
    events = await log.after(key, 0)
    assert [event.position for event in events] == [1, 2, 3, 4, 5]
    assert appended.position == 5
    assert appended.hash == events[-1].hash
    assert {event.recorded_at for event in events} == {appended.recorded_at}
    assert [event.command for event in await log.of_command(key, events[0].command)] == [events[0].command] * 5


async def test_an_aggregate_as_of_an_earlier_position(log: EventLog, key: TenantKey) -> None:
    books = Books.open(id=key.stream("books"), level=Level.VILLAGE, chart="2023", first=Month(2025, 1))
    await append(log, key, books)
    await append(log, key, member())
    books.close(Month(2025, 1), unposted=0)
    await append(log, key, books)

    async def closed_until(at: int | None) -> object:
        return vars((await log.load(key, [books.id], at=at)).aggregates[books.id])["closed_until"]

    assert await closed_until(2) is None
    assert await closed_until(3) == await closed_until(None) == Month(2025, 1)
    assert (await log.load(key, [books.id], at=0)).aggregates == {}


@pytest.mark.parametrize("company", [0, 1])
async def test_a_stream_that_has_moved_refuses(log: EventLog, key: TenantKey, company: int) -> None:
    """Alone, and beside events of streams that have not."""
    person = member()
    await append(log, key, person)
    mine, theirs = [(await log.load(key, [person.id])).aggregates[person.id] for _ in range(2)]
    assert isinstance(mine, Member)
    assert isinstance(theirs, Member)
    mine.erase()
    theirs.erase()
    await append(log, key, theirs)
    with pytest.raises(Moved):
        await append(log, key, *(member() for _ in range(company)), mine)
    with pytest.raises(Moved):  # a stream that exists cannot begin
        await append(log, key, Member.register(id=person.id, name="again", phone=None, id_number=None))
    assert await log.head(key) == 2


async def test_a_guarded_event_that_came_since_refuses(log: EventLog, key: TenantKey) -> None:
    books = Books.open(id=key.stream("books"), level=Level.VILLAGE, chart="2023", first=Month(2025, 1))
    await append(log, key, books)
    books.close(Month(2025, 1), unposted=0)
    await append(log, key, books)
    closed = frozenset({"ledger.PeriodClosed"})
    with pytest.raises(Moved):
        await log.append(decision(key, member(), guard=closed, based_on=1))
    assert await log.head(key) == 2
    await log.append(decision(key, member(), guard=closed, based_on=2))
    await log.append(decision(key, member(), guard=frozenset({"ledger.VoucherPosted"}), based_on=0))
    assert await log.head(key) == 4


async def test_a_repeated_command_is_known_and_changes_nothing(log: EventLog, key: TenantKey) -> None:
    command = uuid4()
    await log.append(decision(key, member(), command=command))
    for people in ([member()], [member(), member()]):
        with pytest.raises(Repeated):
            await log.append(decision(key, *people, command=command))
    assert await log.head(key) == 1
    elsewhere = TenantKey(key.district, uuid4())
    assert (await log.append(decision(elsewhere, member(), command=command))).position == 1


async def test_an_append_is_whole_or_nothing(log: EventLog, key: TenantKey) -> None:
    """The second event's rows do not fit: neither the first event nor its rows nor the head stay."""
    made = decision(key, member(), member())
    broken = Decision(
        made.key,
        made.command,
        made.meta,
        made.events,
        [made.changes[0], [Set("member", id=uuid4(), erased=True)]],
    )
    with pytest.raises(asyncpg.PostgresError, match="found no row"):
        await log.append(broken)
    assert await log.head(key) == 0
    assert await log.after(key, 0) == []
    async with log.db.scope(key.district, [key.tenant]) as connection:
        assert (
            await connection.fetchval("select count(*) from sanzi_read.member where district_id = $1", key.district)
            == 0
        )
    with pytest.raises(asyncpg.PostgresError, match="no read model"):
        await log.append(
            Decision(made.key, made.command, made.meta, made.events, [[Put("nowhere", id=uuid4())], made.changes[1]])
        )
    assert (await log.append(made)).position == 2


NAMES = st.lists(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200), min_size=1, max_size=4
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(NAMES, min_size=1, max_size=4))
async def test_whatever_is_recorded_reads_back_and_verifies(db: Db, batches: list[list[str]]) -> None:
    log, key = EventLog(db), TenantKey(uuid4(), uuid4())
    for names in batches:
        await append(log, key, *(member(name) for name in names))
    written = [name for names in batches for name in names]
    assert [vars(event.payload)["name"] for event in await log.after(key, 0)] == written
    [verification] = await verify_all(db, [key])
    assert (verification.events, verification.broken) == (len(written), None)


async def test_a_very_long_event_is_kept_whole(log: EventLog, key: TenantKey, db: Db) -> None:
    name = "三资公开" * 500_000
    await append(log, key, member(name))
    [event] = await log.after(key, 0)
    assert vars(event.payload)["name"] == name
    [verification] = await verify_all(db, [key])
    assert verification.broken is None
