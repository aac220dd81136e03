"""Connections whose every statement runs inside one district and a named set of its tenants.

Row-level security reads `sanzi.district` and `sanzi.tenants` (services/store/migrations/0001_pre_log.sql). The scope is
kept on the connection and sent only when it changes, so that a read in a warm scope costs one round trip.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection

Connection: TypeAlias = "_Connection | PoolConnectionProxy[asyncpg.Record]"


class ScopedConnection(_Connection):
    """A connection that remembers which scope it was last given."""

    __slots__ = ("scope",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope: tuple[str, str] = ("", "")

    async def enter(self, district: UUID | None, tenants: Sequence[UUID]) -> None:
        wanted = (str(district or ""), "{" + ",".join(map(str, tenants)) + "}")
        if self.scope != wanted:
            self.scope = ("", "")  # unknown until the server has answered
            await self.execute(
                "select set_config('sanzi.district', $1, false), set_config('sanzi.tenants', $2, false)", *wanted
            )
            self.scope = wanted


class Db:
    """The pool of the service role. Statements outside a scope see no tenant's rows."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self.pool = pool

    @asynccontextmanager
    async def scope(self, district: UUID | None = None, tenants: Sequence[UUID] = ()) -> AsyncIterator[Connection]:
        """A connection limited to these tenants of this district."""
        async with self.pool.acquire() as connection:
            await cast(ScopedConnection, cast(Any, connection)._con).enter(district, tenants)
            yield connection

    @asynccontextmanager
    async def anywhere(self) -> AsyncIterator[Connection]:
        """A connection in whatever scope it happens to be: only for tables that are public in every scope."""
        async with self.pool.acquire() as connection:
            yield connection


@asynccontextmanager
async def connected(dsn: str, *, size: int = 10) -> AsyncIterator[Db]:
    """A pool on `dsn`, closed at the end. `dsn` is that of the service role, or of the owner for maintenance."""
    async with asyncpg.create_pool(
        dsn, min_size=1, max_size=size, connection_class=ScopedConnection, reset=_keep_scope
    ) as pool:
        yield Db(pool)


async def _keep_scope(_connection: object) -> None:
    """asyncpg's own reset would cost a round trip per release and forget the scope."""
