"""Where the database is: asked for, named by the environment, or in the working directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.store.migrate import migrate, pending
from services.store.settings import DATA_DIR, Database, database
from services.store.unavailable import BadDatabaseUrl, OwnerNeeded
from tests.support.programs import ask


async def test_a_database_of_ones_own(empty_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANZI_DATABASE_URL", empty_database.service)
    monkeypatch.setenv("SANZI_OWNER_URL", empty_database.owner)
    with database() as db:
        assert db == Database(owner=empty_database.owner, service=empty_database.service)
        assert await migrate(db)
        assert await pending(db) == []
        assert await ask(db.service, "select current_user::text") == "sanzi_service"


async def test_without_the_owners_address_nothing_is_migrated(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANZI_DATABASE_URL", empty_database.service)
    monkeypatch.delenv("SANZI_OWNER_URL", raising=False)
    with database() as db:
        assert await pending(db)
        with pytest.raises(OwnerNeeded, match="SANZI_OWNER_URL"):
            await migrate(db)


@pytest.mark.parametrize("url", ["mysql://u:secret@h/db", "postgresql://u:secret@h", "localhost"])
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANZI_DATABASE_URL", url)
    with pytest.raises(BadDatabaseUrl, match="SANZI_DATABASE_URL") as refused, database():
        pass
    assert "secret" not in str(refused.value)


async def test_a_directory_that_was_asked_for_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANZI_DATABASE_URL", "postgresql://nowhere.invalid/sanzi")
    with database(tmp_path / "asked") as db:
        assert await ask(db.service, "select 1") == 1


async def test_by_default_it_is_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANZI_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    with database() as db:
        assert (tmp_path / DATA_DIR / "postgres").is_dir()
        assert await ask(db.service, "select 1") == 1
