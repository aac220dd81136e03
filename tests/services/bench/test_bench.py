"""The benchmarks run and say what they promise to say; what they measure is for people to judge, not for a test."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from domain.ledger.voucher import Voucher
from services.bench import append, public_page, replay
from services.bench.cli import bench
from services.bench.measure import Case, compare
from services.bench.workload import Villages
from services.store.db import connected
from services.store.log import EventLog
from services.store.rebuild import check
from services.store.settings import Database
from services.store.verify import verify_all


async def test_the_ratio_is_the_median_of_the_rounds_and_the_first_of_each_side_is_not_counted() -> None:
    order: list[str] = []
    ours, theirs = iter((999.0, 10.0, 40.0, 30.0)), iter((1.0, 100.0, 100.0, 50.0))

    async def our_side() -> float:
        order.append("ours")
        return next(ours)

    async def their_side() -> float:
        order.append("theirs")
        return next(theirs)

    case = await compare("some/case", "something simpler", "things/s", our_side, their_side, 3)
    assert order == ["ours", "theirs", "ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert (case.case, case.reference, case.rounds, case.ratio) == ("some/case", "something simpler", 3, 0.4)
    assert case.detail == {
        "unit": "things/s",
        "ours": 30.0,
        "reference": 100.0,
        "lowest_ratio": 0.1,
        "highest_ratio": 0.6,
    }


async def test_what_is_appended_are_vouchers_that_went_through_all_hands(database: Database) -> None:
    world = Villages(2)
    for life in world.vouchers(2):
        kinds = [type(event) for decision in life for event in decision.events]
        assert kinds == [Voucher.Drafted, Voucher.Reviewed, Voucher.Signed, Voucher.Posted]
    await append.fill(database, world, 6)
    async with connected(database.service, size=1) as db:
        assert [await EventLog(db).head(key) for key in world.keys] == [12, 12]
    async with connected(database.owner, size=1) as owner, owner.scope() as connection:
        assert not any(each.broken for each in await verify_all(connection, world.keys))
        replayed = await check(connection, world.keys)
    assert (replayed.events, replayed.difference) == (24, None)


async def test_append_names_its_cases(database: Database) -> None:
    told: list[Case] = []
    cases = await append.measure(database, 1, told.append, villages=3, connections=(1, 2), vouchers=4)
    names = ["append/villages-3/c1", "append/villages-3/c2", "append/hot/c1", "append/hot/c2"]
    assert [case.case for case in cases] == names
    assert told == cases
    assert all(case.ratio > 0 for case in cases)
    assert (append.VILLAGES, append.CONNECTIONS) == (200, (1, 8, 32))


async def test_replay_names_its_cases(database: Database) -> None:
    cases = await replay.measure(database, 1, lambda _: None, villages=2, vouchers=4)
    assert [case.case for case in cases] == ["replay/rebuild", "replay/verify"]
    assert all(case.ratio > 0 for case in cases)


async def test_the_page_is_asked_for_and_its_bytes_are_those_of_the_reference(database: Database) -> None:
    [case] = await public_page.measure(database, 1, lambda _: None, seconds=0.05)
    assert case.case == "graphql/public-disclosure"
    assert case.ratio > 0
    assert float(case.detail["bytes"]) > 1000


def test_json_is_a_list_of_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "VOUCHERS", 4)
    result = CliRunner().invoke(bench, ["replay", "--json", "--rounds", "1", "--data-dir", str(tmp_path)])
    assert result.exit_code == 0, result.output
    cases = msgspec.json.decode(result.stdout, type=list[Case])
    assert [case.case for case in cases] == ["replay/rebuild", "replay/verify"]
    assert {case.rounds for case in cases} == {1}
