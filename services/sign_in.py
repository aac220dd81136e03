"""Signing in and out: proof, record, session. The login is `name@district-code`, such as `chenxl@445203`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from uuid import UUID, uuid4

import structlog

from domain.access.sign_in import Ending, LockedOut
from domain.shared.errors import Forbidden
from domain.shared.identity import Acting, Level, TenantKey
from services.bus import Bus, Origin
from services.handlers.sign_ins import LOCK_OUT, CheckNotLocked, RecordSignIn, RecordSignOut
from services.identity.authenticator import PasswordAuthenticator, WrongCredentials
from services.identity.sessions import Grant, RefreshReused, Sessions
from services.identity.strangers import Strangers
from services.identity.tokens import Access, AccessTokens
from services.read_models.offices import Offices
from services.read_models.tenants import Tenants
from services.work import BEIJING, Place, System

REFUSED_AFTER = 0.25
"""Seconds: several times what hashing and recording take."""

_log = structlog.get_logger(__name__)


class SignIn:
    """What the gateway needs to know who is asking."""

    def __init__(
        self,
        bus: Bus,
        authenticator: PasswordAuthenticator,
        sessions: Sessions,
        tokens: AccessTokens,
        tenants: Tenants,
        offices: Offices,
    ) -> None:
        self._bus, self._authenticator, self._sessions, self._tokens = bus, authenticator, sessions, tokens
        self._tenants, self._offices = tenants, offices
        self._strangers = Strangers(LOCK_OUT)

    async def sign_in(self, login: str, password: str, origin: Origin) -> Grant:
        """A refusal takes at least `REFUSED_AFTER`: what is recorded of a member's takes time, that of a stranger's
        does not, and the difference would tell which logins there are. Raises WrongCredentials, LockedOut, SignInBusy.
        """
        started = time.monotonic()
        try:
            return await self._sign_in(login, password, origin)
        except (WrongCredentials, LockedOut):
            await asyncio.sleep(max(0.0, REFUSED_AFTER - (time.monotonic() - started)))
            raise

    async def _sign_in(self, login: str, password: str, origin: Origin) -> Grant:
        name, _, code = login.rpartition("@")
        district = await self._tenants.by_code(code.strip())
        if district is None or district.level is not Level.DISTRICT:
            await self._authenticator.authenticate(UUID(int=0), name, password, at=self._bus.clock())
            raise WrongCredentials(field="login")
        verdict = await self._authenticator.authenticate(district.id, name, password, at=self._bus.clock())
        if verdict.member is None:
            _log.info("sign_in_unknown_login", district=code)
            self._strangers.refuse(district.id, name, at=self._bus.clock())
            raise WrongCredentials(field="login")
        session = uuid4()
        place = Place(district.key, district.path, Level.DISTRICT)
        await self._bus.execute(
            RecordSignIn(verdict.member, session, verdict.proven), place, System(verdict.member), origin
        )
        if not verdict.proven:
            raise WrongCredentials(field="login")
        return await self._sessions.open(district.id, verdict.member, at=self._bus.clock(), session=session)

    async def refresh(self, token: str, origin: Origin) -> Grant:
        """New tokens for a refresh token. Raises RefreshInvalid, RefreshReused (recorded)."""
        try:
            return await self._sessions.refresh(token, at=self._bus.clock())
        except RefreshReused as reused:
            await self._record_end(
                reused.district, reused.session.member, reused.session.id, Ending.TOKEN_REUSED, origin
            )
            raise

    async def sign_out(self, access: Access, origin: Origin) -> None:
        await self._sessions.end(access.district, access.session, at=self._bus.clock(), because=Ending.SIGNED_OUT)
        await self._record_end(access.district, access.member, access.session, Ending.SIGNED_OUT, origin)

    async def set_password(
        self, access: Access | None, district: UUID, member: UUID, *, old: str | None, new: str, origin: Origin
    ) -> None:
        """Another password; every session of the member but the one that asks ends, and is recorded as ended.

        `old` is None where an administrator resets it. A wrong one counts as a sign-in that was refused: whoever finds
        an open session must not try out passwords here. Raises NoLogin, WrongCredentials, LockedOut and the rules of
        passwords.
        """
        at = self._bus.clock()
        if old is not None:
            await self._prove(district, member, old, origin)
        await self._authenticator.change(district, member, old, new, at=at)
        own = access is not None and (access.district, access.member) == (district, member)
        keep = access.session if access and own else None
        because = Ending.PASSWORD_CHANGED if own else Ending.BY_ADMINISTRATOR
        for session in await self._sessions.end_all(district, member, at=at, because=because, keep=keep):
            await self._record_end(district, member, session, because, replace(origin, command=session))

    async def _prove(self, district: UUID, member: UUID, password: str, origin: Origin) -> None:
        """Raises NoLogin, WrongCredentials, LockedOut (also for a right password)."""
        proven = await self._authenticator.proves(district, member, password)
        place = Place(TenantKey(district, district), f"/{district}/", Level.DISTRICT)
        await self._bus.execute(
            CheckNotLocked(member) if proven else RecordSignIn(member, uuid4(), proven=False),
            place,
            System(member),
            replace(origin, command=uuid4()),
        )
        if not proven:
            raise WrongCredentials(field="old")

    async def choose_office(self, access: Access, term: UUID | None) -> str:
        """An access token for acting in an office that runs today. Raises Forbidden, SessionEnded."""
        if term is not None and await self.acting(replace(access, term=term)) is None:
            raise Forbidden(object="session", action="choose_office", field="term")
        return await self._sessions.choose(access, term, at=self._bus.clock())

    def read(self, token: str) -> Access:
        """Whose token it is. Raises TokenExpired, TokenInvalid."""
        return self._tokens.read(token, at=self._bus.clock())

    async def acting(self, access: Access) -> Acting | None:
        """The office chosen, if the member holds it today; since the token was given it may have ended, or the member
        may have been erased."""
        if access.term is None:
            return None
        term = await self._offices.held(access.district, access.term)
        today = self._bus.clock().astimezone(BEIJING).date()
        if term is None or term.member_id != access.member or not term.runs_on(today):
            return None
        return term.acting

    async def _record_end(self, district: UUID, member: UUID, session: UUID, because: Ending, origin: Origin) -> None:
        place = Place(TenantKey(district, district), f"/{district}/", Level.DISTRICT)
        await self._bus.execute(RecordSignOut(member, session, because), place, System(member), origin)
