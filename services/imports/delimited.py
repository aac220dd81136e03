"""Rows of a .csv as spreadsheet programs write it in China: UTF-8 with or without a byte-order mark, or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from services.imports.errors import FileDamaged, FileUndecodable

_ENCODINGS = ("utf-8-sig", "gb18030")


def delimited_rows(file: str, data: bytes) -> Iterator[Sequence[str | None]]:
    """The rows, texts trimmed, blanks None; an empty line is an empty row. Raises FileUndecodable, FileDamaged."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding=_encoding(file, data), newline="")
    return _rows(file, text)


def _encoding(file: str, data: bytes) -> str:
    if b"\0" not in data:  # no text table has one, and UTF-16 has many
        for encoding in _ENCODINGS:
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    raise FileUndecodable(file=file, field="file")


def _rows(file: str, text: Iterable[str]) -> Iterator[Sequence[str | None]]:
    reader = csv.reader(text, strict=True)
    try:
        for row in reader:
            yield [cell.strip() or None for cell in row]
    except csv.Error:  # its text speaks of bytes and files; a person looks for the line and its quotes
        raise FileDamaged(file=file, detail=f'"…": line {reader.line_num}', field="file") from None
