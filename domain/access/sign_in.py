"""Signing in (登录): who came in, who was refused, and when guessing is stopped for a while.

One stream per member and UTC day, so that a stream stays short however long somebody is a member. Nothing here is
secret: sessions are named by id, and where a request came from stands in the event's meta.
"""

# ruff: noqa: ARG002 - the method of an event names all its fields, also those that no later rule asks for

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.shared.errors import DomainError

_BEIJING = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)


class LockedOut(DomainError):
    """Too many wrong passwords; signing in is possible again after {until:%Y-%m-%d %H:%M:%S} (Beijing time)."""

    code = "SIGN_IN_LOCKED"
    zh = "密码连续输错次数过多，请于 {until:%Y-%m-%d %H:%M:%S}（北京时间）之后再登录"


class Ending(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a reason, not a token
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a password
    BY_ADMINISTRATOR = "by_administrator"


@dataclass(frozen=True, slots=True)
class LockOut:
    """After `failures` refusals in a row within `window`, a login is locked for `pause`. Both at most a day long."""

    failures: int = 5
    window: timedelta = timedelta(minutes=15)
    pause: timedelta = timedelta(minutes=15)

    def __post_init__(self) -> None:
        # Refusals are carried from one day's stream to the next, not further.
        if self.failures < 1 or not (timedelta() < self.window <= _DAY and timedelta() < self.pause <= _DAY):
            raise ValueError(f"failures must be 1 or more, window and pause within a day: {self}")


class SignIns(Aggregate):
    """What one member did to sign in and out on one UTC day."""

    TOPIC = "access.SignIns"

    @staticmethod
    def stream(member: UUID, day: date) -> UUID:
        """The id of the stream of that member and UTC day."""
        return uuid5(member, f"sign-ins/{day.isoformat()}")

    @classmethod
    def open(cls, *, member: UUID, at: datetime, before: SignIns | None = None) -> SignIns:
        """Begin the day of `at`; `before` is the day before, so that midnight gives nobody fresh guesses or a key."""
        day = at.astimezone(UTC).date()
        recent = tuple(moment for moment in before.refused_at if at - moment < _DAY) if before else ()
        return cls._create(
            cls.Created,
            id=cls.stream(member, day),
            member=member,
            day=day,
            refused_at=recent,
            locked_until=before.locked_until if before else None,
        )

    class Created(Aggregate.Created):
        TOPIC = "access.SignInDayOpened"
        member: UUID
        day: date
        refused_at: tuple[datetime, ...]
        locked_until: datetime | None

    def __init__(
        self, member: UUID, day: date, refused_at: tuple[datetime, ...], locked_until: datetime | None
    ) -> None:
        self.member, self.day = member, day
        self.refused_at, self.locked_until = refused_at, locked_until
        self.ended: frozenset[UUID] = frozenset()

    def check_not_locked(self, at: datetime) -> None:
        """Raises LockedOut, also where the password would have been right: a guess must not be confirmed."""
        if self.locked_until is not None and at < self.locked_until:
            raise LockedOut(until=self.locked_until.astimezone(_BEIJING), field="password")

    def refuse(self, *, at: datetime, rule: LockOut) -> None:
        """Record a wrong password; the last that `rule` allows locks. Raises LockedOut, and then records nothing."""
        self.check_not_locked(at)
        recent = [moment for moment in self.refused_at if at - moment < rule.window]
        locks = len(recent) + 1 >= rule.failures
        self._refused(at=at, locked_until=at + rule.pause if locks else None)

    class SignInRefused(Aggregate.Event):
        TOPIC = "access.SignInRefused"
        at: datetime
        locked_until: datetime | None

    @event(SignInRefused)
    def _refused(self, at: datetime, locked_until: datetime | None) -> None:
        # A lock clears the count: whoever has waited it out has all guesses again.
        self.refused_at = () if locked_until else (*self.refused_at, at)
        self.locked_until = locked_until

    def sign_in(self, *, session: UUID, at: datetime) -> None:
        """Record a right password and the session it opened. Raises LockedOut."""
        self.check_not_locked(at)
        self._signed_in(session=session, at=at)

    class SignedIn(Aggregate.Event):
        TOPIC = "access.SignedIn"
        session: UUID
        at: datetime

    @event(SignedIn)
    def _signed_in(self, session: UUID, at: datetime) -> None:
        self.refused_at, self.locked_until = (), None

    def sign_out(self, *, session: UUID, at: datetime) -> None:
        """The member left. The session may be older than this day; leaving twice is recorded once."""
        if session not in self.ended:
            self._signed_out(session=session, at=at)

    class SignedOut(Aggregate.Event):
        TOPIC = "access.SignedOut"
        session: UUID
        at: datetime

    @event(SignedOut)
    def _signed_out(self, session: UUID, at: datetime) -> None:
        self.ended |= {session}

    def revoke(self, *, session: UUID, at: datetime, because: Ending) -> None:
        """The session was taken away. One that has already ended is not recorded again."""
        if session not in self.ended:
            self._revoked(session=session, at=at, because=because)

    class SessionRevoked(Aggregate.Event):
        TOPIC = "access.SessionRevoked"
        session: UUID
        at: datetime
        because: Ending

    @event(SessionRevoked)
    def _revoked(self, session: UUID, at: datetime, because: Ending) -> None:
        self.ended |= {session}
