"""Old streams always load. The files are what earlier releases stored: they are added to, and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from eventsourcing.domain import Aggregate, AggregateEvent, event
from eventsourcing.utils import get_topic

from domain.aggregates import AGGREGATES, EVENTS
from domain.shared.events import Envelope, Meta
from domain.shared.identity import TenantKey
from services.read_models.projections import IGNORED, project
from services.store import codec

STREAMS = sorted((Path(__file__).parent / "streams").glob("*.json"), key=lambda path: path.name)
KEY = TenantKey(UUID(int=1), UUID(int=2))
META = Meta(request="0" * 64, correlation=UUID(int=3), origin="test", member=UUID(int=4))


def golden(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def events_in(stream: dict[str, Any]) -> Iterator[AggregateEvent]:
    for version, stored in enumerate(stream["events"], start=1):
        data = json.dumps(stored["data"], ensure_ascii=False).encode()
        yield codec.decode(
            stored["type"], stored["schema_version"], data, stream=UUID(stream["stream"]), version=version
        )


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_an_old_stream_gives_the_aggregate_it_was(path: Path) -> None:
    stream = golden(path)
    aggregate: Any = None
    for one in events_in(stream):
        aggregate = one.mutate(aggregate)
    assert type(aggregate).__name__ == stream["aggregate"]
    assert (aggregate.id, aggregate.version) == (UUID(stream["stream"]), len(stream["events"]))
    now = {name: msgspec.to_builtins(getattr(aggregate, name), str_keys=True) for name in stream["state"]}
    assert_within(stream["state"], now)


def assert_within(old: Any, now: Any) -> None:
    """All that was known then is still so; later releases may know more."""
    if isinstance(old, dict):
        for name, value in old.items():
            assert_within(value, now[name])
    elif isinstance(old, list):
        assert len(old) == len(now)
        for one, other in zip(old, now, strict=True):
            assert_within(one, other)
    else:
        assert old == now


def test_every_event_has_an_old_stream_with_it() -> None:
    found = {type(one) for path in STREAMS for one in events_in(golden(path))}
    assert found == set(EVENTS)


def test_every_aggregate_has_an_old_stream() -> None:
    assert {golden(path)["aggregate"] for path in STREAMS} == {cls.__name__ for cls in AGGREGATES}


def test_every_event_is_projected_or_ignored_on_purpose() -> None:
    projected = {
        type(one)
        for path in STREAMS
        for one in events_in(golden(path))
        if list(project(Envelope(KEY, one, META, UUID(int=5))))
    }
    assert projected.isdisjoint(IGNORED)
    assert projected | IGNORED == set(EVENTS)


class Pond(Aggregate):
    """A fish pond let to a villager. Its first release gave the rent in whole yuan and named no day."""

    @classmethod
    def let(cls, *, id: UUID, rent: int, since: date) -> Pond:
        return cls._create(cls.Let, id=id, rent=rent, since=since)

    class Let(Aggregate.Created):
        TOPIC = "test.PondLet"
        class_version = 3
        rent: int
        since: date

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["rent"] = state.pop("rent_yuan") * 100

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            state["since"] = f"{state.pop('year')}-01-01"

    def __init__(self, rent: int, since: date) -> None:
        self.rent, self.since = rent, since

    class Relet(Aggregate.Event):
        TOPIC = "test.PondRelet"
        rent: int

    @event(Relet)
    def relet(self, rent: int) -> None:
        self.rent = rent


@pytest.mark.parametrize(
    ("schema_version", "stored"),
    [
        (1, b'{"rent_yuan": 1200, "year": 2023}'),
        (2, b'{"rent": 120000, "year": 2023}'),
        (3, b'{"rent": 120000, "since": "2023-01-01"}'),
    ],
)
def test_every_earlier_shape_of_an_event_becomes_that_of_today(schema_version: int, stored: bytes) -> None:
    get_topic(Pond.Let)  # makes it known
    old = codec.decode("test.PondLet", schema_version, stored, stream=UUID(int=7), version=1)
    pond: Any = old.mutate(None)
    assert isinstance(pond, Pond)
    assert (pond.rent, pond.since) == (120_000, date(2023, 1, 1))
    assert codec.encode(old) == ("test.PondLet", 3, b'{"rent":120000,"since":"2023-01-01"}')


@pytest.mark.parametrize(
    ("topic", "schema_version", "stored", "reason"),
    [
        ("test.Unknown", 1, b"{}", "test.Unknown v1"),
        ("ledger.VoucherSigned", 1, b"{}", "signed_by"),
        ("ledger.VoucherSigned", 1, b'{"signed_by": 7}', "signed_by"),
        ("ledger.VoucherSigned", 1, b"not json", "malformed"),
        ("ledger.VoucherSigned", 2, b'{"signed_by": "10000000-0000-4000-8000-00000000000c"}', "later release"),
    ],
)
def test_what_cannot_be_read_is_refused_and_named(topic: str, schema_version: int, stored: bytes, reason: str) -> None:
    with pytest.raises(codec.UnreadableEvent, match=reason):
        codec.decode(topic, schema_version, stored, stream=UUID(int=7), version=3)
