"""`sanzi migrate`, `sanzi replay`, `sanzi verify`: looking after the record."""

from __future__ import annotations

from pathlib import Path

import click

from domain.shared.identity import TenantKey
from services.commands.common import (
    Failed,
    console,
    data_dir_option,
    opened,
    prepared,
    progress,
    speaks,
    village_option,
)
from services.read_models.tenants import Tenants
from services.store import migrate as migrations
from services.store.db import connected
from services.store.rebuild import check as check_rebuild
from services.store.rebuild import rebuild
from services.store.settings import Database
from services.store.verify import known_tenants, verify_all


@click.command()
@click.option("--phase", type=click.Choice(["pre", "post"]), help="只执行升级前/升级后的迁移 / Only this phase.")
@data_dir_option
@speaks
async def migrate(phase: migrations.Phase | None, data_dir: Path | None) -> None:
    """升级数据库结构 / Bring the database's schema up to date.

    使用自己的数据库时，SANZI_OWNER_URL 给出表的所有者（sanzi_owner）的连接地址。
    With a database of your own, SANZI_OWNER_URL is the address of the owner role.
    """
    with opened(data_dir) as found:
        names = await migrations.migrate(found, phase)
    for name in names:
        click.echo(name)
    click.echo(f"已执行 {len(names)} 项迁移 / {len(names)} migrations applied")


@click.command()
@click.option("--check", is_flag=True, help="只核对、不改动 / Compare only; change nothing.")
@village_option
@data_dir_option
@speaks
async def replay(check: bool, code: str | None, data_dir: Path | None) -> None:
    """从事件重建查询数据 / Rebuild every read model from the events.

    --check 在影子库中重建并逐行比对，发现第一处不同即以状态 1 退出。
    With --check they are rebuilt aside and compared row for row; the first difference is named, exit status 1.
    """
    with opened(data_dir) as found:
        await prepared(found, data_dir)
        keys = await _keys(found, code)
        async with connected(found.owner, size=2) as owner:
            with progress("重放事件 / replaying") as tell:
                report = await (check_rebuild if check else rebuild)(owner, keys, tell)
    if report.difference is not None:
        raise Failed(f"不一致 / differs: {report.difference}")
    word = "一致 / equal" if check else "已重建 / rebuilt"
    click.echo(f"✓ {report.events} 个事件，{report.rows} 行查询数据，{word}")


@click.command()
@village_option
@data_dir_option
@speaks
async def verify(code: str | None, data_dir: Path | None) -> None:
    """核验账本未被改动 / Check that nothing in the record was altered.

    重新计算每个事件的摘要和链接；发现第一处断裂即指出单位和位置，并以状态 1 退出。
    Every digest and link is computed again; the first broken position is named, exit status 1.
    """
    with opened(data_dir) as found:
        await prepared(found, data_dir)
        keys = await _keys(found, code)
        async with connected(found.owner, size=1) as owner:
            async with owner.scope() as connection:
                with progress("核验 / verifying") as tell:
                    results = await verify_all(connection, keys or await known_tenants(connection), tell)
            names = {row.id: row.name for row in await Tenants(owner).by_ids([each.key.tenant for each in results])}
    broken = [(result, result.broken) for result in results if result.broken]
    for result, where in broken:
        name = names.get(result.key.tenant, result.key.tenant)
        console.print(f"[bold red]✗[/] {result.code or ''} {name} 位置 / position {where.position}: {where.reason}")
    if broken:
        raise Failed(f"{len(broken)} 个账本被改动 / ledgers altered")
    click.echo(
        f"✓ {len(results)} 个账本、{sum(result.events for result in results)} 个事件完整无改动 / whole and unaltered"
    )


async def _keys(found: Database, code: str | None) -> list[TenantKey] | None:
    """The tenants asked for; None for all that have a log."""
    if code is None:
        return None
    async with connected(found.service, size=1) as db:
        row = await Tenants(db).by_code(code)
    if row is None:
        raise Failed(f"没有代码为 {code} 的单位 / no tenant has the code {code}")
    return [row.key]
