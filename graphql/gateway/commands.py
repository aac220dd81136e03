"""What every mutation does: find the place, send the command to the bus, answer with the outcome."""

from __future__ import annotations

from uuid import UUID

import strawberry

from domain.shared.identity import Level, TenantKey
from gateway.context import Context
from gateway.ids import Kind, NodeId
from gateway.payloads import COMMAND_ID
from gateway.tenants import place_of
from services.bus import Outcome
from services.work import Place


@strawberry.input
class Command:
    command_id: UUID = strawberry.field(description=COMMAND_ID)


async def execute(context: Context, command: object, place: Place, command_id: UUID) -> Outcome:
    """Carry out a command as the caller in the office acted in. Raises what refuses it."""
    outcome = await context.services.bus.execute(command, place, await context.acting(), context.origin(command_id))
    context.forget()
    return outcome


async def village_of(context: Context, id: str, field: str = "village") -> Place:
    """The tenant named by its id. Raises IdUnknown."""
    return (await place_of(context, id, Kind.TENANT, field=field))[0]


def register_of(district: UUID, path: str | None = None) -> Place:
    """The district's own log, which holds the register and the people. `path` says for whose sake it is changed, where
    that is not the district's own: the policy is asked there."""
    return Place(TenantKey(district, district), path or f"/{district}/", Level.DISTRICT)


def member_of(id: str, field: str = "member") -> NodeId:
    """Raises IdUnknown."""
    return NodeId.parse(id, Kind.MEMBER, field=field)
