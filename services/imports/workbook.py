"""Rows of the first sheet of an .xlsx workbook.

A workbook is a zip that anyone may forge, and the reader lays a sheet out as a full rectangle in memory. So its
unpacked size and the corner of that rectangle are checked first.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from services.imports.errors import FileDamaged, FileFormatUnknown, FileTooLarge

MAX_UNPACKED = 256 * 1024 * 1024
_MAX_ENTRIES = 1_000
_STRAY_CELL = re.compile(
    # Any reference but A1...Z399999, unless it is the number of a row or a blank cell that only carries a format.
    rb"""\br\s*=\s*["'](?!(?:[A-Z](?:[1-9]\d{0,4}|[1-3]\d{5})|[1-9]\d{0,6})")"""
    rb"""(?![A-Z]{1,3}[1-9]\d{0,6}"(?:\ss="\d{1,6}")?\s?/>)"""
)


def workbook_rows(file: str, data: bytes) -> Iterator[Sequence[str | int | float | date | None]]:
    """The rows from the top of the sheet, texts trimmed, blanks None, whole numbers int, times cut off dates.

    Raises FileTooLarge, FileFormatUnknown (a zip of another kind), FileDamaged.
    """
    _inspect(file, data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).iter_rows()
    except (CalamineError, IndexError) as error:
        raise FileDamaged(file=file, detail=type(error).__name__, field="file") from None
    return ([_cell(value) for value in row] for row in rows)


def _inspect(file: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MAX_UNPACKED or len(entries) > _MAX_ENTRIES:
                limit = MAX_UNPACKED // 1024 // 1024
                raise FileTooLarge(file=file, size=unpacked // 1024 // 1024, limit=limit, field="file")
            if "xl/workbook.xml" not in archive.namelist():
                raise FileFormatUnknown(file=file, field="file")
            for entry in entries:
                _inspect_part(file, archive.read(entry))
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError) as error:
        raise FileDamaged(file=file, detail=type(error).__name__, field="file") from None


def _inspect_part(file: str, part: bytes) -> None:
    """Refuse a sheet with cells far out: two of them suffice to make the rectangle fill the memory."""
    if b"sheetData" not in part:
        return
    stray = _STRAY_CELL.search(part)
    if stray is not None:
        where = part[stray.end() : stray.end() + 10].partition(b'"')[0].decode("ascii", "replace")
        raise FileDamaged(file=file, detail=f"{where}: A1–Z399999", field="file")


def _cell(value: object) -> str | int | float | date | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, int | date) else str(value)
