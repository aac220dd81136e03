"""People and offices through the gateway: entering, appointing, passwords, and erasing what identifies somebody."""

from __future__ import annotations

from uuid import UUID, uuid4

from gateway.ids import NodeId
from tests.support.gateway import Town, member, tenant, term
from tests.support.village import DISTRICT_CODE, VILLAGE_CODE

PASSWORD, OTHER = "qing-feng-ming-yue-25", "gao-shan-liu-shui-25"


async def test_a_person_is_entered_once_and_can_sign_in(town: Town) -> None:
    admin, command = await town.as_("admin"), uuid4()
    given = {"name": "许文静", "phone": "13912345678", "login": "xuwj", "password": PASSWORD}
    first = (await admin.do("RegisterMember", command=command, **given)).payload
    again = (await admin.do("RegisterMember", command=command, **given)).payload
    assert first["member"]["name"] == "许文静"
    assert again == first
    session = (await town.visitor.do("SignIn", login=f"xuwj@{DISTRICT_CODE}", password=PASSWORD)).payload["session"]
    viewer = (await town.visitor.bearing(session["accessToken"]).run("Viewer")).one
    assert viewer == {
        "member": {"id": first["member"]["id"], "name": "许文静", "phone": "13912345678", "offices": []},
        "acting": None,
    }


async def test_a_login_that_is_taken_can_be_replaced_with_the_same_command(town: Town) -> None:
    admin, command = await town.as_("admin"), uuid4()
    await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD)
    given = {"name": "陈新来", "password": PASSWORD}
    taken = (await admin.do("RegisterMember", command=command, login="chenxl", **given)).refused
    assert (taken["code"], taken["path"]) == ("LOGIN_TAKEN", ["input", "login"])
    made = (await admin.do("RegisterMember", command=command, login="chenxl2", **given)).payload
    signed_in = await town.visitor.do("SignIn", login=f"chenxl2@{DISTRICT_CODE}", password=PASSWORD)
    viewer = (await town.visitor.bearing(signed_in.payload["session"]["accessToken"]).run("Viewer")).one
    assert viewer["member"]["id"] == made["member"]["id"]


async def test_a_weak_password_enters_nobody(town: Town) -> None:
    admin, log = await town.as_("admin"), town.scene.services.log
    before = await log.head(town.scene.district.key)
    refused = (await admin.do("RegisterMember", name="许文静", login="xuwj", password="12345")).refused
    assert (refused["code"], refused["path"]) == ("PASSWORD_SHORT", ["input", "password"])
    assert (await admin.do("RegisterMember", name=" ")).refused["path"] == ["input", "name"]
    assert await log.head(town.scene.district.key) == before


async def test_a_township_enters_people_for_its_villages_and_for_no_other(town: Town) -> None:
    reviewer, scene = await town.as_("reviewer"), town.scene
    assert (await reviewer.do("RegisterMember", name="甲")).payload["member"]["name"] == "甲"
    assert (await reviewer.do("RegisterMember", name="乙", tenant=tenant(scene.village))).payload
    assert (await reviewer.do("RegisterMember", name="丙", tenant=tenant(scene.far))).refused["code"] == "FORBIDDEN"
    clerk = await town.as_("clerk")
    assert (await clerk.do("RegisterMember", name="丁")).refused["code"] == "FORBIDDEN"


async def test_phone_and_id_number_are_masked_but_for_who_administers_them(town: Town) -> None:
    def of_clerk(answer: list[dict[str, object]]) -> tuple[object, object]:
        (found,) = [person for person in answer if person["name"] == "陈晓岚"]
        return found["phone"], found["idNumber"]

    admin, secretary = await town.as_("admin"), await town.as_("secretary")
    whole = ("13800138000", "445203198001010018")
    masked = ("138****8000", "4****************8")
    assert of_clerk((await admin.run("Members", code=VILLAGE_CODE)).one["members"]) == whole
    assert of_clerk((await secretary.run("Members", code=VILLAGE_CODE)).one["members"]) == masked
    own = (await (await town.as_("clerk")).run("Members", code=VILLAGE_CODE)).one["members"]
    assert of_clerk(own) == whole
    assert [person["phone"] for person in own if person["name"] != "陈晓岚"] == ["138****8000"] * 4


