"""The service role's pool on a fresh migrated database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.store.db import Db, connected
from services.store.settings import Database


@pytest.fixture
async def db(database: Database) -> AsyncIterator[Db]:
    async with connected(database.service) as made:
        yield made
