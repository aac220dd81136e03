"""Views of the past: what had been recorded by a position or a moment, and had occurred by a day."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from domain.shared.errors import DomainError
from gateway.context import Context
from services.read_models.ledger import AsOf
from services.work import BEIJING


class AsOfEmpty(DomainError):
    """Say as of when: a position of the log, a time, or a business date."""

    code = "AS_OF_EMPTY"
    zh = "请指定查看时点：日志序号、记录时间或业务日期"


@strawberry.input(description="The state at a moment: all that is given must hold. 时点")
class AsOfInput:
    position: int | None = strawberry.field(default=None, description="Recorded by this position. 日志序号")
    recorded_at: datetime | None = strawberry.field(default=None, description="Recorded by this time. 记录时间")
    occurred_on: date | None = strawberry.field(default=None, description="Occurred by this day. 业务日期")

    @property
    def view(self) -> AsOf:
        """A time without an offset is Beijing's. Raises AsOfEmpty."""
        at = self.recorded_at
        if at is not None:
            # The first and the last years have moments that no time zone but their own can name; nothing is of then.
            at = at.replace(year=min(max(at.year, 1904), 8996), tzinfo=at.tzinfo or BEIJING)
        view = AsOf(self.position, at, self.occurred_on)
        if view.now:
            raise AsOfEmpty(field="asOf")
        return view


async def view_of(context: Context, as_of: AsOfInput | None, path: str) -> AsOf:
    """Now, or the past for whoever may look at it. Raises Unauthenticated, Forbidden, AsOfEmpty."""
    if as_of is None:
        return AsOf()
    await context.require("ledger", "as_of", path)
    return as_of.view
