"""Request ids, access lines, headers, addresses, and the explorer."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest

from domain.shared.errors import Language
from gateway.exchange import language_of
from services.wiring import Services
from tests.gateway.plumbing.probe import DEVELOPMENT, PRODUCTION, app, client
from tests.support.village import Scene

WHO = {"query": "{ request }"}
GIVEN = UUID("9d24e09e-b95c-4f07-aa3d-4052aaa6bfe0")


async def test_a_request_id_is_taken_over_if_it_is_a_uuid(services: Services) -> None:
    async with client(app(services)) as http:
        answer = await http.post("/graphql", json=WHO, headers={"x-request-id": str(GIVEN)})
    assert answer.headers["x-request-id"] == str(GIVEN)
    assert answer.json()["data"]["request"].split()[0] == str(GIVEN)


@pytest.mark.parametrize("given", ["", "x" * 36, f"{{{GIVEN}}}", GIVEN.hex, "1\nforged"])
async def test_otherwise_one_is_made(services: Services, given: str) -> None:
    async with client(app(services)) as http:
        answer = await http.post("/graphql", json=WHO, headers={b"x-request-id": given.encode()})
    made = answer.headers["x-request-id"]
    assert made != given
    assert str(UUID(made)) == made == answer.json()["data"]["request"].split()[0]


async def test_one_line_per_request(services: Services, scene: Scene, log: StringIO) -> None:
    token = await scene.token(scene.people["clerk"])
    headers = {"authorization": f"Bearer {token}"}
    async with client(app(services)) as http:
        await http.post("/graphql?secret=1", json={"query": "query Mine { echo }"}, headers=headers)
        await http.get("/healthz")
        await http.get("/nothing")
    first, second, third = (json.loads(line) for line in log.getvalue().splitlines())
    assert (first["event"], first["method"], first["path"], first["status"]) == ("request", "POST", "/graphql", 200)
    assert first["operation"] == "Mine"
    assert first["ms"] > 0
    assert UUID(first["request_id"])
    assert (second["path"], second["status"]) == ("/healthz", 200)
    assert (third["path"], third["status"]) == ("/nothing", 404)


async def test_headers_that_protect(services: Services) -> None:
    async with client(app(services)) as http:
        health = await http.get("/healthz")
        answer = await http.post("/graphql", json=WHO)
        private = await http.get("/healthz", headers={"authorization": "Bearer x"})
    assert "default-src 'self'" in health.headers["content-security-policy"]
    assert "unsafe" not in health.headers["content-security-policy"]
    assert health.headers["x-content-type-options"] == "nosniff"
    assert "cache-control" not in health.headers
    assert answer.headers["cache-control"] == private.headers["cache-control"] == "no-store"


async def test_the_explorer_is_for_development(services: Services, documents: Path) -> None:
    (documents / "a.graphql").write_text("query A { echo }")
    async with client(app(services, DEVELOPMENT)) as http:
        page, schema = await http.get("/graphql"), await http.get("/schema.graphql")
    async with client(app(services, PRODUCTION, documents)) as http:
        hidden = [(await http.get(path)).status_code for path in ("/graphql", "/schema.graphql")]
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", page.headers["content-security-policy"])
    assert nonce
    assert page.text.count(f'nonce="{nonce[1]}"') == 2
    assert "{nonce}" not in page.text
    assert not re.search(r'(src|href)="(?!/schema\.graphql")', page.text), "nothing is fetched from elsewhere"
    assert page.text.count("<label") == 3
    assert "type Subscription" in schema.text
    assert hidden == [405, 404]


async def test_a_query_in_the_address_does_not_run(services: Services, documents: Path) -> None:
    (documents / "a.graphql").write_text("query A { echo }")
    async with client(app(services, PRODUCTION, documents)) as http:
        assert (await http.get("/graphql?query=query+A+{+echo+}")).status_code == 405
    async with client(app(services)) as http:
        assert '"data"' not in (await http.get("/graphql?query={echo}")).text


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "seen"),
    [
        ((), "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (("10.0.0.0/8",), "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (("10.0.0.0/8",), "10.1.2.3", "203.0.113.9", "203.0.113.9"),
        (("10.0.0.0/8",), "10.1.2.3", "1.1.1.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        (("10.0.0.0/8",), "::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        (("10.0.0.0/8",), "10.1.2.3", "", "10.1.2.3"),
    ],
)
async def test_a_forwarded_address_is_believed_from_our_own_proxies_only(
    services: Services, proxies: tuple[str, ...], peer: str, forwarded: str, seen: str
) -> None:
    settings = replace(DEVELOPMENT, trusted_proxies=tuple(map(ipaddress.ip_network, proxies)))
    async with client(app(services, settings), peer) as http:
        answer = await http.post("/graphql", json=WHO, headers={"x-forwarded-for": forwarded})
    assert answer.json()["data"]["request"].split()[1] == seen


async def test_other_origins_may_ask_only_if_named(services: Services) -> None:
    origin = "https://console.example.cn"
    preflight = {"origin": origin, "access-control-request-method": "POST"}
    async with client(app(services)) as http:
        refused = await http.options("/graphql", headers=preflight)
    async with client(app(services, replace(DEVELOPMENT, cors_origins=(origin,)))) as http:
        allowed = await http.options("/graphql", headers=preflight)
        other = await http.options("/graphql", headers=preflight | {"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in refused.headers
    assert allowed.headers["access-control-allow-origin"] == origin
    assert other.headers.get("access-control-allow-origin") != "https://evil.example"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", Language.ZH),
        ("fr", Language.ZH),
        ("en", Language.EN),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        ("en-GB,en;q=0.9,zh;q=0.8", Language.EN),
        ("zh;q=0.1, en;q=0.2", Language.EN),
        ("en;q=0", Language.ZH),
        ("en;q=x", Language.ZH),
    ],
)
def test_the_language_preferred(header: str, language: Language) -> None:
    assert language_of(header) is language
