"""What is written as a sheet is read back unchanged, whatever the vouchers are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.shared.money import ZERO, Fen
from policies.accounts.chart import chart
from services.imports.vouchers import EntryLine, VoucherEntry, read_vouchers
from services.imports.write import to_csv, to_xlsx, voucher_rows

# Trimmed single-line texts of whatever people type, also what a spreadsheet could take for a formula.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("=+-@,;\"'&<>％　中文 "), st.characters(codec="gb18030", categories=("L", "N", "P", "S"))
    ),
    max_size=30,
).map(lambda text: " ".join(text.split()))
WORDS = TEXTS.filter(bool)
FEN = st.integers(1, 10**13).map(Fen)
ACCOUNTS = st.sampled_from(sorted(chart()))


@st.composite
def vouchers(draw: st.DrawFn) -> list[VoucherEntry]:
    """Balanced vouchers of one year, numbered without gaps, as they stand one below the other."""
    days = sorted(draw(st.lists(st.integers(0, 364), min_size=1, max_size=8)))
    numbers: dict[int, int] = {}
    entries: list[VoucherEntry] = []
    row = 2
    for day in days:
        on = date(2025, 1, 1) + timedelta(days=day)
        numbers[on.month] = numbers.get(on.month, 0) + 1
        debits = draw(st.lists(FEN, min_size=1, max_size=3))
        lines = [(amount, ZERO) for amount in debits] + [(ZERO, Fen(sum(debits)))]
        entry_lines = tuple(
            EntryLine(draw(WORDS), draw(ACCOUNTS), draw(TEXTS), debit, credit, draw(WORDS)) for debit, credit in lines
        )
        entries.append(VoucherEntry(row, numbers[on.month], on, entry_lines[0].summary, entry_lines))
        row += len(entry_lines)
    return entries


def read(name: str, data: bytes) -> list[VoucherEntry]:
    return read_vouchers(name, data, year=2025, accounts=chart(), closed=(), taken={})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@given(entries=vouchers())
def test_csv(encoding: str, entries: list[VoucherEntry]) -> None:
    assert read("v.csv", to_csv(voucher_rows(entries), encoding)) == entries


@settings(deadline=None)
@given(entries=vouchers())
def test_xlsx(entries: list[VoucherEntry]) -> None:
    assert read("v.xlsx", to_xlsx(voucher_rows(entries))) == entries
