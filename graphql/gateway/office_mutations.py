"""Offices: giving, ending and lending them."""

from __future__ import annotations

from datetime import date

import strawberry

from gateway.commands import Command, execute, member_of, village_of
from gateway.context import Context, Info
from gateway.enums import Office
from gateway.fields import mutation
from gateway.ids import IdUnknown, Kind, NodeId
from gateway.payloads import Payload
from gateway.people import OfficeTerm
from gateway.tenants import place_of
from services.bus import Outcome
from services.handlers.tenancy import DelegateOffice, EndOffice, GiveOffice
from services.work import Place


@strawberry.input
class GiveOfficeInput(Command):
    tenant: strawberry.ID = strawberry.field(description="单位")
    member: strawberry.ID = strawberry.field(description="人员")
    office: Office = strawberry.field(description="职务")
    starts: date = strawberry.field(name="from", description="First day. 任期开始日")
    ends: date | None = strawberry.field(name="to", default=None, description="Last day. 任期结束日")


@strawberry.input
class EndOfficeInput(Command):
    term: strawberry.ID = strawberry.field(description="任职编号")
    on: date = strawberry.field(description="Last day in office. 最后任职日")
    reason: str = strawberry.field(description="原因")


@strawberry.input
class DelegateOfficeInput(Command):
    term: strawberry.ID = strawberry.field(description="One's own. 本人任职编号")
    member: strawberry.ID = strawberry.field(description="受托人")
    starts: date = strawberry.field(name="from", description="First day. 开始日")
    ends: date = strawberry.field(name="to", description="Last day. 结束日")


@strawberry.type
class OfficePayload(Payload):
    term: OfficeTerm | None = strawberry.field(default=None, description="任职")


@strawberry.type
class OfficeMutation:
    @mutation("Appoint a person to an office for a term. 任命职务")
    async def give_office(self, info: Info, input: GiveOfficeInput) -> OfficePayload:
        place = await village_of(info.context, input.tenant, "tenant")
        member = _here(member_of(input.member), place)
        command = GiveOffice(member.id, input.office, input.starts, input.ends)
        return await _answer(info.context, place, await execute(info.context, command, place, input.command_id))

    @mutation("End a term. 终止任职")
    async def end_office(self, info: Info, input: EndOfficeInput) -> OfficePayload:
        place, term = await place_of(info.context, input.term, Kind.TERM, field="term")
        command = EndOffice(term.id, input.on, input.reason)
        return await _answer(info.context, place, await execute(info.context, command, place, input.command_id))

    @mutation("Let another person act in one's own office for a while. 委托代行职务")
    async def delegate_office(self, info: Info, input: DelegateOfficeInput) -> OfficePayload:
        place, term = await place_of(info.context, input.term, Kind.TERM, field="term")
        member = _here(member_of(input.member), place)
        command = DelegateOffice(term.id, member.id, input.starts, input.ends)
        return await _answer(info.context, place, await execute(info.context, command, place, input.command_id))


def _here(member: NodeId, place: Place) -> NodeId:
    """Offices are for people of the same district. Raises IdUnknown."""
    if member.key.district != place.key.district:
        raise IdUnknown(field="member")
    return member


async def _answer(context: Context, place: Place, outcome: Outcome) -> OfficePayload:
    event = outcome.events[-1]
    term = getattr(event, "delegation", None) or event.term  # type: ignore[attr-defined]
    row = await context.services.offices.term(place.key.district, term)
    return OfficePayload(position=outcome.position, term=OfficeTerm.of(place.key.district, row) if row else None)
