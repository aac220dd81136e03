"""A town with its gateway: a fresh one for a test that changes things, one per module for those that only look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.store.settings import Database
from services.wiring import wired
from tests.support.gateway import Town, gateway_of
from tests.support.village import build_scene


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """The village's books are open from January 2025."""
    async with wired(database, tmp_path) as services, gateway_of(services) as visitor:
        scene = await build_scene(services)
        await scene.open_books()
        yield Town(scene, visitor)
