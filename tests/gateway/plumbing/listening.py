"""A real server on a free port, and a client of graphql-transport-ws that is no part of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from gateway.ids import tenant_id
from gateway.server import serve
from services.work import Place

LOG = "subscription Log($tenant: ID!, $after: Int!) { villageLog(tenant: $tenant, after: $after) { position type } }"


@asynccontextmanager
async def served(application: Litestar) -> AsyncIterator[str]:
    """The address at which the application is served."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(application, "127.0.0.1", 0, ready.set_result))
    try:
        async with asyncio.timeout(10):
            address = await ready
        yield address
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One connection."""

    socket: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """The next message but pings. Raises ConnectionClosed."""
        while True:
            async with asyncio.timeout(10):
                message: dict[str, Any] = json.loads(await self.socket.recv())
            if message["type"] != "ping":
                return message

    async def closed(self) -> tuple[int | None, str]:
        """The code and the reason with which the server closes."""
        async with asyncio.timeout(10):
            with suppress(ConnectionClosed):
                while True:
                    await self.socket.recv()
        return self.socket.close_code, self.socket.close_reason or ""

    async def subscribe(self, place: Place, after: int = 0, id: str = "1") -> None:
        variables = {"tenant": str(tenant_id(place.key)), "after": after}
        await self.send(type="subscribe", id=id, payload={"query": LOG, "variables": variables})

    async def positions(self, count: int) -> list[int]:
        """The positions of the next entries."""
        found = []
        for _ in range(count):
            message = await self.receive()
            assert message["type"] == "next", message
            found.append(message["payload"]["data"]["villageLog"]["position"])
        return found

    async def refusal(self) -> str:
        """The code of the error that ends a subscription."""
        message = await self.receive()
        assert message["type"] == "error", message
        code: str = message["payload"][0]["extensions"]["code"]
        return code


async def eventually(happens: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what happens outside of this task."""
    async with asyncio.timeout(10):
        while not await happens():  # noqa: ASYNC110 - nobody is there to tell
            await asyncio.sleep(0.02)


@asynccontextmanager
async def opened(address: str, **options: Any) -> AsyncIterator[Subscriber]:
    """A connection on which nothing was said yet."""
    url = address.replace("http", "ws", 1) + "/graphql"
    options = {"subprotocols": [Subprotocol("graphql-transport-ws")], "max_queue": None, **options}
    async with connect(url, **options) as socket:
        yield Subscriber(socket)


@asynccontextmanager
async def joined(address: str, token: str | None = None) -> AsyncIterator[Subscriber]:
    """A connection that was acknowledged."""
    async with opened(address) as subscriber:
        await subscriber.send(type="connection_init", payload={"authorization": f"Bearer {token}"} if token else {})
        assert (await subscriber.receive())["type"] == "connection_ack"
        yield subscriber
