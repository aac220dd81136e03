"""A village with a published quarter, and the portal over it as a visitor meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from domain.ledger.posting import Posting
from domain.shared.money import Fen
from services.handlers.disclosures import (
    DraftDisclosure,
    FileDisclosure,
    PublishDisclosure,
    ReturnDisclosure,
    ReviewDisclosure,
    SignDisclosure,
)
from services.handlers.vouchers import DraftVoucher
from services.portal.app import routes
from services.store.settings import Database
from services.wiring import Services, wired
from tests.support.village import Scene, build_scene

VILLAGE = "/v/445203112212"
QUARTER = f"{VILLAGE}/V.C1/2025-Q1"
SCRIPT = "<script>alert('村')</script>"
RETURNED = "少一张发票，退回"
COUNTERPARTY = "宏达工程队"


class Clock:
    """The time, as the test sets it."""

    def __init__(self) -> None:
        self.now = datetime(2025, 4, 8, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Portal:
    """The pages, and the village behind them."""

    services: Services
    scene: Scene
    client: httpx.AsyncClient
    clock: Clock
    disclosure: UUID

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers={name.replace("_", "-"): text for name, text in headers.items()})

    async def page(self, path: str, **headers: str) -> str:
        answer = await self.get(path, **headers)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text


@pytest.fixture
async def portal(database: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal for one test that changes the village."""
    async with _opened(database, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
async def shared(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Portal]:
    """A portal for tests that only read."""
    async with _opened(module_database, tmp_path_factory.mktemp("portal")) as made:
        yield made


@asynccontextmanager
async def _opened(database: Database, directory: Path) -> AsyncIterator[Portal]:
    """The first quarter published and filed; of the second a signed draft, not published."""
    clock = Clock()
    async with wired(database, directory, clock=clock) as services:
        scene = await build_scene(services)
        await scene.open_books()
        disclosure = await _first_quarter(scene)
        await _unpublished_quarter(scene)
        app = Litestar(routes(services), openapi_config=None, logging_config=None)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=cast(Any, app)), base_url="http://village.test"
        ) as client:
            yield Portal(services, scene, client, clock, disclosure)


async def _first_quarter(scene: Scene) -> UUID:
    """Drafted, returned once, drafted again, and then all the way to the township's files."""
    people = scene.people
    await scene.post(
        await _voucher(scene, date(2025, 1, 10), "收商铺租金", "102", "501", 1_234_567),
        await _voucher(scene, date(2025, 2, 20), f"修路{SCRIPT}", "521", "102", 300_000),
        await _voucher(scene, date(2025, 3, 5), "提取现金", "101", "102", 50_000),
        await _voucher(scene, date(2025, 3, 6), "付上年工程款", "211", "102", 100_000),
    )
    await scene.close("2025-01", "2025-02", "2025-03")
    disclosure = (await scene.run(DraftDisclosure("V.C1", "2025-Q1"), people["clerk"])).streams[0]
    await scene.run(ReturnDisclosure(disclosure, RETURNED), people["director"])
    await scene.run(DraftDisclosure("V.C1", "2025-Q1"), people["clerk"])
    await scene.run(ReviewDisclosure(disclosure, f"属实{SCRIPT}"), people["director"])
    await scene.run(SignDisclosure(disclosure), people["secretary"])
    await scene.run(PublishDisclosure(disclosure), people["clerk"])
    await scene.run(FileDisclosure(disclosure), people["reviewer"])
    return disclosure


async def _unpublished_quarter(scene: Scene) -> None:
    await scene.post(await _voucher(scene, date(2025, 4, 3), "未公开的支出", "521", "102", 777_700))
    await scene.close("2025-04", "2025-05", "2025-06")
    await scene.signed_disclosure("2025-Q2")


async def _voucher(scene: Scene, on: date, summary: str, debit: str, credit: str, amount: int) -> UUID:
    side = Posting(debit, debit=Fen(amount), summary=summary, counterparty=COUNTERPARTY, evidence="发票0001")
    other = replace(side, account=credit, debit=Fen(0), credit=Fen(amount))
    return (await scene.run(DraftVoucher(on, summary, (side, other)), scene.people["clerk"])).streams[0]
