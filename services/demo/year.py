"""A year of the demo village 凤光村, invented but lifelike: the same seed gives the same vouchers.

`python -m services.demo.year` writes the files in services/demo/data anew.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from domain.shared.calendar import Month, months_of
from services.demo.bad_rows import bad_rows
from services.demo.incomes import INCOMES
from services.demo.january import JANUARY
from services.demo.scene import BANK, BANK_NAME, BANK_SLIP, CASH, Happening, Scene, move
from services.demo.spending import SPENDING
from services.demo.works import WORKS, opening
from services.imports.vouchers import EntryLine, VoucherEntry
from services.imports.write import to_csv, to_xlsx, voucher_rows

SEED = 445203112212  # the village's own division code
YEAR = 2025
DATA = Path(__file__).parent / "data"

# What the village keeps in cash (库存现金限额), in fen.
CASH_FLOOR, CASH_CEILING = 50_000, 800_000
_CASH_DRAWN, _CASH_KEPT = 500_000, 300_000

Activity = Callable[[Scene], Iterator[Happening]]
ACTIVITIES: tuple[Activity, ...] = (*WORKS, *INCOMES, *SPENDING)


def generate_year(seed: int = SEED, year: int = YEAR) -> list[VoucherEntry]:
    """The year's vouchers by month and number, as if read from the sheet that holds them all."""
    begun = sum(line.debit for line in generate_opening(seed, year).lines if line.account == CASH)
    return vouchers_of(_with_cash_kept(_happenings(ACTIVITIES, seed, year), begun))


def generate_opening(seed: int = SEED, year: int = YEAR) -> VoucherEntry:
    """The voucher of opening balances, on the last day of the year before; it is entered by hand, not imported."""
    return vouchers_of(_happenings([opening], seed, year))[0]


def generate_january(seed: int = SEED, year: int = YEAR + 1) -> list[VoucherEntry]:
    """The first few vouchers of the year after."""
    return vouchers_of(_happenings(JANUARY, seed, year))


def state_for_bad_rows(seed: int = SEED, year: int = YEAR) -> tuple[set[Month], dict[Month, int]]:
    """Closed months, and highest numbers by month, when vouchers_bad is meant to be tried: all but December closed."""
    taken = {Month.of(entry.occurred_on): entry.number for entry in generate_year(seed, year)}
    return {month for month in months_of(year) if month.month < 12}, taken


def files() -> dict[str, bytes]:
    """Every generated file by name. The good ones hold exactly what the generator gives; the bad ones every fault."""
    year, january = generate_year(), generate_january()
    last = year[-1].number
    return {
        f"vouchers_{YEAR}.csv": to_csv(voucher_rows(year)),
        f"vouchers_{YEAR}.xlsx": to_xlsx(voucher_rows(year)),
        "vouchers_gb18030.csv": to_csv(voucher_rows(january), "gb18030"),
        "vouchers_bad.csv": to_csv(bad_rows(YEAR, last=last, wide=True)),
        "vouchers_bad.xlsx": to_xlsx(bad_rows(YEAR, last=last, wide=False)),
    }


def main() -> None:
    """Write the files anew."""
    for name, content in files().items():
        (DATA / name).write_bytes(content)
        sys.stdout.write(f"{name}: {len(content)} bytes\n")


def _happenings(activities: Iterable[Activity], seed: int, year: int) -> list[Happening]:
    happenings: list[Happening] = []
    for activity in activities:
        happenings.extend(activity(Scene(year, seed, activity.__name__)))
    return sorted(happenings, key=lambda happening: happening.on)


def _with_cash_kept(happenings: Iterable[Happening], cash: int) -> Iterator[Happening]:
    """Cash, which begins with `cash` fen, is drawn before it runs out and paid in before there is too much of it."""
    for happening in happenings:
        change = sum(leg.debit - leg.credit for leg in happening.legs if leg.account == CASH)
        short = CASH_FLOOR - cash - change
        if change < 0 and short > 0:
            drawn = -(-short // _CASH_DRAWN) * _CASH_DRAWN
            yield move(happening.on, "提取备用金", CASH, BANK, drawn, BANK_NAME, BANK_SLIP)
            cash += drawn
        yield happening
        cash += change
        if cash > CASH_CEILING:
            excess = cash - _CASH_KEPT
            yield move(happening.on, "超限额现金存入银行", BANK, CASH, excess, BANK_NAME, BANK_SLIP)
            cash -= excess


def vouchers_of(happenings: Iterable[Happening]) -> list[VoucherEntry]:
    """Happenings in the order of their dates, numbered within each month, each with its document's number."""
    numbers: Counter[int] = Counter()
    documents: Counter[str] = Counter()
    entries: list[VoucherEntry] = []
    row = 2  # the first below the header
    for happening in happenings:
        on, kind = happening.on, happening.document
        numbers[on.month] += 1
        documents[kind] += 1
        evidence = f"{kind}-{on.year}-{documents[kind]:04d}"
        lines = tuple(
            EntryLine(happening.summary, leg.account, leg.counterparty, leg.debit, leg.credit, evidence)
            for leg in happening.legs
        )
        entries.append(VoucherEntry(row, numbers[on.month], on, happening.summary, lines))
        row += len(lines)
    return entries


if __name__ == "__main__":
    main()
