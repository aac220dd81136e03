"""Was the log altered? Every digest and link computed again from what is stored."""

from __future__ import annotations

import strawberry

from gateway.context import Context, Info
from gateway.fields import field
from gateway.tenant_base import TenantBase
from services.store.verify import Broken, verify

_REASONS = {
    "missing": ("该序号的记录缺失", "there is no event at this position"),
    "altered": ("该序号的记录被改动", "the event at this position was altered"),
    "broken link": ("该序号的记录未接续前一记录", "the event at this position does not follow the one before"),
    "head": ("日志末端与最后一条记录不符", "the head does not name the last event"),
    "version": ("该序号所属对象的版本不连续", "the stream of this event skips a version or goes backwards"),
}


@strawberry.type(description="The first place where the log is not what was recorded. 断点")
class BrokenChain:
    position: int = strawberry.field(description="日志序号")
    reason: str = strawberry.field(description="Stable; for programs. 原因代码")
    message: str = strawberry.field(description="说明")


@strawberry.type(description="What walking the chain of hashes found. 核验结果")
class Verification:
    intact: bool = strawberry.field(description="是否完整未改动")
    events: int = strawberry.field(description="How many were checked. 核验条数")
    position: int = strawberry.field(description="Of the head. 日志末端序号")
    hash: str = strawberry.field(description="Of the head, in hexadecimal: compare it with one kept elsewhere. 链值")
    broken: BrokenChain | None = strawberry.field(description="断点")


@strawberry.type
class TenantProof(TenantBase):
    @field("Walk the chain of hashes anew. 核验日志")
    async def verification(self, info: Info) -> Verification | None:
        key = self.row.key
        async with info.context.services.db.scope(key.district, [key.tenant]) as connection:
            found = await verify(connection, key)
        broken = _broken(info.context, found.broken) if found.broken else None
        return Verification(
            intact=broken is None,
            events=found.events,
            position=found.head_position,
            hash=found.head_hash.hex(),
            broken=broken,
        )


def _broken(context: Context, broken: Broken) -> BrokenChain:
    return BrokenChain(position=broken.position, reason=broken.reason, message=context.say(*_REASONS[broken.reason]))
