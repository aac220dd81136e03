"""People: entering them, their passwords, and erasing what identifies them."""

from __future__ import annotations

from uuid import UUID, uuid4

import strawberry

from domain.access.sign_in import Ending
from domain.shared.errors import BadInput
from gateway.commands import Command, execute, member_of, register_of, village_of
from gateway.context import Context, Info
from gateway.fields import mutation
from gateway.payloads import Payload
from gateway.people import Member
from services.bus import Origin
from services.handlers.sign_ins import RecordSignOut
from services.handlers.tenancy import EraseMember, RegisterMember
from services.identity import password_rules
from services.identity.authenticator import LoginTaken
from services.work import System


@strawberry.input
class RegisterMemberInput(Command):
    name: str = strawberry.field(description="姓名")
    phone: str = strawberry.field(default="", description="电话")
    id_number: str = strawberry.field(default="", description="身份证号")
    tenant: strawberry.ID | None = strawberry.field(
        default=None, description="Where the person is to serve; the caller's own office if null. 拟任职单位"
    )
    login: str | None = strawberry.field(default=None, description="登录名（不含区划代码）")
    password: str | None = strawberry.field(default=None, description="Of the login, to be changed. 初始密码")


@strawberry.input
class SetPasswordInput(Command):
    member: strawberry.ID | None = strawberry.field(default=None, description="Yourself if null. 人员，默认本人")
    old: str | None = strawberry.field(default=None, description="Needed for one's own. 原密码")
    new: str = strawberry.field(description="新密码")


@strawberry.input
class EraseMemberInput(Command):
    member: strawberry.ID = strawberry.field(description="人员")


@strawberry.type
class MemberPayload(Payload):
    member: Member | None = strawberry.field(default=None, description="人员")


@strawberry.type
class MemberMutation:
    @mutation(
        "Enter a person; name, phone and ID number are sealed. If the login is refused the person is "
        "entered all the same: repeat the command with another login. 登记人员"
    )
    async def register_member(self, info: Info, input: RegisterMemberInput) -> MemberPayload:
        context = info.context
        path = (await village_of(context, input.tenant, "tenant")).path if input.tenant else await _own_path(context)
        place = register_of(context.session.district, path)
        await context.require("member", "register", place.path)
        if not input.name.strip():
            raise BadInput(field="name", field_name="name", value="“”", expected="请填写姓名 (give a name)")
        if input.login is not None:
            password_rules.check(input.password or "", input.login)
        command = RegisterMember(input.name.strip(), input.phone.strip(), input.id_number.strip())
        outcome = await execute(context, command, place, input.command_id)
        district, member = place.key.district, outcome.streams[0]
        if input.login is not None:
            await _enrol(context, district, member, input.login, input.password or "")
        return MemberPayload(position=outcome.position, member=Member.of(district, member))

    @mutation("One's own password, or another's by the district. Ends their sessions. 设置密码")
    async def set_password(self, info: Info, input: SetPasswordInput) -> MemberPayload:
        context, own = info.context, info.context.session
        node = member_of(input.member) if input.member else None
        district = node.key.district if node else own.district
        member = node.id if node else own.member
        await context.require("member", "set_password", f"/{district}/", subject=member)
        mine = (district, member) == (own.district, own.member)
        if mine and input.old is None:
            raise BadInput(field="old", field_name="old", value="null", expected="请填写原密码 (give the old password)")
        origin = Origin(uuid4(), context.request_id, "graphql", causation=input.command_id)
        old = input.old if mine else None
        await context.services.sign_in.set_password(own, district, member, old=old, new=input.new, origin=origin)
        return MemberPayload(member=Member.of(district, member))

    @mutation("Erase what identifies a person, everywhere and for good; the chain stays whole. 删除个人信息")
    async def erase_member(self, info: Info, input: EraseMemberInput) -> MemberPayload:
        context, node = info.context, member_of(input.member)
        district, member = node.key.district, node.id
        # Every step may be repeated, so a repeated command finishes what a crash left undone.
        outcome = await execute(context, EraseMember(member), register_of(district), input.command_id)
        await context.services.sealing.destroy(district, member)
        await context.services.authenticator.withdraw(district, member)
        await _end_sessions(context, district, member, Ending.BY_ADMINISTRATOR, input.command_id)
        return MemberPayload(position=outcome.position, member=Member.of(district, member))


async def _own_path(context: Context) -> str:
    acting = await context.acting()
    return acting.path if acting else f"/{context.session.district}/"


async def _enrol(context: Context, district: UUID, member: UUID, login: str, password: str) -> None:
    """Give the login, unless a first attempt at this command did so already. Raises LoginUnfit, LoginTaken."""
    services = context.services
    try:
        await services.authenticator.enrol(district, member, login, password, at=services.clock())
    except LoginTaken:
        verdict = await services.authenticator.authenticate(district, login, password, at=services.clock())
        if verdict.member != member or not verdict.proven:
            raise


async def _end_sessions(context: Context, district: UUID, member: UUID, because: Ending, cause: UUID) -> None:
    """End a member's open sessions and record each."""
    services = context.services
    ended = await services.sessions.end_all(district, member, at=services.clock(), because=because)
    for session in ended:
        origin = Origin(uuid4(), context.request_id, "graphql", causation=cause)
        await services.bus.execute(
            RecordSignOut(member, session, because), register_of(district), System(member), origin
        )
