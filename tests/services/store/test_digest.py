"""The digest is that of domain/decisions/0002-canonical-digest.md: to SQL, to Python, and to the example there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.store.settings import Database
from services.store.verify import GENESIS, canonical

DECISION = Path(__file__).parents[3] / "domain/decisions/0002-canonical-digest.md"
SQL = """select sanzi.event_digest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as digest,
                timestamptz_send($11) as moment"""


@pytest.fixture(scope="module")
async def connection(module_database: Database) -> AsyncIterator[asyncpg.Connection[Any]]:
    made: asyncpg.Connection[Any] = await asyncpg.connect(module_database.owner)
    yield made
    await made.close()


def in_python(
    district: UUID,
    tenant: UUID,
    stream: UUID,
    version: int,
    type_: str,
    schema_version: int,
    command: UUID,
    ord_: int,
    meta: bytes,
    data: bytes,
    moment: bytes,
) -> bytes:
    sixteen = (16).to_bytes(4, "big")
    prefix = b"".join((sixteen, district.bytes, sixteen, tenant.bytes, sixteen))
    return canonical(prefix, stream, version, type_, schema_version, command, ord_, meta, data, moment)


async def test_the_example_of_the_decision_record(connection: asyncpg.Connection[Any]) -> None:
    text = DECISION.read_text()
    lines = re.findall(r"^    ([0-9a-f]{8} [0-9a-f]+)$", text, re.MULTILINE)
    stated = {
        name: bytes.fromhex(value) for name, value in re.findall(r"^    (\S+)  +([0-9a-f]{64})$", text, re.MULTILINE)
    }
    assert (len(lines), len(stated)) == (11, 3)
    values = (
        UUID("11111111-1111-4111-8111-111111111111"),
        UUID("22222222-2222-4222-8222-222222222222"),
        UUID("33333333-3333-4333-8333-333333333333"),
        2,
        "ledger.VoucherReviewed",
        1,
        UUID("44444444-4444-4444-8444-444444444444"),
        1,
        b'{"origin":"cli"}',
        '{"opinion":"属实"}'.encode(),
    )
    row = await connection.fetchrow(SQL, *values, datetime(2025, 1, 15, 8, 30, 0, 123456, tzinfo=UTC))
    assert row
    assert in_python(*values, row["moment"]) == bytes.fromhex("".join(lines))
    assert row["digest"] == stated["digest"]
    assert stated["hash(0)"] == GENESIS
    assert stated["hash(1)"] == sha256(GENESIS + (1).to_bytes(8, "big") + stated["digest"]).digest()


SMALL, INTEGER = st.integers(-(2**15), 2**15 - 1), st.integers(-(2**31), 2**31 - 1)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ids=st.tuples(st.uuids(), st.uuids(), st.uuids(), st.uuids()),
    version=INTEGER,
    type_=TEXT,
    schema_version=SMALL,
    ord_=SMALL,
    meta=TEXT,
    data=TEXT,
    at=MOMENTS,
)
@example(
    ids=(UUID(int=0), UUID(int=0), UUID(int=0), UUID(int=2**128 - 1)),
    version=1,
    type_="",
    schema_version=1,
    ord_=1,
    meta="",
    data="三资公开" * 100_000,
    at=datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
)
async def test_python_and_sql_agree(
    connection: asyncpg.Connection[Any],
    ids: tuple[UUID, UUID, UUID, UUID],
    version: int,
    type_: str,
    schema_version: int,
    ord_: int,
    meta: str,
    data: str,
    at: datetime,
) -> None:
    district, tenant, stream, command = ids
    values = (
        district,
        tenant,
        stream,
        version,
        type_,
        schema_version,
        command,
        ord_,
        meta.encode(),
        data.encode(),
    )
    row = await connection.fetchrow(SQL, *values, at)
    assert row
    assert sha256(in_python(*values, row["moment"])).digest() == row["digest"]
