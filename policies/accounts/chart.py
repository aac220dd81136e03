"""The chart of accounts in force: 42 accounts of 财会〔2023〕14号 (农村集体经济组织会计制度)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from domain.ledger.chart import Chart, chart_of
from domain.shared.errors import DomainError

_FOLDER = Path(__file__).parent


class UnknownChart(DomainError):
    """There is no chart of accounts {version}; choose one of {versions}."""

    code = "CHART_UNKNOWN"
    zh = "没有版本为 {version} 的会计科目表；可选：{versions}"


@cache
def versions() -> tuple[str, ...]:
    """The versions there are, oldest first."""
    return tuple(sorted(file.stem.removeprefix("chart_") for file in _FOLDER.glob("chart_*.csv")))


@cache
def chart(version: str = "2023") -> Chart:
    """The accounts by code, immutable, in printed order. Raises UnknownChart, ChartInvalid.

    A later version of the rules is a file beside this one, `chart_<version>.csv`: order, code, name, class.
    """
    if version not in versions():
        raise UnknownChart(version=version, versions="、".join(versions()), field="chart")
    with (_FOLDER / f"chart_{version}.csv").open(encoding="utf-8", newline="") as file:
        return chart_of((row["code"], row["name"], row["class"]) for row in csv.DictReader(file))
