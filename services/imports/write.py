"""Voucher sheets as files: what `read_vouchers` reads back. The same sheet every time, byte for byte."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell as StyledCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from domain.shared.money import yuan
from services.imports.sheet import Cell
from services.imports.voucher_draft import COLUMNS
from services.imports.vouchers import VoucherEntry

_STAMP = datetime(2025, 1, 1)  # noqa: DTZ001 - a fixed stamp, of no time zone, in place of the moment of writing
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_WIDTHS = (12, 10, 44, 10, 26, 14, 14, 20)

SheetRow = Sequence[Cell | Decimal]


def voucher_rows(entries: Iterable[VoucherEntry]) -> Iterable[SheetRow]:
    """The rows of a voucher sheet below its header; amounts are decimals in yuan, the side without one is blank."""
    for entry in entries:
        for line in entry.lines:
            yield (
                entry.occurred_on,
                f"记-{entry.number:04d}",
                line.summary,
                line.account,
                line.counterparty or None,
                Decimal(yuan(line.debit)) if line.debit else None,
                Decimal(yuan(line.credit)) if line.credit else None,
                line.evidence,
            )


def to_csv(rows: Iterable[SheetRow], encoding: str = "utf-8-sig") -> bytes:
    """The sheet as .csv, by default in UTF-8 with a byte-order mark as Excel writes it. Raises UnicodeEncodeError."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(["" if cell is None else str(cell) for cell in row] for row in rows)
    return text.getvalue().encode(encoding)


def to_xlsx(rows: Iterable[SheetRow]) -> bytes:
    """The sheet as .xlsx with real dates and numbers; a text is never taken for a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("凭证")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([column.name for column in COLUMNS])
    for row in rows:
        sheet.append([_styled(sheet, cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return _stable(written.getvalue())


def _styled(sheet: WriteOnlyWorksheet, cell: Cell | Decimal) -> StyledCell:
    match cell:
        case str():
            styled = WriteOnlyCell(sheet, value=cell)
            styled.data_type = "s"
        case Decimal():
            styled = WriteOnlyCell(sheet, value=float(cell))
            styled.number_format = "#,##0.00"
        case date():
            styled = WriteOnlyCell(sheet, value=datetime.combine(cell, time()))
            styled.number_format = "yyyy-mm-dd"
        case _:
            styled = WriteOnlyCell(sheet, value=cell)
    return styled


def _stable(workbook: bytes) -> bytes:
    """The same zip without the moments of its writing."""
    stable = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(stable, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + f"{_STAMP:%Y-%m-%dT%H:%M:%SZ}".encode(), part)
            entry = zipfile.ZipInfo(name, date_time=_STAMP.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, part)
    return stable.getvalue()
