"""`sanzi demo`: the demo district, served; or its whole story told once through the API and checked."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import httpx

from gateway import logs
from gateway.app import create_app
from gateway.server import PATIENCE, listen
from gateway.server import serve as run
from gateway.settings import Mode, Settings
from services.commands.common import (
    INTERRUPTED,
    Failed,
    data_dir_option,
    examples,
    keys_dir,
    opened,
    prepared,
    speaks,
)
from services.commands.imports import open_district
from services.commands.users import add_person
from services.demo.building import BUILDING
from services.demo.checks import CHECKS
from services.demo.client import Client, GraphQLFailed, Refused, command_id
from services.demo.people import ADMINISTRATOR, EVERYONE, PASSWORD, VILLAGE
from services.demo.story import DIVISIONS, FIRST_DAY, ITEM, QUARTER, Step, Story, StoryFailed, is_built
from services.imports.divisions import read_divisions
from services.portal.app import routes
from services.store.settings import Database
from services.wiring import Services, wired

DISTRICT = UUID(command_id("district"))
"""The demo district's id; a district with any other is somebody's own, and gets nobody with a well-known password."""


@click.command(epilog=examples("sanzi demo", "sanzi demo --port 8001 --data-dir /tmp/sanzi", "sanzi demo --once"))
@click.option("--once", is_flag=True, help="在临时目录中完整演示一遍并核对 / Tell and check the whole story, once.")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="端口，--once 自选 / Port; --once takes a free one.")
@data_dir_option
@speaks
async def demo(once: bool, host: str, port: int, data_dir: Path | None) -> None:
    """演示一个区和一个村的一年 / A demo district, and a year of one of its villages.

    \b
    首次运行通过接口导入区划、任命职务、导入一年凭证并公开一个季度，然后在浏览器中查看；中断后再次运行会接着做。
    The first run builds it all through the API: divisions, offices, a year of vouchers, a quarter disclosed.
    Then it is served, to be looked at in a browser. If stopped, it goes on where it was.

    \b
    --once 把整个流程走一遍：每一步说明看到了什么，全部成立才以状态 0 退出。
    --once tells the whole story: each step says what it saw, and exit status 0 means that all of it held.
    """
    listener = listen(host, 0 if once else port)
    if not once:
        await _serve(data_dir, listener)
    elif data_dir is not None:
        await _tell(data_dir, listener)
    else:
        with tempfile.TemporaryDirectory(prefix="sanzi-") as fresh:
            await _tell(Path(fresh), listener)


async def _tell(data_dir: Path, listener: socket.socket) -> None:
    """The whole story against a server of its own. Raises Failed at the first step that did not hold."""
    steps = (*BUILDING, *CHECKS)
    with opened(data_dir) as database:
        async with _served(database, data_dir, listener) as (services, address, server), Client(address) as client:
            await _unless_stopped(server, _take(steps, services, Story(client, database)))
    click.echo(f"✓ {len(steps)} 步全部成立 / all {len(steps)} steps held")


async def _serve(data_dir: Path | None, listener: socket.socket) -> None:
    with opened(data_dir) as database:
        async with _served(database, data_dir, listener) as (services, address, server):
            await _unless_stopped(server, _build(services, address, database))
            _welcome(address, data_dir)
            await server


async def _build(services: Services, address: str, database: Database) -> None:
    async with Client(address) as client:
        if await services.tenants.by_ids([DISTRICT]) and await is_built(client):
            return
        click.echo("首次运行，正在通过接口建立演示数据 / first run: building the demo data through the API")
        await _take(BUILDING, services, Story(client, database))


async def _unless_stopped(server: asyncio.Task[None], work: Coroutine[Any, Any, None]) -> None:
    """Do the work while the server serves; the server hears of Ctrl-C first. Raises Exit then."""
    working = asyncio.create_task(work)
    await asyncio.wait({server, working}, return_when=asyncio.FIRST_COMPLETED)
    if working.done() and isinstance(working.exception(), httpx.TransportError):
        await asyncio.wait({server}, timeout=PATIENCE)  # it answers no more because it is stopping
    if server.done():
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        server.result()
        click.echo("已停止；再次运行会接着做 / stopped; run it again to go on", err=True)
        raise click.exceptions.Exit(INTERRUPTED)
    await working


async def _begin(services: Services) -> None:
    """What the operator of an installation does before anyone can sign in: a district and its administrator.

    Raises Failed where there are data of somebody's own.
    """
    if any(district.id != DISTRICT for district in await services.tenants.districts()):
        raise Failed(
            "此处已有正式数据，演示不会写入；请用 --data-dir 另选目录 / "
            "the data here are not the demo's, and the demo does not touch them; choose another --data-dir"
        )
    await open_district(services, read_divisions(DIVISIONS.read_bytes()), FIRST_DAY, id=DISTRICT)
    [district] = await services.tenants.by_ids([DISTRICT])
    if await services.authenticator.member_of(district.id, ADMINISTRATOR.login):
        return
    await add_person(
        services,
        district,
        UUID(command_id("administrator")),
        name=ADMINISTRATOR.name,
        login=ADMINISTRATOR.login,
        password=PASSWORD,
        office=ADMINISTRATOR.office,
        where=district,
        starts=FIRST_DAY,
    )


async def _take(steps: Sequence[Step], services: Services, story: Story) -> None:
    """Step by step, each saying what it saw. Raises Failed at the first that does not hold."""
    await _begin(services)
    for number, step in enumerate(steps, 1):
        click.secho(f"▸ {number}/{len(steps)} {step.title}", bold=True)
        try:
            async for seen in step.run(story):
                click.echo(f"  {seen}")
        except (StoryFailed, Refused, GraphQLFailed) as failed:
            raise Failed(f"{step.title}: {failed}") from failed


@asynccontextmanager
async def _served(
    database: Database, data_dir: Path | None, listener: socket.socket
) -> AsyncIterator[tuple[Services, str, asyncio.Task[None]]]:
    """A running server with its address, stopped at the end. Raises what kept it from starting."""
    await prepared(database, data_dir)
    settings = replace(Settings.from_environment(os.environ), mode=Mode.DEVELOPMENT)
    logs.configure(settings, level=logging.WARNING)
    async with wired(database, keys_dir(data_dir)) as services:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        app = create_app(services, settings, pages=routes(services))
        server = asyncio.create_task(run(app, "", 0, on_ready=ready.set_result, listener=listener))
        try:
            either: set[asyncio.Future[Any]] = {ready, server}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                server.result()
            yield services, await ready, server
        finally:
            server.cancel()
            await asyncio.gather(server, return_exceptions=True)


def _welcome(address: str, data_dir: Path | None) -> None:
    where = f" --data-dir {data_dir}" if data_dir else ""
    people = "\n".join(
        f"    {person.full_login:<21}  {person.name} {person.office.zh} / {person.office.en}" for person in EVERYONE
    )
    click.secho("\n三资阳光账本 · sanzi", bold=True)
    click.echo(f"""
  区内各村 / all villages       {address}/
  凤光村 / the demo village     {address}/v/{VILLAGE}
  一季度收支 / its disclosure   {address}/v/{VILLAGE}/{ITEM}/{QUARTER}
  GraphQL 调试 / explorer       {address}/graphql

  登录，每个职务一个，密码均为 {PASSWORD}
  Logins, one per office, all with that password:
{people}

  另开终端核验 / check it from another terminal:
    sanzi verify{where}
    sanzi replay --check{where}

  Ctrl-C 停止，数据保留 / Ctrl-C stops it; the data stay""")
