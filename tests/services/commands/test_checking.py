"""`sanzi verify` and `sanzi replay`: on what is whole, and on what somebody altered behind the service's back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg

from services.demo.people import VILLAGE
from services.store.embedded import embedded
from tests.services.conftest import Told
from tests.support.sanzi import Running, copied, free_port, running, sanzi

NOWHERE = "999999999999"


def behind_the_back(directory: Path, statement: str, *values: object) -> Any:
    """Run a statement as the superuser, triggers off, and commit it."""

    async def alter(address: str) -> Any:
        connection = await asyncpg.connect(address)
        try:
            await connection.execute("set session_replication_role = replica")
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    with embedded(directory) as database:
        assert database.superuser
        return asyncio.run(alter(database.superuser))


def test_what_nobody_altered_is_whole_also_while_it_is_served(told: Told) -> None:
    with running(told.directory, "serve", "--data-dir", told.directory, "--port", free_port()) as server:
        server.says("http://")
        for arguments in (("verify",), ("replay", "--check"), ("replay", "--check", "--village", VILLAGE)):
            done = sanzi(*arguments, "--data-dir", told.directory)
            assert (done.status, done.err) == (0, ""), arguments
            assert done.out.startswith("✓ ")
            assert len(done.out.splitlines()) == 1
        assert_stopped(server)


def assert_stopped(server: Running) -> None:
    done = server.end()
    done.assert_plain()
    assert done.status == 0


def test_an_altered_event_is_named_by_village_and_position(told: Told, tmp_path: Path) -> None:
    spoilt = copied(told.directory, tmp_path / "spoilt")
    changed = behind_the_back(
        spoilt,
        """update sanzi.event set data = convert_to(replace(convert_from(data, 'UTF8'), '1', '7'), 'UTF8')
            where (tenant_id, position) = (select id, 1234 from sanzi_read.tenant where code = $1)
        returning position""",
        VILLAGE,
    )
    assert changed == 1234
    done = sanzi("verify", "--data-dir", spoilt)
    assert (done.status, done.out) == (1, "")
    for part in (VILLAGE, "凤光村", "1234", "内容被改动 / the event was altered"):
        assert part in done.err
    whole = sanzi("verify", "--village", "445203", "--data-dir", spoilt)
    assert whole.status == 0


def test_an_altered_row_is_named_and_mended(told: Told, tmp_path: Path) -> None:
    spoilt = copied(told.directory, tmp_path / "spoilt")
    name = behind_the_back(
        spoilt, "update sanzi_read.tenant set name = '别的村' where code = $1 returning name", VILLAGE
    )
    assert name == "别的村"
    found = sanzi("replay", "--check", "--data-dir", spoilt)
    assert (found.status, found.out) == (1, "")
    for part in ("tenant (", "id=", " name: ", "别的村", "应为 / should be"):
        assert part in found.err
    mended = sanzi("replay", "--data-dir", spoilt)
    assert (mended.status, mended.err) == (0, "")
    assert "已重建" in mended.out
    assert sanzi("replay", "--check", "--data-dir", spoilt).status == 0


def test_a_village_that_does_not_exist_is_refused_by_its_code(told: Told) -> None:
    done = sanzi("verify", "--village", NOWHERE, "--data-dir", told.directory)
    assert (done.status, done.out) == (1, "")
    assert done.err == f"✗ 没有代码为 {NOWHERE} 的单位 / no division has the code {NOWHERE}\n"
