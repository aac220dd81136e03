"""Liveness, readiness with the database there, behind, and gone; and the figures."""

from __future__ import annotations

import os
import re
import signal
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import pytest

from domain.shared.errors import NotFound
from gateway.metrics import MeteredBus, Metrics
from services.handlers.vouchers import DraftVoucher, ReviewVoucher
from services.store.embedded import embedded
from services.store.migrate import migrate
from services.store.settings import Database
from services.wiring import Services, wired
from tests.gateway.plumbing.listening import eventually
from tests.gateway.plumbing.probe import DEVELOPMENT, app, ask, client
from tests.support import programs
from tests.support.village import SINCE, Scene, origin, spending


async def test_ready(services: Services) -> None:
    async with client(app(services)) as http:
        alive, ready = await http.get("/healthz"), await http.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("delete from sanzi.migration where name = (select max(name) from sanzi.migration)", "MIGRATIONS_PENDING"),
        ("update sanzi.migration set sha256 = 'x' where name like '0001%'", "STORE_MIGRATION_CHANGED"),
    ],
)
async def test_not_ready_with_other_migrations(database: Database, tmp_path: Path, change: str, code: str) -> None:
    await programs.ask(database.superuser or "", change, "select 1")
    async with wired(database, tmp_path) as services, client(app(services)) as http:
        answer = await http.get("/readyz")
        assert (await http.get("/healthz")).status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert set(answer.json()["message"]) == {"zh", "en"}


async def test_not_ready_without_the_database_and_ready_again_with_it(tmp_path: Path) -> None:
    async def ready() -> bool:
        return (await http.get("/readyz")).status_code == 200

    with ExitStack() as server:
        database = server.enter_context(embedded(tmp_path / "data"))
        await migrate(database)
        async with wired(database, tmp_path) as services, client(app(services)) as http:
            assert await ready()
            os.kill(int((tmp_path / "data/postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            await eventually(ready)
            server.close()
            answer = await http.get("/readyz", headers={"accept-language": "en"})
            assert (answer.status_code, answer.json()["code"]) == (503, "DATABASE_UNREACHABLE")
            assert answer.json()["message"] == {"zh": "数据库没有响应", "en": "The database does not answer."}
            assert (await http.get("/healthz")).status_code == 200
            query = await http.post("/graphql", json={"query": "{ echo }"})
            assert query.json() == {"data": {"echo": ""}}
            server.enter_context(embedded(tmp_path / "data"))
            await eventually(ready)


async def test_figures_of_operations_have_bounded_names(services: Services, documents: Path) -> None:
    (documents / "a.graphql").write_text("query Known { echo }")
    application = app(services, DEVELOPMENT, documents)
    for name in ("Known", "Known", "Unknown", "Another"):
        await ask(application, f"query {name} {{ echo }}")
    await ask(application, "{ refused }")
    async with client(application) as http:
        text = (await http.get("/metrics")).text
    assert 'sanzi_graphql_operation_seconds_count{operation="Known"} 2.0' in text
    assert 'sanzi_graphql_operation_seconds_count{operation="other"} 3.0' in text
    assert "Unknown" not in text
    assert 'sanzi_refusals_total{code="BAD_INPUT"} 1.0' in text
    assert 'sanzi_http_requests_total{method="POST",status="200"} 5.0' in text
    assert re.search(r'sanzi_pool_connections\{state="idle"\} \d', text)
    assert "sanzi_pool_connections_limit 10.0" in text
    assert "sanzi_subscriptions_open 0.0" in text


async def test_figures_are_for_the_monitoring_alone(services: Services) -> None:
    settings = replace(DEVELOPMENT, metrics_from=(ip_network("10.1.0.0/16"),))
    for address, status in (("10.1.2.3", 200), ("10.2.2.3", 403), ("127.0.0.1", 403), ("nonsense", 403)):
        async with client(app(services, settings), address) as http:
            assert (await http.get("/metrics")).status_code == status


async def test_commands_are_counted_by_their_outcome(services: Services, scene: Scene) -> None:
    metrics = Metrics(services.db, ())
    bus = MeteredBus(services.bus, metrics)
    clerk, where = scene.people["clerk"].acting, origin()
    command = DraftVoucher(SINCE, "付村道维修款", spending(100))
    for _ in range(2):
        await bus.execute(command, scene.village, clerk, where)
    with pytest.raises(NotFound):
        await bus.execute(ReviewVoucher(uuid4(), "属实"), scene.village, scene.people["director"].acting, origin())
    text = metrics.text().decode()
    assert 'sanzi_commands_total{command="DraftVoucher",outcome="recorded"} 1.0' in text
    assert 'sanzi_commands_total{command="DraftVoucher",outcome="repeated"} 1.0' in text
    assert 'sanzi_commands_total{command="ReviewVoucher",outcome="NOT_FOUND"} 1.0' in text
