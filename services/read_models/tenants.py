"""The register of divisions: which tenants there are, by what code and name, and what lies below what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pypinyin import Style, lazy_pinyin

from domain.shared.events import Envelope
from domain.shared.identity import Level, TenantKey
from domain.tenancy.tenant import Tenant
from services.read_models.change import Change, New, Put, Set
from services.store.db import Connection, Db


def project(event: Envelope) -> Iterator[Change]:
    match event.payload:
        case Tenant.Registered() as it:
            yield New(
                "tenant",
                id=event.stream,
                level=it.level,
                code=it.code,
                name=it.name,
                short_name=it.short_name,
                sort_key=pinyin(it.short_name),
                parent_id=it.parent,
                path=it.path,
                merged_into=None,
            )
            yield Put("tenant_code", code=it.code, valid_from=it.since, id=event.stream)
        case Tenant.Renamed() as it:
            yield Set("tenant", id=event.stream, name=it.name, short_name=it.short_name, sort_key=pinyin(it.short_name))
        case Tenant.Recoded() as it:
            yield Set("tenant", id=event.stream, code=it.code)
            yield Put("tenant_code", code=it.code, valid_from=it.since, id=event.stream)
        case Tenant.Merged() as it:
            yield Set("tenant", id=event.stream, merged_into=it.into)


def pinyin(name: str) -> str:
    """The key by which names sort as in a Chinese dictionary: 凤光村 -> 'feng4 guang1 cun1'."""
    return " ".join(lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True))


@dataclass(frozen=True, slots=True)
class TenantRow:
    """One division as it is now. `path` is `/district/township/village/`, each part a tenant id."""

    district_id: UUID
    id: UUID
    level: Level
    code: str
    name: str
    short_name: str
    parent_id: UUID | None
    path: str
    merged_into: UUID | None

    @property
    def key(self) -> TenantKey:
        return TenantKey(self.district_id, self.id)


_COLUMNS = "district_id, id, level, code, name, short_name, parent_id, path, merged_into"


class Tenants:
    """Reads the register, which is public."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def by_ids(self, ids: list[UUID]) -> list[TenantRow]:
        return await self._fetch("id = any ($1)", ids)

    async def by_code(self, code: str, on: date | None = None) -> TenantRow | None:
        """The tenant that has this code now, or had it on a day; on a day, also one that was merged since."""
        if on is None:
            found = await self._fetch("code = $1 and merged_into is null", code)
        else:
            found = await self._fetch(
                """id = (select c.id from sanzi_read.tenant_code c where c.code = $1 and c.valid_from <= $2
                            and not exists (select from sanzi_read.tenant_code other
                                             where other.district_id = c.district_id and other.id = c.id
                                               and other.valid_from > c.valid_from and other.valid_from <= $2)
                          order by c.valid_from desc limit 1)""",
                code,
                on,
            )
        return found[0] if found else None

    async def last_with_code(self, code: str) -> TenantRow | None:
        """The tenant that had this code last, even if it has another now or was merged: old addresses lead on."""
        found = await self._fetch(
            "id = (select c.id from sanzi_read.tenant_code c where c.code = $1 order by c.valid_from desc limit 1)",
            code,
        )
        return found[0] if found else None

    async def children(self, parent: TenantRow) -> list[TenantRow]:
        """The divisions directly below, in pinyin order."""
        return await self._fetch("district_id = $1 and parent_id = $2", parent.district_id, parent.id)

    async def children_of(self, district: UUID, parents: list[UUID]) -> list[TenantRow]:
        """Those of several parents of a district, together in pinyin order."""
        return await self._fetch("district_id = $1 and parent_id = any ($2)", district, parents)

    async def subtree(self, root: TenantRow) -> list[TenantRow]:
        """The tenant itself and all below it."""
        return await self._fetch("district_id = $1 and starts_with(path, $2)", root.district_id, root.path)

    async def codes(self, district: UUID) -> tuple[dict[str, TenantRow], int]:
        """Every current code of a district with its tenant, and the head of the district's log in that snapshot."""
        async with (
            self._db.scope(district, [district]) as connection,
            connection.transaction(isolation="repeatable_read"),
        ):
            head = await _head(connection, district)
            rows = await connection.fetch(
                f"select {_COLUMNS} from sanzi_read.tenant where district_id = $1 and merged_into is null", district
            )
        return {row["code"]: _row(row) for row in rows}, head

    async def districts(self) -> list[TenantRow]:
        return await self._fetch("level = 'district'")

    async def _fetch(self, where: str, *values: object) -> list[TenantRow]:
        async with self._db.anywhere() as connection:
            rows = await connection.fetch(
                f"select {_COLUMNS} from sanzi_read.tenant where {where} order by sort_key", *values
            )
        return [_row(row) for row in rows]


async def _head(connection: Connection, district: UUID) -> int:
    position = await connection.fetchval(
        "select position from sanzi.head where district_id = $1 and tenant_id = $1", district
    )
    return int(position or 0)


def _row(row: Any) -> TenantRow:
    values: dict[str, Any] = dict(row)
    values["level"] = Level(values["level"])
    return TenantRow(**values)
