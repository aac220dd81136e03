"""Through whose hands a voucher or a disclosure went."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from domain.shared.identity import TenantKey
from gateway.context import Context, Info
from gateway.enums import Office
from gateway.event_names import STEP_NAMES
from gateway.fields import field
from gateway.people import name_of
from services.read_models.approvals import StepRow


@strawberry.type(description="One hand that it went through. 办理环节")
class ApprovalStep:
    row: strawberry.Private[StepRow]
    district: strawberry.Private[UUID]
    path: strawberry.Private[str]
    remarks_for: strawberry.Private[tuple[str, str]]

    @field("Stable name of the step. 环节")
    def step(self) -> str:
        return self.row.step

    @field("The step in words. 环节名称")
    def step_name(self, info: Info) -> str:
        return info.context.say(*STEP_NAMES[self.row.step])

    @field("In which office. 职务")
    def office(self) -> Office | None:
        return self.row.office

    @field("职务名称")
    def office_name(self, info: Info) -> str | None:
        return info.context.say(self.row.office.zh, self.row.office.en) if self.row.office else None

    @field("Who. 办理人")
    async def name(self, info: Info) -> str:
        return await name_of(info.context, self.district, self.row.member_id)

    @field("办理时间")
    def at(self) -> datetime:
        return self.row.recorded_at

    @field("Opinion or reason, for the offices that read drafts. 意见或理由")
    async def note(self, info: Info) -> str | None:
        if not self.row.note or not await info.context.may(*self.remarks_for, self.path):
            return None
        return self.row.note


async def trail_of(context: Context, key: TenantKey, subject: UUID, path: str, obj: str) -> list[ApprovalStep]:
    """The steps of a voucher or a disclosure, in order; remarks are for whoever may `read` an `obj` in the making."""
    rows = await context.loaders.trails.load((key, subject))
    return [ApprovalStep(row=row, district=key.district, path=path, remarks_for=(obj, "read")) for row in rows]
