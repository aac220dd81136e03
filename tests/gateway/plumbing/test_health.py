"""Liveness, readiness with the database there, behind, and gone; and the figures."""

from __future__ import annotations

from pathlib import Path

from services.store.settings import Database
from services.wiring import Services, wired
from tests.gateway.plumbing.probe import app, client
from tests.support.programs import ask as ask_database


async def test_ready(services: Services) -> None:
    async with client(app(services)) as http:
        alive, ready = await http.get("/healthz"), await http.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})


async def test_not_ready_while_migrations_are_pending(database: Database, tmp_path: Path) -> None:
    await ask_database(
        database.superuser or "",
        "delete from sanzi.migration where name = (select max(name) from sanzi.migration)",
        "select 1",
    )
    async with wired(database, tmp_path) as services, client(app(services)) as http:
        answer = await http.get("/readyz")
        assert (await http.get("/healthz")).status_code == 200
    assert answer.status_code == 503
    assert answer.json()["code"] == "MIGRATIONS_PENDING"
    assert set(answer.json()["message"]) == {"zh", "en"}
