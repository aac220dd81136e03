"""One decision in the making: what a handler reads, may do, and wants recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TypeVar
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, AggregateEvent
from eventsourcing.utils import get_topic

from domain.shared.errors import NotFound
from domain.shared.identity import Acting, Level, TenantKey
from domain.tenancy.tenant import TenantClosed
from policies.access.enforcer import AccessPolicy, Holding, Resource, Subject
from services.identity.sealing import Sealing
from services.read_models.tenants import Tenants
from services.store.db import Connection
from services.store.log import EventLog

A = TypeVar("A", bound=Aggregate)

BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Place:
    """The tenant that a command is for. `path` and `level` never change (domain/tenancy/tenant.py)."""

    key: TenantKey
    path: str
    level: Level


@dataclass(frozen=True, slots=True)
class System:
    """The program itself, or its operator at the command line; `member` names whom it acts about, if anyone."""

    member: UUID | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What the bus lends to every decision."""

    log: EventLog
    policy: AccessPolicy
    sealing: Sealing


class Work:
    """What a handler sees. `position` is that of the oldest thing read: what the decision was based on."""

    def __init__(self, tools: Tools, place: Place, actor: Acting | System | None, command: UUID, now: datetime) -> None:
        self._log, self._policy, self._sealing = tools.log, tools.policy, tools.sealing
        self.place, self.actor, self.command, self.now = place, actor, command, now
        self.position: int | None = None
        self.saved: list[Aggregate] = []
        self.guard: set[str] = set()

    @property
    def key(self) -> TenantKey:
        return self.place.key

    @property
    def member(self) -> UUID:
        """The person acting. The policy has let no visitor come this far."""
        member = self.actor.member if self.actor else None
        assert member is not None, "a command without a person reached a handler that needs one"
        return member

    def authorize(
        self,
        obj: str,
        act: str,
        *,
        drafter: UUID | None = None,
        reviewer: UUID | None = None,
        signer: UUID | None = None,
        subject: UUID | None = None,
    ) -> None:
        """Ask the access policy, with what is known of the object. Raises Unauthenticated, Forbidden."""
        if isinstance(self.actor, System):
            return
        resource = Resource(self.place.path, drafter=drafter, reviewer=reviewer, signer=signer, subject=subject)
        self._policy.require(obj, act, subject_of(self.actor), resource)

    async def find(self, cls: type[A], stream: UUID) -> A | None:
        """The aggregate, or None. Raises NotFound if the stream is of another kind."""
        loaded = await self._log.load(self.key, [stream])
        self.based_on(loaded.head)
        found = loaded.aggregates.get(stream)
        if found is not None and not isinstance(found, cls):
            raise NotFound(what=_NAMES.get(cls.__name__, cls.__name__))
        return found

    async def load(self, cls: type[A], stream: UUID) -> A:
        """The aggregate. Raises NotFound."""
        found = await self.find(cls, stream)
        if found is None:
            raise NotFound(what=_NAMES.get(cls.__name__, cls.__name__))
        return found

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for the queries of read models. One whose answer the decision rests on gives its head to
        `based_on`."""
        async with self._log.db.scope(self.key.district, [self.key.tenant]) as connection:
            yield connection

    def based_on(self, head: int) -> None:
        self.position = head if self.position is None else min(self.position, head)

    def save(self, *aggregates: Aggregate, unless: Collection[type[AggregateEvent]] = ()) -> None:
        """Record what these decided, unless an event of these types has come since what was read."""
        self.saved.extend(aggregates)
        self.guard.update(map(get_topic, unless))

    def new_id(self, name: str) -> UUID:
        """The id of something new: the same whenever the same command is decided again, and of this tenant alone. The
        client makes the command's id, so one that was used elsewhere must not bring back what was made there: the id of
        a person of another district, or of a term of office in another village."""
        return uuid5(self.command, f"{self.key.tenant}/{name}")

    async def seal(self, subject: UUID, values: Mapping[str, str]) -> dict[str, str]:
        """Personal data of a person as text that may be recorded."""
        return await self._sealing.seal(self.key.district, subject, values)

    async def register_codes(self) -> tuple[dict[str, UUID], int]:
        """The tenant of every code of the district, and the head of the district's log that says so."""
        rows, head = await Tenants(self._log.db).codes(self.key.district)
        return {code: row.id for code, row in rows.items()}, head

    async def require_open(self) -> None:
        """Raises TenantClosed where this tenant was merged into another: then nothing new begins in it, though what
        was begun is still wound up. A merger stands in the district's log; a command of the same moment may pass it."""
        for row in await Tenants(self._log.db).by_ids([self.key.tenant]):
            if row.merged_into is not None:
                raise TenantClosed(name=row.name)

    @property
    def today(self) -> date:
        """The date in Beijing, by which terms and deadlines run."""
        return self.now.astimezone(BEIJING).date()


Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


_NAMES = {
    "Voucher": "凭证",
    "Books": "账套",
    "Disclosure": "公开事项",
    "Member": "人员",
    "Tenant": "单位",
    "Bench": "任职名册",
}


def subject_of(actor: Acting | None) -> Subject:
    """The caller as the policy sees one: a visitor, or a member in the one office acted in."""
    if actor is None:
        return Subject(member=None, holdings=frozenset())
    return Subject(member=actor.member, holdings=frozenset({Holding(actor.office, actor.path)}))
