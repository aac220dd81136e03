"""Balances and account details, now and as of a moment of the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from domain.ledger.posting import Posting, Postings
from domain.shared.calendar import Month
from domain.shared.money import Fen
from services.handlers.ledger import OpenAccount
from services.handlers.vouchers import DraftVoucher, ReverseVoucher
from services.read_models.ledger import AsOf, BalanceRow, EntryRow
from tests.support.village import Scene

JANUARY, FEBRUARY, MARCH = (Month(2025, month) for month in (1, 2, 3))


@dataclass(frozen=True)
class Step:
    """A voucher that was posted, and the head and the store's clock right after."""

    voucher: UUID
    head: int
    at: datetime


@dataclass(frozen=True)
class Books:
    """The village's books after five vouchers were posted, not in the order of their dates."""

    scene: Scene
    steps: tuple[Step, ...]

    async def trial_balance(self, first: Month, last: Month, as_of: AsOf | None = None) -> list[BalanceRow]:
        return await self.scene.services.ledger.trial_balance(self.scene.village.key, first, last, as_of or AsOf())

    async def entries(
        self,
        account: str = "",
        as_of: AsOf | None = None,
        after: tuple[date, int, int] | None = None,
        limit: int = 100,
        first: Month = JANUARY,
        last: Month = MARCH,
    ) -> list[EntryRow]:
        ledger, key = self.scene.services.ledger, self.scene.village.key
        return await ledger.entries(key, first, last, as_of or AsOf(), account, after, limit)


def lines(debit: str, credit: str, amount: int) -> Postings:
    return (
        Posting(debit, debit=Fen(amount), evidence="1", summary=f"{debit}方"),
        Posting(credit, credit=Fen(amount), evidence="2"),
    )


@pytest.fixture(scope="module")
async def books(scene: Scene) -> Books:
    clerk, key = scene.people["clerk"], scene.village.key
    for account in ("10201", "10202"):
        await scene.run(OpenAccount(account, "存款"), scene.people["accountant"])
    commands: list[DraftVoucher] = [
        DraftVoucher(date(2025, 2, 10), "收租金", lines("10201", "501", 500_000)),
        DraftVoucher(date(2025, 1, 20), "提现", lines("101", "10201", 60_000)),
        DraftVoucher(date(2025, 2, 10), "付电费", lines("511", "101", 20_000)),
        DraftVoucher(date(2025, 3, 1), "转存", lines("10202", "10201", 100_000)),
    ]
    steps = []
    for command in commands:
        steps.append(await _posted(scene, (await scene.run(command, clerk)).streams[0]))
    reversal = await scene.run(ReverseVoucher(steps[2].voucher, date(2025, 3, 5), "重复付款"), clerk)
    steps.append(await _posted(scene, reversal.streams[0]))
    await scene.run(DraftVoucher(date(2025, 3, 9), "未入账", lines("511", "101", 1)), clerk)
    assert await scene.services.log.head(key) > steps[-1].head
    return Books(scene, tuple(steps))


async def _posted(scene: Scene, voucher: UUID) -> Step:
    await scene.post(voucher)
    last = (await scene.services.log.of_stream(scene.village.key, voucher))[-1]
    return Step(voucher, last.position, last.recorded_at)


def sums(entries: Iterable[EntryRow]) -> dict[str, tuple[int, int]]:
    debits: Counter[str] = Counter()
    credits: Counter[str] = Counter()
    for entry in entries:
        debits[entry.account] += entry.debit
        credits[entry.account] += entry.credit
    return {account: (debits[account], credits[account]) for account in sorted({*debits, *credits})}


def turnovers(rows: Iterable[BalanceRow]) -> dict[str, tuple[int, int]]:
    return {row.account: (row.debit_before + row.debit, row.credit_before + row.credit) for row in rows}


SPANS = [
    (JANUARY, MARCH),
    (JANUARY, JANUARY),
    (FEBRUARY, FEBRUARY),
    (FEBRUARY, MARCH),
    (Month(2026, 1), Month(2026, 1)),
]


@pytest.mark.parametrize(("first", "last"), SPANS)
async def test_balances_kept_are_balances_added_up(books: Books, first: Month, last: Month) -> None:
    head = await books.scene.services.log.head(books.scene.village.key)
    now = await books.trial_balance(first, last)
    assert now == await books.trial_balance(first, last, AsOf(position=head))
    assert turnovers(now) == sums(await books.entries(last=last))
    assert [row.account for row in now] == sorted(row.account for row in now)


