"""The front page as the register grows: nobody, one district, several; and the portal inside the whole application."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
from litestar import Litestar

from domain.shared.identity import Level, TenantKey
from gateway.app import create_app
from gateway.settings import Settings
from services.handlers.tenancy import OpenDistrict
from services.portal.app import routes
from services.store.settings import Database
from services.wiring import Services, wired
from services.work import Place, System
from tests.support.village import SINCE, build_scene, origin

from .markup import read


def client(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=cast(Any, app)), base_url="http://village.test")


def portal(services: Services) -> Litestar:
    return Litestar(routes(services), openapi_config=None, logging_config=None)


async def open_district(services: Services, code: str, name: str) -> None:
    district = uuid4()
    place = Place(TenantKey(district, district), f"/{district}/", Level.DISTRICT)
    await services.bus.execute(OpenDistrict(code, name, name, SINCE), place, System(), origin())


async def test_the_front_page_as_the_register_grows(database: Database, tmp_path: Path) -> None:
    async with wired(database, tmp_path) as services, client(portal(services)) as visitor:
        nobody = await visitor.get("/")
        assert nobody.status_code == 200
        assert "还没有登记村（居）" in nobody.text
        await open_district(services, "445203", "揭东区")
        alone = await visitor.get("/", headers={"if-none-match": nobody.headers["etag"]})
        assert alone.status_code == 200
        assert "揭东区各村（居）公开" in read(alone.text).find("h1")[0].text
        await open_district(services, "445202", "榕城区")
        both = read((await visitor.get("/")).text)
        links = {link.text: link.attributes["href"] for link in both.find("main")[0].find("a")}
        assert links == {"揭东区": "/v/445203", "榕城区": "/v/445202"}
        assert "还没有登记村（居）" in (await visitor.get("/v/445202")).text


async def test_inside_the_whole_application(database: Database, tmp_path: Path) -> None:
    async with wired(database, tmp_path) as services:
        await build_scene(services)
        app = create_app(services, Settings(), pages=routes(services))
        async with client(app) as visitor:
            page = await visitor.get("/v/445203112212")
            assert page.status_code == 200
            policy = page.headers.get_list("content-security-policy")
            assert len(policy) == 1, "two policies would forbid the page its own style"
            assert "style-src 'sha256-" in policy[0]
            assert "公开" in (await visitor.get("/")).text
            assert (await visitor.get("/v/445203112299")).status_code == 404
