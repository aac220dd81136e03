"""One real PostgreSQL for the whole run, and a fresh migrated database for whoever asks."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from urllib.parse import urlsplit

import asyncpg
import pytest

from services.store.embedded import embedded
from services.store.migrate import migrate
from services.store.settings import OWNER, Database

_TEMPLATE = "template_migrated"
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The server of this run; its database is not migrated."""
    directory = tmp_path_factory.mktemp("postgres")
    with embedded(directory) as server:
        yield server
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
async def migrated_template(postgres: Database) -> Database:
    await _administer(postgres, f"create database {_TEMPLATE} owner {OWNER} template template0")
    await migrate(at(postgres, _TEMPLATE))
    return postgres


@pytest.fixture
async def database(migrated_template: Database) -> AsyncIterator[Database]:
    """A fresh migrated database for one test."""
    async with fresh(migrated_template, _TEMPLATE) as made:
        yield made


@pytest.fixture(scope="module")
async def module_database(migrated_template: Database) -> AsyncIterator[Database]:
    """A fresh migrated database for one module of tests."""
    async with fresh(migrated_template, _TEMPLATE) as made:
        yield made


@pytest.fixture
async def empty_database(postgres: Database) -> AsyncIterator[Database]:
    """A fresh database without any schema of ours, for one test."""
    async with fresh(postgres, "template0") as made:
        yield made


@asynccontextmanager
async def fresh(server: Database, template: str) -> AsyncIterator[Database]:
    name = f"test_{next(_NUMBERS)}"
    await _administer(server, f"create database {name} owner {OWNER} template {template}")
    try:
        yield at(server, name)
    finally:
        await _administer(server, f"drop database {name} with (force)")


def at(server: Database, name: str) -> Database:
    """The same server's database of that name."""
    assert server.superuser
    owner, service, superuser = (
        urlsplit(address)._replace(path=f"/{name}").geturl()
        for address in (server.owner, server.service, server.superuser)
    )
    return replace(server, owner=owner, service=service, superuser=superuser)


async def _administer(server: Database, statement: str) -> None:
    connection = await asyncpg.connect(server.superuser)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
