"""`sanzi user`: the first people of an installation; later ones are entered through the service itself."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import click

from domain.shared.identity import Level, Office
from services.commands.common import Failed, Group, data_dir_option, examples, known, origin, service, speaks
from services.handlers.tenancy import GiveOffice, RegisterMember
from services.identity import password_rules
from services.identity.authenticator import LoginTaken
from services.read_models.tenants import TenantRow
from services.wiring import Services
from services.work import BEIJING, Place, System

_ADD = "sanzi user add wanghaitao@445203 --name 王海涛 --office district_administrator"
_ADD_CLERK = "sanzi user add lixiufang@445203 --name 李秀芳 --office clerk --tenant 445203112212"
_PASSWORD = "sanzi user password wanghaitao@445203"  # noqa: S105 - a command


@click.group(cls=Group, epilog=examples(_ADD, _PASSWORD))
def user() -> None:
    """人员与登录 / People and their logins.

    \b
    第一位区管理员在此登记，其余人员由其在系统中登记。
    The first administrator of a district is entered here; all others by them, through the service.
    """


@user.command(
    short_help="登记人员并任命职务 / Register a person, with a login and an office.", epilog=examples(_ADD, _ADD_CLERK)
)
@click.argument("login", metavar="LOGIN@DISTRICT")
@click.option("--name", required=True, help="姓名（加密保存）/ Name, kept sealed.")
@click.option(
    "--office", metavar="OFFICE", type=click.Choice([office.value for office in Office]), help="职务 / Office."
)
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
    职务 / OFFICE:
    {offices}
    """
    async with service(data_dir) as services:
        login_name, district = await _of(services, login)
        where = known(await services.tenants.by_code(code), code) if code else district
        if where.key.district != district.id:
            raise Failed(f"{code} 不属于{district.name} / is not a division of {district.name}")
        await add_person(
            services,
            district,
            uuid4(),
            name=name,
            login=login_name,
            password=password,
            office=Office(office) if office else None,
            where=where,
            starts=starts.date() if starts else services.clock().astimezone(BEIJING).date(),
        )
    click.echo(f"✓ {login}" + (f" {where.name} {Office(office).zh} / {Office(office).en}" if office else ""))


add.help = (add.help or "").replace("{offices}", "\n".join(f"  {office:<22} {office.zh}" for office in Office))


async def add_person(
    services: Services,
    district: TenantRow,
    command: UUID,
    *,
    name: str,
    login: str,
    password: str,
    office: Office | None,
    where: TenantRow,
    starts: date,
) -> None:
    """Register, appoint and enrol, as the operator of the installation; with the same command, go on where it stopped.

    Raises LoginTaken and what rules of passwords and of offices raise.
    """
    password_rules.check(password, login)
    if await services.authenticator.member_of(district.id, login) is not None:
        raise LoginTaken(login=login, field="login")
    at = Place(district.key, district.path, Level.DISTRICT)
    outcome = await services.bus.execute(RegisterMember(name=name), at, System(), origin(command))
    member = outcome.streams[0]
    if office is not None:
        place = Place(where.key, where.path, where.level)
        given = origin(uuid5(command, "office"))
        await services.bus.execute(GiveOffice(member, office, starts), place, System(), given)
    await services.authenticator.enrol(district.id, member, login, password, at=services.clock())


async def _of(services: Services, login: str) -> tuple[str, TenantRow]:
    """A full login's name and district. Raises Failed."""
    name, _, code = login.rpartition("@")
    if not name or not code:
        raise Failed(f"{login}：登录名应写作 名称@区代码，如 wang@445203 / write name@district, such as wang@445203")
    district = known(await services.tenants.by_code(code), code)
    if district.level is not Level.DISTRICT:
        raise Failed(f"{code} {district.name} 不是区 / is not a district")
    return name, district


@user.command(short_help="重置密码 / Set another password.", epilog=examples(_PASSWORD))
@click.argument("login", metavar="LOGIN@DISTRICT")
@click.password_option(envvar="SANZI_PASSWORD", help="新密码 / New password (or SANZI_PASSWORD).")
@data_dir_option
@speaks
async def password(login: str, password: str, data_dir: Path | None) -> None:
    """重置密码，其所有会话随即失效 / Set another password; all sessions of the person end."""
    async with service(data_dir) as services:
        name, district = await _of(services, login)
        member = await services.authenticator.member_of(district.id, name)
        if member is None:
            raise Failed(f"没有登录名 {login} / there is no login {login}")
        await services.sign_in.set_password(None, district.id, member, old=None, new=password, origin=origin())
    click.echo(f"✓ {login} 的密码已重置 / has another password now")
