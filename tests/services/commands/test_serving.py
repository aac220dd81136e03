"""`sanzi serve` in production, on the embedded database and on one of your own; and how it ends."""

from __future__ import annotations

import os
import signal
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from services.demo.people import VILLAGE
from services.store.settings import Database
from tests.services.conftest import Told
from tests.support.programs import eventually, processes
from tests.support.sanzi import free_port, running, sanzi

DOCUMENT = (Path(__file__).parents[3] / "graphql" / "operations" / "PublicTenant.graphql").read_bytes()
BY_HASH = {"documentId": sha256(DOCUMENT).hexdigest(), "variables": {"code": VILLAGE}}
AD_HOC = {"query": "{ districts { name } }"}


def test_production_runs_trusted_documents_alone(told: Told) -> None:
    port = free_port()
    with running(told.directory, "serve", "--data-dir", told.directory, "--port", port) as server:
        address = server.says(r"sanzi (http://\S+)")[1]
        answer = httpx.post(f"{address}/graphql", json=BY_HASH, trust_env=False).json()
        assert answer["data"]["tenant"]["name"].startswith("凤光村")
        refused = httpx.post(f"{address}/graphql", json=AD_HOC, trust_env=False).json()
        assert refused["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
        assert httpx.get(f"{address}/graphql", trust_env=False).status_code in {404, 405}
        assert httpx.get(f"{address}/v/{VILLAGE}", trust_env=False).status_code == 200
        second = sanzi("serve", "--data-dir", told.directory.parent / "unused", "--port", port)
        assert (second.status, second.out) == (1, "")
        assert "[PORT_BUSY]" in second.err
        assert not (told.directory.parent / "unused").exists(), "refused before anything was started"
        done = server.end(signal.SIGTERM, group=False)
    done.assert_plain()
    assert done.status == 0
    assert all(line.startswith("{") for line in done.err.splitlines()), "logs are JSON"


def test_a_database_that_dies_is_told_as_such_and_comes_back(told: Told) -> None:
    with running(told.directory, "serve", "--data-dir", told.directory, "--port", free_port()) as server:
        address = server.says(r"sanzi (http://\S+)")[1]
        with httpx.Client(base_url=address, trust_env=False) as client:
            assert "errors" not in client.post("/graphql", json=BY_HASH).json()
            postmaster = int((told.directory / "postgres/postmaster.pid").read_text().splitlines()[0])
            os.kill(postmaster, signal.SIGKILL)
            seen: list[str] = []

            def is_back() -> bool:
                answer = client.post("/graphql", json=BY_HASH).json()
                page = client.get(f"/v/{VILLAGE}")
                seen.extend(error["extensions"]["code"] for error in answer.get("errors", []))
                assert page.status_code in {200, 503}, page.text
                return "errors" not in answer and page.status_code == 200

            eventually(is_back)
        assert seen, "the outage was over before anyone asked"
        assert set(seen) == {"UNAVAILABLE"}
        assert server.end().status == 0
    assert not processes(told.directory)


def urls(database: Database) -> dict[str, str]:
    return {"SANZI_DATABASE_URL": database.service, "SANZI_OWNER_URL": database.owner}


def test_a_database_of_ones_own_is_migrated_on_request_alone(empty_database: Database, tmp_path: Path) -> None:
    env = urls(empty_database)
    early = sanzi("serve", "--port", free_port(), env=env, cwd=tmp_path)
    assert (early.status, early.out) == (1, "")
    assert "sanzi migrate" in early.err
    migrated = sanzi("migrate", env=env, cwd=tmp_path)
    assert migrated.status == 0, migrated.err
    assert "0001_pre_log.sql" in migrated.out
    verified = sanzi("verify", env=env, cwd=tmp_path)
    assert (verified.status, verified.err) == (0, "")
    without_owner = sanzi("verify", env=env | {"SANZI_OWNER_URL": ""}, cwd=tmp_path)
    assert without_owner.status == 1
    assert "SANZI_OWNER_URL" in without_owner.err
    with running(tmp_path / "none", "serve", "--port", free_port(), env=env, cwd=tmp_path) as server:
        address = server.says(r"sanzi (http://\S+)")[1]
        assert httpx.get(f"{address}/readyz", trust_env=False).json() == {"status": "ok"}
        assert server.end().status == 0
    assert not (tmp_path / ".sanzi" / "postgres").exists()


@pytest.mark.parametrize("change", ["password", "host"])
def test_an_address_that_does_not_work_is_said_so(empty_database: Database, tmp_path: Path, change: str) -> None:
    parts = urlsplit(empty_database.service)
    wrong = (
        parts._replace(netloc=f"{parts.username}:wrong@").geturl()
        if change == "password"
        else f"postgresql://sanzi_service:secret@127.0.0.1:{free_port()}/sanzi"
    )
    done = sanzi("verify", env={"SANZI_DATABASE_URL": wrong}, cwd=tmp_path)
    assert (done.status, done.out) == (1, "")
    assert "[STORE_CANNOT_CONNECT]" in done.err
    assert "secret" not in done.err
