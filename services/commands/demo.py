"""`sanzi demo`: the demo district, served; or its whole story told once through the API and checked."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gateway import logs
from gateway.app import create_app
from gateway.server import listen
from gateway.server import serve as run
from gateway.settings import Mode, Settings
from services.commands.common import Failed, console, data_dir_option, keys_dir, opened, prepared, speaks
from services.commands.imports import open_district
from services.commands.users import add_person
from services.demo.building import BUILDING
from services.demo.checks import CHECKS
from services.demo.client import Client
from services.demo.people import ADMINISTRATOR, EVERYONE, PASSWORD, VILLAGE
from services.demo.story import DIVISIONS, FIRST_DAY, Step, Story, StoryFailed, is_built
from services.imports.divisions import read_divisions
from services.portal.app import routes
from services.store.settings import Database
from services.wiring import Services, wired


@click.command()
@click.option("--once", is_flag=True, help="在全新目录中完整演示一遍并核对 / Tell and check the whole story once.")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, help="端口（--once 使用空闲端口）/ Port; a free one with --once."
)
@data_dir_option
@speaks
async def demo(once: bool, host: str, port: int, data_dir: Path | None) -> None:
    """演示：揭东区及凤光村的一年 / The demo district and a year of 凤光村.

    首次运行会通过接口导入区划、任职、677 张凭证并公开一个季度，然后在浏览器中可以查看。
    The first run builds it all through the API, then serves it. 数据在 .sanzi/，再次运行直接打开。
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
    with opened(data_dir) as database:
        async with _served(database, data_dir, listener) as (services, address, _), Client(address) as client:
            await _begin(services)
            story = Story(client, database)
            for step in (*BUILDING, *CHECKS):
                await _take(step, story)
    click.echo(f"✓ {len(BUILDING) + len(CHECKS)} 步全部成立 / every step held")


async def _serve(data_dir: Path | None, listener: socket.socket) -> None:
    with opened(data_dir) as database:
        async with _served(database, data_dir, listener) as (services, address, server):
            async with Client(address) as client:
                if not await is_built(client):
                    console.print("正在通过接口建立演示数据…… / building the demo data through the API…")
                    await _begin(services)
                    story = Story(client, database)
                    for step in BUILDING:
                        await _take(step, story)
            _welcome(address)
            await server


async def _begin(services: Services) -> None:
    """What the operator of an installation does before anyone can sign in: a district and its administrator."""
    place = await open_district(services, read_divisions(DIVISIONS.read_bytes()), FIRST_DAY)
    [district] = await services.tenants.by_ids([place.key.tenant])
    if await services.authenticator.member_of(district.id, ADMINISTRATOR.login):
        return
    await add_person(
        services,
        district,
        name=ADMINISTRATOR.name,
        login=ADMINISTRATOR.login,
        password=PASSWORD,
        office=ADMINISTRATOR.office,
        where=district,
        starts=FIRST_DAY,
    )


async def _take(step: Step, story: Story) -> None:
    console.print(f"[bold]▸ {step.title}[/]")
    try:
        async for seen in step.run(story):
            console.print(f"  {seen}", markup=False, soft_wrap=True)
    except StoryFailed as failed:
        raise Failed(f"{step.title}: {failed}") from failed


@asynccontextmanager
async def _served(
    database: Database, data_dir: Path | None, listener: socket.socket
) -> AsyncIterator[tuple[Services, str, asyncio.Task[None]]]:
    """A running server with its address, stopped at the end. Raises what kept it from starting."""
    await prepared(database, data_dir)
    logs.configure(_settings(), level=logging.WARNING)
    async with wired(database, keys_dir(data_dir)) as services:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        app = create_app(services, _settings(), pages=routes(services))
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


def _settings() -> Settings:
    return replace(Settings.from_environment(os.environ), mode=Mode.DEVELOPMENT)


def _welcome(address: str) -> None:
    console.print(f"""
[bold green]三资阳光账本 · sanzi[/]

  凤光村公开页 / village page   {address}/v/{VILLAGE}
  GraphQL 调试 / explorer       {address}/graphql

  登录（密码均为 {PASSWORD}）/ logins, all with that password:""")
    for person in EVERYONE:
        console.print(f"    {person.full_login:<26} {person.office.zh}（{person.name}）{person.office.en}")
    console.print("\n  按 Ctrl-C 停止 / Ctrl-C stops it")
