"""Rules of aggregates as given(what happened).when(a command).then(what follows), without a database.

    given(a_voucher()).when(Voucher.review, by=CLERK, opinion="属实").then_refused(SameHand)
    given(a_voucher(), did(Voucher.review, by=DIRECTOR, opinion="属实")).when(Voucher.sign, by=SECRETARY).then(
        happened(Voucher.Signed, signed_by=SECRETARY)
    )

What was given is always read back from its recorded events, and so is what follows: no rule can rest on anything that a
replay does not bring back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, Generic, NoReturn, ParamSpec, TypeVar, cast

import pytest
from eventsourcing.domain import Aggregate, AggregateEvent

from domain.shared.errors import DomainError, Language
from services.store import codec

A = TypeVar("A", bound=Aggregate)
E = TypeVar("E", bound=DomainError)
P = ParamSpec("P")


def replay(events: Sequence[AggregateEvent]) -> Any:
    """The aggregate that these events make, after a journey through the bytes that the store keeps."""
    aggregate: Any = None
    for event in events:
        stored = codec.decode(
            *codec.encode(event), stream=event.originator_id, version=event.originator_version, at=event.timestamp
        )
        aggregate = stored.mutate(aggregate)
    return aggregate


def happened(event: type[AggregateEvent], **fields: object) -> tuple[type[AggregateEvent], dict[str, object]]:
    """An event with at least these fields, as `then` expects it."""
    return event, fields


def did(command: Callable[Concatenate[A, P], object], /, *args: P.args, **kwargs: P.kwargs) -> Callable[[A], object]:
    """A command carried out earlier, as `given` takes it."""

    def step(aggregate: A) -> object:
        return command(aggregate, *args, **kwargs)

    return step


@dataclass(frozen=True)
class Refused:
    """A command broke a rule and left no trace."""

    error: DomainError

    def then_refused(self, cls: type[E]) -> E:
        """It was this rule, and it can be told to people in both languages."""
        assert type(self.error) is cls, f"refused by another rule: {self.error!r}"
        assert self.error.message(Language.ZH)
        assert self.error.message(Language.EN)
        return self.error

    def then(self, *_: object) -> NoReturn:
        pytest.fail(f"refused: {self.error!r}")


@dataclass(frozen=True)
class Accepted(Generic[A]):
    """A command was carried out: its events, and the aggregate as replayed."""

    events: Sequence[AggregateEvent]
    aggregate: A

    def then(self, *expected: tuple[type[AggregateEvent], dict[str, object]]) -> A:
        """Exactly these events, in order."""
        assert [type(event) for event in self.events] == [cls for cls, _ in expected]
        for event, (_, fields) in zip(self.events, expected, strict=True):
            assert {name: getattr(event, name) for name in fields} == fields
        return self.aggregate

    def then_refused(self, cls: type[DomainError]) -> NoReturn:
        pytest.fail(f"not refused as {cls.__name__}: {self.events}")


def opening(command: Callable[P, A], /, *args: P.args, **kwargs: P.kwargs) -> Accepted[A] | Refused:
    """Make a new aggregate: the command of which nothing is given."""
    try:
        made = command(*args, **kwargs)
    except DomainError as error:
        return Refused(error)
    return _accepted([], made)


@dataclass(frozen=True)
class Given(Generic[A]):
    """An aggregate with a past."""

    events: Sequence[AggregateEvent]

    @property
    def aggregate(self) -> A:
        return cast(A, replay(self.events))

    def when(
        self, command: Callable[Concatenate[A, P], object], /, *args: P.args, **kwargs: P.kwargs
    ) -> Accepted[A] | Refused:
        """Carry out one command on it."""
        aggregate = self.aggregate
        try:
            partial(command, aggregate)(*args, **kwargs)
        except DomainError as error:
            assert not aggregate.collect_events(), "a refused command left events"
            assert aggregate == self.aggregate, "a refused command left a trace"
            return Refused(error)
        return _accepted(self.events, aggregate)


def given(aggregate: A, *steps: Callable[[A], object]) -> Given[A]:
    """An aggregate just made, and what was done to it since."""
    for step in steps:
        step(aggregate)
    events = _collected(aggregate)
    assert replay(events) == aggregate, "a replay brings back something else"
    return Given(events)


def _accepted(before: Sequence[AggregateEvent], aggregate: A) -> Accepted[A]:
    events = _collected(aggregate)
    again = replay([*before, *events])
    assert again == aggregate, "a replay brings back something else"
    return Accepted(events, again)


def _collected(aggregate: Aggregate) -> Sequence[AggregateEvent]:
    return [cast(AggregateEvent, event) for event in aggregate.collect_events()]
