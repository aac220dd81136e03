"""What is done to many vouchers at once: review, return, sign, post. Each is a command of its own."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid5

import strawberry

from domain.shared.errors import DomainError, Unauthenticated
from gateway.commands import Command, execute
from gateway.context import Context, Info
from gateway.errors import UserError
from gateway.fields import mutation
from gateway.ids import Kind
from gateway.payloads import Payload
from gateway.tenants import place_of
from gateway.vouchers import Voucher
from services.handlers.vouchers import PostVoucher, ReturnVoucher, ReviewVoucher, SignVoucher
from services.work import Place

MOST = 1000


class TooManyVouchers(DomainError):
    """Name 1 to {most} vouchers; there are {count}."""

    code = "TOO_MANY_VOUCHERS"
    zh = "一次可办理 1 至 {most} 张凭证，当前为 {count} 张"


@strawberry.input
class OfVouchers(Command):
    vouchers: list[strawberry.ID] = strawberry.field(description="At most 1000. 凭证")


@strawberry.input
class ReviewVouchersInput(OfVouchers):
    opinion: str = strawberry.field(default="", description="审核意见")


@strawberry.input
class ReturnVouchersInput(OfVouchers):
    reason: str = strawberry.field(description="退回理由")


@strawberry.input
class SignVouchersInput(OfVouchers):
    pass


@strawberry.input
class PostVouchersInput(OfVouchers):
    pass


@strawberry.type(description="What became of one voucher. 单张办理结果")
class VoucherResult:
    id: strawberry.ID = strawberry.field(description="As it was given. 凭证编号")
    voucher: Voucher | None = strawberry.field(default=None, description="凭证")
    error: UserError | None = strawberry.field(default=None, description="未被接受的原因")


@strawberry.type
class VouchersPayload(Payload):
    """`position` is that of the last voucher that changed."""

    results: list[VoucherResult] = strawberry.field(
        default_factory=list, description="In the order given; some may be refused. 逐张结果"
    )


@strawberry.type
class VoucherApprovalMutation:
    @mutation("The supervisory committee agrees. 审核凭证")
    async def review_vouchers(self, info: Info, input: ReviewVouchersInput) -> VouchersPayload:
        return await _each(info.context, input, lambda voucher: ReviewVoucher(voucher, input.opinion))

    @mutation("Send vouchers back to the clerk with a reason. 退回凭证")
    async def return_vouchers(self, info: Info, input: ReturnVouchersInput) -> VouchersPayload:
        return await _each(info.context, input, lambda voucher: ReturnVoucher(voucher, input.reason))

    @mutation("The secretary signs. 签批凭证")
    async def sign_vouchers(self, info: Info, input: SignVouchersInput) -> VouchersPayload:
        return await _each(info.context, input, SignVoucher)

    @mutation("The township accountant enters them in the books. 凭证入账")
    async def post_vouchers(self, info: Info, input: PostVouchersInput) -> VouchersPayload:
        return await _each(info.context, input, PostVoucher)


async def _each(context: Context, input: OfVouchers, command: Callable[[UUID], object]) -> VouchersPayload:
    """One after the other; a refusal of one leaves the others. Raises TooManyVouchers, Unauthenticated for all."""
    if not 1 <= len(input.vouchers) <= MOST:
        raise TooManyVouchers(most=MOST, count=len(input.vouchers), field="vouchers")
    done: dict[int, tuple[Place, UUID]] = {}
    results = [VoucherResult(id=id) for id in input.vouchers]
    position: int | None = None
    for index, result in enumerate(results):
        try:
            place, node = await place_of(context, result.id, Kind.VOUCHER, field="")
            outcome = await execute(context, command(node.id), place, uuid5(input.command_id, str(node.id)))
            done[index], position = (place, node.id), max(position or 0, outcome.position)
        except Unauthenticated:
            raise
        except DomainError as error:
            result.error = UserError.of(error, context.language, "vouchers", str(index))
    for index, (place, voucher) in done.items():
        village = await context.loaders.tenants.load(place.key.tenant)
        row = await context.loaders.vouchers.load((place.key, voucher))
        results[index].voucher = Voucher.of(village, row) if village and row else None
    return VouchersPayload(position=position, results=results)
