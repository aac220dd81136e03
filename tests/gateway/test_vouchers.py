"""Vouchers through the gateway: drafting, importing, the hands they go through, and what is told of them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from tests.support.gateway import Client, Town, tenant, voucher
from tests.support.village import VILLAGE_CODE

HEADER = "日期,凭证号,摘要,科目编码,往来单位,借方金额,贷方金额,附件号\n"


def lines(amount: Any = "1200.00", credit: str | None = None) -> list[dict[str, Any]]:
    return [
        {"account": "511", "debit": amount, "summary": "付维修款", "counterparty": "宏达工程队", "evidence": "发票1"},
        {"account": "102", "credit": credit or amount, "evidence": "转账1"},
    ]


UNKNOWN, BLANK = lines()[1] | {"account": "999"}, lines()[0] | {"evidence": " "}


async def draft(client: Client, town: Town, **given: Any) -> Any:
    base = {"village": tenant(town.scene.village), "occurredOn": "2025-01-15", "summary": "维修", "postings": lines()}
    return await client.do("DraftVoucher", **base | given)


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"postings": lines(credit="1200.01")}, "VOUCHER_UNBALANCED", ["input", "postings"]),
        ({"postings": lines()[:1]}, "VOUCHER_TOO_FEW_LINES", ["input", "postings"]),
        (
            {"postings": [lines()[0], lines()[1] | {"account": "999"}]},
            "ACCOUNT_UNKNOWN",
            ["input", "postings", "1", "account"],
        ),
        (
            {"postings": [lines()[0] | {"evidence": " "}, lines()[1]]},
            "EVIDENCE_MISSING",
            ["input", "postings", "0", "evidence"],
        ),
        ({"occurredOn": "2024-12-31"}, "PERIOD_BEFORE_BOOKS", ["input", "occurredOn"]),
    ],
)
async def test_a_refused_draft_says_which_argument(
    town: Town, given: dict[str, Any], code: str, path: list[str]
) -> None:
    clerk, log = await town.as_("clerk"), town.scene.services.log
    before = await log.head(town.scene.village.key)
    refused = (await draft(clerk, town, **given)).refused
    assert (refused["code"], refused["path"]) == (code, path)
    assert await log.head(town.scene.village.key) == before


@pytest.mark.parametrize("amount", ["12.345", "1e3", "", "abc", "99999999999999999", 12.5])
async def test_an_amount_that_is_none_is_refused_before_anything_runs(town: Town, amount: Any) -> None:
    answer = await draft(await town.as_("clerk"), town, postings=[lines(amount)[0], lines()[1]])
    assert answer.code == "MONEY_INVALID"
    assert answer.data is None


async def test_the_same_command_drafts_once_and_other_content_under_its_id_is_refused(town: Town) -> None:
    clerk, command = await town.as_("clerk"), uuid4()
    first = (await draft(clerk, town, command=command)).payload
    assert (await draft(clerk, town, command=command)).payload == first
    refused = (await draft(clerk, town, command=command, summary="别的")).refused
    assert (refused["code"], refused["path"]) == ("COMMAND_REUSED", ["input", "commandId"])
    assert str(command) in refused["message"]
    assert (await clerk.run("Vouchers", code=VILLAGE_CODE)).one["vouchers"]["totalCount"] == 1


async def test_many_are_reviewed_at_once_each_for_itself(town: Town) -> None:
    scene, director, command = town.scene, await town.as_("director"), uuid4()
    ids = [voucher(scene.village, await scene.draft_voucher(amount)) for amount in (100, 200, 300)]
    strangers = voucher(scene.neighbour, uuid4())
    given = [*ids[:2], strangers, "nonsense", ids[0]]
    done = (await director.do("ReviewVouchers", command=command, vouchers=given, opinion="属实")).payload
    codes = [result["error"] and result["error"]["code"] for result in done["results"]]
    assert codes == [None, None, "FORBIDDEN", "NOT_FOUND", None]  # the last is the first one's command again
    assert [result["id"] for result in done["results"]] == given
    assert done["results"][2]["error"]["path"] == ["input", "vouchers", "2"]
    assert done["position"] == await scene.services.log.head(scene.village.key)
    repeated = (await director.do("ReviewVouchers", command=command, vouchers=given, opinion="属实")).payload
    assert repeated["results"] == done["results"]
    again = (await director.do("ReviewVouchers", vouchers=ids, opinion="属实")).payload["results"]
    assert [result["error"] and result["error"]["code"] for result in again] == ["WRONG_STAGE", "WRONG_STAGE", None]
    for wrong in ([], ids * 400):
        assert (await director.do("ReviewVouchers", vouchers=wrong)).refused["code"] == "TOO_MANY_VOUCHERS"
    assert (await town.visitor.do("ReviewVouchers", vouchers=ids)).refused["code"] == "UNAUTHENTICATED"


async def test_each_step_is_its_offices_alone(town: Town) -> None:
    scene = town.scene
    ids = [voucher(scene.village, await scene.draft_voucher())]
    steps = (
        ("ReviewVouchers", "director", {"clerk", "secretary", "accountant", "head"}),
        ("SignVouchers", "secretary", {"clerk", "director", "accountant", "head"}),
        ("PostVouchers", "accountant", {"clerk", "director", "secretary", "head"}),
    )
    for operation, right, wrong in steps:
        for person in wrong:
            refused = (await (await town.as_(person)).do(operation, vouchers=ids)).payload["results"][0]["error"]
            assert refused["code"] == "FORBIDDEN", (operation, person)
        assert (await (await town.as_(right)).do(operation, vouchers=ids)).payload["results"][0]["error"] is None


async def test_returned_revised_withdrawn_and_told_field_by_field(town: Town) -> None:
    scene, clerk, director = town.scene, await town.as_("clerk"), await town.as_("director")
    id = (await draft(clerk, town)).payload["voucher"]["id"]
    assert (await director.do("ReturnVouchers", vouchers=[id], reason=" ")).payload["results"][0]["error"] == {
        "code": "REASON_MISSING",
        "message": "请填写理由",
        "path": ["input", "vouchers", "0", "reason"],
    }
    await director.do("ReturnVouchers", vouchers=[id], reason="金额与发票不符")
    revised = (await clerk.do("ReviseVoucher", voucher=id, summary="维修（更正）", postings=lines("1180.00"))).payload
    assert (revised["voucher"]["total"], revised["voucher"]["stage"]) == ("1180.00", "DRAFTED")
    history = (await clerk.run("VoucherHistory", id=id)).one["history"]
    assert [(entry["title"], entry["who"], entry["office"]) for entry in history] == [
        ("填制凭证", "陈晓岚", "CLERK"),
        ("退回凭证", "林建国", "COMMITTEE_DIRECTOR"),
        ("修改凭证", "陈晓岚", "CLERK"),
    ]
    assert history[2]["changes"] == [
        {"field": "summary", "before": "维修", "after": "维修（更正）"},
        {"field": "postings.0.debit", "before": "1200.00", "after": "1180.00"},
        {"field": "postings.1.credit", "before": "1200.00", "after": "1180.00"},
        {"field": "stage", "before": "已退回", "after": "待审核"},
    ]
    made = {change["field"]: change["after"] for change in history[0]["changes"]}
    assert (made["draftedBy"], made["occurredOn"], made["postings.0.account"]) == ("陈晓岚", "2025-01-15", "511")
    shown = (await clerk.run("Voucher", code=VILLAGE_CODE, number="2025-01/1")).one["voucher"]
    assert [(step["stepName"], step["note"]) for step in shown["trail"]] == [
        ("编制", None),
        ("退回", "金额与发票不符"),
        ("修改", None),
    ]
    withdrawn = (await clerk.do("WithdrawVoucher", voucher=id, reason="重复")).payload["voucher"]
    assert withdrawn["stageName"] == "已作废"
    assert (await clerk.run("Voucher", code=VILLAGE_CODE, number="2025-01/2")).one["voucher"] is None
    assert scene.village


async def test_a_posted_voucher_is_reversed_by_its_opposite(town: Town) -> None:
    scene, clerk = town.scene, await town.as_("clerk")
    original = await scene.draft_voucher()
    id = voucher(scene.village, original)
    given = {"voucher": id, "occurredOn": "2025-02-03", "reason": "科目记错"}
    assert (await clerk.do("ReverseVoucher", **given)).refused["code"] == "WRONG_STAGE"
    await scene.post(original)
    assert (await (await town.as_("accountant")).do("ReverseVoucher", **given)).refused["code"] == "FORBIDDEN"
    made = (await clerk.do("ReverseVoucher", **given)).payload["voucher"]
    assert (made["number"], made["reverses"]["id"]) == ("2025-02/1", id)
    assert [(line["debit"], line["credit"]) for line in made["lines"]] == [("0.00", "1200.00"), ("1200.00", "0.00")]
    assert (await clerk.do("ReverseVoucher", **given)).refused["code"] == "VOUCHER_ALREADY_REVERSED"
    shown = (await clerk.run("Voucher", code=VILLAGE_CODE, number="2025-01/1")).one["voucher"]
    assert shown["reversal"]["number"] == "2025-02/1"


async def test_a_spreadsheet_is_entered_whole_or_every_error_is_told(town: Town) -> None:
    clerk, village = await town.as_("clerk"), tenant(town.scene.village)
    good = (
        HEADER
        + "2025-01-05,记-0001,收承包款,102,岭丰,800.00,,收据1\n2025-01-05,记-0001,收承包款,501,岭丰,,800.00,收据1\n"
    )
    bad = HEADER + "2025-01-05,记-0001,收承包款,102,岭丰,800.00,,\n2025-01-05,记-0001,收承包款,999,岭丰,,700.00,收据1\n"
    refused = (await clerk.do("ImportVouchers", village=village, year=2025, file=("坏.csv", bad.encode()))).one
    assert refused["error"]["code"] == "IMPORT_REFUSED"
    assert len(refused["rowErrors"]) >= 3
    assert {error["row"] for error in refused["rowErrors"]} == {2, 3}
    assert all(error["message"].startswith("坏.csv 第 ") for error in refused["rowErrors"])
    command = uuid4()
    given: dict[str, Any] = {"command": command, "village": village, "year": 2025, "file": ("好.csv", good.encode())}
    done = (await clerk.do("ImportVouchers", **given)).payload
    assert (done["imported"], done["months"], done["rowErrors"]) == (1, ["2025-01"], [])
    assert (await clerk.do("ImportVouchers", **given)).payload == done
    assert (await (await town.as_("director")).do("ImportVouchers", **given)).refused["code"] == "FORBIDDEN"


async def test_lists_are_filtered_and_paged(town: Town) -> None:
    scene, clerk = town.scene, await town.as_("clerk")
    made = [await scene.draft_voucher(100 + n, on=date(2025, 1 + n % 3, 5)) for n in range(7)]
    await scene.post(made[0])
    seen: list[str] = []
    after = None
    while True:
        page = (await clerk.run("Vouchers", code=VILLAGE_CODE, first=3, after=after)).one["vouchers"]
        seen += [edge["node"]["number"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert page["totalCount"] == 7
    assert seen == ["2025-01/1", "2025-01/2", "2025-01/3", "2025-02/1", "2025-02/2", "2025-03/1", "2025-03/2"]
    posted = (await clerk.run("Vouchers", code=VILLAGE_CODE, stages=["POSTED"])).one["vouchers"]
    assert [edge["node"]["number"] for edge in posted["edges"]] == ["2025-01/1"]
    march = (await clerk.run("Vouchers", code=VILLAGE_CODE, month="2025-03")).one["vouchers"]
    assert march["totalCount"] == 2
    for wrong, code in (({"first": 0}, "PAGE_SIZE"), ({"first": 201}, "PAGE_SIZE"), ({"after": "?"}, "CURSOR_UNKNOWN")):
        assert (await clerk.run("Vouchers", code=VILLAGE_CODE, **wrong)).code == code
    assert (await clerk.run("Vouchers", code=VILLAGE_CODE, month="2025-13")).code == "PERIOD_INVALID"


async def test_a_refused_field_leaves_the_rest_of_the_page(town: Town) -> None:
    answer = await town.visitor.run("Vouchers", code=VILLAGE_CODE)
    assert answer.code == "UNAUTHENTICATED"
    assert answer.data == {"tenant": {"id": tenant(town.scene.village), "vouchers": None}}
