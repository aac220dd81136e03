"""The functions of the store: those in `sql/`, and the one generated for the read models. Replaced at every migration,
because they follow the program, not the data."""

from __future__ import annotations

from importlib.resources import files

from services.store import apply
from services.store.db import Connection

_IN_ORDER = ("digest.sql", "append.sql", "append_one.sql")


async def install(connection: Connection) -> None:
    """Create or replace all functions, in one transaction."""
    folder = files("services.store").joinpath("sql")
    async with connection.transaction():
        await apply.install(connection)
        await connection.execute(f"revoke all on function {apply.READ_SCHEMA}.apply from public")
        for name in _IN_ORDER:
            await connection.execute(folder.joinpath(name).read_text())
