"""The register of divisions: read by everyone, changed by the district."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from tests.support.gateway import Town, tenant
from tests.support.village import DISTRICT_CODE, NEIGHBOUR_CODE, TOWNSHIP_CODE, VILLAGE_CODE

DIVISIONS = Path(__file__).parents[2] / "services" / "demo" / "data" / "jiedong_divisions.csv"
HEAD = "code,name,level,parent_code\n445203,揭东区,district,\n"


async def test_a_district_enters_its_divisions_from_a_table(town: Town) -> None:
    admin, file = await town.as_("admin"), ("divisions.csv", DIVISIONS.read_bytes())
    made = (await admin.do("ImportDivisions", file=file, since="2025-01-01")).payload
    assert made["imported"] > 200
    assert made["district"]["code"] == DISTRICT_CODE
    assert (await admin.do("ImportDivisions", file=file, since="2025-01-01")).payload["imported"] == 0
    tree = (await town.visitor.run("Divisions", code=DISTRICT_CODE)).one
    assert sum(len(township["children"]) for township in tree["children"]) > 200
    names = [township["shortName"] for township in tree["children"]]
    assert names.index("白塔镇") < names.index("新亨镇") < names.index("月城镇")  # bai, xin, yue


async def test_a_table_with_errors_enters_nothing_and_names_every_row(town: Town) -> None:
    admin = await town.as_("admin")
    rows = HEAD + "44520311,甲镇,township,445203\n445203114,乙镇,township,999999\n"
    answer = (await admin.do("ImportDivisions", file=("d.csv", rows.encode()), since="2025-01-01")).one
    assert (answer["error"]["code"], answer["error"]["path"]) == ("IMPORT_REFUSED", ["input", "file"])
    assert answer["imported"] == 0
    assert [error["row"] for error in answer["rowErrors"]][:1] == [3]
    assert {4} <= {error["row"] for error in answer["rowErrors"]}
    english = await admin.speaking("en-GB").do("ImportDivisions", file=("d.csv", rows.encode()), since="2025-01-01")
    assert english.one["rowErrors"][0]["message"].isascii()


async def test_something_else_than_a_file_is_refused(town: Town) -> None:
    admin = await town.as_("admin")
    given = {"commandId": str(uuid4()), "since": "2025-01-01", "file": "/etc/passwd"}
    refused = (await admin.run("ImportDivisions", input=given)).refused
    assert (refused["code"], refused["path"]) == ("NOT_A_FILE", ["input", "file"])


async def test_a_village_gets_another_name(town: Town) -> None:
    admin, village = await town.as_("admin"), tenant(town.scene.village)
    given = {"name": "凤光新村村民委员会", "shortName": "凤光新村", "since": "2025-06-01"}
    renamed = (await admin.do("RenameTenant", tenant=village, **given)).payload["tenant"]
    assert (renamed["shortName"], renamed["id"]) == ("凤光新村", village)
    refused = (await (await town.as_("clerk")).do("RenameTenant", tenant=village, **given)).refused
    assert refused["code"] == "FORBIDDEN"


async def test_a_village_gets_another_code(town: Town) -> None:
    admin, village = await town.as_("admin"), tenant(town.scene.village)
    given = {"code": "445203112312", "since": "2025-06-01"}
    assert (await admin.do("RecodeTenant", tenant=village, **given)).payload["tenant"]["code"] == "445203112312"
    taken = {"code": NEIGHBOUR_CODE, "since": "2025-06-01"}
    assert (await admin.do("RecodeTenant", tenant=village, **taken)).refused["code"] == "TENANT_CODE_TAKEN"
    before = (await town.visitor.run("PublicTenant", code=VILLAGE_CODE, on="2025-05-31")).one
    assert (before["id"], before["code"]) == (village, "445203112312")


async def test_a_village_merges_into_another_and_stays_readable(town: Town) -> None:
    admin, scene = await town.as_("admin"), town.scene
    given = {"tenant": tenant(scene.neighbour), "into": tenant(scene.village), "since": "2025-06-01"}
    merged = (await admin.do("MergeTenants", **given)).payload["tenant"]
    assert merged["mergedInto"]["code"] == VILLAGE_CODE
    assert (await admin.do("MergeTenants", **given)).refused["code"] == "TENANT_MERGED"
    assert (await town.visitor.run("PublicTenant", code=NEIGHBOUR_CODE)).one is None
    before = (await town.visitor.run("PublicTenant", code=NEIGHBOUR_CODE, on="2025-05-31")).one
    assert before["mergedInto"]["code"] == VILLAGE_CODE
    themselves = await admin.do("MergeTenants", **given | {"tenant": given["into"], "into": "AAAA"})
    assert (themselves.refused["code"], themselves.refused["path"]) == ("NOT_FOUND", ["input", "into"])


async def test_everyone_reads_the_register(town: Town) -> None:
    found = (await town.visitor.run("PublicTenant", code=VILLAGE_CODE)).one
    assert (found["shortName"], found["level"], found["parent"]["code"]) == ("凤光村", "VILLAGE", TOWNSHIP_CODE)
    assert {(office["officeName"], office["holder"]) for office in found["offices"]} >= {
        ("报账员", "陈晓岚"),
        ("党组织书记", "陈志强"),
    }
    log = town.scene.services.log
    assert found["head"]["position"] == await log.head(town.scene.village.key)
    (last,) = await log.after(town.scene.village.key, found["head"]["position"] - 1)
    assert found["head"]["hash"] == last.hash.hex()
    assert [district["code"] for district in (await town.visitor.run("Districts")).one] == [DISTRICT_CODE]
    assert (await town.visitor.run("PublicTenant", code="000000000000")).one is None
