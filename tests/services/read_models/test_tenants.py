"""The register: codes of a day, names in pinyin order, what lies below what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from domain.shared.identity import Level
from services.handlers.tenancy import ImportDivisions, MergeTenants, RecodeTenant, RenameTenant
from services.imports.divisions import Division
from services.read_models.tenants import TenantRow, pinyin
from tests.support.village import NEIGHBOUR_CODE, SINCE, TOWNSHIP_CODE, VILLAGE_CODE, Scene

BEFORE, MIDDLE, LATER = date(2024, 12, 31), date(2026, 3, 1), date(2027, 1, 1)


async def by_code(scene: Scene, code: str, on: date | None = None) -> UUID | None:
    row = await scene.services.tenants.by_code(code, on)
    return row.id if row else None


async def row(scene: Scene, tenant: UUID) -> TenantRow:
    (found,) = await scene.services.tenants.by_ids([tenant])
    return found


async def test_a_code_is_known_from_its_day_on(scene: Scene) -> None:
    village = scene.village.key.tenant
    assert await by_code(scene, VILLAGE_CODE) == village
    assert await by_code(scene, VILLAGE_CODE, SINCE) == await by_code(scene, VILLAGE_CODE, LATER) == village
    assert await by_code(scene, VILLAGE_CODE, BEFORE) is None
    assert await by_code(scene, "999999999999") is None


async def test_a_new_name_changes_neither_id_nor_code_nor_path(scene: Scene) -> None:
    far, before = scene.far.key.tenant, await row(scene, scene.far.key.tenant)
    await scene.run(RenameTenant(far, "阿桥村村民委员会", "阿桥村", MIDDLE), place=scene.district)
    assert await row(scene, far) == replace(before, name="阿桥村村民委员会", short_name="阿桥村")


async def test_a_new_code_leaves_the_old_one_to_the_days_before(scene: Scene) -> None:
    village, new = scene.village.key.tenant, "445203112312"
    await scene.run(RecodeTenant(village, new, MIDDLE), place=scene.district)
    assert (await row(scene, village)).code == new
    assert [await by_code(scene, code) for code in (VILLAGE_CODE, new)] == [None, village]
    assert [await by_code(scene, code, SINCE) for code in (VILLAGE_CODE, new)] == [village, None]
    assert [await by_code(scene, code, MIDDLE) for code in (VILLAGE_CODE, new)] == [None, village]


async def test_a_code_given_to_another_is_the_others_from_then_on(scene: Scene) -> None:
    village = scene.village.key.tenant
    heir = Division(VILLAGE_CODE, "新村村委会", "新村", Level.VILLAGE, TOWNSHIP_CODE)
    outcome = await scene.run(ImportDivisions((heir,), LATER), place=scene.district)
    assert await by_code(scene, VILLAGE_CODE) == await by_code(scene, VILLAGE_CODE, LATER) == outcome.streams[0]
    assert await by_code(scene, VILLAGE_CODE, SINCE) == village


async def test_what_was_merged_is_found_on_a_day_but_not_now(scene: Scene) -> None:
    neighbour, village = scene.neighbour.key.tenant, scene.village.key.tenant
    await scene.run(MergeTenants(neighbour, village, MIDDLE), place=scene.district)
    assert await by_code(scene, NEIGHBOUR_CODE) is None
    assert await by_code(scene, NEIGHBOUR_CODE, SINCE) == neighbour
    assert (await row(scene, neighbour)).merged_into == village


@pytest.mark.parametrize(
    ("name", "key"), [("凤光村", "feng4 guang1 cun1"), ("桥头村", "qiao2 tou2 cun1"), ("一村", "yi1 cun1")]
)
def test_the_key_by_which_names_sort(name: str, key: str) -> None:
    assert pinyin(name) == key


async def test_children_stand_in_pinyin_order(scene: Scene) -> None:
    names = ["硕和村", "楼下村", "坪埔村", "柏林村", "五房村", "英花村", "仙埔村", "白石村"]
    divisions = tuple(
        Division(f"445203113{300 + n}", f"{name}村委会", name, Level.VILLAGE, "445203113")
        for n, name in enumerate(names)
    )
    await scene.run(ImportDivisions(divisions, SINCE), place=scene.district)
    township = await scene.services.tenants.by_code("445203113")
    assert township is not None
    children = [child.short_name for child in await scene.services.tenants.children(township)]
    assert [name for name in children if name in names] == [
        "白石村",
        "柏林村",
        "楼下村",
        "坪埔村",
        "硕和村",
        "五房村",
        "仙埔村",
        "英花村",
    ]


async def test_a_subtree_is_the_tenant_and_all_below_it(scene: Scene) -> None:
    tenants = scene.services.tenants
    district, township = await row(scene, scene.district.key.tenant), await row(scene, scene.township.key.tenant)
    below = await tenants.subtree(township)
    assert {one.id for one in below} == {township.id, *(child.id for child in await tenants.children(township))}
    assert all(one.path.startswith(township.path) for one in below)
    assert {one.level for one in await tenants.subtree(district)} == {Level.DISTRICT, Level.TOWNSHIP, Level.VILLAGE}
    assert [one.id for one in await tenants.subtree(await row(scene, scene.village.key.tenant))] == [
        scene.village.key.tenant
    ]


async def test_codes_of_a_district_are_those_of_today(scene: Scene) -> None:
    codes, head = await scene.services.tenants.codes(scene.district.key.district)
    assert head == await scene.services.log.head(scene.district.key)
    assert NEIGHBOUR_CODE not in codes
    assert all(found.code == code and found.merged_into is None for code, found in codes.items())
