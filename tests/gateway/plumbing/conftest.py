"""The service on a database of the module's own, and a district in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog

from gateway import logs
from gateway.settings import Mode, Settings
from services.store.settings import Database
from services.wiring import Services, wired
from tests.support.village import Scene, build_scene


@pytest.fixture(scope="module")
async def services(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    async with wired(module_database, tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture(scope="module")
async def scene(services: Services) -> Scene:
    """The village's books are open from January 2025."""
    made = await build_scene(services)
    await made.open_books()
    return made


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What is written to the log in production."""
    written = StringIO()
    logs.configure(Settings(mode=Mode.PRODUCTION), written)
    yield written
    structlog.reset_defaults()


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """An empty folder for trusted documents."""
    folder = tmp_path / "operations"
    folder.mkdir()
    return folder
