"""`sanzi import`: divisions and vouchers from files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

import click

from domain.shared.identity import Acting, Level, Office, TenantKey
from services.commands.common import (
    Failed,
    Group,
    data_dir_option,
    examples,
    known,
    language,
    origin,
    service,
    speaks,
)
from services.handlers.tenancy import ImportDivisions, OpenDistrict
from services.handlers.vouchers import ImportVouchers
from services.imports.divisions import Divisions, read_divisions
from services.imports.errors import ImportRefused, RowError
from services.read_models.tenants import TenantRow
from services.wiring import Services
from services.work import BEIJING, Place, System

_FILE = click.File("rb")
_DIVISIONS = "sanzi import divisions divisions.csv --since 2024-01-01"
_VOUCHERS = "sanzi import vouchers 2025.xlsx --village 445203112212 --year 2025 --login lixiufang@445203"


@click.group("import", cls=Group, epilog=examples(_DIVISIONS, _VOUCHERS))
def import_() -> None:
    """从文件导入 / Import from files.

    \b
    有错误的文件不会改变任何数据，全部错误一次列出。
    A file with errors changes nothing, and all of its errors are listed at once.
    """


@import_.command(
    short_help="导入区划 / Divisions: code,name,level,parent_code.",
    epilog=examples(_DIVISIONS),
)
@click.argument("file", type=_FILE)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="生效日期，默认今天 / In force since; today.")
@data_dir_option
@speaks
async def divisions(file: BinaryIO, since: datetime | None, data_dir: Path | None) -> None:
    """导入区划，各列为 code,name,level,parent_code / Import divisions from a CSV with these columns.

    \b
    首次导入即建立区；已有的代码不变，可放心重复导入。
    The first import opens the district; codes that are known stay as they are, so it may be repeated.
    """
    found = read_divisions(file.read())
    _show(found.skipped)
    async with service(data_dir) as services:
        day = since.date() if since else services.clock().astimezone(BEIJING).date()
        place = await open_district(services, found, day)
        command = ImportDivisions((*found.townships, *found.villages), day)
        outcome = await services.bus.execute(command, place, System(), origin())
    added, skipped = len(outcome.streams), len(found.skipped)
    english = f"{added} divisions added, {skipped} rows skipped"
    click.echo(f"✓ {found.district.name}：新增 {added} 个单位，跳过 {skipped} 行 / {english}")


async def open_district(services: Services, found: Divisions, since: date, *, id: UUID | None = None) -> Place:
    """The district of the file, opened under that id or a new one if its code is new."""
    row = await services.tenants.by_code(found.district.code)
    if row is not None:
        return Place(row.key, row.path, row.level)
    district = id or uuid4()
    place = Place(TenantKey(district, district), f"/{district}/", Level.DISTRICT)
    command = OpenDistrict(found.district.code, found.district.name, found.district.short_name, since)
    await services.bus.execute(command, place, System(), origin())
    return place


@import_.command(short_help="导入一年的凭证 / Vouchers of a year, .xlsx or .csv.", epilog=examples(_VOUCHERS))
@click.argument("file", type=_FILE)
@click.option("--village", "code", required=True, metavar="CODE", help="村代码 / Code of the village.")
@click.option("--year", type=int, required=True, help="会计年度 / Year of the books.")
@click.option("--login", required=True, metavar="LOGIN@DISTRICT", help="报账员登录名 / Login of the village's clerk.")
@click.password_option(confirmation_prompt=False, envvar="SANZI_PASSWORD", help="密码 / Password (or SANZI_PASSWORD).")
@data_dir_option
@speaks
async def vouchers(file: BinaryIO, code: str, year: int, login: str, password: str, data_dir: Path | None) -> None:
    """导入一年的凭证（.xlsx 或 .csv）/ Import the vouchers of a year.

    \b
    每一行都先检查；有一处错误则一张也不导入，全部错误逐行列出。
    Every row is checked first; with any error nothing is imported, and all errors are listed row by row.
    """
    async with service(data_dir) as services:
        village = known(await services.tenants.by_code(code), code)
        clerk = await _clerk(services, login, password, village)
        command = ImportVouchers(Path(file.name).name, file.read(), year)
        place = Place(village.key, village.path, village.level)
        try:
            outcome = await services.bus.execute(command, place, clerk, origin())
        except ImportRefused as refused:
            _show(refused.errors)
            raise Failed(refused.message(language())) from refused
    count = len(outcome.streams)
    click.echo(f"✓ {village.name}：导入 {count} 张凭证，待审核 / {count} vouchers imported, to be reviewed")


async def _clerk(services: Services, login: str, password: str, village: TenantRow) -> Acting:
    """Whoever signs in, in their office of clerk of that village. Raises Failed, and what signing in raises."""
    grant = await services.sign_in.sign_in(login, password, origin())
    access = services.sign_in.read(grant.access_token)
    await services.sign_in.sign_out(access, origin())
    today = services.clock().astimezone(BEIJING).date()
    for term in await services.offices.of_member(access.district, access.member):
        if term.office is Office.CLERK and term.tenant_id == village.id and term.runs_on(today):
            return term.acting
    raise Failed(f"{login} 今天不是{village.name}的报账员 / is not the clerk of {village.name} today")


def _show(errors: Iterable[RowError]) -> None:
    for error in errors:
        click.echo(f"  {error.message(language())}", err=True)
