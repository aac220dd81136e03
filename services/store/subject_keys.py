"""The wrapped data keys of a district's data subjects, as services.identity.ports.SubjectKeys wants them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from services.identity.ports import WrappedKey
from services.store.db import Db

_FIRST = UUID(int=0)


class SubjectKeyTable:
    """sanzi.subject_key. What it holds is useless without the master key."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def find(self, district: UUID, subjects: Collection[UUID]) -> Mapping[UUID, WrappedKey]:
        statement = """select subject_id, wrapped from sanzi.subject_key
            where district_id = $1 and subject_id = any ($2::uuid[])"""
        async with self._db.scope(district) as connection:
            rows = await connection.fetch(statement, district, list(subjects))
        return {row["subject_id"]: WrappedKey(row["wrapped"]) for row in rows}

    async def keep(self, district: UUID, subject: UUID, wrapped: bytes) -> WrappedKey:
        insert = """insert into sanzi.subject_key (district_id, subject_id, wrapped) values ($1, $2, $3)
            on conflict do nothing"""
        select = "select wrapped from sanzi.subject_key where district_id = $1 and subject_id = $2"
        async with self._db.scope(district) as connection:
            # Two statements: the second has a fresh snapshot, and so sees the row that the first may have waited for.
            await connection.execute(insert, district, subject, wrapped)
            return WrappedKey(await connection.fetchval(select, district, subject))

    async def erase(self, district: UUID, subject: UUID) -> None:
        statement = """insert into sanzi.subject_key as k (district_id, subject_id, wrapped, destroyed_at)
            values ($1, $2, null, now()) on conflict (district_id, subject_id)
            do update set wrapped = null, destroyed_at = now() where k.wrapped is not null"""
        async with self._db.scope(district) as connection:
            await connection.execute(statement, district, subject)

    async def in_pages(self, district: UUID, after: UUID | None, limit: int) -> Mapping[UUID, bytes]:
        statement = """select subject_id, wrapped from sanzi.subject_key
            where district_id = $1 and subject_id > $2 and wrapped is not null order by subject_id limit $3"""
        async with self._db.scope(district) as connection:
            rows = await connection.fetch(statement, district, after or _FIRST, limit)
        return {row["subject_id"]: row["wrapped"] for row in rows}

    async def replace(self, district: UUID, subject: UUID, old: bytes, new: bytes) -> bool:
        statement = """update sanzi.subject_key set wrapped = $4
            where district_id = $1 and subject_id = $2 and wrapped = $3"""
        async with self._db.scope(district) as connection:
            return await connection.execute(statement, district, subject, old, new) == "UPDATE 1"
