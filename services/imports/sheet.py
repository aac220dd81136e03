"""A spreadsheet as a stream of rows keyed by its header, whether it came as .xlsx or .csv."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

from services.imports.delimited import delimited_rows
from services.imports.errors import (
    FileEmpty,
    FileFormatOld,
    FileFormatUnknown,
    FileTooLarge,
    FileTooManyRows,
    HeaderTwice,
    HeaderWrong,
    shorten,
)
from services.imports.workbook import workbook_rows

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 400_000

Cell = str | int | float | date | None
RawRow = Sequence[Cell]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_SUFFIXES = frozenset({".csv", ".txt"})


class Column(NamedTuple):
    """A column of the header: its proper name and the other names that mean the same."""

    name: str
    aliases: tuple[str, ...] = ()


class Row(NamedTuple):
    """One row below the header. `line` counts from 1 as the spreadsheet shows it.

    `surplus` is what stands to the right of the last named column of a .csv: a sign of an unquoted comma.
    """

    line: int
    cells: Mapping[str, Cell]
    surplus: str = ""


def read_sheet(file_name: str, data: bytes, columns: Sequence[Column]) -> Iterator[Row]:
    """The non-empty rows below the header, one after the other; blank cells are None, texts are trimmed.

    The first non-empty row is the header; columns may stand in any order, unknown ones are ignored.
    Content decides what the file is, not its name. Raises the file's faults in services.imports.errors,
    those of content that lies further down while iterating.
    """
    name = shown_name(file_name)
    if len(data) > MAX_BYTES:
        raise FileTooLarge(file=name, size=len(data) // 1024 // 1024, limit=MAX_BYTES // 1024 // 1024, field="file")
    if not data.strip():
        raise FileEmpty(file=name, columns=_names(columns), field="file")
    text = not data.startswith(_ZIP)
    if data.startswith(_OLE):
        raise FileFormatOld(file=name, field="file")
    if text and PurePath(file_name).suffix.lower() not in _TEXT_SUFFIXES:
        raise FileFormatUnknown(file=name, field="file")
    rows = delimited_rows(name, data) if text else workbook_rows(name, data)
    return _keyed(name, rows, columns, narrow=text)


def shown_name(file_name: str) -> str:
    """The file's name as it stands in messages: without folders, shortened."""
    return shorten(PurePath(file_name).name, 60) or "?"


def _keyed(name: str, rows: Iterator[RawRow], columns: Sequence[Column], *, narrow: bool) -> Iterator[Row]:
    numbered = ((line, row) for line, row in enumerate(rows, start=1) if any(cell is not None for cell in row))
    header_line, header = next(numbered, (0, ()))
    if not header:
        raise FileEmpty(file=name, columns=_names(columns), field="file")
    places = _places(name, header_line, header, columns)
    width = len(header)
    empty = True
    for line, row in numbered:
        empty = False
        if line > MAX_ROWS:
            raise FileTooManyRows(file=name, limit=MAX_ROWS, field="file")
        have = len(row)
        cells = {column: row[place] if place < have else None for column, place in places}
        surplus = shorten("".join(str(c) for c in row[width:] if c is not None)) if narrow and have > width else ""
        yield Row(line, cells, surplus)
    if empty:
        raise FileEmpty(file=name, columns=_names(columns), field="file")


def _places(name: str, line: int, header: RawRow, columns: Sequence[Column]) -> list[tuple[str, int]]:
    known = {label: column.name for column in columns for label in (column.name, *column.aliases)}
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        column = known.get(_label(cell))
        if column is None:
            continue
        if column in places:
            raise HeaderTwice(file=name, row=line, column=column, field="file")
        places[column] = place
    missing = [column.name for column in columns if column.name not in places]
    if missing:
        raise HeaderWrong(file=name, row=line, missing="、".join(missing), columns=_names(columns), field="file")
    return list(places.items())


def _label(cell: Cell) -> str:
    """A header as compared: full-width forms folded, no blanks."""
    return "".join(unicodedata.normalize("NFKC", cell).split()) if isinstance(cell, str) else ""


def _names(columns: Sequence[Column]) -> str:
    return "、".join(column.name for column in columns)
