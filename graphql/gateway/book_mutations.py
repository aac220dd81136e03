"""The books of a village: opening them, adding accounts, closing months."""

from __future__ import annotations

import strawberry

from gateway.books import Books
from gateway.commands import Command, execute, village_of
from gateway.context import Context, Info
from gateway.fields import mutation
from gateway.payloads import Payload
from gateway.tenants import Tenant
from services.handlers.ledger import ClosePeriod, OpenAccount, OpenBooks


@strawberry.input
class OfVillage(Command):
    village: strawberry.ID = strawberry.field(description="村（社区）")


@strawberry.input
class OpenBooksInput(OfVillage):
    first_month: str = strawberry.field(description="Such as 2025-01. 启用月份")


@strawberry.input
class OpenAccountInput(OfVillage):
    account: str = strawberry.field(description="The parent's code and two digits more. 明细科目编码")
    name: str = strawberry.field(description="科目名称")


@strawberry.input
class ClosePeriodInput(OfVillage):
    month: str = strawberry.field(description="Such as 2025-03. 会计期间")


@strawberry.type
class BooksPayload(Payload):
    village: Tenant | None = strawberry.field(default=None, description="村（社区）")
    books: Books | None = strawberry.field(default=None, description="账套")


@strawberry.type
class BookMutation:
    @mutation("Open a village's books. 建立账套")
    async def open_books(self, info: Info, input: OpenBooksInput) -> BooksPayload:
        return await _answer(info.context, OpenBooks(input.first_month), input)

    @mutation("Add a sub-account. 增设明细科目")
    async def open_account(self, info: Info, input: OpenAccountInput) -> BooksPayload:
        return await _answer(info.context, OpenAccount(input.account.strip(), input.name.strip()), input)

    @mutation("Close a month; nothing can be entered in it any more. 结账")
    async def close_period(self, info: Info, input: ClosePeriodInput) -> BooksPayload:
        return await _answer(info.context, ClosePeriod(input.month), input)


async def _answer(context: Context, command: OpenBooks | OpenAccount | ClosePeriod, input: OfVillage) -> BooksPayload:
    place = await village_of(context, input.village)
    outcome = await execute(context, command, place, input.command_id)
    tenant, books = await context.loaders.tenants.load(place.key.tenant), await context.loaders.books.load(place.key)
    return BooksPayload(
        position=outcome.position,
        village=Tenant.of(tenant) if tenant else None,
        books=Books(row=books) if books else None,
    )
