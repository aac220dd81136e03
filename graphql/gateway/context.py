"""One request: who asks, in which language, and what has been looked up for it so far."""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias
from uuid import UUID

import strawberry
from strawberry.litestar import BaseContext

from domain.shared.errors import DomainError, Language, Unauthenticated
from domain.shared.identity import Acting
from gateway.exchange import current, language_of
from gateway.loaders import Loaders
from policies.access.enforcer import VISITOR, Resource, Subject
from services.bus import Origin
from services.identity.tokens import Access, TokenInvalid
from services.wiring import Services
from services.work import subject_of

Question = tuple[str, str, str]
"""Object, action, and the path of the tenant."""


class Context(BaseContext, kw_only=True, dict=True, eq=False):
    """What resolvers share. Nothing is asked of the database before a field needs it: a public query is answered
    without knowing who asks."""

    services: Services
    language: Language
    request_id: UUID
    claim: Access | DomainError | None
    """What the bearer token says, or why it was refused."""
    loaders: Loaders
    public: dict[Question, bool]
    decided: dict[Question, bool]
    """What the access policy has said in this request: to everyone, and to the caller."""
    looked_up: asyncio.Task[Acting | None] | None = None

    @property
    def access(self) -> Access | None:
        """The caller's session, or None for a visitor. Raises TokenExpired, TokenInvalid."""
        if isinstance(self.claim, DomainError):
            raise self.claim
        return self.claim

    @property
    def session(self) -> Access:
        """The caller's session. Raises Unauthenticated for a visitor."""
        if self.access is None:
            raise Unauthenticated()
        return self.access

    async def acting(self) -> Acting | None:
        """The office in which the caller acts today; one query per request. Raises TokenExpired, TokenInvalid."""
        if self.access is None or self.access.term is None:
            return None
        if self.looked_up is None:
            self.looked_up = asyncio.ensure_future(self.services.sign_in.acting(self.access))
        acting = await self.looked_up
        if acting is not None:
            exchange = current()
            exchange.office, exchange.tenant = acting.office, acting.tenant
        return acting

    def forget(self) -> None:
        """What was loaded may no longer be so: a command was carried out."""
        self.loaders = Loaders(self.services)

    def look_again(self) -> None:
        """Forget who acts and what was allowed: for a subscription that outlives its first look."""
        self.looked_up = None
        self.public.clear()
        self.decided.clear()

    async def subject(self) -> Subject:
        """The caller as the access policy sees one."""
        acting = await self.acting()
        if acting is None and self.access is not None:
            return Subject(member=self.access.member, holdings=frozenset())
        return subject_of(acting)

    def known(self, obj: str, act: str, path: str) -> bool:
        """Is it allowed already, or to everyone? Never looks the caller up."""
        question = (obj, act, path)
        if self.decided.get(question):
            return True
        if question not in self.public:
            self.public[question] = self.services.policy.allows(obj, act, VISITOR, Resource(path))
        return self.public[question]

    async def may(self, obj: str, act: str, path: str, *, subject: UUID | None = None) -> bool:
        """Ask the access policy; `subject` is the member whom it is about.

        Raises TokenExpired, TokenInvalid: a stale token is not a visitor.
        """
        question = (obj, act, path)
        if self.known(*question):
            return True
        if subject is not None:  # what is allowed of oneself is not allowed of others
            return self.services.policy.allows(*question[:2], await self.subject(), Resource(path, subject=subject))
        if question not in self.decided:
            asker = await self.subject()
            self.decided[question] = self.services.policy.allows(*question[:2], asker, Resource(path))
        return self.decided[question]

    async def require(self, obj: str, act: str, path: str, *, subject: UUID | None = None) -> None:
        """The same, where there is no going on without. Raises Unauthenticated, Forbidden."""
        if not await self.may(obj, act, path, subject=subject):
            self.services.policy.require(obj, act, await self.subject(), Resource(path, subject=subject))

    def origin(self, command: UUID) -> Origin:
        """Where a command of this request comes from."""
        return Origin(command, self.request_id, "graphql")

    def say(self, zh: str, en: str) -> str:
        """The text in the caller's language."""
        return zh if self.language is Language.ZH else en


Info: TypeAlias = strawberry.Info[Context, Any]


async def context_for(
    services: Services, authorization: str | None, accept_language: str | None, request_id: UUID
) -> Context:
    """The context of an HTTP request or a WebSocket connection; never raises. What a bad token forbids is refused
    when it is asked for, so that a client can still renew its session and read what is public."""
    return Context(
        services=services,
        language=language_of(accept_language or ""),
        request_id=request_id,
        claim=_claim(services, authorization),
        loaders=Loaders(services),
        public={},
        decided={},
    )


def _claim(services: Services, authorization: str | None) -> Access | DomainError | None:
    if not authorization:
        return None
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        return TokenInvalid()
    try:
        return services.sign_in.read(token.strip())
    except DomainError as refused:
        return refused
