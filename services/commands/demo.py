"""`sanzi demo`: the demo district, served; or its whole story told once through the API and checked."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import click

from gateway.app import create_app
from gateway.server import serve as run
from gateway.settings import Mode, Settings
from services.commands.common import Failed, console, data_dir_option, keys_dir, opened, prepared, speaks
from services.commands.imports import open_district
from services.commands.users import add_person
from services.demo.client import Client
from services.demo.people import ADMINISTRATOR, EVERYONE, PASSWORD, VILLAGE
from services.demo.story import BUILDING, CHECKS, DIVISIONS, FIRST_DAY, Step, Story, StoryFailed
from services.imports.divisions import read_divisions
from services.portal.app import routes
from services.store.settings import Database
from services.wiring import Services, wired


@click.command()
@click.option("--once", is_flag=True, help="在全新目录中完整演示一遍并核对 / Tell and check the whole story once.")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="端口（--once 使用空闲端口）/ Port; a free one with --once.")
@data_dir_option
@speaks
async def demo(once: bool, host: str, port: int, data_dir: Path | None) -> None:
    """演示：揭东区及凤光村的一年 / The demo district and a year of 凤光村.

    首次运行会通过接口导入区划、任职、677 张凭证并公开一个季度，然后在浏览器中可以查看。
    The first run builds it all through the API, then serves it. 数据在 .sanzi/，再次运行直接打开。
    """
    if once:
        with tempfile.TemporaryDirectory(prefix="sanzi-") as fresh:
            await _tell(Path(fresh) if data_dir is None else data_dir, host)
    else:
        await _serve(data_dir, host, port)


async def _tell(data_dir: Path, host: str) -> None:
    """The whole story against a server of its own. Raises Failed at the first step that did not hold."""
    port = _free_port(host)
    with opened(data_dir) as database:
        await prepared(database, data_dir)
        async with _served(database, data_dir, host, port) as services, Client(f"http://{host}:{port}") as client:
            await _begin(services)
            story = Story(client, database)
            for step in (*BUILDING, *CHECKS):
                await _take(step, story)
    click.echo(f"✓ {len(BUILDING) + len(CHECKS)} 步全部成立 / every step held")


async def _serve(data_dir: Path | None, host: str, port: int) -> None:
    with opened(data_dir) as database:
        await prepared(database, data_dir)
        async with wired(database, keys_dir(data_dir)) as services:
            ready = asyncio.Event()
            app = create_app(services, _settings(), pages=routes(services))
            server = asyncio.create_task(run(app, host, port, on_ready=ready.set))
            await _either(ready, server)
            if ready.is_set():
                try:
                    if not await services.tenants.districts():
                        await _build(services, database, f"http://{host}:{port}")
                    _welcome(f"http://{host}:{port}")
                except StoryFailed as failed:
                    server.cancel()
                    raise Failed(str(failed)) from failed
            await server


async def _build(services: Services, database: Database, address: str) -> None:
    console.print("首次运行，正在通过接口建立演示数据…… / building the demo data through the API…")
    await _begin(services)
    async with Client(address) as client:
        story = Story(client, database)
        for step in BUILDING:
            await _take(step, story)


async def _begin(services: Services) -> None:
    """What the operator of an installation does before anyone can sign in: a district and its administrator."""
    place = await open_district(services, read_divisions(DIVISIONS.read_bytes()), FIRST_DAY)
    [district] = await services.tenants.by_ids([place.key.tenant])
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
            console.print(f"  {seen}", markup=False)
    except StoryFailed as failed:
        raise Failed(f"{step.title}: {failed}") from failed


@asynccontextmanager
async def _served(database: Database, data_dir: Path, host: str, port: int) -> AsyncIterator[Services]:
    """A running server, stopped at the end."""
    async with wired(database, data_dir) as services:
        ready = asyncio.Event()
        app = create_app(services, _settings(), pages=routes(services))
        server = asyncio.create_task(run(app, host, port, on_ready=ready.set))
        try:
            await _either(ready, server)
            yield services
        finally:
            server.cancel()
            await asyncio.gather(server, return_exceptions=True)


async def _either(ready: asyncio.Event, server: asyncio.Task[None]) -> None:
    """Wait until the server answers; if it cannot start, raise why."""
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({waiting, server}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if server.done():
        server.result()


def _settings() -> Settings:
    return replace(Settings.from_environment(os.environ), mode=Mode.DEVELOPMENT)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _welcome(address: str) -> None:
    console.print(f"""
[bold green]三资阳光账本 · sanzi[/]

  凤光村公开页 / village page   {address}/v/{VILLAGE}
  GraphQL 调试 / explorer       {address}/graphql

  登录（密码均为 {PASSWORD}）/ logins, all with that password:""")
    for person in EVERYONE:
        console.print(f"    {person.full_login:<26} {person.office.zh}（{person.name}）{person.office.en}")
    console.print("\n  按 Ctrl-C 停止 / Ctrl-C stops it")
