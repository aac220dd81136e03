"""The books through the gateway: balances now and then, the detail of an account, and why two moments differ."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.ledger.posting import Posting
from domain.shared.money import Fen
from services.handlers.vouchers import DraftVoucher
from tests.support.gateway import Town, tenant, voucher
from tests.support.village import VILLAGE_CODE, Scene

YEAR = {"code": VILLAGE_CODE, "from": "2025-01", "to": "2025-12"}


async def income(scene: Scene, amount: int, on: date) -> Any:
    lines = (
        Posting("102", debit=Fen(amount), summary="收承包款", counterparty="岭丰合作社", evidence="收据"),
        Posting("501", credit=Fen(amount), summary="收承包款", counterparty="岭丰合作社", evidence="收据"),
    )
    drafted = await scene.run(DraftVoucher(on, "收承包款", lines), scene.people["clerk"])
    await scene.post(drafted.streams[0])
    return drafted.streams[0]


async def test_the_trial_balance_balances_now_and_at_every_moment(town: Town) -> None:
    scene, head = town.scene, await town.as_("head")
    await income(scene, 500_000, date(2025, 1, 10))
    then = await scene.services.log.head(scene.village.key)
    await scene.post(await scene.draft_voucher(120_000, on=date(2025, 2, 3)))
    now = (await head.run("TrialBalance", **YEAR | {"from": "2025-02"})).one["trialBalance"]
    rows = {row["account"]: row for row in now["rows"]}
    assert rows["102"] == {
        "account": "102",
        "name": "银行存款",
        "opening": {"debit": "5000.00", "credit": "0.00"},
        "turnover": {"debit": "0.00", "credit": "1200.00"},
        "closing": {"debit": "3800.00", "credit": "0.00"},
    }
    assert rows["501"]["closing"] == {"debit": "0.00", "credit": "5000.00"}
    assert now["position"] == await scene.services.log.head(scene.village.key)
    for moment in (None, {"position": then}, {"occurredOn": "2025-01-31"}, {"position": 1}):
        totals = (await head.run("TrialBalance", **YEAR, asOf=moment)).one["trialBalance"]["totals"]
        assert all(side["debit"] == side["credit"] for side in totals.values())
    before = (await head.run("TrialBalance", **YEAR, asOf={"position": then})).one["trialBalance"]
    assert {row["account"]: row["closing"]["debit"] for row in before["rows"]} == {"102": "5000.00", "501": "0.00"}
    assert (await head.run("TrialBalance", **YEAR, asOf={})).code == "AS_OF_EMPTY"


async def test_the_balance_runs_on_from_page_to_page(town: Town) -> None:
    scene, clerk = town.scene, await town.as_("clerk")
    await income(scene, 1_000_000, date(2025, 1, 2))
    for day in range(1, 6):
        await scene.post(await scene.draft_voucher(10_000 * day, on=date(2025, 2, day)))
    given = YEAR | {"from": "2025-02", "account": "102", "first": 2}
    balances: list[str] = []
    openings: list[str] = []
    after = None
    while True:
        page = (await clerk.run("AccountDetail", **given, after=after)).one["accountDetail"]
        openings.append(page["opening"])
        balances += [edge["node"]["balance"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert (page["name"], page["side"]) == ("银行存款", "DEBIT")
    assert balances == ["9900.00", "9700.00", "9400.00", "9000.00", "8500.00"]
    assert openings == ["10000.00", "9700.00", "9000.00"]
    whole = (await clerk.run("AccountDetail", **YEAR | {"account": "102"})).one["accountDetail"]
    assert whole["edges"][-1]["node"]["balance"] == "8500.00"
    assert (await clerk.run("AccountDetail", **YEAR | {"account": "777"})).code == "ACCOUNT_UNKNOWN"
    wrong = await clerk.run("AccountDetail", **YEAR | {"account": "102", "after": after + "A"})
    assert wrong.code == "CURSOR_UNKNOWN"


async def test_two_moments_differ_by_the_vouchers_between_them(town: Town) -> None:
    scene, inspector = town.scene, await town.as_("inspector")
    await income(scene, 500_000, date(2025, 1, 10))
    then = await scene.services.log.head(scene.village.key)
    spent = await scene.draft_voucher(120_000, on=date(2025, 1, 20))
    await scene.post(spent)
    now = await scene.services.log.head(scene.village.key)
    between = [{"position": then}, {"position": now}]
    found = (await inspector.run("LedgerDifference", code=VILLAGE_CODE, between=between)).one["ledgerDifference"]
    assert [(one["account"], one["before"], one["after"], one["difference"]) for one in found["accounts"]] == [
        ("102", "5000.00", "3800.00", "-1200.00"),
        ("511", "0.00", "1200.00", "1200.00"),
    ]
    assert [(one["added"], one["voucher"]["id"]) for one in found["vouchers"]] == [
        (True, voucher(scene.village, spent))
    ]
    back = (await inspector.run("LedgerDifference", code=VILLAGE_CODE, between=between[::-1])).one["ledgerDifference"]
    assert [one["added"] for one in back["vouchers"]] == [False]
    same = (await inspector.run("LedgerDifference", code=VILLAGE_CODE, between=between[:1] * 2)).one["ledgerDifference"]
    assert same == {"accounts": [], "vouchers": []}
    assert (await inspector.run("LedgerDifference", code=VILLAGE_CODE, between=between[:1])).code == "TWO_MOMENTS"


async def test_books_are_opened_extended_and_closed_by_the_township(town: Town) -> None:
    scene, accountant, clerk = town.scene, await town.as_("accountant"), await town.as_("clerk")
    village, neighbour = tenant(scene.village), tenant(scene.neighbour)
    assert (await clerk.do("OpenBooks", village=village, firstMonth="2025-01")).refused["code"] == "FORBIDDEN"
    again = (await accountant.do("OpenBooks", village=village, firstMonth="2025-01")).refused
    assert (again["code"], again["path"]) == ("BOOKS_OPEN", ["input", "village"])
    assert (await accountant.do("OpenBooks", village=neighbour, firstMonth="2025-7")).refused[
        "code"
    ] == "PERIOD_INVALID"
    opened = (await accountant.do("OpenBooks", village=neighbour, firstMonth="2025-07")).payload
    assert opened["books"] == {"firstMonth": "2025-07", "closedUntil": None}
    assert (await accountant.do("OpenAccount", village=village, account="51301", name="办公费")).payload["books"]
    refused = (await accountant.do("OpenAccount", village=village, account="51301", name="办公费")).refused
    assert (refused["code"], refused["path"]) == ("ACCOUNT_TAKEN", ["input", "account"])
    shown = (await clerk.run("Books", code=VILLAGE_CODE)).one
    accounts = {account["code"]: account for account in shown["accounts"]}
    assert len(accounts) == 43
    assert accounts["51301"]["name"] == "管理费用—办公费"
    assert (accounts["51301"]["own"], accounts["51301"]["leaf"], accounts["513"]["leaf"]) == (True, True, False)
    assert accounts["102"]["class"] == "ASSET"
    await scene.draft_voucher()
    busy = (await accountant.do("ClosePeriod", village=village, month="2025-01")).refused
    assert (busy["code"], busy["message"]) == ("PERIOD_BUSY", "2025-01 尚有 1 张凭证未入账，不能结账")


async def test_inspectors_walk_the_chain(town: Town) -> None:
    scene = town.scene
    await scene.post(await scene.draft_voucher())
    found = (await (await town.as_("inspector")).run("VerifyChain", code=VILLAGE_CODE)).one["verification"]
    assert (found["intact"], found["broken"]) == (True, None)
    assert found["events"] == found["position"] == await scene.services.log.head(scene.village.key)
    assert (await (await town.as_("clerk")).run("VerifyChain", code=VILLAGE_CODE)).code == "FORBIDDEN"


async def test_the_log_is_read_page_by_page(town: Town) -> None:
    scene, reviewer = town.scene, await town.as_("reviewer")
    made = await scene.draft_voucher()
    await scene.post(made)
    positions: list[int] = []
    after = None
    while True:
        page = (await reviewer.run("TenantHistory", code=VILLAGE_CODE, first=4, after=after)).one["history"]
        positions += [edge["node"]["position"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert positions == list(range(1, await scene.services.log.head(scene.village.key) + 1))
    one = (await reviewer.run("TenantHistory", code=VILLAGE_CODE, stream=str(made))).one["history"]["edges"]
    assert [edge["node"]["type"] for edge in one] == [
        "ledger.VoucherDrafted",
        "ledger.VoucherReviewed",
        "ledger.VoucherSigned",
        "ledger.VoucherPosted",
    ]
    assert {edge["node"]["subject"] for edge in one} == {voucher(scene.village, made)}
    english = await reviewer.speaking("en").run("TenantHistory", code=VILLAGE_CODE, stream=str(made))
    assert english.one["history"]["edges"][0]["node"]["title"] == "voucher drafted"
