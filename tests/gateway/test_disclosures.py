"""Disclosures through the gateway: what the public sees when, editions, languages, pages."""

from __future__ import annotations

from datetime import date

from services.handlers.disclosures import PublishDisclosure
from tests.support.gateway import Town, disclosure, tenant
from tests.support.village import VILLAGE_CODE

Q1 = {"code": VILLAGE_CODE, "item": "V.C1", "period": "2025-Q1"}


async def test_a_returned_draft_is_taken_again_and_told(town: Town) -> None:
    scene, clerk, director = town.scene, await town.as_("clerk"), await town.as_("director")
    village = tenant(scene.village)
    given = {"village": village, "item": "V.C1", "period": "2025-Q1"}
    early = (await clerk.do("DraftDisclosure", **given)).refused
    assert (early["code"], early["path"]) == ("DISCLOSURE_PERIOD_OPEN", ["input", "period"])
    await scene.post(await scene.draft_voucher())
    await scene.close("2025-01", "2025-02", "2025-03")
    for wrong, code in (
        ({"item": "V.C9"}, "ITEM_UNKNOWN"),
        ({"item": "R.C3"}, "ITEM_UNKNOWN"),
        ({"period": "2025-03"}, "PERIOD_INVALID"),
    ):
        assert (await clerk.do("DraftDisclosure", **given | wrong)).refused["code"] == code
    drafted = (await clerk.do("DraftDisclosure", **given)).payload["disclosure"]
    assert (drafted["title"], drafted["stageName"]) == ("2025年第一季度收支情况", "待审核")
    id = drafted["id"]
    assert (await clerk.do("ReviewDisclosure", disclosure=id)).refused["code"] == "FORBIDDEN"
    returned = (await director.do("ReturnDisclosure", disclosure=id, reason="漏记")).payload["disclosure"]
    assert returned["stage"] == "RETURNED"
    again = (await clerk.do("DraftDisclosure", **given)).payload["disclosure"]
    assert (again["id"], again["stage"]) == (id, "DRAFTED")
    history = (await director.run("DisclosureHistory", id=id)).one["history"]
    assert [entry["title"] for entry in history] == ["编制公开草案", "退回公开草案", "重新编制公开草案"]
    figures = {change["field"]: change["after"] for change in history[0]["changes"]}
    assert figures["figures.expenditure.511"] == "1200.00"
    (stage,) = [change for change in history[1]["changes"] if change["field"] == "stage"]
    assert (stage["before"], stage["after"]) == ("待审核", "已退回")


async def test_the_public_sees_a_disclosure_from_its_publication_on(town: Town) -> None:
    scene, village_head = town.scene, await town.as_("head")
    await scene.post(await scene.draft_voucher())
    await scene.close("2025-01", "2025-02", "2025-03")
    id = await scene.signed_disclosure()
    assert (await town.visitor.run("PublicDisclosure", **Q1)).one["disclosure"] is None
    assert (await town.visitor.run("Disclosure", id=disclosure(scene.village, id))).code == "NOT_FOUND"
    inside = (await village_head.run("PublicDisclosure", **Q1)).one["disclosure"]
    assert inside["stage"] == "SIGNED"
    await scene.run(PublishDisclosure(id), scene.people["clerk"])
    outside = (await town.visitor.run("Disclosure", id=disclosure(scene.village, id))).one
    assert (outside["stage"], outside["publishedOn"] is not None) == ("PUBLISHED", True)
    sections = {(figure["section"], figure["account"]): figure["amount"] for figure in outside["figures"]}
    assert sections[("funds", "closing")] == "-1200.00"
    assert (await town.visitor.run("DisclosureHistory", id=disclosure(scene.village, id))).code == "UNAUTHENTICATED"


async def test_offices_follow_a_figure_to_its_voucher(town: Town) -> None:
    id = disclosure(town.scene.village, await town.scene.published_disclosure())
    figures = (await (await town.as_("head")).run("Disclosure", id=id)).one["figures"]
    (spent,) = [figure for figure in figures if figure["section"] == "expenditure"]
    shown = (await (await town.as_("head")).run("VoucherHistory", id=spent["sources"][0]["voucher"]["id"])).one
    assert shown["number"] == spent["sources"][0]["number"] == "2025-01/1"


async def test_both_languages(town: Town) -> None:
    scene = town.scene
    await scene.published_disclosure()
    english = (await town.visitor.speaking("en-US,en;q=0.9,zh;q=0.2").run("PublicDisclosure", **Q1)).one["disclosure"]
    assert english["stageName"] == "published"
    assert english["trail"][0]["officeName"] == "clerk"
    assert {figure["sectionName"] for figure in english["figures"]} == {"expenditure", "funds"}
    chinese = (await town.visitor.speaking("fr").run("PublicDisclosure", **Q1)).one["disclosure"]
    assert (chinese["stageName"], chinese["trail"][0]["officeName"]) == ("已公开", "报账员")

    clerk, given = await town.as_("clerk"), {"village": tenant(scene.village), "month": "2025-04"}
    in_english = (await clerk.speaking("en").do("ClosePeriod", **given)).refused
    assert in_english["message"] == "This office may not close_period this book here."
    assert (await clerk.do("ClosePeriod", **given)).refused["message"].startswith("您当前的职务无权")
    query = await clerk.speaking("en").run("VerifyChain", code=VILLAGE_CODE)
    assert query.errors[0]["message"] == "This office may not verify this ledger here."


async def test_disclosures_are_paged(town: Town) -> None:
    scene = town.scene
    await scene.post(await scene.draft_voucher())
    await scene.post(await scene.draft_voucher(on=_day(4)), await scene.draft_voucher(on=_day(7)))
    await scene.close(*(f"2025-{month:02}" for month in range(1, 10)))
    for quarter in ("2025-Q1", "2025-Q2", "2025-Q3"):
        await scene.run(PublishDisclosure(await scene.signed_disclosure(quarter)), scene.people["clerk"])
    seen: list[str] = []
    after = None
    while True:
        answer = await town.visitor.run("PublicDisclosures", code=VILLAGE_CODE, first=2, after=after)
        page = answer.one["disclosures"]
        seen += [edge["node"]["period"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["2025-Q3", "2025-Q2", "2025-Q1"]
    none = (await town.visitor.run("PublicDisclosures", code=VILLAGE_CODE, item="V.C2")).one["disclosures"]
    assert none["edges"] == []
    gone = await town.visitor.run("PublicDisclosures", code=VILLAGE_CODE, after="bm9uc2Vuc2U")
    assert gone.code == "CURSOR_UNKNOWN"


def _day(month: int) -> date:
    return date(2025, month, 3)
