"""One district for each module: queries change nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.store.settings import Database
from services.wiring import wired
from tests.support.village import Scene, build_scene


@pytest.fixture(scope="module")
async def scene(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """The village's books are open from January 2025."""
    async with wired(module_database, tmp_path_factory.mktemp("keys")) as services:
        made = await build_scene(services)
        await made.open_books()
        yield made
