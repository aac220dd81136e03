"""The vouchers of a village: its lists, and one by its number."""

from __future__ import annotations

import strawberry

from domain.shared.calendar import Month
from gateway.context import Info
from gateway.enums import VoucherStage
from gateway.fields import field
from gateway.relay import Connection, Edge, cursor_number, cursor_of, cursor_parts, page_info, page_size
from gateway.tenant_base import TenantBase
from gateway.vouchers import Voucher
from services.read_models.tenants import TenantRow
from services.read_models.vouchers import VoucherFilter


@strawberry.type(description="Vouchers in order of month and number. 凭证列表")
class VoucherConnection(Connection[Voucher]):
    village: strawberry.Private[TenantRow]
    wanted: strawberry.Private[VoucherFilter]

    @field("Of all pages. 总数")
    async def total_count(self, info: Info) -> int:
        return await info.context.services.vouchers.count(self.village.key, self.wanted)


@strawberry.type
class TenantVouchers(TenantBase):
    @field("Vouchers of a month, or those in some stages. 凭证")
    async def vouchers(
        self,
        info: Info,
        month: str | None = None,
        stages: list[VoucherStage] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> VoucherConnection | None:
        last = cursor_parts(after, 2) if after else None
        wanted = VoucherFilter(
            stages=stages or (),
            month=str(Month.parse(month)) if month else None,
            after=(last[0], cursor_number(last[1])) if last else None,
            first=page_size(first),
        )
        rows, more = await info.context.services.vouchers.page(self.row.key, wanted)
        edges = [Edge(cursor=cursor_of(row.month, row.number), node=Voucher.of(self.row, row)) for row in rows]
        return VoucherConnection(edges=edges, page_info=page_info(edges, more=more), village=self.row, wanted=wanted)

    @field("One voucher by its number, such as 2025-03/12. 按凭证号查找")
    async def voucher(self, info: Info, number: str) -> Voucher | None:
        month, _, serial = number.partition("/")
        if not (serial.isascii() and serial.isdecimal() and len(serial) < 9):
            return None
        wanted = VoucherFilter(month=str(Month.parse(month)), after=(month, int(serial) - 1), first=1)
        rows, _ = await info.context.services.vouchers.page(self.row.key, wanted)
        found = rows[0] if rows and rows[0].number == int(serial) else None
        return Voucher.of(self.row, found) if found else None
