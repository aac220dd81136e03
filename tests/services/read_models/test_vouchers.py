"""Pages of vouchers, by month, number and stage."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from domain.ledger.voucher import Stage
from services.handlers.vouchers import ReviewVoucher, WithdrawVoucher
from services.read_models.vouchers import VoucherFilter, VoucherRow
from tests.support.village import Scene


@pytest.fixture(scope="module")
async def drafted(scene: Scene) -> list[UUID]:
    """Twelve vouchers in two months, drafted in turns: the first two reviewed, the third withdrawn."""
    made = [await scene.draft_voucher(amount=100 + n, on=date(2025, 2 - n % 2, 1 + n)) for n in range(12)]
    for voucher in made[:2]:
        await scene.run(ReviewVoucher(voucher, "属实"), scene.people["director"])
    await scene.run(WithdrawVoucher(made[2], "重复"), scene.people["clerk"])
    return made


async def page(scene: Scene, wanted: VoucherFilter) -> tuple[list[VoucherRow], bool]:
    return await scene.services.vouchers.page(scene.village.key, wanted)


@pytest.mark.parametrize("first", [1, 5, 6, 11, 12, 13])
async def test_pages_join_in_order_of_month_and_number(scene: Scene, drafted: list[UUID], first: int) -> None:
    labels: list[tuple[str, int]] = []
    more = True
    while more:
        rows, more = await page(scene, VoucherFilter(first=first, after=labels[-1] if labels else None))
        assert len(rows) == first or not more
        labels += [(row.month, row.number) for row in rows]
    assert labels == [(month, number) for month in ("2025-01", "2025-02") for number in range(1, 7)]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (VoucherFilter(), 12),
        (VoucherFilter(stages=[Stage.DRAFTED]), 9),
        (VoucherFilter(stages=[Stage.REVIEWED, Stage.WITHDRAWN]), 3),
        (VoucherFilter(month="2025-01"), 6),
        (VoucherFilter(month="2025-02", stages=[Stage.DRAFTED]), 4),
        (VoucherFilter(month="2025-03"), 0),
    ],
)
async def test_what_is_counted_is_what_is_listed(
    scene: Scene, drafted: list[UUID], wanted: VoucherFilter, count: int
) -> None:
    rows, more = await page(scene, wanted)
    assert (len(rows), more) == (count, False)
    assert await scene.services.vouchers.count(scene.village.key, wanted) == count
    assert all(row.stage in (wanted.stages or Stage) and row.month == (wanted.month or row.month) for row in rows)


async def test_a_row_says_what_was_drafted(scene: Scene, drafted: list[UUID]) -> None:
    (row,) = await scene.services.vouchers.by_ids(scene.village.key, [drafted[5]])
    assert (row.label, row.total, row.drafted_by) == ("2025-01/3", 105, scene.people["clerk"].member)
    assert [(posting.account, posting.debit, posting.credit) for posting in row.postings] == [
        ("511", 105, 0),
        ("102", 0, 105),
    ]


async def test_nobody_reads_the_vouchers_of_another_village(scene: Scene, drafted: list[UUID]) -> None:
    vouchers = scene.services.vouchers
    assert await vouchers.by_ids(scene.neighbour.key, [*drafted, uuid4()]) == []
    assert await vouchers.page(scene.neighbour.key, VoucherFilter()) == ([], False)
