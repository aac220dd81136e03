"""The one way in for changes: command → policy → handler → append with projections → outcome.

A command is idempotent by its id: a repeat gets the first outcome, the same id with other content is refused. A
decision that others overtook is made again from fresh state; after the first time under the tenant's lock, so that
callers of one process do not overtake each other again and again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec
import structlog
from eventsourcing.domain import AggregateEvent
from opentelemetry import trace

from domain.shared.errors import CommandReused, Conflict, DomainError, Forbidden, Unauthenticated
from domain.shared.events import Envelope, Meta
from domain.shared.identity import Acting, TenantKey
from services.read_models.projections import project
from services.store.log import Decision, Moved, Repeated
from services.work import Clock, Place, System, Tools, Work, utc_now

C = TypeVar("C")
ATTEMPTS = 12

_log = structlog.get_logger(__name__)
_tracer = trace.get_tracer("sanzi")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a command comes from: the client's id for it, the request it belongs to, and the channel."""

    command: UUID
    correlation: UUID
    channel: str
    causation: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command recorded: the position of its last event, when, and the events themselves."""

    position: int
    recorded_at: datetime
    events: tuple[AggregateEvent, ...]
    repeated: bool = False

    @property
    def streams(self) -> list[UUID]:
        """The streams that changed, in the order in which they first did."""
        return list(dict.fromkeys(event.originator_id for event in self.events))


@dataclass(frozen=True, slots=True)
class Handler:
    """Who handles a command, and which action of the access policy it is; None if only the handler can tell."""

    permission: tuple[str, str] | None
    handle: Callable[[Any, Work], Awaitable[None]]


HANDLERS: dict[type[Any], Handler] = {}


def handles(
    command: type[C], obj: str | None = None, act: str | None = None
) -> Callable[[Callable[[C, Work], Awaitable[None]]], Callable[[C, Work], Awaitable[None]]]:
    """Register a handler. The bus asks the policy for `obj.act` before it runs, knowing only the tenant; a handler
    that knows more (whose hands the object went through) asks again, and must where no action is named here."""

    def register(handle: Callable[[C, Work], Awaitable[None]]) -> Callable[[C, Work], Awaitable[None]]:
        HANDLERS[command] = Handler((obj, act) if obj and act else None, handle)
        return handle

    return register


AfterCommit = Callable[[TenantKey, int], None]
"""Told the tenant and the position of each append that is committed; must neither fail nor wait."""


class Bus:
    def __init__(
        self, tools: Tools, clock: Clock = utc_now, after_commit: AfterCommit = lambda _key, _position: None
    ) -> None:
        self.tools, self.log, self.clock, self.after_commit = tools, tools.log, clock, after_commit
        self._locks: OrderedDict[TenantKey, asyncio.Lock] = OrderedDict()

    async def execute(self, command: object, place: Place, actor: Acting | System | None, origin: Origin) -> Outcome:
        """Carry out a command for one tenant. Raises Unauthenticated, Forbidden, CommandReused, Conflict, and whatever
        rule refuses it; then nothing is changed."""
        handler = HANDLERS[type(command)]
        meta = _meta(command, place.key, actor, origin)
        with _tracer.start_as_current_span(type(command).__name__):
            if not self._is_crowded(place.key):
                with suppress(Moved):
                    return await self._attempt(handler, command, place, actor, meta, origin.command)
            async with self._lock(place.key):
                for attempt in range(ATTEMPTS):
                    await asyncio.sleep(0.002 * attempt)
                    with suppress(Moved):
                        return await self._attempt(handler, command, place, actor, meta, origin.command)
        _log.warning("command_conflict", command=type(command).__name__, attempts=ATTEMPTS)
        raise Conflict()

    async def _attempt(
        self,
        handler: Handler,
        command: object,
        place: Place,
        actor: Acting | System | None,
        meta: Meta,
        command_id: UUID,
    ) -> Outcome:
        """Decide once. Raises Moved when the decision was overtaken."""
        try:
            decision, work = await self._decide(handler, command, place, actor, meta, command_id)
            if not decision.events:
                first = await self._first_outcome(place.key, command_id, meta)
                return first or Outcome(work.position or 0, work.now, ())
            appended = await self.log.append(decision)
            self.after_commit(place.key, appended.position)
        except Unauthenticated:
            raise
        except Forbidden as refusal:
            # Whether somebody used this id here is not for those who may do nothing here.
            with suppress(CommandReused):
                if first := await self._first_outcome(place.key, command_id, meta):
                    return first
            raise refusal from None
        except (DomainError, Repeated):
            # A refusal may be the effect of this very command, carried out before.
            if first := await self._first_outcome(place.key, command_id, meta):
                return first
            raise
        return Outcome(appended.position, appended.recorded_at, tuple(decision.events))

    async def _decide(
        self,
        handler: Handler,
        command: object,
        place: Place,
        actor: Acting | System | None,
        meta: Meta,
        command_id: UUID,
    ) -> tuple[Decision, Work]:
        work = Work(self.tools, place, actor, command_id, self.clock())
        if handler.permission:
            work.authorize(*handler.permission)
        elif actor is None:  # what only the handler can tell is never for visitors
            raise Unauthenticated()
        await handler.handle(command, work)
        events = [cast(AggregateEvent, event) for aggregate in work.saved for event in aggregate.collect_events()]
        changes = [list(project(Envelope(place.key, event, meta, command_id))) for event in events]
        guard, based_on = frozenset(work.guard), work.position or 0
        return Decision(place.key, command_id, meta, events, changes, guard, based_on), work

    async def _first_outcome(self, key: TenantKey, command: UUID, meta: Meta) -> Outcome | None:
        """The outcome of this command if it is recorded. Raises CommandReused if that was other content."""
        before = await self.log.of_command(key, command)
        if not before:
            return None
        if before[0].meta.request != meta.request:
            raise CommandReused(command=command, field="commandId")
        last = before[-1]
        return Outcome(last.position, last.recorded_at, tuple(event.payload for event in before), repeated=True)

    def _is_crowded(self, key: TenantKey) -> bool:
        """Is somebody trying again? Then whoever comes new queues as well, or would overtake those for ever."""
        return key in self._locks and self._locks[key].locked()

    def _lock(self, key: TenantKey) -> asyncio.Lock:
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._locks.move_to_end(key)
        while len(self._locks) > 10_000 and not next(iter(self._locks.values())).locked():
            self._locks.popitem(last=False)
        return lock


def _meta(command: object, key: TenantKey, actor: Acting | System | None, origin: Origin) -> Meta:
    office = actor if isinstance(actor, Acting) else None
    member = actor.member if actor else None
    return Meta(
        request=request_digest(command, key, member),
        correlation=origin.correlation,
        origin=origin.channel,
        member=member,
        office=office.office if office else None,
        acting_for=office.tenant if office else None,
        term=office.term if office else None,
        causation=origin.causation,
    )


def request_digest(command: object, key: TenantKey, member: UUID | None) -> str:
    """SHA-256 (hex) of what is asked, by whom and of whom. Fields marked personal are left out: a digest of a phone
    number would give it away."""
    content: Sequence[object] = [
        type(command).__name__,
        key.tenant,
        member,
        [getattr(command, field.name) for field in fields(command) if not field.metadata.get("personal")],  # type: ignore[arg-type]
    ]
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
