"""`sanzi migrate`, `sanzi replay`, `sanzi verify`: looking after the record."""

from __future__ import annotations

from pathlib import Path

import click

from domain.shared.identity import TenantKey
from services.commands.common import (
    Failed,
    data_dir_option,
    examples,
    known,
    opened,
    prepared,
    progress,
    speaks,
    village_option,
    wrong,
)
from services.read_models.tenants import Tenants
from services.store import migrate as migrations
from services.store.db import connected
from services.store.rebuild import Difference, ReplayFailed, rebuild
from services.store.rebuild import check as check_rebuild
from services.store.settings import OWNER_URL, Database
from services.store.verify import Reason, verify_all

REASONS: dict[Reason, str] = {
    "missing": "事件缺失 / the event is missing",
    "altered": "内容被改动 / the event was altered",
    "broken link": "与前一事件不衔接 / it does not follow from the event before",
    "head": "账本末尾与记录不符 / the log does not end as recorded",
    "version": "该记录的版本不连续 / a version of its stream is skipped",
}


@click.command(
    epilog=examples("sanzi migrate", "SANZI_OWNER_URL=postgresql://sanzi_owner:…@host/sanzi sanzi migrate --phase pre")
)
@click.option("--phase", type=click.Choice(["pre", "post"]), help="只执行升级前/升级后的迁移 / Only this phase.")
@data_dir_option
@speaks
async def migrate(phase: migrations.Phase | None, data_dir: Path | None) -> None:
    """升级数据库结构 / Bring the database's schema up to date.

    \b
    内置数据库会自动升级；使用自己的数据库时，SANZI_OWNER_URL 给出表的所有者（sanzi_owner）的连接地址。
    The embedded database is migrated by itself. With one of your own, SANZI_OWNER_URL is the owner's address.
    """
    with opened(data_dir) as found:
        names = await migrations.migrate(found, phase)
    for name in names:
        click.echo(name)
    click.echo(f"✓ 已执行 {len(names)} 项迁移 / {len(names)} migrations applied")


@click.command(epilog=examples("sanzi replay --check", "sanzi replay --village 445203112212"))
@click.option("--check", is_flag=True, help="只核对、不改动 / Compare only; change nothing.")
@village_option
@data_dir_option
@speaks
async def replay(check: bool, code: str | None, data_dir: Path | None) -> None:
    """由事件重建查询数据 / Rebuild every read model from the events.

    \b
    --check 另行重建并逐行比对，指出每张表的第一处不同，以状态 1 退出；服务照常运行。
    With --check they are rebuilt aside and compared row for row; the first difference of each table is named,
    exit status 1. The service may be running.
    """
    with opened(data_dir) as found:
        await prepared(found, data_dir)
        _require_owner(found)
        keys = await _keys(found, code)
        async with connected(found.owner, size=2) as owner:
            with progress("重放事件 / replaying") as tell:
                try:
                    report = await (check_rebuild if check else rebuild)(owner, keys, tell)
                except ReplayFailed as failed:
                    raise Failed(f"事件无法重放 / the events cannot be replayed: {failed}") from failed
    for difference in report.differences:
        wrong(_described(difference))
    if report.differences:
        raise Failed("查询数据与事件不一致；sanzi replay 可重建 / read models differ; sanzi replay mends them")
    done, end = ("一致", "equal") if check else ("已重建", "rebuilt")
    click.echo(
        f"✓ {report.events:,} 个事件、{report.rows:,} 行查询数据，{done} / "
        f"{report.events:,} events, {report.rows:,} rows of read models: {end}"
    )


def _described(difference: Difference) -> str:
    key = ", ".join(f"{column}={value}" for column, value in difference.key.items())
    where = f"{difference.table} ({key})"
    if difference.missing:
        side = "多余 / should not be there" if difference.missing == "rebuilt" else "缺失 / is missing"
        return f"{where}: 该行{side}"
    return f"{where} {difference.column}: 现为 / is {difference.live}，应为 / should be {difference.rebuilt}"


@click.command(epilog=examples("sanzi verify", "sanzi verify --village 445203112212"))
@village_option
@data_dir_option
@speaks
async def verify(code: str | None, data_dir: Path | None) -> None:
    """核验账本未被改动 / Check that nothing in the record was altered.

    \b
    重新计算每个事件的摘要和前后链接；指出每个账本的第一处断裂，以状态 1 退出；服务照常运行。
    Every digest and link is computed again; the first broken position of each ledger is named, exit status 1.
    The service may be running.
    """
    with opened(data_dir) as found:
        await prepared(found, data_dir)
        keys = await _keys(found, code)
        if keys is None:
            _require_owner(found)
        async with connected(found.owner, size=1) as owner:
            with progress("核验 / verifying") as tell:
                results = await verify_all(owner, keys, tell)
            names = {row.id: row.name for row in await Tenants(owner).by_ids([each.key.tenant for each in results])}
    broken = [(result, result.broken) for result in results if result.broken]
    for result, where in broken:
        name = names.get(result.key.tenant, result.key.tenant)
        wrong(f"{result.code or ''} {name}，位置 / position {where.position}: {REASONS[where.reason]}")
    if broken:
        raise Failed(f"{len(broken)} 个账本被改动 / ledgers were altered: {len(broken)}")
    events = sum(result.events for result in results)
    click.echo(
        f"✓ {len(results)} 个账本、{events:,} 个事件完整，未被改动 / "
        f"{len(results)} ledgers, {events:,} events: whole and unaltered"
    )


async def _keys(found: Database, code: str | None) -> list[TenantKey] | None:
    """The tenants asked for; None for all that have a log. Raises Failed."""
    if code is None:
        return None
    async with connected(found.service, size=1) as db:
        return [known(await Tenants(db).by_code(code), code).key]


def _require_owner(found: Database) -> None:
    """Raises Failed where only the service's address is known, which sees one tenant at a time."""
    if found.owner == found.service:
        raise Failed(f"请把 {OWNER_URL} 设为 sanzi_owner 的登录地址 / set {OWNER_URL} to the address of sanzi_owner")
