"""Disclosures: draft from the books, review, return, sign, publish, file."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import strawberry

from gateway.book_mutations import OfVillage
from gateway.commands import Command, execute, village_of
from gateway.context import Context, Info
from gateway.disclosures import Disclosure
from gateway.fields import mutation
from gateway.ids import Kind
from gateway.payloads import Payload
from gateway.tenants import place_of
from services.bus import Outcome
from services.handlers.disclosures import (
    DraftDisclosure,
    FileDisclosure,
    PublishDisclosure,
    ReturnDisclosure,
    ReviewDisclosure,
    SignDisclosure,
)
from services.work import Place


@strawberry.input
class DraftDisclosureInput(OfVillage):
    item: str = strawberry.field(description="Item of the catalogue, such as V.C1. 公开事项编号")
    period: str = strawberry.field(description="Such as 2025-Q1. 期间")
    edition: int = strawberry.field(default=1, description="A correction is a new edition. 版次")


@strawberry.input
class OfDisclosure(Command):
    disclosure: strawberry.ID = strawberry.field(description="公开事项")


@strawberry.input
class ReviewDisclosureInput(OfDisclosure):
    opinion: str = strawberry.field(default="", description="审核意见")


@strawberry.input
class ReturnDisclosureInput(OfDisclosure):
    reason: str = strawberry.field(description="退回理由")


@strawberry.input
class SignDisclosureInput(OfDisclosure):
    pass


@strawberry.input
class PublishDisclosureInput(OfDisclosure):
    pass


@strawberry.input
class FileDisclosureInput(OfDisclosure):
    pass


@strawberry.type
class DisclosurePayload(Payload):
    disclosure: Disclosure | None = strawberry.field(default=None, description="公开事项")


@strawberry.type
class DisclosureMutation:
    @mutation("Take an item's figures from the closed books; again after a return. 编制公开草案")
    async def draft_disclosure(self, info: Info, input: DraftDisclosureInput) -> DisclosurePayload:
        place = await village_of(info.context, input.village)
        command = DraftDisclosure(input.item, input.period, input.edition)
        return await _answer(info.context, place, await execute(info.context, command, place, input.command_id))

    @mutation("The supervisory committee finds it true and complete. 审核公开内容")
    async def review_disclosure(self, info: Info, input: ReviewDisclosureInput) -> DisclosurePayload:
        return await _move(info.context, input, lambda id: ReviewDisclosure(id, input.opinion))

    @mutation("Send it back to the clerk with a reason. 退回公开草案")
    async def return_disclosure(self, info: Info, input: ReturnDisclosureInput) -> DisclosurePayload:
        return await _move(info.context, input, lambda id: ReturnDisclosure(id, input.reason))

    @mutation("The secretary signs. 签批公开内容")
    async def sign_disclosure(self, info: Info, input: SignDisclosureInput) -> DisclosurePayload:
        return await _move(info.context, input, SignDisclosure)

    @mutation("Make it public. 公开")
    async def publish_disclosure(self, info: Info, input: PublishDisclosureInput) -> DisclosurePayload:
        return await _move(info.context, input, PublishDisclosure)

    @mutation("The township takes it on file. 备案")
    async def file_disclosure(self, info: Info, input: FileDisclosureInput) -> DisclosurePayload:
        return await _move(info.context, input, FileDisclosure)


async def _move(context: Context, input: OfDisclosure, command: Callable[[UUID], object]) -> DisclosurePayload:
    place, node = await place_of(context, input.disclosure, Kind.DISCLOSURE, field="disclosure")
    return await _answer(context, place, await execute(context, command(node.id), place, input.command_id))


async def _answer(context: Context, place: Place, outcome: Outcome) -> DisclosurePayload:
    village = await context.loaders.tenants.load(place.key.tenant)
    row = await context.loaders.disclosures.load((place.key, outcome.streams[0]))
    return DisclosurePayload(
        position=outcome.position, disclosure=Disclosure.of(village, row) if village and row else None
    )
