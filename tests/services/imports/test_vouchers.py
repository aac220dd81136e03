"""Vouchers from a sheet: what is read, and every error of every row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import pytest

from domain.shared.calendar import Month
from domain.shared.errors import Language
from domain.shared.money import Fen
from policies.accounts.chart import chart
from services.imports.errors import ImportRefused, RowError
from services.imports.vouchers import EntryLine, VoucherEntry, read_vouchers

HEADER = "日期,凭证号,摘要,科目编码,往来单位,借方金额,贷方金额,附件号\n"
V1 = "2025-03-01,记-0001,付电费,513,供电所,12.50,,FP-1\n2025-03-01,记-0001,付电费,102,供电所,,12.50,FP-1\n"
MARCH = Month(2025, 3)


def read(rows: str, *, closed: Collection[Month] = (), taken: Mapping[Month, int] | None = None) -> list[VoucherEntry]:
    data = (HEADER + rows).encode()
    return read_vouchers("v.csv", data, year=2025, accounts=chart(), closed=closed, taken=taken or {})


def errors(rows: str, *, closed: Collection[Month] = (), taken: Mapping[Month, int] | None = None) -> list[RowError]:
    with pytest.raises(ImportRefused) as refused:
        read(rows, closed=closed, taken=taken)
    return list(refused.value.errors)


def found(
    rows: str, *, closed: Collection[Month] = (), taken: Mapping[Month, int] | None = None
) -> list[tuple[int, str, str, str]]:
    return [(e.row, e.column, e.value, e.code) for e in errors(rows, closed=closed, taken=taken)]


def pair(number: object, on: str = "2025-03-05", amount: str = "1.00") -> str:
    """Two rows of a good voucher."""
    return f"{on},{number},付水费,513,,{amount},,FP-2\n{on},{number},付水费,102,,,{amount},FP-2\n"


def test_a_voucher_is_its_rows_of_one_date_and_number() -> None:
    assert read(V1) == [
        VoucherEntry(
            line=2,
            number=1,
            occurred_on=date(2025, 3, 1),
            summary="付电费",
            lines=(
                EntryLine("付电费", "513", "供电所", Fen(1250), Fen(0), "FP-1"),
                EntryLine("付电费", "102", "供电所", Fen(0), Fen(1250), "FP-1"),
            ),
        )
    ]


def test_rows_belong_together_however_date_and_number_are_written() -> None:
    [voucher] = read(V1.replace("2025-03-01,记-0001", "2025年3月1日,1", 1))
    assert len(voucher.lines) == 2


def test_a_zero_beside_an_amount_counts_as_blank() -> None:
    assert read(V1.replace("12.50,,", "12.50,0.00,")) == read(V1)


def test_numbers_go_on_from_the_books_month_by_month_in_any_order() -> None:
    rows = pair(1, "2025-04-02") + pair(9) + pair(8) + V1.replace("记-0001", "7")
    vouchers = read(rows, taken={MARCH: 6})
    assert [(v.occurred_on.month, v.number) for v in vouchers] == [(3, 7), (3, 8), (3, 9), (4, 1)]


FIRST, SECOND = V1.splitlines(keepends=True)
LONG = "长" * 201


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (FIRST.replace("12.50", "12.51") + SECOND, [(2, "借方金额", "12.51", "VOUCHER_UNBALANCED")]),
        (SECOND.replace("12.50", "12.51") + FIRST, [(2, "贷方金额", "12.51", "VOUCHER_UNBALANCED")]),
        (FIRST, [(2, "凭证号", "记-0001", "VOUCHER_SINGLE_LINE")]),
        (FIRST.replace("513", "599") + SECOND, [(2, "科目编码", "599", "ACCOUNT_UNKNOWN")]),
        (FIRST.replace("513", "") + SECOND, [(2, "科目编码", "", "ACCOUNT_MISSING")]),
        (V1.replace("2025-03-01", "2025-02-29"), [(2, "日期", "2025-02-29", "DATE_INVALID")]),
        (V1.replace("2025-03-01", ""), [(2, "日期", "", "DATE_INVALID")]),
        (V1.replace("2025-03-01", "2026-03-01"), [(2, "日期", "2026-03-01", "DATE_OUTSIDE_YEAR")]),
        (V1.replace("记-0001", "收-1"), [(2, "凭证号", "收-1", "NUMBER_INVALID")]),
        (V1 + pair(1, "2025-03-01") + pair(2) + pair(1), [(8, "凭证号", "1", "NUMBER_REPEATED")]),
        (V1 + pair(1), [(4, "凭证号", "1", "NUMBER_REPEATED")]),
        (V1 + pair(3), [(4, "凭证号", "3", "NUMBER_GAP")]),
        (V1 + pair(5) + pair(3), [(4, "凭证号", "5", "NUMBER_GAP"), (6, "凭证号", "3", "NUMBER_GAP")]),
        (FIRST.replace("12.50", "-12.50") + SECOND, [(2, "借方金额", "-12.50", "AMOUNT_NEGATIVE")]),
        (FIRST.replace("12.50", "12.505") + SECOND, [(2, "借方金额", "12.505", "AMOUNT_TOO_FINE")]),
        (FIRST + SECOND.replace("12.50", "约12元多"), [(3, "贷方金额", "约12元多", "AMOUNT_INVALID")]),
        (V1.replace("12.50,,", "12.50,1.00,").replace(",,12.50", ",1.00,12.50"), [
            (2, "贷方金额", "1.00", "AMOUNT_BOTH_SIDES"),
            (3, "贷方金额", "12.50", "AMOUNT_BOTH_SIDES"),
        ]),
        (V1 + "2025-03-01,1,付电费,513,,,,FP-1\n", [(4, "借方金额", "", "AMOUNT_MISSING")]),
        (V1 + "2025-03-01,1,付电费,513,,0,,FP-1\n", [(4, "借方金额", "0", "AMOUNT_ZERO")]),
        (V1 + "2025-03-01,1,付电费,513,,,0.00,FP-1\n", [(4, "贷方金额", "0.00", "AMOUNT_ZERO")]),
        (FIRST.replace("付电费", " ") + SECOND, [(2, "摘要", "", "SUMMARY_MISSING")]),
        (FIRST + SECOND.replace("FP-1", ""), [(3, "附件号", "", "EVIDENCE_MISSING")]),
        (FIRST.replace("付电费", LONG) + SECOND, [(2, "摘要", "长" * 23 + "…", "TEXT_TOO_LONG")]),
        (FIRST.replace("供电所", LONG) + SECOND, [(2, "往来单位", "长" * 23 + "…", "TEXT_TOO_LONG")]),
        (FIRST + SECOND.replace("FP-1", LONG), [(3, "附件号", "长" * 23 + "…", "TEXT_TOO_LONG")]),
        (FIRST + SECOND.replace("\n", ",00\n"), [(3, "附件号", "00", "ROW_TOO_WIDE")]),
    ],
)  # fmt: skip
def test_each_fault_is_found_where_it_stands(rows: str, expected: list[tuple[int, str, str, str]]) -> None:
    assert found(rows) == expected


def test_a_closed_month_takes_no_voucher_and_its_numbers_do_not_matter() -> None:
    assert found(V1.replace("记-0001", "5"), closed={MARCH}) == [(2, "日期", "2025-03-01", "PERIOD_CLOSED")]


def test_a_number_in_the_books_is_taken_and_the_next_is_named() -> None:
    assert found(V1, taken={MARCH: 4}) == [(2, "凭证号", "记-0001", "NUMBER_TAKEN")]
    assert "5" in errors(V1, taken={MARCH: 4})[0].remedy_zh
    assert found(pair(6), taken={MARCH: 4}) == [(2, "凭证号", "6", "NUMBER_GAP")]


@pytest.mark.parametrize(
    "broken",
    [pair(2, "2025-03-32"), pair("二"), pair(2, "2024-03-05")],
)
def test_a_voucher_that_cannot_be_placed_is_not_missed_as_well(broken: str) -> None:
    assert [code for *_, code in found(V1 + broken + pair(3))] in (
        ["DATE_INVALID"],
        ["NUMBER_INVALID"],
        ["DATE_OUTSIDE_YEAR"],
    )


def test_all_errors_of_all_rows_come_in_row_order() -> None:
    rows = V1.replace("FP-1", "") + pair(3, amount="x") + pair(3, amount="-1")
    assert found(rows) == [
        (2, "附件号", "", "EVIDENCE_MISSING"),
        (3, "附件号", "", "EVIDENCE_MISSING"),
        (4, "借方金额", "x", "AMOUNT_INVALID"),
        (4, "凭证号", "3", "NUMBER_GAP"),
        (5, "贷方金额", "x", "AMOUNT_INVALID"),
        (6, "借方金额", "-1", "AMOUNT_NEGATIVE"),
        (7, "贷方金额", "-1", "AMOUNT_NEGATIVE"),
    ]


def test_an_error_says_file_row_column_value_fault_and_remedy_in_both_languages() -> None:
    [error] = errors(FIRST.replace("12.50", "12.51") + SECOND)
    assert error.message_zh == (
        "v.csv 第 2 行“借方金额”（12.51）：借方合计 12.51 与贷方合计 12.50 相差 0.01 元；请核对该凭证的金额，使借贷相等"
    )
    assert error.message_en == (
        "v.csv, row 2, 借方金额 (12.51): debits of 12.51 and credits of 12.50 differ by 0.01 yuan; "
        "correct the amounts so that debits equal credits"
    )


def test_the_refusal_counts_the_errors_and_quotes_the_first() -> None:
    with pytest.raises(ImportRefused) as refused:
        read(V1.replace("FP-1", ""))
    assert refused.value.facts["count"] == 2
    assert refused.value.errors[0].message_zh in refused.value.message()
    assert refused.value.errors[0].message_en in refused.value.message(Language.EN)


def test_an_unknown_account_is_answered_with_one_like_it() -> None:
    assert "102" in errors(FIRST.replace("513", "10201") + SECOND)[0].remedy_zh