async def test_debits_equal_credits(books: Books) -> None:
    rows = await books.trial_balance(FEBRUARY, MARCH)
    assert sum(row.debit for row in rows) == sum(row.credit for row in rows) == 500_000 + 20_000 * 2 + 100_000
    assert sum(row.debit_before for row in rows) == sum(row.credit_before for row in rows) == 60_000


async def test_turnover_before_the_span_stands_apart(books: Books) -> None:
    rows = {row.account: row for row in await books.trial_balance(FEBRUARY, FEBRUARY)}
    assert rows["101"] == BalanceRow("101", 60_000, 0, 0, 20_000)
    assert rows["10201"] == BalanceRow("10201", 0, 60_000, 500_000, 0)
    assert set(rows) == {"101", "10201", "501", "511"}


async def test_only_posted_vouchers_count(books: Books) -> None:
    assert len(await books.entries()) == 10


@pytest.mark.parametrize("count", range(6))
async def test_as_of_a_position_only_what_was_posted_by_then_counts(books: Books, count: int) -> None:
    position = books.steps[count - 1].head if count else books.steps[0].head - 1
    wanted = {step.voucher for step in books.steps[:count]}
    expected = [entry for entry in await books.entries() if entry.voucher_id in wanted]
    assert await books.entries(as_of=AsOf(position=position)) == expected
    assert turnovers(await books.trial_balance(JANUARY, MARCH, AsOf(position=position))) == sums(expected)


@pytest.mark.parametrize("count", range(6))
async def test_as_of_a_time_is_as_of_the_last_position_by_then(books: Books, count: int) -> None:
    moment = books.steps[count - 1].at if count else books.steps[0].at - timedelta(microseconds=1)
    position = books.steps[count - 1].head if count else 0
    by_time, by_position = AsOf(recorded_at=moment), AsOf(position=position)
    assert await books.entries(as_of=by_time) == await books.entries(as_of=by_position)
    assert await books.trial_balance(JANUARY, MARCH, by_time) == await books.trial_balance(JANUARY, MARCH, by_position)


@pytest.mark.parametrize("day", [date(2025, 1, 19), date(2025, 1, 20), date(2025, 2, 10), date(2025, 3, 4)])
async def test_as_of_a_business_date_later_days_of_the_same_month_are_left_out(books: Books, day: date) -> None:
    expected = [entry for entry in await books.entries() if entry.occurred_on <= day]
    assert await books.entries(as_of=AsOf(occurred_on=day)) == expected
    assert turnovers(await books.trial_balance(JANUARY, MARCH, AsOf(occurred_on=day))) == sums(expected)


async def test_the_three_views_narrow_each_other(books: Books) -> None:
    """What was known when the second voucher was posted, of days up to the end of January."""
    view = AsOf(position=books.steps[1].head, recorded_at=books.steps[4].at, occurred_on=date(2025, 1, 31))
    assert {entry.voucher_id for entry in await books.entries(as_of=view)} == {books.steps[1].voucher}


# Account detail


async def test_entries_stand_in_order_of_date_number_and_line(books: Books) -> None:
    places = [(e.occurred_on, e.number, e.line) for e in await books.entries()]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


async def test_an_account_stands_for_its_sub_accounts(books: Books) -> None:
    assert {entry.account for entry in await books.entries("102")} == {"10201", "10202"}
    assert {entry.account for entry in await books.entries("10201")} == {"10201"}
    assert await books.entries("1020101") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10])
@pytest.mark.parametrize("account", ["", "102"])
async def test_pages_join_without_gap_or_repeat(books: Books, limit: int, account: str) -> None:
    pages: list[EntryRow] = []
    after: tuple[date, int, int] | None = None
    while page := await books.entries(account, after=after, limit=limit):
        assert len(page) <= limit
        pages += page
        after = (page[-1].occurred_on, page[-1].number, page[-1].line)
    assert pages == await books.entries(account)


async def test_a_line_without_a_summary_has_its_vouchers(books: Books) -> None:
    summaries = {entry.summary for entry in await books.entries() if entry.voucher_id == books.steps[0].voucher}
    assert summaries == {"10201方", "收租金"}


async def test_another_village_has_books_of_its_own(books: Books) -> None:
    scene = books.scene
    assert await scene.services.ledger.trial_balance(scene.neighbour.key, JANUARY, MARCH, AsOf()) == []
    assert await scene.services.ledger.entries(scene.neighbour.key, JANUARY, MARCH, AsOf()) == []
