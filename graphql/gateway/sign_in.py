"""Signing in and out, and choosing the office to act in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import strawberry

from gateway.commands import Command
from gateway.context import Context, Info
from gateway.fields import mutation
from gateway.ids import Kind, NodeId
from gateway.payloads import Payload
from policies.access.enforcer import NO_TENANT
from services.bus import Origin
from services.identity.sessions import Grant


@strawberry.input
class SignInInput(Command):
    login: str = strawberry.field(description="Such as chenxl@445203, with the district's code. 登录名@区划代码")
    password: str = strawberry.field(description="密码")


@strawberry.input
class RefreshSessionInput(Command):
    refresh_token: str = strawberry.field(description="Good once. 续期凭证（一次有效）")


@strawberry.input
class SignOutInput(Command):
    pass


@strawberry.input
class ChooseOfficeInput(Command):
    term: strawberry.ID | None = strawberry.field(description="The term to act in; none if null. 任职编号")


@strawberry.type(description="Both tokens are secrets. 登录会话")
class SessionTokens:
    access_token: str = strawberry.field(description="Send it as `Authorization: Bearer …`. 访问凭证")
    access_expires_at: datetime = strawberry.field(description="访问凭证到期时间")
    refresh_token: str = strawberry.field(description="Good once, for new tokens. 续期凭证")
    refresh_expires_at: datetime = strawberry.field(description="续期凭证到期时间")

    @classmethod
    def of(cls, grant: Grant) -> SessionTokens:
        return cls(
            access_token=grant.access_token,
            access_expires_at=grant.access_expires_at,
            refresh_token=grant.refresh_token,
            refresh_expires_at=grant.refresh_expires_at,
        )


@strawberry.type
class SessionPayload(Payload):
    session: SessionTokens | None = strawberry.field(default=None, description="登录会话")


@strawberry.type
class SignOutPayload(Payload):
    signed_out: bool = strawberry.field(default=False, description="是否已退出")


@strawberry.type
class ChooseOfficePayload(Payload):
    access_token: str | None = strawberry.field(
        default=None, description="Use it from now on; the refresh token stays. 新的访问凭证"
    )


@strawberry.type
class SignInMutation:
    @mutation("登录")
    async def sign_in(self, info: Info, input: SignInInput) -> SessionPayload:
        origin = _attempt(info.context, input.command_id)
        grant = await info.context.services.sign_in.sign_in(input.login, input.password, origin)
        return SessionPayload(session=SessionTokens.of(grant))

    @mutation("New tokens for a refresh token. 续期")
    async def refresh_session(self, info: Info, input: RefreshSessionInput) -> SessionPayload:
        await info.context.require("session", "refresh", NO_TENANT)
        origin = _attempt(info.context, input.command_id)
        grant = await info.context.services.sign_in.refresh(input.refresh_token, origin)
        return SessionPayload(session=SessionTokens.of(grant))

    @mutation("退出")
    async def sign_out(self, info: Info, input: SignOutInput) -> SignOutPayload:
        await info.context.require("session", "sign_out", NO_TENANT)
        session = info.context.session
        await info.context.services.sign_in.sign_out(session, _attempt(info.context, input.command_id))
        return SignOutPayload(signed_out=True)

    @mutation("Act in one of the offices you hold today. 选择履职岗位")
    async def choose_office(self, info: Info, input: ChooseOfficeInput) -> ChooseOfficePayload:
        await info.context.require("session", "choose_office", NO_TENANT)
        session = info.context.session
        term = NodeId.parse(input.term, Kind.TERM, field="term") if input.term else None
        token = await info.context.services.sign_in.choose_office(session, term.id if term else None)
        return ChooseOfficePayload(access_token=token)


def _attempt(context: Context, command_id: UUID) -> Origin:
    """Sign-ins are attempts, each recorded, and never answered a second time: a repeat would hand out secrets again,
    and would tell a known login from an unknown one. The client's id stands as what caused it."""
    return Origin(uuid4(), context.request_id, "graphql", causation=command_id)
