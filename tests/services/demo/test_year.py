"""The demo village's year is lifelike, balanced, and the same every time."""

from __future__ import annotations

import io
import zipfile
from collections import Counter, defaultdict

import pytest

from domain.shared.calendar import Month
from policies.accounts.chart import chart
from services.demo.bad_rows import cases
from services.demo.year import (
    CASH_CEILING,
    DATA,
    YEAR,
    files,
    generate_january,
    generate_opening,
    generate_year,
    state_for_bad_rows,
)
from services.imports.errors import ImportRefused
from services.imports.vouchers import VoucherEntry, read_vouchers

YEARS = pytest.mark.parametrize("seed", [445203112212, 1, 2])


def balances(entries: list[VoucherEntry]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        for line in entry.lines:
            sums[line.account] += chart()[line.account].balance(debit=line.debit, credit=line.credit)
    return sums


def test_a_year_is_large_and_touches_most_of_the_chart() -> None:
    entries = generate_year()
    assert len(entries) >= 600
    assert len(balances(entries)) >= 30
    assert {Month.of(entry.occurred_on) for entry in entries} == {Month(YEAR, month) for month in range(1, 13)}


def test_the_same_seed_gives_the_same_year_and_another_seed_another() -> None:
    assert generate_year() == generate_year()
    assert generate_year(seed=1) != generate_year()


@YEARS
def test_every_voucher_balances(seed: int) -> None:
    for entry in generate_year(seed):
        assert sum(line.debit for line in entry.lines) == sum(line.credit for line in entry.lines) > 0
        assert all((line.debit > 0) != (line.credit > 0) for line in entry.lines)


@YEARS
def test_cash_and_bank_never_run_out_and_cash_never_piles_up(seed: int) -> None:
    money = {"101": 0, "102": 0}
    for entry in [generate_opening(seed), *generate_year(seed)]:
        for line in entry.lines:
            if line.account in money:
                money[line.account] += line.debit - line.credit
        assert min(money.values()) >= 0
        if entry.summary == "超限额现金存入银行":
            assert money["101"] < CASH_CEILING


@YEARS
def test_no_account_ends_on_the_wrong_side(seed: int) -> None:
    ended = balances([generate_opening(seed), *generate_year(seed)])
    assert {code: balance for code, balance in ended.items() if balance < 0} == {}


def test_numbers_are_gapless_and_documents_unique() -> None:
    entries = generate_year()
    counted: Counter[int] = Counter()
    for entry in entries:
        counted[entry.occurred_on.month] += 1
        assert entry.number == counted[entry.occurred_on.month]
    assert len({entry.lines[0].evidence for entry in entries}) == len(entries)


def test_rents_come_in_the_first_month_of_each_quarter() -> None:
    months = {
        entry.occurred_on.month for entry in generate_year() if "商铺租金" in entry.summary and entry.summary[0] == "收"
    }
    assert {1, 4, 7, 10} <= months
    assert months.isdisjoint({3, 6, 9, 12})


def test_the_villages_people_stay_anonymous() -> None:
    people = {
        line.counterparty
        for entry in generate_year()
        for line in entry.lines
        if line.counterparty.endswith(("先生", "女士"))
    }
    assert people
    assert all(len(name) == 3 for name in people)


@pytest.mark.parametrize("name", ["vouchers_2025.csv", "vouchers_2025.xlsx"])
def test_the_committed_year_reads_back_as_generated(name: str) -> None:
    data = (DATA / name).read_bytes()
    assert read_vouchers(name, data, year=YEAR, accounts=chart(), closed=(), taken={}) == generate_year()


def test_the_committed_january_follows_the_year() -> None:
    data = (DATA / "vouchers_gb18030.csv").read_bytes()
    _, taken = state_for_bad_rows()
    read = read_vouchers("vouchers_gb18030.csv", data, year=YEAR + 1, accounts=chart(), closed=(), taken=taken)
    assert read == generate_january()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")


def test_committed_files_equal_the_generators_output() -> None:
    for name, content in files().items():
        committed = (DATA / name).read_bytes()
        if name.endswith(".xlsx"):  # compression may differ between builds of zlib, what is in the zip may not
            assert unzipped(committed) == unzipped(content)
        else:
            assert committed == content


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", ["vouchers_bad.csv", "vouchers_bad.xlsx"])
def test_the_bad_sheet_shows_every_fault_and_no_other(name: str) -> None:
    closed, taken = state_for_bad_rows()
    with pytest.raises(ImportRefused) as refused:
        read_vouchers(name, (DATA / name).read_bytes(), year=YEAR, accounts=chart(), closed=closed, taken=taken)
    wanted = {code for code, _, _ in cases(YEAR)} | {"NUMBER_REPEATED", "NUMBER_GAP"}
    if name.endswith(".csv"):
        wanted.add("ROW_TOO_WIDE")
    assert {error.code for error in refused.value.errors} == wanted
    twice = {"AMOUNT_BOTH_SIDES", "AMOUNT_MISSING", "AMOUNT_ZERO"}  # such a voucher has the fault in both its rows
    assert len(refused.value.errors) == len(wanted) + len(twice)
