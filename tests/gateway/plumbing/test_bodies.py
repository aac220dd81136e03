"""What may come in the body of POST /graphql, and how much of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.wiring import Services
from tests.gateway.plumbing.probe import DEVELOPMENT, app, client, codes

UPLOAD = "mutation($file: Upload!, $files: [Upload!]) { upload(file: $file, files: $files) }"
JSON = {"content-type": "application/json"}


async def send(services: Services, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    async with client(app(services, replace(DEVELOPMENT, body_bytes=2_000))) as http:
        return await http.post("/graphql", content=content, headers=headers or JSON)


def request_of(size: int) -> bytes:
    """A good request of exactly so many bytes."""
    frame = json.dumps({"query": "{ echo }", "variables": {"x": ""}}).encode()
    return frame.replace(b'""', b'"' + b"x" * (size - len(frame)) + b'"')


async def test_a_body_up_to_the_limit(services: Services) -> None:
    assert (await send(services, request_of(2_000))).json() == {"data": {"echo": ""}}
    refused = await send(services, request_of(2_001))
    assert (refused.status_code, codes(refused.json())) == (413, ["BODY_TOO_LARGE"])


async def test_a_body_that_does_not_say_its_length_is_counted(services: Services) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for part in request_of(2_001).split(b"x"):
            yield part + b"x"

    async with client(app(services, replace(DEVELOPMENT, body_bytes=1_000))) as http:
        refused = await http.post("/graphql", content=chunks(), headers=JSON)
    assert (refused.status_code, codes(refused.json())) == (413, ["BODY_TOO_LARGE"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"7",
        b"null",
        b'"{ echo }"',
        b"\xff\xfe",
        b"[" * 1_900,
        b'{"query": "{ echo }", "variables": []}',
        b'{"query": "{ echo }", "variables": "x"}',
        b'{"query": "{ echo }", "operationName": 7}',
        b'{"query": "{ echo }", "extensions": 7}',
        b'{"query": "{ echo }", "operationName": "Nothing"}',
        b'{"query": ""}',
    ],
)
async def test_what_is_no_request_is_refused(services: Services, content: bytes) -> None:
    answer = await send(services, content)
    assert codes(answer.json()) == ["BAD_REQUEST"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/mixed"])
async def test_other_kinds_of_content_are_refused(services: Services, kind: str) -> None:
    answer = await send(services, b'{"query": "{ echo }"}', {"content-type": kind})
    assert (answer.status_code, codes(answer.json())) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


async def upload(
    services: Services, operations: Any, places: Any, limit: int = 100_000, **files: bytes
) -> httpx.Response:
    form = {"operations": json.dumps(operations), "map": json.dumps(places)}
    async with client(app(services, replace(DEVELOPMENT, upload_bytes=limit))) as http:
        return await http.post("/graphql", data=form, files={name: (name, text) for name, text in files.items()})


async def test_files_reach_their_variables(services: Services) -> None:
    answer = await upload(
        services,
        {"query": UPLOAD, "variables": {"file": None, "files": [None, None]}},
        {"a": ["variables.file"], "b": ["variables.files.0"], "c": ["variables.files.1"]},
        a=b"1",
        b=b"22",
        c="凭证".encode(),
    )
    assert answer.json() == {"data": {"upload": "1 2 6"}}


async def test_a_large_file_arrives_whole(services: Services) -> None:
    content = b"x" * 3_000_000
    operations = {"query": UPLOAD, "variables": {"file": None}}
    answer = await upload(services, operations, {"a": ["variables.file"]}, limit=4_000_000, a=content)
    assert answer.json() == {"data": {"upload": "3000000"}}


async def test_an_upload_above_the_limit_is_refused(services: Services) -> None:
    operations = {"query": UPLOAD, "variables": {"file": None}}
    answer = await upload(services, operations, {"a": ["variables.file"]}, limit=2_000, a=b"x" * 2_000)
    assert (answer.status_code, codes(answer.json())) == (413, ["UPLOAD_TOO_LARGE"])


async def test_an_upload_that_hides_its_length_is_refused(services: Services) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'--b\r\ncontent-disposition: form-data; name="a"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 100_000

    async with client(app(services, replace(DEVELOPMENT, upload_bytes=1_000_000))) as http:
        headers = {"content-type": "multipart/form-data; boundary=b"}
        answer = await http.post("/graphql", content=chunks(), headers=headers)
    assert (answer.status_code, codes(answer.json())) == (413, ["UPLOAD_TOO_LARGE"])


VARIABLES = {"file": None, "files": [None]}


@pytest.mark.parametrize(
    ("operations", "places"),
    [
        ({"query": UPLOAD, "variables": {"file": "text"}}, {"a": ["variables.file"]}),
        ({"query": UPLOAD, "variables": {}}, {"a": ["variables.file"]}),
        ({"query": UPLOAD, "variables": VARIABLES}, {"a": ["query"]}),
        ({"query": UPLOAD, "variables": VARIABLES}, {"a": ["variables"]}),
        ({"query": UPLOAD, "variables": VARIABLES}, {"a": ["variables.files.7"]}),
        ({"query": UPLOAD, "variables": VARIABLES}, {"a": ["variables.files.x"]}),
        ({"query": UPLOAD, "variables": VARIABLES}, {"a": ["variables.file.deeper"]}),
        ({"query": UPLOAD, "variables": VARIABLES}, {"a": "variables.file"}),
        ({"query": UPLOAD, "variables": VARIABLES}, {"b": ["variables.file"]}),
        ({"query": UPLOAD, "variables": VARIABLES}, ["variables.file"]),
        ({"query": UPLOAD, "variables": VARIABLES}, {}),
        ([{"query": UPLOAD, "variables": VARIABLES}], {"a": ["variables.file"]}),
    ],
)
async def test_a_map_that_does_not_fit_is_refused(services: Services, operations: Any, places: Any) -> None:
    answer = await upload(services, operations, places, a=b"1")
    assert answer.status_code == 400
    assert codes(answer.json()) in (["BAD_REQUEST"], ["BATCH_REFUSED"])


async def test_a_form_without_a_request_is_refused(services: Services) -> None:
    async with client(app(services)) as http:
        empty = await http.post("/graphql", files={"a": b"1"})
        broken = await http.post("/graphql", content=b"x", headers={"content-type": "multipart/form-data; boundary=b"})
        unbounded = await http.post("/graphql", content=b"x", headers={"content-type": "multipart/form-data"})
        crowded = await http.post("/graphql", files={str(n): b"1" for n in range(50)})
    for answer in (empty, broken, unbounded, crowded):
        assert (answer.status_code, codes(answer.json())) == (400, ["BAD_REQUEST"])
