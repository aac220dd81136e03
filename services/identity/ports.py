"""What signing in and sealing need from the database; services/store keeps it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol
from uuid import UUID

from domain.access.sign_in import Ending


@dataclass(frozen=True, slots=True)
class Credential:
    """A login and the hash of its password. A member has at most one."""

    login: str
    member: UUID
    password_hash: str = field(repr=False)


class Credentials(Protocol):
    """Logins of a district."""

    async def find(self, district: UUID, login: str) -> Credential | None: ...

    async def find_member(self, district: UUID, member: UUID) -> Credential | None: ...

    async def add(self, district: UUID, credential: Credential, at: datetime) -> bool:
        """False where the login is taken or the member already has one: then nothing has changed."""
        ...

    async def replace(self, district: UUID, old: Credential, password_hash: str, at: datetime) -> bool:
        """False where the hash is no longer that of `old`: then nothing has changed."""
        ...

    async def remove(self, district: UUID, member: UUID) -> bool: ...


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in on one device. `good_until` is its absolute end, `term` the term of the office chosen."""

    id: UUID
    member: UUID
    started_at: datetime
    good_until: datetime
    term: UUID | None = None


class RefusedRotation(Enum):
    """Why a refresh token brought no new one."""

    UNKNOWN = "unknown"
    ENDED = "ended"
    EXPIRED = "expired"
    REUSED = "reused"


@dataclass(frozen=True, slots=True)
class Rotation:
    """The outcome of presenting a refresh token: `refused` is None where the new one took its place."""

    session: Session | None
    refused: RefusedRotation | None = None


class SessionStore(Protocol):
    """Sessions of a district with their refresh tokens, of which only hashes are kept."""

    async def start(self, district: UUID, session: Session, refresh_hash: bytes, expires_at: datetime) -> None: ...

    async def rotate(
        self, district: UUID, old_hash: bytes, new_hash: bytes, *, at: datetime, idle_until: datetime
    ) -> Rotation:
        """Use up the old token and keep the new one, in one transaction. A token used before ends its session.

        The new token expires at `idle_until` or the session's `good_until`, whichever is earlier.
        """
        ...

    async def find_open(self, district: UUID, session: UUID, at: datetime) -> Session | None: ...

    async def choose(self, district: UUID, session: UUID, term: UUID | None, at: datetime) -> Session | None:
        """Keep the office chosen for an open session; None where it is not open."""
        ...

    async def end(self, district: UUID, session: UUID, at: datetime, because: Ending) -> bool:
        """False where the session had ended before or never was."""
        ...

    async def end_all(
        self, district: UUID, member: UUID, at: datetime, because: Ending, *, keep: UUID | None = None
    ) -> tuple[UUID, ...]:
        """The sessions ended by this: all open ones of the member but `keep`."""
        ...

    async def purge(self, district: UUID, before: datetime) -> int:
        """Forget sessions whose absolute end lies before; the events still tell of them."""
        ...


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A subject's data key, closed by a master key; `wrapped` is None once the subject was erased."""

    wrapped: bytes | None = field(repr=False)


class SubjectKeys(Protocol):
    """Data keys of a district's data subjects. An erased subject keeps its row, so that no new key appears for it."""

    async def find(self, district: UUID, subjects: Collection[UUID]) -> Mapping[UUID, WrappedKey]:
        """The rows there are, in one query."""
        ...

    async def keep(self, district: UUID, subject: UUID, wrapped: bytes) -> WrappedKey:
        """Keep `wrapped` unless the subject has a row; what is in force afterwards, whoever came first."""
        ...

    async def erase(self, district: UUID, subject: UUID) -> None:
        """Forget the key for good. Doing it twice, or where there was none, is no error."""
        ...

    async def in_pages(self, district: UUID, after: UUID | None, limit: int) -> Mapping[UUID, bytes]:
        """Keys in force in the order of their subjects, for a rotation of the master key."""
        ...

    async def replace(self, district: UUID, subject: UUID, old: bytes, new: bytes) -> bool:
        """False where the key is no longer `old`."""
        ...
