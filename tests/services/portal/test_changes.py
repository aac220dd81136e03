"""What happens later: corrections, erasure, new codes, and pages that browsers and caches have already."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from datetime import date, timedelta

from domain.shared.identity import Office
from services.handlers.disclosures import DraftDisclosure, PublishDisclosure, ReviewDisclosure, SignDisclosure
from services.handlers.tenancy import (
    EndOffice,
    EraseMember,
    GiveOffice,
    MergeTenants,
    RecodeTenant,
    RegisterMember,
    RenameTenant,
)
from services.portal.rendering import build

from .conftest import QUARTER, VILLAGE, Portal
from .markup import read


async def test_a_page_that_has_not_changed_is_not_sent_again(portal: Portal) -> None:
    for path in (VILLAGE, QUARTER, f"{VILLAGE}/check", "/", "/v/445203112"):
        first = await portal.get(path)
        etag = first.headers["etag"]
        assert build() in etag
        assert first.headers["cache-control"] == "public, max-age=60"
        assert first.headers["vary"] == "Accept-Language"
        for known in (etag, f"W/{etag}", f'"other", {etag}'):
            again = await portal.get(path, if_none_match=known)
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == etag
        other = await portal.get(path, if_none_match=etag, accept_language="en")
        assert other.status_code == 200, "another language is another page"
        assert (await portal.get(f"{path}?size=large", if_none_match=etag)).status_code == 200
        assert (await portal.client.head(path)).headers["etag"] == etag


async def test_any_change_that_shows_changes_the_etag(portal: Portal) -> None:
    seen = [await _etag(portal)]
    for change in _changes(portal):
        await change
        seen.append(await _etag(portal))
    assert len(set(seen)) == len(seen)


def _changes(portal: Portal) -> Iterator[Awaitable[object]]:
    scene = portal.scene
    yield scene.run(EndOffice(scene.people["head"].acting.term, date(2025, 4, 30), "任满"))
    yield scene.run(EraseMember(scene.people["head"].member), place=scene.district)
    yield scene.run(
        RenameTenant(scene.village.key.tenant, "凤光新村", "凤光新村", date(2025, 4, 1)), place=scene.district
    )


async def test_a_term_begins_with_its_day_though_nothing_is_recorded_then(portal: Portal) -> None:
    scene = portal.scene
    today = date(2025, 4, 8)
    cadre = (await scene.run(RegisterMember("驻小村"), place=scene.district)).streams[0]
    await scene.run(GiveOffice(cadre, Office.RESIDENT_CADRE, today + timedelta(days=1)))
    before = await portal.get(VILLAGE)
    assert "驻小村" not in before.text
    portal.clock.now += timedelta(days=1)
    after = await portal.get(VILLAGE, if_none_match=before.headers["etag"])
    assert after.status_code == 200
    assert "驻小村" in after.text


async def test_an_erased_person_is_named_nowhere(portal: Portal) -> None:
    scene = portal.scene
    director = scene.people["director"].member
    assert "林建国" in await portal.page(VILLAGE)
    assert "林建国" in await portal.page(QUARTER)
    await scene.run(EraseMember(director), place=scene.district)
    for path in (VILLAGE, QUARTER):
        page = await portal.page(path)
        assert "林建国" not in page, "even before the key is destroyed"
        assert "个人信息已依法删除" in page
    await portal.services.sealing.destroy(scene.district.key.district, director)
    assert "林建国" not in await portal.page(QUARTER)


async def test_a_correction_stands_first_and_the_first_edition_stays(portal: Portal) -> None:
    scene = portal.scene
    people = scene.people
    drafted = await scene.run(DraftDisclosure("V.C1", "2025-Q1", edition=2), people["clerk"])
    second = drafted.streams[0]
    assert (await portal.get(f"{QUARTER}?edition=2")).status_code == 404
    await scene.run(ReviewDisclosure(second, "更正后属实"), people["director"])
    await scene.run(SignDisclosure(second), people["secretary"])
    await scene.run(PublishDisclosure(second), people["clerk"])
    latest = await portal.page(QUARTER)
    assert "第 2 版" in latest
    assert "更正后属实" in latest
    assert f"{QUARTER}?edition=1" in latest
    first = await portal.page(f"{QUARTER}?edition=1")
    assert "已有更正后的新版" in first
    assert "更正后属实" not in first
    cards = next(ul for ul in read(await portal.page(VILLAGE)).find("ul") if ul.attributes.get("class") == "cards")
    assert len(cards.find("li")) == 1
    assert "第 2 版" in cards.text


async def test_the_old_code_leads_to_the_new_one(portal: Portal) -> None:
    await _recode(portal, "445203112999")
    for rest in ("", "/check", "/V.C1/2025-Q1"):
        answer = await portal.get(f"{VILLAGE}{rest}?size=large&lang=en")
        assert answer.status_code == 301
        assert answer.headers["location"] == f"/v/445203112999{rest}?lang=en&size=large"
        assert (await portal.get(answer.headers["location"])).status_code == 200
    tricky = await portal.get(f"{VILLAGE}/%0d%0aSet-Cookie:x/%3Cb%3E")
    assert (tricky.status_code, "location" in tricky.headers, "set-cookie" in tricky.headers) == (404, False, False)
    quoted = await portal.get(f'{VILLAGE}/a"b/%3Cb%3E')
    assert quoted.headers["location"] == "/v/445203112999/a%22b/%3Cb%3E"


async def test_a_merged_village_says_so_and_keeps_its_accounts(portal: Portal) -> None:
    scene = portal.scene
    merge = MergeTenants(scene.village.key.tenant, scene.neighbour.key.tenant, date(2025, 4, 1))
    await scene.run(merge, place=scene.district)
    page = await portal.page(VILLAGE)
    assert "本村已并入" in page
    assert "/v/445203112201" in page
    assert "12,345.67" in await portal.page(QUARTER)
    assert "凤光村" not in await portal.page("/")


async def test_a_name_is_text_wherever_it_stands(portal: Portal) -> None:
    scene = portal.scene
    sly = '<i onmouseover="x">村'
    await scene.run(RenameTenant(scene.village.key.tenant, sly, sly, date(2025, 4, 1)), place=scene.district)
    for path in ("/", VILLAGE, QUARTER, f"{VILLAGE}/check", "/v/445203112"):
        page = await portal.page(path)
        assert "<i " not in page.replace("<input", ""), path
        assert "&lt;i" in page, path
        read(page)


async def _etag(portal: Portal) -> str:
    return str((await portal.get(VILLAGE)).headers["etag"])


async def _recode(portal: Portal, code: str) -> None:
    scene = portal.scene
    await scene.run(RecodeTenant(scene.village.key.tenant, code, date(2025, 4, 1)), place=scene.district)
