"""What a page costs the database: a public page few statements, however long it is; nobody is looked up for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.handlers.disclosures import PublishDisclosure
from services.store.settings import Database
from services.wiring import Services, wired
from tests.support.gateway import Town, gateway_of
from tests.support.village import DISTRICT_CODE, VILLAGE_CODE, build_scene


@pytest.fixture
async def narrow(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with one connection, so that every statement passes the same place."""
    async with wired(database, tmp_path, pool_size=1) as services, gateway_of(services) as visitor:
        scene = await build_scene(services)
        await scene.open_books()
        yield Town(scene, visitor)


@contextmanager
def statements(connection: Any) -> Iterator[list[str]]:
    """The statements that run meanwhile, but for those that set the scope."""
    found: list[str] = []

    def note(record: Any) -> None:
        if "set_config" not in record.query:
            found.append(" ".join(record.query.split()))

    with connection.query_logger(note):
        yield found


async def connection_of(services: Services) -> Any:
    async with services.db.pool.acquire() as proxy:
        return proxy._con  # type: ignore[attr-defined]  # the pool has no other way to it


async def test_a_public_page_of_disclosures_takes_six_statements_and_looks_nobody_up(narrow: Town) -> None:
    scene = narrow.scene
    for month in (1, 4, 7):
        await scene.post(await scene.draft_voucher(on=date(2025, month, 3)))
    await scene.close(*(f"2025-{month:02}" for month in range(1, 10)))
    for quarter in ("2025-Q1", "2025-Q2", "2025-Q3"):
        await scene.run(PublishDisclosure(await scene.signed_disclosure(quarter)), scene.people["clerk"])
    connection = await connection_of(scene.services)
    with statements(connection) as seen:
        page = (await narrow.visitor.run("PublicDisclosures", code=VILLAGE_CODE)).one["disclosures"]
    assert len(page["edges"]) == 3
    tables = ("tenant ", "disclosure ", "head ", "sanzi.event", "member ", "subject_key")
    assert len(seen) == len(tables), seen
    assert all(any(table in statement for statement in seen) for table in tables)


async def test_the_tree_of_a_district_takes_one_statement_per_level(narrow: Town) -> None:
    with statements(await connection_of(narrow.scene.services)) as seen:
        tree = (await narrow.visitor.run("Divisions", code=DISTRICT_CODE)).one
    assert [len(township["children"]) for township in tree["children"]] == [2, 1]
    assert len(seen) == 3, seen


async def test_a_list_of_vouchers_costs_the_same_however_long_it_is(narrow: Town) -> None:
    scene, clerk = narrow.scene, await narrow.as_("clerk")
    connection = await connection_of(scene.services)
    document = """query($code: String!) { tenant(code: $code) { vouchers(first: 200) { edges { node {
        number lines { account accountName } trail { name note } history { who changes { field before after } }
        tenant { parent { code } } } } } } }"""
    costs = []
    for more in (1, 12):
        for _ in range(more):
            await scene.draft_voucher()
        with statements(connection) as seen:
            answer = (await clerk.ask(document, {"code": VILLAGE_CODE})).one
        costs.append(len(seen))
    assert len(answer["vouchers"]["edges"]) == 13
    assert costs[0] == costs[1] <= 10, seen
    assert sum("office_term" in statement for statement in seen) == 1  # who acts is looked up once
