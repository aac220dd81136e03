"""The heads of logs: how far each has come, and the hash in which all of it is summed up. Nothing here is secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.shared.identity import TenantKey
from services.store.db import Db


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a log: its position, its link in the chain of hashes, and when it was recorded."""

    position: int
    hash: bytes
    recorded_at: datetime


class Heads:
    def __init__(self, db: Db) -> None:
        self._db = db

    async def of(self, district: UUID, tenants: Sequence[UUID]) -> Mapping[UUID, Head]:
        """The heads of these tenants' logs in one snapshot; a tenant whose log is empty is absent."""
        async with self._db.scope(district, tenants) as connection:
            rows = await connection.fetch(
                """select tenant_id, position, hash, recorded_at from sanzi.head
                    where district_id = $1 and tenant_id = any ($2)""",
                district,
                list(tenants),
            )
        return {row["tenant_id"]: Head(row["position"], row["hash"], row["recorded_at"]) for row in rows}

    async def hash_at(self, key: TenantKey, position: int) -> bytes | None:
        """The hash after the event at this position; None where the log has not come so far."""
        async with self._db.scope(key.district, [key.tenant]) as connection:
            found: bytes | None = await connection.fetchval(
                "select hash from sanzi.event where district_id = $1 and tenant_id = $2 and position = $3",
                key.district,
                key.tenant,
                position,
            )
        return found
