"""What the clerk does with vouchers: draft, import, revise, withdraw, reverse."""

from __future__ import annotations

from datetime import date

import strawberry

from domain.ledger.posting import Posting
from domain.shared.money import ZERO, Fen
from gateway.book_mutations import OfVillage
from gateway.commands import Command, execute, village_of
from gateway.context import Context, Info
from gateway.fields import mutation
from gateway.ids import Kind
from gateway.payloads import Payload
from gateway.tenants import place_of
from gateway.uploads import ImportPayload, Upload, read_upload
from gateway.vouchers import Voucher
from services.bus import Outcome
from services.handlers.vouchers import DraftVoucher, ImportVouchers, ReverseVoucher, ReviseVoucher, WithdrawVoucher
from services.work import Place


@strawberry.input(description="One line: money on one side of one account. 分录")
class PostingInput:
    account: str = strawberry.field(description="科目编码")
    debit: Fen = strawberry.field(default=ZERO, description="借方金额")
    credit: Fen = strawberry.field(default=ZERO, description="贷方金额")
    summary: str = strawberry.field(default="", description="摘要")
    counterparty: str = strawberry.field(default="", description="往来单位或个人")
    evidence: str = strawberry.field(description="Number of the document behind it. 附件号")

    @property
    def posting(self) -> Posting:
        return Posting(
            account=self.account.strip(),
            debit=self.debit,
            credit=self.credit,
            summary=self.summary,
            counterparty=self.counterparty,
            evidence=self.evidence,
        )


@strawberry.input
class DraftVoucherInput(OfVillage):
    occurred_on: date = strawberry.field(description="业务日期")
    summary: str = strawberry.field(description="摘要")
    postings: list[PostingInput] = strawberry.field(description="分录")


@strawberry.input
class ImportVouchersInput(OfVillage):
    file: Upload = strawberry.field(description="Excel workbook or CSV. 凭证表格")
    year: int = strawberry.field(description="会计年度")


@strawberry.input
class OfVoucher(Command):
    voucher: strawberry.ID = strawberry.field(description="凭证")


@strawberry.input
class ReviseVoucherInput(OfVoucher):
    summary: str = strawberry.field(description="摘要")
    postings: list[PostingInput] = strawberry.field(description="分录")


@strawberry.input
class WithdrawVoucherInput(OfVoucher):
    reason: str = strawberry.field(description="作废原因")


@strawberry.input
class ReverseVoucherInput(OfVoucher):
    occurred_on: date = strawberry.field(description="In an open month. 冲销日期")
    reason: str = strawberry.field(description="冲销原因")


@strawberry.type
class VoucherPayload(Payload):
    voucher: Voucher | None = strawberry.field(default=None, description="凭证")


@strawberry.type
class ImportVouchersPayload(ImportPayload):
    months: list[str] = strawberry.field(default_factory=list, description="涉及月份")


@strawberry.type
class VoucherMutation:
    @mutation("Draft a voucher; it takes the next number of its month. 填制凭证")
    async def draft_voucher(self, info: Info, input: DraftVoucherInput) -> VoucherPayload:
        place = await village_of(info.context, input.village)
        command = DraftVoucher(input.occurred_on, input.summary, _postings(input.postings))
        outcome = await execute(info.context, command, place, input.command_id)
        return await _answer(info.context, place, outcome)

    @mutation("Draft every voucher of a spreadsheet, or none. 导入凭证")
    async def import_vouchers(self, info: Info, input: ImportVouchersInput) -> ImportVouchersPayload:
        place = await village_of(info.context, input.village)
        await info.context.require("voucher", "import", place.path)
        name, data = await read_upload(input.file)
        outcome = await execute(info.context, ImportVouchers(name, data, input.year), place, input.command_id)
        months = {f"{event.occurred_on:%Y-%m}" for event in outcome.events}  # type: ignore[attr-defined]
        return ImportVouchersPayload(position=outcome.position, imported=len(outcome.streams), months=sorted(months))

    @mutation("Correct a returned voucher; its date and number stay. 修改凭证")
    async def revise_voucher(self, info: Info, input: ReviseVoucherInput) -> VoucherPayload:
        place, node = await place_of(info.context, input.voucher, Kind.VOUCHER, field="voucher")
        command = ReviseVoucher(node.id, input.summary, _postings(input.postings))
        return await _answer(info.context, place, await execute(info.context, command, place, input.command_id))

    @mutation("Give a draft up; its number stays taken. 作废凭证")
    async def withdraw_voucher(self, info: Info, input: WithdrawVoucherInput) -> VoucherPayload:
        place, node = await place_of(info.context, input.voucher, Kind.VOUCHER, field="voucher")
        command = WithdrawVoucher(node.id, input.reason)
        return await _answer(info.context, place, await execute(info.context, command, place, input.command_id))

    @mutation("Draft the opposite of a posted voucher; it goes through the same hands. 填制冲销凭证")
    async def reverse_voucher(self, info: Info, input: ReverseVoucherInput) -> VoucherPayload:
        place, node = await place_of(info.context, input.voucher, Kind.VOUCHER, field="voucher")
        command = ReverseVoucher(node.id, input.occurred_on, input.reason)
        return await _answer(info.context, place, await execute(info.context, command, place, input.command_id))


def _postings(lines: list[PostingInput]) -> tuple[Posting, ...]:
    return tuple(line.posting for line in lines)


async def _answer(context: Context, place: Place, outcome: Outcome) -> VoucherPayload:
    """The first voucher that the command changed."""
    village = await context.loaders.tenants.load(place.key.tenant)
    row = await context.loaders.vouchers.load((place.key, outcome.streams[0]))
    return VoucherPayload(position=outcome.position, voucher=Voucher.of(village, row) if village and row else None)
