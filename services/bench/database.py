"""A database of the benchmark's own, so that it meets nobody's data and nobody's data meets it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.store.db import connected
from services.store.embedded import embedded
from services.store.migrate import migrate
from services.store.settings import Database


@asynccontextmanager
async def own_database(data_dir: Path | None) -> AsyncIterator[Database]:
    """A migrated embedded database in `data_dir`, or in a temporary directory that is gone afterwards."""
    if data_dir is None:
        with tempfile.TemporaryDirectory(prefix="sanzi-bench-") as directory, embedded(Path(directory)) as database:
            await migrate(database)
            yield database
    else:
        with embedded(data_dir) as database:
            await migrate(database)
            yield database


async def gather_statistics(database: Database) -> None:
    """What autovacuum does within a minute of the first events: until then the planner knows nothing of the tables."""
    async with connected(database.owner, size=1) as owner:
        tables = await owner.pool.fetch(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname like 'sanzi%'"
        )
        for table in tables:
            await owner.pool.execute(f"vacuum analyze {table['name']}")
