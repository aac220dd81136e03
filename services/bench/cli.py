"""`sanzi bench`: how fast is it, measured against something simpler in the same run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import msgspec

from services.bench import append as append_bench
from services.bench import public_page
from services.bench import replay as replay_bench
from services.bench.database import own_database
from services.bench.measure import Case, Tell
from services.commands.common import examples, speaks
from services.store.settings import Database

Measure = Callable[[Database, int, Tell], Coroutine[Any, Any, list[Case]]]

_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 / Print JSON.")
_rounds = click.option(
    "--rounds", default=7, show_default=True, type=click.IntRange(1, 1000), help="轮数，取中位数 / Rounds; medians."
)
_data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="测试数据目录，默认临时目录 / Directory for the benchmark's own data; a temporary one by default.",
)


@click.group(epilog=examples("sanzi bench append", "sanzi bench graphql --rounds 15", "sanzi bench replay --json"))
def bench() -> None:
    """性能：与同时测得的参照相比 / Performance, as ratios to a reference measured in the same run.

    数值越大越好；数据在单独的目录中。Higher is better; the data are in a directory of their own.
    """


@bench.command(
    short_help="追加事件 / Appending, against one plain INSERT.",
    epilog=examples("sanzi bench append", "sanzi bench append --json"),
)
@_json
@_rounds
@_data_dir
@speaks
async def append(as_json: bool, rounds: int, data_dir: Path | None) -> None:
    """追加事件（含查询数据）与单条 INSERT 相比 / Appending, with read-model rows, against one plain INSERT."""
    await _run(append_bench.measure, as_json, rounds, data_dir)


@bench.command(
    short_help="公开页面查询 / The public page's query.",
    epilog=examples("sanzi bench graphql", "sanzi bench graphql --json"),
)
@_json
@_rounds
@_data_dir
@speaks
async def graphql(as_json: bool, rounds: int, data_dir: Path | None) -> None:
    """公开页面查询与返回同样内容的空接口相比 / The public page's query against a handler returning the same bytes."""
    await _run(public_page.measure, as_json, rounds, data_dir)


@bench.command(
    short_help="重建与核验 / Rebuilding and verifying.",
    epilog=examples("sanzi bench replay", "sanzi bench replay --json"),
)
@_json
@_rounds
@_data_dir
@speaks
async def replay(as_json: bool, rounds: int, data_dir: Path | None) -> None:
    """重建与核验，与只读取事件相比 / Rebuilding and verifying against only reading the events."""
    await _run(replay_bench.measure, as_json, rounds, data_dir)


async def _run(measure: Measure, as_json: bool, rounds: int, data_dir: Path | None) -> None:
    tell = _ignore if as_json else _line
    async with own_database(data_dir) as database:
        cases = await measure(database, rounds, tell)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode([asdict(case) for case in cases])).decode())


def _ignore(_: Case) -> None:
    """JSON is printed at the end, whole."""


def _line(case: Case) -> None:
    detail = case.detail
    click.echo(
        f"{case.case:<28} {case.ratio:6.3f}  "
        f"[{detail['lowest_ratio']:.3f}–{detail['highest_ratio']:.3f}]  "
        f"{detail['ours']:,.0f} / {detail['reference']:,.0f} {detail['unit']}"
    )
    sys.stdout.flush()
