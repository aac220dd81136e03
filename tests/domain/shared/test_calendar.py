from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.calendar import Month, NotAPeriod, Quarter, months_of

months = st.builds(Month, st.integers(1900, 2998), st.integers(1, 12))
quarters = st.builds(Quarter, st.integers(1900, 2998), st.integers(1, 4))
dates = st.dates(date(1900, 1, 1), date(2999, 12, 31))


@given(months)
def test_a_month_reads_what_it_writes(month: Month) -> None:
    assert Month.parse(str(month)) == month


@given(quarters)
def test_a_quarter_reads_what_it_writes(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter


@given(dates)
def test_every_day_lies_in_its_month_and_quarter(day: date) -> None:
    month = Month.of(day)
    assert month.start <= day <= month.end
    assert month in month.quarter.months
    assert month.quarter.start <= day <= month.quarter.end


@given(months)
def test_the_next_month_begins_the_day_after(month: Month) -> None:
    assert month.next.start == month.end + timedelta(days=1)
    assert month < month.next
    assert str(month) < str(month.next), "read models compare months as text"


@given(quarters)
def test_a_quarter_is_three_months_in_a_row(quarter: Quarter) -> None:
    assert all(one.next == other for one, other in pairwise(quarter.months))
    assert {month.quarter for month in quarter.months} == {quarter}
    assert (quarter.start, quarter.end) == (quarter.months[0].start, quarter.months[2].end)


@given(months, months)
def test_months_sort_by_time_and_so_do_their_texts(one: Month, other: Month) -> None:
    assert (one < other) == (one.start < other.start) == (str(one) < str(other))


def test_a_year_has_twelve_months_and_four_quarters() -> None:
    year = list(months_of(2024))
    assert len(year) == 12
    assert (year[0].start, year[-1].end) == (date(2024, 1, 1), date(2024, 12, 31))
    assert [str(quarter) for quarter in sorted({month.quarter for month in year})] == [
        f"2024-Q{number}" for number in range(1, 5)
    ]
    assert Month(2024, 2).end == date(2024, 2, 29)


def test_a_quarter_for_people() -> None:
    assert [Quarter(2025, number).zh for number in (1, 4)] == ["2025年第一季度", "2025年第四季度"]


NEITHER = ["", "2025", "2025-", "2025-Q", "2025-1", "2025-00", "2025-13", "2025-Q0", "2025-Q5", "0000-01", "0000-Q1",
           "25-01", "2025-01-01", " 2025-01", "2025-01\n", "２０２５-01", "2025/01", "+025-01", "2025-Q1 "]  # fmt: skip


@pytest.mark.parametrize("text", [*NEITHER, "2025-Q1"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(NotAPeriod) as refused:
        Month.parse(text)
    assert f"“{text}”" in refused.value.message()


@pytest.mark.parametrize("text", [*NEITHER, "2025-01"])
def test_what_is_no_quarter(text: str) -> None:
    with pytest.raises(NotAPeriod):
        Quarter.parse(text)
