"""A district with people in office, on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from services.store.settings import Database
from services.wiring import Services, wired
from tests.support.village import Scene, build_scene

PROCESSES = 4


@pytest.fixture
async def services(database: Database, tmp_path: Path) -> AsyncIterator[Services]:
    async with wired(database, tmp_path) as made:
        yield made


@pytest.fixture
async def scene(services: Services) -> Scene:
    """The village's books are open from January 2025."""
    made = await build_scene(services)
    await made.open_books()
    return made


@pytest.fixture
async def processes(database: Database, tmp_path: Path, scene: Scene) -> AsyncIterator[Sequence[Services]]:
    """Several of the service on the scene's database, each with its own bus and pool, as several processes are."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(wired(database, tmp_path, pool_size=3)) for _ in range(PROCESSES)]
