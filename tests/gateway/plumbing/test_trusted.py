"""Production runs only its own documents, found by the SHA-256 of their files."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from gateway.trusted import BadTrustedDocument, NoTrustedDocuments
from services.wiring import Services
from tests.gateway.plumbing.probe import DEVELOPMENT, PRODUCTION, app, client, codes

TEXT = "query Greeting($text: String!) {\n  echo(text: $text)\n}\n"
HASH = sha256(TEXT.encode()).hexdigest()


@pytest.fixture
def trusted(services: Services, documents: Path) -> Litestar:
    (documents / "greeting.graphql").write_bytes(TEXT.encode())
    return app(services, PRODUCTION, documents)


async def post(application: Litestar, **body: Any) -> tuple[int, dict[str, Any]]:
    async with client(application) as http:
        answer = await http.post("/graphql", json=body)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    "way",
    [
        {"documentId": HASH},
        {"documentId": f"sha256:{HASH}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH.upper()}}},
        {"query": TEXT},
    ],
)
async def test_a_trusted_document_runs(trusted: Litestar, way: dict[str, Any]) -> None:
    assert await post(trusted, **way, variables={"text": "好"}) == (200, {"data": {"echo": "好"}})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{ echo }"}, "DOCUMENT_NOT_TRUSTED"),
        ({"query": TEXT + " "}, "DOCUMENT_NOT_TRUSTED"),
        ({"query": "{ echo }", "documentId": HASH}, "DOCUMENT_NOT_TRUSTED"),
        ({"documentId": "0" * 64}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"documentId": 7}, "BAD_REQUEST"),
        ({"query": 7}, "BAD_REQUEST"),
        ({}, "BAD_REQUEST"),
    ],
)
async def test_nothing_else_does(trusted: Litestar, body: dict[str, Any], code: str) -> None:
    status, answer = await post(trusted, **body)
    assert (status, codes(answer)) == (400, [code])
    assert "data" not in answer


async def test_development_runs_both(services: Services, documents: Path) -> None:
    (documents / "greeting.graphql").write_bytes(TEXT.encode())
    application = app(services, DEVELOPMENT, documents)
    assert await post(application, documentId=HASH, variables={"text": "a"}) == (200, {"data": {"echo": "a"}})
    assert await post(application, query='{ echo(text: "b") }') == (200, {"data": {"echo": "b"}})


def test_production_does_not_start_without_documents(services: Services, documents: Path) -> None:
    with pytest.raises(NoTrustedDocuments):
        app(services, PRODUCTION, documents)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("query Wrong { nothing }", 9),
        ("query Broken {", 9),
        ("{ echo }", 9),
        ("query Deep { item { inner { name } } }", 2),
        ("query Schema { __schema { types { name } } }", 9),
    ],
)
def test_production_does_not_start_with_a_document_that_cannot_run(
    services: Services, documents: Path, text: str, depth: int
) -> None:
    (documents / "bad.graphql").write_text(text)
    with pytest.raises(BadTrustedDocument, match=r"bad\.graphql"):
        app(services, replace(PRODUCTION, max_depth=depth), documents)
