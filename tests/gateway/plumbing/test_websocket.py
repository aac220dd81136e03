"""The protocol graphql-transport-ws: what closes a connection, and what is only refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from gateway.ids import tenant_id
from services.wiring import Services
from tests.gateway.plumbing.listening import LOG, eventually, joined, opened, served
from tests.gateway.plumbing.probe import DEVELOPMENT, PRODUCTION, app
from tests.support.village import Scene

ORIGIN = "https://console.example.cn"
INIT = {"type": "connection_init"}


@pytest.fixture(scope="module")
async def address(services: Services) -> AsyncIterator[str]:
    settings = replace(DEVELOPMENT, ping_seconds=0.2, cors_origins=(ORIGIN,), body_bytes=10_000)
    async with served(app(services, settings)) as found:
        yield found


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": "{ echo }"}}], 4401),
        ([INIT, INIT], 4429),
        ([INIT, {"type": "nonsense"}], 4400),
        ([INIT, {"type": 7}], 4400),
        ([INIT, {"type": "subscribe"}], 4400),
        ([INIT, {"type": "subscribe", "id": 7, "payload": {}}], 4400),
        ([INIT, {"type": "subscribe", "id": "1" * 101, "payload": {}}], 4400),
        ([INIT, {"type": "subscribe", "id": "1", "payload": "x"}], 4400),
        ([INIT, {"type": "subscribe", "id": "1", "payload": {"query": "{ echo }", "variables": []}}], 4400),
        ([INIT, {"type": "complete"}], 4400),
        ([INIT, []], 4400),
        ([INIT, None], 4400),
        (["not JSON"], 4400),
        ([b"binary"], 4400),
        (['"' + "x" * 10_000 + '"'], 4400),
        (["[" * 9_000], 4400),
        ([{"type": "connection_init", "payload": "x"}], 4400),
        ([{"type": "connection_init", "payload": {"authorization": 7}}], 4400),
        ([{"type": "connection_init", "payload": {"authorization": "Bearer x"}}], 4401),
        ([{"type": "connection_init", "payload": {"authorization": "x"}}], 4401),
    ],
)
async def test_what_breaks_the_protocol_closes_the_connection(address: str, messages: list[Any], code: int) -> None:
    async with opened(address) as subscriber:
        for message in messages:
            await subscriber.socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))
        assert (await subscriber.closed())[0] == code


async def test_an_id_in_use_closes_the_connection(address: str, scene: Scene) -> None:
    async with joined(address, await scene.token(scene.people["clerk"])) as subscriber:
        after = await scene.services.log.head(scene.village.key)
        await subscriber.subscribe(scene.village, after)
        await subscriber.subscribe(scene.village, after)
        assert (await subscriber.closed())[0] == 4409


async def test_another_protocol_is_not_spoken(address: str) -> None:
    for offered in ([Subprotocol("graphql-ws")], None):
        async with opened(address, subprotocols=offered) as subscriber:
            assert (await subscriber.closed())[0] == 4406


async def test_pages_of_other_origins_are_refused(address: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(address, origin=Origin("https://evil.example")):
            pass
    assert refused.value.response.status_code == 403
    for origin in (ORIGIN, address):
        async with opened(address, origin=Origin(origin)) as subscriber:
            await subscriber.send(**INIT)
            assert (await subscriber.receive())["type"] == "connection_ack"


async def test_pings_both_ways(address: str) -> None:
    async with joined(address) as subscriber:
        async with asyncio.timeout(5):
            assert json.loads(await subscriber.socket.recv())["type"] == "ping"
        await subscriber.send(type="pong")
        await subscriber.send(type="ping")
        assert (await subscriber.receive())["type"] == "pong"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ echo }", "ONLY_SUBSCRIPTIONS"),
        ('mutation { signIn(login: "x") }', "ONLY_SUBSCRIPTIONS"),
        ("{", "BAD_REQUEST"),
        ("subscription { nothing }", "BAD_REQUEST"),
        ("fragment A on Query { echo }", "BAD_REQUEST"),
        ("", "BAD_REQUEST"),
        (7, "BAD_REQUEST"),
        ('subscription { villageLog(tenant: "x") { position } }', "NOT_FOUND"),
    ],
)
async def test_a_refused_operation_leaves_the_connection_open(address: str, query: Any, code: str) -> None:
    async with joined(address) as subscriber:
        for _ in range(2):
            await subscriber.send(type="subscribe", id="1", payload={"query": query})
            assert await subscriber.refusal() == code
        await subscriber.send(type="ping")
        assert (await subscriber.receive())["type"] == "pong"


async def test_production_takes_trusted_documents_here_too(services: Services, scene: Scene, documents: Path) -> None:
    (documents / "log.graphql").write_bytes(LOG.encode())
    variables = {"tenant": str(tenant_id(scene.village.key)), "after": 0}
    token = await scene.token(scene.people["clerk"])
    async with served(app(services, PRODUCTION, documents)) as address, joined(address, token) as subscriber:
        payload = {"documentId": sha256(LOG.encode()).hexdigest(), "variables": variables}
        await subscriber.send(type="subscribe", id="1", payload=payload)
        assert await subscriber.positions(1) == [1]
        await subscriber.send(type="complete", id="1")
        await subscriber.send(type="subscribe", id="2", payload={"query": LOG + " ", "variables": variables})
        while (message := await subscriber.receive())["type"] != "error":
            assert message["id"] == "1"
        assert message["payload"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"


async def test_the_log_has_one_line_per_connection(address: str, log: StringIO) -> None:
    async with joined(address):
        pass

    async def written() -> bool:
        return bool(log.getvalue())

    await eventually(written)
    [line] = [json.loads(text) for text in log.getvalue().splitlines()]
    assert (line["method"], line["path"], line["status"]) == ("WEBSOCKET", "/graphql", 101)


async def test_a_server_that_stops_tells_its_clients(services: Services) -> None:
    async with served(app(services)) as address:
        subscriber = joined(address)
        joined_one = await subscriber.__aenter__()
    with pytest.raises(ConnectionClosed):
        await joined_one.receive()
    assert joined_one.socket.close_code == 1012
    await subscriber.__aexit__(None, None, None)
