"""Row changes that a projection makes; what each means in SQL is said in services/store/apply.py."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar, Literal

import msgspec


class Change:
    """One row of one table, named by column. Values are whatever JSON can carry: text, numbers, ids, dates, lists."""

    __slots__ = ("row", "table")
    operation: ClassVar[Literal["put", "set", "add", "drop"]]

    def __init__(self, table: str, /, **row: object) -> None:
        self.table = table
        self.row = row

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.table!r}, {self.row})"

    def __eq__(self, other: object) -> bool:
        return (
            type(self) is type(other)
            and isinstance(other, Change)
            and (self.table, self.row) == (other.table, other.row)
        )

    __hash__ = None  # type: ignore[assignment]


class Put(Change):
    """Insert the whole row or replace it."""

    operation = "put"


class Set(Change):
    """Change the named columns of a row that exists."""

    operation = "set"


class Add(Change):
    """Add the numbers to a row that may not exist yet."""

    operation = "add"


class Drop(Change):
    """Remove the row."""

    operation = "drop"


def encode_changes(changes: Sequence[Change]) -> str | None:
    """The JSON that `sanzi_read.apply` reads; neighbours of one kind travel together."""
    if not changes:
        return None
    groups = [
        {"t": table, "o": operation, "r": [change.row for change in group]}
        for (table, operation), group in groupby(changes, key=lambda change: (change.table, change.operation))
    ]
    return msgspec.json.encode(groups).decode()
