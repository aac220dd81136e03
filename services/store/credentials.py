"""Logins and sessions of a district. Statements name the district themselves; row-level security stands behind them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from domain.access.sign_in import Ending
from services.identity.ports import Credential, RefusedRotation, Rotation, Session
from services.store.db import Connection, Db


class CredentialTable:
    """sanzi.credential, as services.identity.ports.Credentials wants it."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def find(self, district: UUID, login: str) -> Credential | None:
        return await self._find("login = $2", district, login)

    async def find_member(self, district: UUID, member: UUID) -> Credential | None:
        return await self._find("member_id = $2", district, member)

    async def add(self, district: UUID, credential: Credential, at: datetime) -> bool:
        statement = """insert into sanzi.credential (district_id, login, member_id, password_hash, changed_at)
            values ($1, $2, $3, $4, $5) on conflict do nothing"""
        async with self._db.scope(district) as connection:
            done = await connection.execute(
                statement, district, credential.login, credential.member, credential.password_hash, at
            )
        return _touched(done) == 1

    async def replace(self, district: UUID, old: Credential, password_hash: str, at: datetime) -> bool:
        statement = """update sanzi.credential set password_hash = $5, changed_at = $6
            where district_id = $1 and login = $2 and member_id = $3 and password_hash = $4"""
        async with self._db.scope(district) as connection:
            done = await connection.execute(
                statement, district, old.login, old.member, old.password_hash, password_hash, at
            )
        return _touched(done) == 1

    async def remove(self, district: UUID, member: UUID) -> bool:
        statement = "delete from sanzi.credential where district_id = $1 and member_id = $2"
        async with self._db.scope(district) as connection:
            return _touched(await connection.execute(statement, district, member)) == 1

    async def _find(self, condition: str, district: UUID, wanted: object) -> Credential | None:
        statement = (
            f"select login, member_id, password_hash from sanzi.credential where district_id = $1 and {condition}"
        )
        async with self._db.scope(district) as connection:
            row = await connection.fetchrow(statement, district, wanted)
        return Credential(row["login"], row["member_id"], row["password_hash"]) if row else None


class SessionTable:
    """sanzi.session and sanzi.refresh_token, as services.identity.ports.SessionStore wants them."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def start(self, district: UUID, session: Session, refresh_hash: bytes, expires_at: datetime) -> None:
        statement = """insert into sanzi.session (district_id, session_id, member_id, term_id, started_at, good_until)
            values ($1, $2, $3, $4, $5, $6)"""
        async with self._db.scope(district) as connection, connection.transaction():
            await connection.execute(
                statement, district, session.id, session.member, session.term, session.started_at, session.good_until
            )
            await _keep(connection, district, session, refresh_hash, session.started_at, expires_at)

    async def rotate(
        self, district: UUID, old_hash: bytes, new_hash: bytes, *, at: datetime, idle_until: datetime
    ) -> Rotation:
        async with self._db.scope(district) as connection, connection.transaction():
            # Both rows are locked: whoever comes second waits, and then reads them as the first has left them.
            row = await connection.fetchrow(
                """select s.session_id, s.member_id, s.term_id, s.started_at, s.good_until, s.ended_at,
                          t.used_at, t.expires_at
                     from sanzi.refresh_token t join sanzi.session s using (district_id, session_id)
                    where t.district_id = $1 and t.hash = $2 for update of t, s""",
                district,
                old_hash,
            )
            if row is None:
                return Rotation(None, RefusedRotation.UNKNOWN)
            session = _session(row)
            if row["ended_at"] is not None:
                return Rotation(session, RefusedRotation.ENDED)
            if row["used_at"] is not None:
                await _end(connection, district, session.id, at, Ending.TOKEN_REUSED)
                return Rotation(session, RefusedRotation.REUSED)
            if at >= row["expires_at"] or at >= session.good_until:
                return Rotation(session, RefusedRotation.EXPIRED)
            await connection.execute(
                "update sanzi.refresh_token set used_at = $3 where district_id = $1 and hash = $2",
                district,
                old_hash,
                at,
            )
            await _keep(connection, district, session, new_hash, at, min(idle_until, session.good_until))
            return Rotation(session)

    async def find_open(self, district: UUID, session: UUID, at: datetime) -> Session | None:
        statement = """select session_id, member_id, term_id, started_at, good_until from sanzi.session
            where district_id = $1 and session_id = $2 and ended_at is null and good_until > $3"""
        async with self._db.scope(district) as connection:
            row = await connection.fetchrow(statement, district, session, at)
        return _session(row) if row else None

    async def choose(self, district: UUID, session: UUID, term: UUID | None, at: datetime) -> Session | None:
        statement = """update sanzi.session set term_id = $4
            where district_id = $1 and session_id = $2 and ended_at is null and good_until > $3
            returning session_id, member_id, term_id, started_at, good_until"""
        async with self._db.scope(district) as connection:
            row = await connection.fetchrow(statement, district, session, at, term)
        return _session(row) if row else None

    async def end(self, district: UUID, session: UUID, at: datetime, because: Ending) -> bool:
        async with self._db.scope(district) as connection:
            return await _end(connection, district, session, at, because)

    async def end_all(
        self, district: UUID, member: UUID, at: datetime, because: Ending, *, keep: UUID | None = None
    ) -> tuple[UUID, ...]:
        statement = """update sanzi.session set ended_at = $3, reason = $4
            where district_id = $1 and member_id = $2 and ended_at is null and session_id is distinct from $5
            returning session_id"""
        async with self._db.scope(district) as connection:
            rows = await connection.fetch(statement, district, member, at, because.value, keep)
        return tuple(row["session_id"] for row in rows)

    async def purge(self, district: UUID, before: datetime) -> int:
        statement = "delete from sanzi.session where district_id = $1 and good_until < $2"
        async with self._db.scope(district) as connection:
            return _touched(await connection.execute(statement, district, before))


async def _keep(
    connection: Connection, district: UUID, session: Session, token_hash: bytes, at: datetime, expires_at: datetime
) -> None:
    statement = """insert into sanzi.refresh_token (district_id, hash, session_id, member_id, issued_at, expires_at)
        values ($1, $2, $3, $4, $5, $6)"""
    await connection.execute(statement, district, token_hash, session.id, session.member, at, expires_at)


async def _end(connection: Connection, district: UUID, session: UUID, at: datetime, because: Ending) -> bool:
    statement = """update sanzi.session set ended_at = $3, reason = $4
        where district_id = $1 and session_id = $2 and ended_at is null"""
    return _touched(await connection.execute(statement, district, session, at, because.value)) == 1


def _session(row: asyncpg.Record) -> Session:
    return Session(row["session_id"], row["member_id"], row["started_at"], row["good_until"], row["term_id"])


def _touched(status: str) -> int:
    """How many rows a statement changed, from its command tag: `UPDATE 1`, `INSERT 0 1`."""
    return int(status.rpartition(" ")[2])