async def test_offices_are_given_ended_and_lent(town: Town) -> None:
    admin, scene = await town.as_("admin"), town.scene
    village, person = tenant(scene.village), member(scene, "inspector")
    given = {"tenant": village, "member": person, "from": "2025-03-01"}
    refused = (
        await admin.do("GiveOffice", office="COMMITTEE_MEMBER", **given | {"member": member(scene, "clerk")})
    ).refused
    assert refused["code"] == "OFFICE_INCOMPATIBLE"
    made = (await admin.do("GiveOffice", office="RESIDENT_CADRE", **given)).payload["term"]
    assert (made["officeName"], made["holder"], made["from"], made["to"]) == ("驻村干部", "许巡察", "2025-03-01", None)
    ended = (await admin.do("EndOffice", term=made["id"], on="2025-04-30", reason="届满")).payload["term"]
    assert (ended["id"], ended["to"]) == (made["id"], "2025-04-30")

    lent = {"member": member(scene, "reviewer"), "from": "2026-11-01", "to": "2026-12-31"}
    mine = {"term": term(scene, "clerk"), **lent}
    assert (await (await town.as_("director")).do("DelegateOffice", **mine)).refused["code"] == "FORBIDDEN"
    held = (await (await town.as_("clerk")).do("DelegateOffice", **mine)).payload["term"]
    assert (held["holder"], held["officeName"], held["delegated"]) == ("谢审核", "报账员", True)


async def test_ones_own_password_needs_the_old_one_and_ends_other_sessions(town: Town) -> None:
    login = await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD)
    here, there = [(await town.visitor.do("SignIn", login=login, password=PASSWORD)).payload["session"] for _ in "ab"]
    client = town.visitor.bearing(here["accessToken"])
    assert (await client.do("SetPassword", new=OTHER)).refused["path"] == ["input", "old"]
    assert (await client.do("SetPassword", old="falsch-falsch", new=OTHER)).refused["code"] == "WRONG_CREDENTIALS"
    assert (await client.do("SetPassword", old=PASSWORD, new=OTHER)).payload["member"]
    assert (await town.visitor.do("SignIn", login=login, password=PASSWORD)).refused["code"] == "WRONG_CREDENTIALS"
    assert (await town.visitor.do("RefreshSession", refreshToken=there["refreshToken"])).refused
    assert (await town.visitor.do("RefreshSession", refreshToken=here["refreshToken"])).payload["session"]


async def test_the_district_resets_a_password(town: Town) -> None:
    login = await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD)
    clerk = member(town.scene, "clerk")
    assert (await (await town.as_("secretary")).do("SetPassword", member=clerk, new=OTHER)).refused[
        "code"
    ] == "FORBIDDEN"
    assert (await (await town.as_("admin")).do("SetPassword", member=clerk, new=OTHER)).payload
    assert (await town.visitor.do("SignIn", login=login, password=OTHER)).payload["session"]


async def test_an_erased_person_has_no_name_anywhere_and_the_chain_is_whole(town: Town) -> None:
    scene = town.scene
    await scene.published_disclosure()
    login = await scene.enrol(scene.people["clerk"], "chenxl", PASSWORD)
    session = (await town.visitor.do("SignIn", login=login, password=PASSWORD)).payload["session"]
    admin, command = await town.as_("admin"), uuid4()
    erased = (await admin.do("EraseMember", command=command, member=member(scene, "clerk"))).payload["member"]
    assert (erased["name"], erased["erased"]) == ("已注销人员", True)
    assert (await admin.do("EraseMember", command=command, member=member(scene, "clerk"))).payload
    assert (await admin.do("EraseMember", member=member(scene, "clerk"))).refused["code"] == "MEMBER_ERASED"

    shown = (await town.visitor.run("PublicDisclosure", code=VILLAGE_CODE, item="V.C1", period="2025-Q1")).one
    assert shown["disclosure"]["trail"][0]["name"] == "已注销人员"
    english = await town.visitor.speaking("en").run("PublicTenant", code=VILLAGE_CODE)
    assert "erased person" in [office["holder"] for office in english.one["offices"]]
    assert (await town.visitor.do("SignIn", login=login, password=PASSWORD)).refused["code"] == "WRONG_CREDENTIALS"
    assert (await town.visitor.do("RefreshSession", refreshToken=session["refreshToken"])).refused
    for code in (VILLAGE_CODE, DISTRICT_CODE):
        assert (await admin.run("VerifyChain", code=code)).one["verification"]["intact"]


async def test_sealed_text_is_never_shown(town: Town) -> None:
    admin = await town.as_("admin")
    stream = NodeId.parse(member(town.scene, "clerk")).id
    history = (await admin.run("TenantHistory", code=DISTRICT_CODE, stream=str(stream))).one["history"]
    (registered,) = [edge["node"] for edge in history["edges"]]
    changes = {change["field"]: change["after"] for change in registered["changes"]}
    assert changes == {"name": "（已加密）", "phone": "（已加密）", "idNumber": "（已加密）", "erased": "false"}
    assert UUID(registered["stream"]) == stream
