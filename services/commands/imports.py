"""`sanzi import`: divisions and vouchers from files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

import click

from domain.shared.errors import Forbidden
from domain.shared.identity import Acting, Level, Office, TenantKey
from services.bus import Origin, Outcome
from services.commands.common import Failed, Group, console, data_dir_option, language, service, speaks, tenant
from services.handlers.tenancy import ImportDivisions, OpenDistrict
from services.handlers.vouchers import ImportVouchers
from services.imports.divisions import Divisions, read_divisions
from services.imports.errors import ImportRefused, RowError
from services.wiring import Services
from services.work import Place, System

_FILE = click.File("rb")


@click.group("import", cls=Group)
def import_() -> None:
    """从文件导入 / Import from files. 有错误的文件不会改变任何数据 / A file with errors changes nothing."""


@import_.command()
@click.argument("file", type=_FILE)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="生效日期，默认今天 / In force since; today.")
@data_dir_option
@speaks
async def divisions(file: BinaryIO, since: datetime | None, data_dir: Path | None) -> None:
    """导入区划（code,name,level,parent_code）/ Import divisions.

    首次导入即建立区；已有的代码不变。The first import opens the district; codes that are known stay as they are.
    """
    found = read_divisions(file.read())
    _show(found.skipped)
    async with service(data_dir) as services:
        day = since.date() if since else services.clock().date()
        place = await open_district(services, found, day)
        command = ImportDivisions((*found.townships, *found.villages), day)
        outcome = await services.bus.execute(command, place, System(), _origin())
    click.echo(f"✓ 新增 {len(outcome.streams)} 个单位 / tenants added; 跳过 {len(found.skipped)} 行 / rows skipped")


async def open_district(services: Services, found: Divisions, since: date) -> Place:
    """The district of the file, opened if it is new."""
    known = await services.tenants.by_code(found.district.code)
    if known is not None:
        return Place(known.key, known.path, known.level)
    district = uuid4()
    place = Place(TenantKey(district, district), f"/{district}/", Level.DISTRICT)
    command = OpenDistrict(found.district.code, found.district.name, found.district.short_name, since)
    await services.bus.execute(command, place, System(), _origin())
    return place


@import_.command()
@click.argument("file", type=_FILE)
@click.option("--village", "code", required=True, metavar="CODE", help="村代码 / Code of the village.")
@click.option("--year", type=int, required=True, help="会计年度 / Year.")
@click.option("--login", required=True, metavar="LOGIN@DISTRICT", help="报账员登录名 / Login of its clerk.")
@click.password_option(confirmation_prompt=False, envvar="SANZI_PASSWORD", help="密码 / Password (or SANZI_PASSWORD).")
@data_dir_option
@speaks
async def vouchers(file: BinaryIO, code: str, year: int, login: str, password: str, data_dir: Path | None) -> None:
    """导入一年的凭证（.xlsx 或 .csv）/ Import vouchers of a year; every row is checked first."""
    async with service(data_dir) as services:
        village = await tenant(services, code)
        clerk = await _clerk(services, login, password, village.id)
        command = ImportVouchers(Path(file.name).name, file.read(), year)
        place = Place(village.key, village.path, village.level)
        try:
            outcome: Outcome = await services.bus.execute(command, place, clerk, _origin())
        except ImportRefused as refused:
            _show(refused.errors)
            raise Failed(f"{refused.message(language())}") from refused
    click.echo(f"✓ 导入 {len(outcome.streams)} 张凭证 / vouchers imported")


async def _clerk(services: Services, login: str, password: str, village: UUID) -> Acting:
    """Whoever signs in, in their office of clerk of that village. Raises Forbidden."""
    grant = await services.sign_in.sign_in(login, password, _origin())
    access = services.sign_in.read(grant.access_token)
    today = services.clock().date()
    for term in await services.offices.of_member(access.district, access.member):
        if term.office is Office.CLERK and term.tenant_id == village and term.runs_on(today):
            return term.acting
    raise Forbidden(object="voucher", action="import")


def _show(errors: Iterable[RowError]) -> None:
    for error in errors:
        console.print(f"  {error.file}:{error.row} {error.message(language())}", markup=False)


def _origin() -> Origin:
    return Origin(command=uuid4(), correlation=uuid4(), channel="cli")
