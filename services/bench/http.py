"""An application served over loopback, and a client that costs little beside it, since both share a processor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from litestar.types import ASGIApp

from gateway.server import listen

_LENGTH = b"content-length:"


class BadAnswer(Exception):
    """The server did not answer 200."""


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[int]:
    """The port on which uvicorn serves the application, for as long as the block runs."""
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, proxy_headers=False)
        )
        running = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not running.done():  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await running


class Client:
    """One connection that is kept. It understands no more of HTTP than an answer with a length needs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def post(self, path: str, body: bytes) -> bytes:
        """The body of the answer. Raises BadAnswer."""
        self._writer.write(
            b"POST %b HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
            % (path.encode(), len(body), body)
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        status, *headers = head.lower().split(b"\r\n")
        length = next(int(line[len(_LENGTH) :]) for line in headers if line.startswith(_LENGTH))
        answer = await self._reader.readexactly(length)
        if b" 200" not in status:
            raise BadAnswer(f"{status.decode()}: {answer[:500].decode()}")
        return answer


@asynccontextmanager
async def connected_client(port: int) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()
