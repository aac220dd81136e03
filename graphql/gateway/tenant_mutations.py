"""Changes of the register of divisions, by the district."""

from __future__ import annotations

import asyncio
from datetime import date

import strawberry

from gateway.commands import Command, execute, register_of
from gateway.context import Context, Info
from gateway.fields import mutation
from gateway.ids import Kind
from gateway.payloads import Payload
from gateway.tenants import Tenant, place_of
from gateway.uploads import ImportPayload, ImportRowError, Upload, read_upload
from services.handlers.tenancy import ImportDivisions, MergeTenants, RecodeTenant, RenameTenant
from services.imports.divisions import read_divisions
from services.work import Place


@strawberry.input
class ImportDivisionsInput(Command):
    file: Upload = strawberry.field(description="CSV: code, name, level, parent_code. 区划表")
    since: date = strawberry.field(description="起始日期")


@strawberry.input
class RenameTenantInput(Command):
    tenant: strawberry.ID = strawberry.field(description="单位")
    name: str = strawberry.field(description="新全称")
    short_name: str = strawberry.field(description="新简称")
    since: date = strawberry.field(description="起始日期")


@strawberry.input
class RecodeTenantInput(Command):
    tenant: strawberry.ID = strawberry.field(description="单位")
    code: str = strawberry.field(description="New division code. 新区划代码")
    since: date = strawberry.field(description="起始日期")


@strawberry.input
class MergeTenantsInput(Command):
    tenant: strawberry.ID = strawberry.field(description="The one that ends. 被并入的单位")
    into: strawberry.ID = strawberry.field(description="The one that goes on. 并入的单位")
    since: date = strawberry.field(description="起始日期")


@strawberry.type
class ImportDivisionsPayload(ImportPayload):
    district: Tenant | None = strawberry.field(default=None, description="区县")
    skipped: list[ImportRowError] = strawberry.field(
        default_factory=list, description="Rows that are no tenants and were left out. 跳过的行"
    )


@strawberry.type
class TenantPayload(Payload):
    tenant: Tenant | None = strawberry.field(default=None, description="单位")


@strawberry.type
class TenantMutation:
    @mutation("Enter townships, villages and communities from a table. 导入区划")
    async def import_divisions(self, info: Info, input: ImportDivisionsInput) -> ImportDivisionsPayload:
        context = info.context
        register = register_of(context.session.district)
        await context.require("tenant", "import", register.path)
        _, data = await read_upload(input.file)
        found = await asyncio.to_thread(read_divisions, data)
        command = ImportDivisions((*found.townships, *found.villages), input.since)
        outcome = await execute(context, command, register, input.command_id)
        row = await context.loaders.tenants.load(register.key.tenant)
        return ImportDivisionsPayload(
            position=outcome.position,
            imported=len(outcome.streams),
            district=Tenant.of(row) if row else None,
            skipped=[ImportRowError(error=each, language=context.language) for each in found.skipped],
        )

    @mutation("Another name from a day on. 单位更名")
    async def rename_tenant(self, info: Info, input: RenameTenantInput) -> TenantPayload:
        place, node = await place_of(info.context, input.tenant, Kind.TENANT, field="tenant")
        command = RenameTenant(node.id, input.name.strip(), input.short_name.strip(), input.since)
        return await _changed(info.context, command, place, input)

    @mutation("Another division code from a day on; the ledger goes on. 区划代码变更")
    async def recode_tenant(self, info: Info, input: RecodeTenantInput) -> TenantPayload:
        place, node = await place_of(info.context, input.tenant, Kind.TENANT, field="tenant")
        return await _changed(info.context, RecodeTenant(node.id, input.code.strip(), input.since), place, input)

    @mutation("End a tenant in favour of another; its log stays. 单位合并")
    async def merge_tenants(self, info: Info, input: MergeTenantsInput) -> TenantPayload:
        place, node = await place_of(info.context, input.tenant, Kind.TENANT, field="tenant")
        _, into = await place_of(info.context, input.into, Kind.TENANT, field="into")
        return await _changed(info.context, MergeTenants(node.id, into.id, input.since), place, input)


async def _changed(
    context: Context, command: RenameTenant | RecodeTenant | MergeTenants, place: Place, input: Command
) -> TenantPayload:
    outcome = await execute(context, command, register_of(place.key.district), input.command_id)
    row = await context.loaders.tenants.load(place.key.tenant)
    return TenantPayload(position=outcome.position, tenant=Tenant.of(row) if row else None)
