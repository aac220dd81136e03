"""Rules of the books: which accounts may be posted to, and which months are open."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from domain.ledger.books import (
    AccountInUse,
    AccountNameMissing,
    AccountTaken,
    Books,
    BooksNotHere,
    NotALeaf,
    PeriodBeforeBooks,
    PeriodBusy,
    PeriodClosed,
    PeriodOutOfTurn,
    SubAccountMalformed,
    UnknownAccount,
)
from domain.ledger.posting import Posting, Postings
from domain.shared.calendar import LAST_MONTH, Month, NotAPeriod
from domain.shared.identity import Level
from domain.shared.money import Fen
from policies.accounts.chart import chart
from tests.support.given import did, given, happened, opening

CHART = chart()
JANUARY, FEBRUARY, MARCH = (Month(2025, month) for month in (1, 2, 3))
Step = Callable[[Books], object]


def books(first: Month = JANUARY) -> Books:
    return Books.open(id=uuid4(), level=Level.VILLAGE, chart="2023", first=first)


def closed(month: Month) -> Step:
    return did(Books.close, month, unposted=0)


def with_account(account: str, name: str = "明细") -> Step:
    return did(Books.open_account, account=account, name=name, standard=CHART, parent_in_use=False)


def spending(account: str) -> Postings:
    return (Posting("511", debit=Fen(1), evidence="1"), Posting(account, credit=Fen(1), evidence="1"))


def test_opening_names_chart_and_first_month() -> None:
    made = opening(Books.open, id=uuid4(), level=Level.VILLAGE, chart="2023", first=MARCH).then(
        happened(Books.Opened, chart="2023", first="2025-03")
    )
    assert (made.first, made.closed_until) == (MARCH, None)


# Periods


def test_the_first_month_to_close_is_the_first_of_the_books() -> None:
    given(books(FEBRUARY)).when(Books.close, FEBRUARY, unposted=0).then(happened(Books.Closed, month="2025-02"))
    error = given(books(FEBRUARY)).when(Books.close, MARCH, unposted=0).then_refused(PeriodOutOfTurn)
    assert error.facts["expected"] == FEBRUARY


@pytest.mark.parametrize("month", [JANUARY, MARCH])
def test_months_close_one_after_the_other_and_once(month: Month) -> None:
    given(books(), closed(JANUARY)).when(Books.close, month, unposted=0).then_refused(PeriodOutOfTurn)


def test_the_year_turns() -> None:
    december = Month(2025, 12)
    given(books(december), closed(december)).when(Books.close, Month(2026, 1), unposted=0).then(
        happened(Books.Closed, month="2026-01")
    )


def test_a_month_with_unposted_vouchers_does_not_close() -> None:
    error = given(books()).when(Books.close, JANUARY, unposted=3).then_refused(PeriodBusy)
    assert "尚有 3 张凭证未入账" in error.message()


@pytest.mark.parametrize(
    ("month", "refusal"),
    [(JANUARY, PeriodBeforeBooks), (FEBRUARY, PeriodClosed), (MARCH, None), (Month(2030, 1), None)],
)
def test_entries_go_into_months_that_are_open(month: Month, refusal: type[Exception] | None) -> None:
    aggregate = given(books(FEBRUARY), closed(FEBRUARY)).aggregate
    if refusal is None:
        aggregate.check(month, spending("102"), CHART)
    else:
        with pytest.raises(refusal):
            aggregate.check(month, spending("102"), CHART)


# Accounts


@pytest.mark.parametrize("account", ["10201", "11201", "50101"])
def test_a_sub_account_adds_two_digits_to_its_parent(account: str) -> None:
    given(books()).when(Books.open_account, account=account, name="信用社", standard=CHART, parent_in_use=False).then(
        happened(Books.AccountOpened, account=account, name="信用社")
    )


@pytest.mark.parametrize("account", ["", "1", "102", "1020", "102A1", "１０２０１", "102.01", "-10201"])
def test_what_is_no_sub_account_code(account: str) -> None:
    given(books()).when(
        Books.open_account, account=account, name="x", standard=CHART, parent_in_use=False
    ).then_refused(SubAccountMalformed)


@pytest.mark.parametrize("account", ["99901", "1020101", "102011"])
def test_a_sub_account_needs_its_parent(account: str) -> None:
    given(books()).when(
        Books.open_account, account=account, name="x", standard=CHART, parent_in_use=False
    ).then_refused(UnknownAccount)


def test_an_account_with_entries_of_its_own_gets_no_sub_accounts() -> None:
    given(books()).when(
        Books.open_account, account="10201", name="信用社", standard=CHART, parent_in_use=True
    ).then_refused(AccountInUse)


@pytest.mark.parametrize("level", [Level.DISTRICT, Level.TOWNSHIP])
def test_only_villages_and_communities_keep_books(level: Level) -> None:
    opening(Books.open, id=uuid4(), level=level, chart="2023", first=MARCH).then_refused(BooksNotHere)


def test_an_account_is_opened_once() -> None:
    given(books(), with_account("10201")).when(
        Books.open_account, account="10201", name="其他", standard=CHART, parent_in_use=False
    ).then_refused(AccountTaken)


def test_sub_accounts_have_sub_accounts() -> None:
    aggregate = given(books(), with_account("10201"), with_account("1020101")).aggregate
    leaves = aggregate.leaves(CHART)
    assert "1020101" in leaves
    assert not {"102", "10201"} & leaves
    assert leaves == frozenset({*CHART, "1020101"} - {"102"})


def test_entries_go_to_leaves() -> None:
    aggregate = given(books(), with_account("10201")).aggregate
    aggregate.check(JANUARY, spending("10201"), CHART)
    with pytest.raises(NotALeaf) as refused:
        aggregate.check(JANUARY, spending("102"), CHART)
    assert refused.value.field == "postings.1.account"


@pytest.mark.parametrize("account", ["999", "10201", "", "102 "])
def test_entries_name_accounts_that_there_are(account: str) -> None:
    with pytest.raises(UnknownAccount) as refused:
        given(books()).aggregate.check(JANUARY, spending(account), CHART)
    assert refused.value.field == "postings.1.account"


def test_no_voucher_stands_in_a_month_that_cannot_be_written() -> None:
    beyond = LAST_MONTH.next
    given(books()).when(Books.check_open, month=beyond).then_refused(NotAPeriod)
    given(books()).when(Books.check_open, month=LAST_MONTH).then()
    assert Month.parse(str(LAST_MONTH)) == LAST_MONTH
    with pytest.raises(NotAPeriod):
        Month.parse(str(beyond))


def test_a_sub_account_has_a_name() -> None:
    given(books()).when(
        Books.open_account, account="10201", name=" ", standard=CHART, parent_in_use=False
    ).then_refused(AccountNameMissing)
