"""A voucher sheet with every fault an import can find, each in a voucher of its own.

It is meant to be tried when all months but December are closed and December holds `last` vouchers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from services.imports.sheet import Cell
from services.imports.voucher_draft import (
    ACCOUNT,
    COLUMNS,
    COUNTERPARTY,
    CREDIT,
    DATE,
    DEBIT,
    EVIDENCE,
    NUMBER,
    SUMMARY,
)
from services.imports.write import SheetRow

Change = Mapping[str, Cell | Decimal]

_HUNDRED = Decimal("100.00")


def cases(year: int) -> tuple[tuple[str, Change, Change | None], ...]:
    """The fault's code, what is changed in a good voucher's first line, and in its second (None: it is left out)."""
    return (
        ("VOUCHER_UNBALANCED", {DEBIT: Decimal("110.50")}, {}),
        ("VOUCHER_SINGLE_LINE", {}, None),
        ("ACCOUNT_UNKNOWN", {ACCOUNT: "599"}, {}),
        ("ACCOUNT_MISSING", {ACCOUNT: None}, {}),
        ("DATE_INVALID", {DATE: f"{year}-02-30"}, {DATE: f"{year}-02-30"}),
        ("DATE_OUTSIDE_YEAR", {DATE: date(year - 1, 12, 31)}, {DATE: date(year - 1, 12, 31)}),
        ("PERIOD_CLOSED", {DATE: date(year, 3, 14)}, {DATE: date(year, 3, 14)}),
        ("AMOUNT_NEGATIVE", {DEBIT: Decimal("-100.00")}, {}),
        ("AMOUNT_TOO_FINE", {DEBIT: Decimal("100.005")}, {}),
        ("AMOUNT_INVALID", {DEBIT: "壹佰元"}, {}),
        ("AMOUNT_BOTH_SIDES", {CREDIT: _HUNDRED}, {DEBIT: _HUNDRED}),
        ("AMOUNT_MISSING", {DEBIT: None}, {CREDIT: None}),
        ("AMOUNT_ZERO", {DEBIT: Decimal("0.00")}, {CREDIT: Decimal("0.00")}),
        ("SUMMARY_MISSING", {SUMMARY: None}, {}),
        ("EVIDENCE_MISSING", {EVIDENCE: None}, {}),
        ("TEXT_TOO_LONG", {SUMMARY: "支付村道清障误工补贴" * 25}, {}),
        ("NUMBER_INVALID", {NUMBER: "第甲号"}, {NUMBER: "第甲号"}),
        ("NUMBER_TAKEN", {NUMBER: "记-0001"}, {NUMBER: "记-0001"}),
    )


def bad_rows(year: int, *, last: int, wide: bool) -> Iterator[SheetRow]:
    """The rows below the header. A row wider than the header (`wide`) is a fault that only a .csv can have."""
    number, lost = last, 0
    for code, first, second in cases(year):
        number += 1
        yield _row(year, number, code, DEBIT, first)
        if second is not None:
            yield _row(year, number, code, CREDIT, second)
        lost += code == "NUMBER_TAKEN"
    number -= lost  # that voucher carries another number, so its own is still free
    yield from _voucher(year, last + 1, "NUMBER_REPEATED")
    yield from _voucher(year, number + 3, "NUMBER_GAP")
    if wide:
        debit, credit = _voucher(year, number + 4, "ROW_TOO_WIDE")
        yield debit
        yield [*credit, "00"]


def _voucher(year: int, number: int, code: str) -> tuple[SheetRow, SheetRow]:
    return _row(year, number, code, DEBIT, {}), _row(year, number, code, CREDIT, {})


def _row(year: int, number: int, code: str, side: str, change: Change) -> SheetRow:
    good: dict[str, Cell | Decimal] = {
        DATE: date(year, 12, 16),
        NUMBER: f"记-{number:04d}",
        SUMMARY: f"错误示例 {code}",
        ACCOUNT: "513" if side == DEBIT else "101",
        COUNTERPARTY: "岭文办公用品店",
        side: _HUNDRED,
        EVIDENCE: f"FP-{year}-9{number:03d}",
    }
    cells = good | dict(change)
    return [cells.get(column.name) for column in COLUMNS]
