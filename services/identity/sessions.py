"""Sessions: opened by signing in, kept alive by rotating refresh tokens, ended by the member or by us."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from domain.access.sign_in import Ending
from domain.shared.errors import Unauthenticated
from services.identity.ports import RefusedRotation, Session, SessionStore
from services.identity.refresh import RefreshInvalid, RefreshToken
from services.identity.tokens import Access, AccessTokens


class RefreshReused(RefreshInvalid):
    """This refresh token was used before, so the session was ended for safety; sign in again."""

    code = "REFRESH_REUSED"
    zh = "会话凭证被重复使用，为安全起见已结束该会话，请重新登录"

    def __init__(self, district: UUID, session: Session) -> None:
        """Carries what the event of the revocation needs."""
        super().__init__()
        self.district, self.session = district, session


class SessionEnded(Unauthenticated):
    """This session has ended; sign in again."""

    code = "SESSION_ENDED"
    zh = "会话已结束，请重新登录"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session may lie unused, and how long it lasts at most however busy it is."""

    idle: timedelta = timedelta(hours=12)
    absolute: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client gets. Both tokens are secrets; the refresh token is good once."""

    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime
    session: Session


class Sessions:
    """The time is passed in everywhere as `at`."""

    def __init__(self, store: SessionStore, tokens: AccessTokens, limits: SessionLimits | None = None) -> None:
        self._store, self._tokens, self._limits = store, tokens, limits or SessionLimits()

    async def open(self, district: UUID, member: UUID, *, at: datetime, session: UUID | None = None) -> Grant:
        """A new session of a member who has just proved who they are. No office is chosen yet.

        `session` is its id where an event already names it.
        """
        begun = Session(session or uuid4(), member, started_at=at, good_until=at + self._limits.absolute)
        token = RefreshToken.new(district)
        expires_at = self._idle_until(begun, at)
        await self._store.start(district, begun, token.hash, expires_at)
        return self._grant(token, begun, expires_at, at)

    async def refresh(self, text: str, *, at: datetime) -> Grant:
        """New tokens for a refresh token. Raises RefreshInvalid, RefreshReused.

        Of two who present the same token at once one gets new tokens, and the session ends for both: nobody can
        tell which of them stole it.
        """
        presented = RefreshToken.parse(text)
        following = RefreshToken.new(presented.district)
        rotation = await self._store.rotate(
            presented.district, presented.hash, following.hash, at=at, idle_until=at + self._limits.idle
        )
        if rotation.refused is RefusedRotation.REUSED and rotation.session is not None:
            raise RefreshReused(presented.district, rotation.session)
        if rotation.refused is not None or rotation.session is None:
            raise RefreshInvalid()
        return self._grant(following, rotation.session, self._idle_until(rotation.session, at), at)

    async def choose(self, access: Access, term: UUID | None, *, at: datetime) -> str:
        """An access token of the same session for the office held by `term`, which later refreshes keep.

        Whether the member holds that term is the caller's to check. Raises SessionEnded.
        """
        session = await self._store.choose(access.district, access.session, term, at)
        if session is None:
            raise SessionEnded()
        return self._tokens.issue(_access(access.district, session), at=at)

    async def check_open(self, access: Access, *, at: datetime) -> Session:
        """The session of an access token, for what must not wait until the token expires. Raises SessionEnded."""
        session = await self._store.find_open(access.district, access.session, at)
        if session is None or session.member != access.member:
            raise SessionEnded()
        return session

    async def end(self, district: UUID, session: UUID, *, at: datetime, because: Ending) -> bool:
        """False where it had ended before. Access tokens already given are good for their ten minutes."""
        return await self._store.end(district, session, at, because)

    async def end_all(
        self, district: UUID, member: UUID, *, at: datetime, because: Ending, keep: UUID | None = None
    ) -> tuple[UUID, ...]:
        """Ends all open sessions of a member but `keep`; the ids of those ended, each due an event."""
        return await self._store.end_all(district, member, at, because, keep=keep)

    def _idle_until(self, session: Session, at: datetime) -> datetime:
        return min(at + self._limits.idle, session.good_until)

    def _grant(self, token: RefreshToken, session: Session, expires_at: datetime, at: datetime) -> Grant:
        return Grant(
            access_token=self._tokens.issue(_access(token.district, session), at=at),
            access_expires_at=at + self._tokens.lifetime,
            refresh_token=str(token),
            refresh_expires_at=expires_at,
            session=session,
        )


def _access(district: UUID, session: Session) -> Access:
    return Access(district=district, member=session.member, session=session.id, term=session.term)
