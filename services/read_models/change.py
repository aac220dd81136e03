"""Row changes that a projection makes; what each means in SQL is said in services/store/apply.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import msgspec


class Change:
    """One row of one table, named by column. Values are whatever JSON can carry: text, numbers, ids, dates, lists."""

    __slots__ = ("row", "table")
    operation: ClassVar[Literal["new", "put", "set", "add"]]

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


class New(Change):
    """Insert a row that cannot be there yet."""

    operation = "new"


class Put(Change):
    """Insert the whole row or replace it; costs more than `New`."""

    operation = "put"


class Set(Change):
    """Change the named columns of a row that exists."""

    operation = "set"


class Add(Change):
    """Add the numbers to a row that may not exist yet."""

    operation = "add"


def encode_changes(changes: Sequence[Change]) -> str | None:
    """The JSON that `sanzi_read.apply` reads; None where there is nothing to apply."""
    if not changes:
        return None
    return msgspec.json.encode([{"t": each.table, "o": each.operation, "r": each.row} for each in changes]).decode()
