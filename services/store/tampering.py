"""A demonstration, not a tool: what happens to whoever alters the record. Nothing of it is ever committed."""

from __future__ import annotations

import asyncpg

from domain.shared.identity import TenantKey
from services.store.verify import Verification, verify_within

ATTEMPTS = (
    "update sanzi.event set data = '{}'",
    "delete from sanzi.event",
    "truncate sanzi.event",
    "alter table sanzi.event disable trigger all",
    "set session_replication_role = replica",
)
"""What would change the record or switch its guards off."""


async def alter_and_verify(superuser: str, key: TenantKey, position: int) -> Verification:
    """Alter one event as the database's superuser, past every trigger, and verify before it is rolled back."""
    connection = await asyncpg.connect(superuser)
    try:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        try:
            await connection.execute("set local session_replication_role = replica")
            await connection.execute(
                """update sanzi.event set data = convert_to(replace(convert_from(data, 'UTF8'), '1', '7'), 'UTF8')
                    where district_id = $1 and tenant_id = $2 and position = $3""",
                key.district,
                key.tenant,
                position,
            )
            return await verify_within(connection, key)
        finally:
            await transaction.rollback()
    finally:
        await connection.close()


async def refused_to(service: str) -> dict[str, str]:
    """Each of ATTEMPTS as the service's own role, with the database's answer; "" where it was not refused."""
    connection = await asyncpg.connect(service)
    try:
        return {attempt: await _answer(connection, attempt) for attempt in ATTEMPTS}
    finally:
        await connection.close()


async def _answer(connection: asyncpg.Connection[asyncpg.Record], attempt: str) -> str:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(attempt)
    except asyncpg.InsufficientPrivilegeError as refused:
        return str(refused)
    finally:
        await transaction.rollback()
    return ""
