"""However a file is damaged, it is read or refused: nothing else ever comes out."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.shared.errors import DomainError
from policies.accounts.chart import chart
from services.demo.year import generate_january
from services.imports.vouchers import read_vouchers
from services.imports.write import to_csv, to_xlsx, voucher_rows

WORKBOOK = to_xlsx(voucher_rows(generate_january()))
TEXT = to_csv(voucher_rows(generate_january()), "gb18030")
SHEET = "xl/worksheets/sheet1.xml"

# A place in the file, from 0 to 1, and what overwrites it.
DAMAGE = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), min_size=1, max_size=6)
XML_DAMAGE = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.text('0189<>/="ABXr &;', max_size=5).map(str.encode)),
    min_size=1,
    max_size=6,
)


def damaged(data: bytes, damage: list[tuple[float, bytes]]) -> bytes:
    for place, content in damage:
        at = int(place * len(data))
        data = data[:at] + content + data[at + max(1, len(content)) :]
    return data


def read_or_refused(name: str, data: bytes) -> None:
    with suppress(DomainError):
        read_vouchers(name, data, year=2026, accounts=chart(), closed=(), taken={})


@settings(deadline=None)
@given(damage=DAMAGE)
def test_a_damaged_zip(damage: list[tuple[float, bytes]]) -> None:
    read_or_refused("v.xlsx", damaged(WORKBOOK, damage))


@settings(deadline=None)
@given(damage=XML_DAMAGE)
def test_a_damaged_sheet_in_a_sound_zip(damage: list[tuple[float, bytes]]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, damaged(content, damage) if name == SHEET else content)
    read_or_refused("v.xlsx", packed.getvalue())


@given(damage=DAMAGE)
def test_a_damaged_text(damage: list[tuple[float, bytes]]) -> None:
    read_or_refused("v.csv", damaged(TEXT, damage))


@given(data=st.binary(max_size=300))
def test_any_bytes_at_all(data: bytes) -> None:
    read_or_refused("v.csv", data)
    read_or_refused("v.xlsx", b"PK\x03\x04" + data)
