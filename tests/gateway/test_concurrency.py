"""Two at once through the gateway: one wins, the other is told why, and numbers have no gap."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from tests.support.gateway import Town, tenant, voucher
from tests.support.village import VILLAGE_CODE

LINES = [
    {"account": "511", "debit": "12.00", "evidence": "发票1"},
    {"account": "102", "credit": "12.00", "evidence": "转账1"},
]


async def test_of_two_who_review_at_once_one_does(town: Town) -> None:
    scene = town.scene
    director, committee = await town.as_("director"), await town.as_("committee")
    for _ in range(5):
        ids = [voucher(scene.village, await scene.draft_voucher())]
        before = await scene.services.log.head(scene.village.key)
        answers = await asyncio.gather(
            director.do("ReviewVouchers", vouchers=ids, opinion="属实"),
            committee.do("ReviewVouchers", vouchers=ids, opinion="属实"),
        )
        errors = [answer.payload["results"][0]["error"] for answer in answers]
        assert sorted(error["code"] for error in errors if error) == ["WRONG_STAGE"]
        assert await scene.services.log.head(scene.village.key) == before + 1


async def test_the_same_command_sent_twice_at_once_is_carried_out_once(town: Town) -> None:
    clerk, command = await town.as_("clerk"), uuid4()
    given = {"village": tenant(town.scene.village), "occurredOn": "2025-01-15", "summary": "甲", "postings": LINES}
    answers = await asyncio.gather(*(clerk.do("DraftVoucher", command=command, **given) for _ in range(6)))
    assert len({answer.payload["voucher"]["id"] for answer in answers}) == 1
    assert (await clerk.run("Vouchers", code=VILLAGE_CODE)).one["vouchers"]["totalCount"] == 1


async def test_drafts_at_once_take_every_number_once(town: Town) -> None:
    clerk = await town.as_("clerk")
    given = {"village": tenant(town.scene.village), "occurredOn": "2025-01-15", "summary": "甲", "postings": LINES}
    answers = await asyncio.gather(*(clerk.do("DraftVoucher", **given) for _ in range(8)))
    numbers = {answer.payload["voucher"]["number"] for answer in answers}
    assert numbers == {f"2025-01/{number}" for number in range(1, 9)}
