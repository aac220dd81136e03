"""A quarter of a village, from signing in to a disclosure on file, with our own operation documents over HTTP."""

from __future__ import annotations

from typing import Any

from domain.shared.identity import Office
from tests.support.gateway import Client, Town, tenant
from tests.support.village import VILLAGE_CODE

PASSWORD = "yi-kan-jiu-dong-2025"


async def signed_in(town: Town, person: str) -> Client:
    """Enrolled, signed in with a password, and acting in their office."""
    login = await town.scene.enrol(town.scene.people[person], person, PASSWORD)
    session = (await town.visitor.do("SignIn", login=login, password=PASSWORD)).payload["session"]
    client = town.visitor.bearing(session["accessToken"])
    viewer = (await client.run("Viewer")).one
    assert viewer["acting"] is None
    (term,) = viewer["member"]["offices"]
    chosen = (await client.do("ChooseOffice", term=term["id"])).payload["accessToken"]
    return town.visitor.bearing(chosen)


def postings(amount: str = "1200.00", evidence: str = "发票0001") -> list[dict[str, Any]]:
    return [
        {"account": "511", "debit": amount, "summary": "付村道维修款", "evidence": evidence},
        {"account": "102", "credit": amount, "summary": "付村道维修款", "evidence": evidence},
    ]


async def test_from_a_draft_to_a_disclosure_on_file(town: Town) -> None:
    village = tenant(town.scene.village)
    clerk, director = await signed_in(town, "clerk"), await signed_in(town, "director")
    secretary, accountant = await signed_in(town, "secretary"), await signed_in(town, "accountant")
    reviewer = await signed_in(town, "reviewer")

    drafted = await clerk.do(
        "DraftVoucher", village=village, occurredOn="2025-02-10", summary="村道维修", postings=postings()
    )
    made = drafted.payload["voucher"]
    assert (made["number"], made["total"], made["stage"]) == ("2025-02/1", "1200.00", "DRAFTED")
    assert made["lines"][0]["accountName"] == "经营支出"
    vouchers = [made["id"]]

    reviewed = (await director.do("ReviewVouchers", vouchers=vouchers, opinion="属实")).payload
    assert reviewed["results"][0]["voucher"]["stage"] == "REVIEWED"
    assert (await secretary.do("SignVouchers", vouchers=vouchers)).payload["results"][0]["error"] is None
    assert (await accountant.do("PostVouchers", vouchers=vouchers)).payload["results"][0]["error"] is None
    for month in ("2025-01", "2025-02", "2025-03"):
        closed = (await accountant.do("ClosePeriod", village=village, month=month)).payload
        assert closed["books"]["closedUntil"] == month

    draft = (await clerk.do("DraftDisclosure", village=village, item="V.C1", period="2025-Q1")).payload["disclosure"]
    await director.do("ReviewDisclosure", disclosure=draft["id"], opinion="属实")
    await secretary.do("SignDisclosure", disclosure=draft["id"])
    assert (await town.visitor.run("PublicDisclosures", code=VILLAGE_CODE)).one["disclosures"]["edges"] == []
    published = (await clerk.do("PublishDisclosure", disclosure=draft["id"])).payload["disclosure"]
    assert published["stage"] == "PUBLISHED"
    filed = (await reviewer.do("FileDisclosure", disclosure=draft["id"])).payload["disclosure"]
    assert filed["stage"] == "FILED"

    seen = (await town.visitor.run("PublicDisclosure", code=VILLAGE_CODE, item="V.C1", period="2025-Q1")).one
    spent = next(figure for figure in seen["disclosure"]["figures"] if figure["section"] == "expenditure")
    assert (spent["name"], spent["amount"]) == ("经营支出", "1200.00")
    assert spent["sources"] == [
        {"number": "2025-02/1", "occurredOn": "2025-02-10", "summary": "付村道维修款", "amount": "1200.00"}
    ]
    trail = [(step["step"], step["officeName"], step["name"]) for step in seen["disclosure"]["trail"]]
    assert trail == [
        ("drafted", Office.CLERK.zh, "陈晓岚"),
        ("reviewed", Office.COMMITTEE_DIRECTOR.zh, "林建国"),
        ("signed", Office.SECRETARY.zh, "陈志强"),
        ("published", Office.CLERK.zh, "陈晓岚"),
        ("filed", Office.TOWNSHIP_REVIEWER.zh, "谢审核"),
    ]
