"""The chart of accounts in force: 42 accounts of 财会〔2023〕14号 (农村集体经济组织会计制度)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from domain.ledger.chart import Chart, chart_of

_FOLDER = Path(__file__).parent


@cache
def chart(version: str = "2023") -> Chart:
    """The accounts by code, immutable, in printed order. Raises ChartInvalid, FileNotFoundError for an unknown version.

    A later version of the rules is a file beside this one, `chart_<version>.csv`: order, code, name, class.
    """
    with (_FOLDER / f"chart_{version}.csv").open(encoding="utf-8", newline="") as file:
        return chart_of((row["code"], row["name"], row["class"]) for row in csv.DictReader(file))
