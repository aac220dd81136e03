"""Who is asking."""

from __future__ import annotations

import strawberry

from gateway.context import Info
from gateway.fields import field
from gateway.people import Member, OfficeTerm


@strawberry.type(description="The caller. 当前用户")
class Viewer:
    member: Member = strawberry.field(description="本人")
    acting: OfficeTerm | None = strawberry.field(description="The office acted in; choose one if null. 当前履职岗位")


@strawberry.type
class ViewerQuery:
    @field("Who is asking; null for a visitor. 当前用户")
    async def viewer(self, info: Info) -> Viewer | None:
        access = info.context.access
        if access is None:
            return None
        await info.context.require("member", "read", f"/{access.district}/", subject=access.member)
        acting = await info.context.acting()
        term = await info.context.services.offices.term(access.district, acting.term) if acting else None
        return Viewer(
            member=Member.of(access.district, access.member),
            acting=OfficeTerm.of(access.district, term) if term else None,
        )
