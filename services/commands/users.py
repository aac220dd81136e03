"""`sanzi user`: the first people of an installation; later ones are entered through the service itself."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import click

from domain.shared.errors import NotFound
from domain.shared.identity import Level, Office
from services.bus import Origin
from services.commands.common import Group, data_dir_option, service, speaks, tenant
from services.handlers.tenancy import GiveOffice, RegisterMember
from services.read_models.tenants import TenantRow
from services.wiring import Services
from services.work import Place, System


@click.group(cls=Group)
def user() -> None:
    """人员与登录 / People and their logins."""


@user.command()
@click.argument("login", metavar="LOGIN@DISTRICT")
@click.option("--name", required=True, help="姓名（加密保存）/ Name, kept sealed.")
@click.option("--office", type=click.Choice([office.value for office in Office]), help="职务 / Office.")
@click.option("--tenant", "code", metavar="CODE", help="任职单位代码，默认为区 / Where; the district by default.")
@click.option("--from", "starts", type=click.DateTime(["%Y-%m-%d"]), help="任期开始，默认今天 / First day of the term.")
@click.password_option(envvar="SANZI_PASSWORD", help="登录密码 / Password (or SANZI_PASSWORD).")
@data_dir_option
@speaks
async def add(
    login: str,
    name: str,
    office: str | None,
    code: str | None,
    starts: datetime | None,
    password: str,
    data_dir: Path | None,
) -> None:
    """登记人员、开通登录并可任命职务 / Register a person with a login, and give an office.

    \b
    sanzi user add wanghaitao@445203 --name 王海涛 --office district_administrator
    """
    async with service(data_dir) as services:
        login_name, _, district_code = login.rpartition("@")
        district = await tenant(services, district_code)
        where = await tenant(services, code or district_code)
        await add_person(
            services,
            district,
            name=name,
            login=login_name,
            password=password,
            office=Office(office) if office else None,
            where=where,
            starts=starts.date() if starts else services.clock().date(),
        )
    click.echo(f"✓ {login}")


async def add_person(
    services: Services,
    district: TenantRow,
    *,
    name: str,
    login: str,
    password: str,
    office: Office | None,
    where: TenantRow,
    starts: date,
) -> None:
    """Register, enrol and appoint, as the operator of the installation."""
    at = Place(district.key, district.path, Level.DISTRICT)
    outcome = await services.bus.execute(RegisterMember(name=name), at, System(), _origin())
    member = outcome.streams[0]
    await services.authenticator.enrol(district.id, member, login, password, at=services.clock())
    if office is not None:
        place = Place(where.key, where.path, where.level)
        await services.bus.execute(GiveOffice(member, office, starts), place, System(), _origin())


def _origin() -> Origin:
    return Origin(command=uuid4(), correlation=uuid4(), channel="cli")


@user.command()
@click.argument("login", metavar="LOGIN@DISTRICT")
@click.password_option(envvar="SANZI_PASSWORD", help="新密码 / New password (or SANZI_PASSWORD).")
@data_dir_option
@speaks
async def password(login: str, password: str, data_dir: Path | None) -> None:
    """重置密码 / Set another password; all sessions of the person end."""
    async with service(data_dir) as services:
        login_name, _, code = login.rpartition("@")
        district = await tenant(services, code)
        member = await services.authenticator.member_of(district.id, login_name)
        if member is None:
            raise NotFound(what=f"登录名 {login}")
        await services.sign_in.set_password(None, district.id, member, old=None, new=password, origin=_origin())
    click.echo(f"✓ {login}")
