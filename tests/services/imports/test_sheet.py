"""Reading a sheet: both formats, all encodings, every fault of a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from domain.shared.errors import DomainError, Language
from services.imports import sheet as sheet_module
from services.imports.errors import (
    FileDamaged,
    FileEmpty,
    FileFormatOld,
    FileFormatUnknown,
    FileTooLarge,
    FileTooManyRows,
    FileUndecodable,
    HeaderTwice,
    HeaderWrong,
    shorten,
)
from services.imports.sheet import Column, Row, read_sheet

COLUMNS = (Column("日期", ("凭证日期",)), Column("金额"))
GOOD = "日期,金额\r\n2025-03-01,12.50\r\n"
SHEET = "xl/worksheets/sheet1.xml"


def rows(name: str, data: bytes) -> list[Row]:
    return list(read_sheet(name, data, COLUMNS))


def workbook(*lines: Sequence[object]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for line in lines:
        sheet.append(list(line))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same zip with one part changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_each_encoding(encoding: str) -> None:
    assert rows("a.csv", GOOD.encode(encoding)) == [Row(2, {"日期": "2025-03-01", "金额": "12.50"})]


def test_a_workbook_keeps_types_and_its_own_row_numbers() -> None:
    data = workbook(
        [],
        [None, "日期", "金额"],
        [None, date(2025, 3, 1), 12.5],
        [],
        [None, datetime.fromisoformat("2025-03-02T09:00"), 7.0],
    )
    assert rows("a.xlsx", data) == [
        Row(3, {"日期": date(2025, 3, 1), "金额": 12.5}),
        Row(5, {"日期": date(2025, 3, 2), "金额": 7}),
    ]


def test_a_header_may_be_spaced_full_width_aliased_and_in_any_order() -> None:
    data = "备注, 金 额 ,　凭证日期\r\n甲,1,2025-03-01\r\n".encode()
    assert rows("a.csv", data) == [Row(2, {"日期": "2025-03-01", "金额": "1"})]


def test_blank_lines_are_skipped_and_counted_short_rows_filled_texts_trimmed() -> None:
    data = "日期,金额\r\n\r\n , \r\n　2025-03-01 \r\n".encode()
    assert rows("a.csv", data) == [Row(4, {"日期": "2025-03-01", "金额": None})]


def test_an_unquoted_comma_shows_as_surplus() -> None:
    assert rows("a.csv", "日期,金额\n2025-03-01,1,234.50\n".encode())[0].surplus == "234.50"
    assert rows("a.csv", '日期,金额\n2025-03-01,"1,234.50"\n'.encode())[0].cells["金额"] == "1,234.50"


def test_remarks_beside_a_workbook_table_do_no_harm() -> None:
    assert rows("a.xlsx", workbook(["日期", "金额"], ["2025-03-01", 1, "已核对"]))[0].surplus == ""


def test_content_decides_not_the_name() -> None:
    assert rows("a.csv", workbook(["日期", "金额"], ["2025-03-01", 1]))[0].line == 2


def zip_of(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


FAULTY: list[tuple[type[DomainError], str, bytes]] = [
    (FileEmpty, "a.csv", b""),
    (FileEmpty, "a.csv", b" \r\n \r\n"),
    (FileEmpty, "a.csv", b"\xef\xbb\xbf"),
    (FileEmpty, "a.csv", "日期,金额\r\n,\r\n".encode()),
    (FileEmpty, "a.xlsx", workbook()),
    (FileEmpty, "a.xlsx", workbook(["日期", "金额"])),
    (FileFormatOld, "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    (FileFormatOld, "a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    (FileFormatUnknown, "a.pdf", b"%PDF-1.7 ..."),
    (FileFormatUnknown, "a.xlsx", GOOD.encode()),
    (FileFormatUnknown, "a.xlsx", zip_of(**{"word/document.xml": b"<w/>"})),
    (FileUndecodable, "a.csv", b"\xff\xfe" + GOOD.encode("utf-16-le")),
    (FileUndecodable, "a.csv", b"\x89PNG\r\n\x1a\n\xff\xff"),
    (FileDamaged, "a.xlsx", b"PK\x03\x04 and no more"),
    (FileDamaged, "a.xlsx", zip_of(**{"xl/workbook.xml": b"<not a workbook"})),
    (FileDamaged, "a.csv", '日期,金额\r\n"2025-03-01,1\r\n'.encode()),
    (HeaderWrong, "a.csv", "日期,数量\r\n2025-03-01,1\r\n".encode()),
    (HeaderWrong, "a.csv", b"2025-03-01,1\r\n2025-03-02,2\r\n"),
    (HeaderTwice, "a.csv", "日期,金额,凭证日期\r\n2025-03-01,1,2025-03-01\r\n".encode()),
]


@pytest.mark.parametrize(("refusal", "name", "data"), FAULTY)
def test_a_faulty_file_is_refused_by_name(refusal: type[DomainError], name: str, data: bytes) -> None:
    with pytest.raises(DomainError) as refused:
        rows(name, data)
    assert type(refused.value) is refusal
    assert all(name in refused.value.message(language) for language in Language)


def test_the_missing_column_is_named() -> None:
    with pytest.raises(HeaderWrong) as refused:
        rows("a.csv", "说明\r\n\r\n".encode() + GOOD.replace("金额", "数量").encode())
    assert refused.value.facts["missing"] == "日期、金额"
    assert refused.value.facts["row"] == 1


def test_a_large_file_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_module, "MAX_BYTES", 10)
    with pytest.raises(FileTooLarge):
        rows("a.csv", GOOD.encode())


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_module, "MAX_ROWS", 2)
    with pytest.raises(FileTooManyRows):
        rows("a.csv", (GOOD + "2025-03-02,1\r\n").encode())


def test_a_zip_bomb_is_refused_unread() -> None:
    bomb = zip_of(**{"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(300 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    with pytest.raises(FileTooLarge):
        rows("a.xlsx", bomb)


@pytest.mark.parametrize("cell", [b'r="XFD1048576"', b"r='XFD1048576'", b'r = "B1048576"', b'r="&#88;FD9"', b'r="AA2"'])
def test_a_cell_far_out_is_refused_before_it_fills_the_memory(cell: bytes) -> None:
    data = workbook(["日期", "金额"], ["2025-03-01", 1])
    with pytest.raises(FileDamaged):
        rows("a.xlsx", repacked(data, SHEET, b'r="B2"', cell))


def test_a_formatted_blank_cell_far_out_does_no_harm() -> None:
    data = workbook(["日期", "金额"], ["2025-03-01", 1])
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    assert rows("a.xlsx", repacked(data, SHEET, b"</sheetData>", far)) == [Row(2, {"日期": "2025-03-01", "金额": 1})]


def test_folders_and_long_values_stay_out_of_messages() -> None:
    with pytest.raises(FileEmpty) as refused:
        rows("/home/someone/a.csv", b"")
    assert refused.value.facts["file"] == "a.csv"
    assert shorten("一" * 30) == "一" * 23 + "…"
    assert shorten(None) == ""
