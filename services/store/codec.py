"""Events to bytes and back: plain JSON of the event's own fields, typed by its annotations, upcast when it is old.

The library gives the topics and the convention of upcasting (`class_version`, `upcast_v1_v2`); msgspec does the fields.
What the store records elsewhere (stream, version, time, the aggregate's topic) is left out of the data.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast, get_type_hints
from uuid import UUID

import msgspec
from eventsourcing.domain import AggregateCreated, AggregateEvent
from eventsourcing.utils import get_topic, resolve_topic

from domain.shared.events import Meta

_STORED_APART = frozenset({"originator_id", "originator_version", "originator_topic", "timestamp"})
_encode = msgspec.json.Encoder().encode
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnreadableEvent(Exception):
    """A stored event that this version of the program cannot read."""


def encode(event: AggregateEvent) -> tuple[str, int, bytes]:
    """The event's topic, schema version and data."""
    topic, schema_version, names = _label(type(event))
    state = vars(event)
    return topic, schema_version, _encode({name: state[name] for name in names})


def decode(
    topic: str, schema_version: int, data: bytes, *, stream: UUID, version: int, at: datetime = EPOCH
) -> AggregateEvent:
    """The event as it was recorded, in today's shape.

    Raises UnreadableEvent for an unknown topic, unfit data, and what a later release wrote.
    """
    try:
        cls = cast(type[AggregateEvent], resolve_topic(topic))
        current = getattr(cls, "class_version", 1)
        shape = _shape(cls)
        if schema_version == current:
            values = msgspec.json.decode(data, type=shape)
        elif schema_version > current:
            raise ValueError(f"written by a later release; this one knows v{current}")
        else:
            state: dict[str, Any] = msgspec.json.decode(data)
            for old in range(schema_version, current):
                getattr(cls, f"upcast_v{old}_v{old + 1}")(state)
            values = msgspec.convert(state, shape)
    except Exception as problem:
        raise UnreadableEvent(f"{topic} v{schema_version} of stream {stream} version {version}: {problem}") from problem
    state = {name: getattr(values, name) for name in shape.__struct_fields__}
    state |= {"originator_id": stream, "originator_version": version, "timestamp": at}
    if issubclass(cls, AggregateCreated):
        state["originator_topic"] = _aggregate_topic(cls)
    event = object.__new__(cls)
    object.__setattr__(event, "__dict__", state)
    return event


@cache
def _shape(cls: type[AggregateEvent]) -> type[msgspec.Struct]:
    """The event's own fields as a msgspec struct; fields with defaults may be absent from old data."""
    hints = get_type_hints(cls)
    columns: list[Any] = []
    for field in fields(cls):  # the library makes every event class a dataclass
        if field.name in _STORED_APART:
            continue
        if field.default is not MISSING:
            columns.append((field.name, hints[field.name], field.default))
        elif field.default_factory is not MISSING:
            columns.append((field.name, hints[field.name], msgspec.field(default_factory=field.default_factory)))
        else:
            columns.append((field.name, hints[field.name]))
    return msgspec.defstruct(cls.__name__, columns, kw_only=True)


@cache
def _label(cls: type[AggregateEvent]) -> tuple[str, int, tuple[str, ...]]:
    """Topic and schema version, and the names of the event's own fields."""
    return get_topic(cls), getattr(cls, "class_version", 1), _shape(cls).__struct_fields__


@cache
def _aggregate_topic(cls: type[AggregateEvent]) -> str:
    """A created event is nested in its aggregate; the library asks it for the aggregate's topic."""
    module = resolve_topic(cls.__module__)
    aggregate: Any = module
    for part in cls.__qualname__.split(".")[:-1]:
        aggregate = getattr(aggregate, part)
    return get_topic(aggregate)


def encode_meta(meta: Meta) -> bytes:
    return _encode(meta)


def decode_meta(data: bytes) -> Meta:
    return msgspec.json.decode(data, type=Meta)
