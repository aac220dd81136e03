"""The query of the public disclosure page, against a bare handler that returns the very same bytes.

Both are served by uvicorn over loopback HTTP to the same number of clients, each of which keeps its connection.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import msgspec
import structlog
from litestar import Litestar, Response, post

from gateway import trusted
from gateway.app import create_app
from gateway.settings import Settings
from services.bench.database import gather_statistics
from services.bench.http import Client, connected_client, served
from services.bench.measure import Case, Tell, compare
from services.bench.village import ITEM, QUARTER, VILLAGE, Builder
from services.store.settings import Database
from services.wiring import wired

CLIENTS = 4
SECONDS = 1.5
"""Of one round of one side."""

_OPERATION, _PATH = "PublicDisclosure", "/graphql"
_REFERENCE = "a Litestar handler that returns the same bytes, served the same way"


async def measure(database: Database, rounds: int, tell: Tell, *, seconds: float = SECONDS) -> list[Case]:
    """The one case, as in production: the trusted document, the log written, row-level security on."""
    async with AsyncExitStack() as stack:
        keys = Path(stack.enter_context(TemporaryDirectory(prefix="sanzi-keys-")))
        stack.enter_context(_log_to_nowhere())
        services = await stack.enter_async_context(wired(database, keys))
        await Builder(services).build()
        await gather_statistics(database)
        ours = _Side(await stack.enter_async_context(served(create_app(services, Settings()))), seconds)
        answer = await ours.ask()
        theirs = _Side(await stack.enter_async_context(served(_bare(answer))), seconds)
        assert await theirs.ask() == answer, "the reference must return the same bytes"
        case = await compare("graphql/public-disclosure", _REFERENCE, "requests/s", ours.round, theirs.round, rounds)
    case.detail["bytes"] = len(answer)
    tell(case)
    return [case]


def _bare(answer: bytes) -> Litestar:
    @post(_PATH, status_code=200)
    async def handler() -> Response[bytes]:
        return Response(answer, media_type="application/json; charset=utf-8")

    return Litestar([handler], openapi_config=None, logging_config=None)


class _Side:
    """The same request, over and over."""

    def __init__(self, port: int, seconds: float) -> None:
        self._port, self._seconds = port, seconds
        document = (trusted.folder() / f"{_OPERATION}.graphql").read_text(encoding="utf-8")
        variables = {"code": VILLAGE, "item": ITEM, "period": str(QUARTER)}
        self._body = msgspec.json.encode({"query": document, "operationName": _OPERATION, "variables": variables})

    async def ask(self) -> bytes:
        async with connected_client(self._port) as client:
            answer = await client.post(_PATH, self._body)
        assert b'"errors"' not in answer, answer[:500]
        assert b'"figures"' in answer, "the page shows no figures"
        return answer

    async def round(self) -> float:
        """Requests per second; each client keeps its connection for the round."""
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(connected_client(self._port)) for _ in range(CLIENTS)]
            start = perf_counter()
            counts = await asyncio.gather(*(self._repeat(client, start + self._seconds) for client in clients))
            return sum(counts) / (perf_counter() - start)

    async def _repeat(self, client: Client, until: float) -> int:
        count = 0
        while perf_counter() < until:
            await client.post(_PATH, self._body)
            count += 1
        return count


@contextmanager
def _log_to_nowhere() -> Iterator[None]:
    """Every line is made as in production, and read by nobody."""
    before = structlog.get_config()
    with Path(os.devnull).open("w") as nowhere:
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(nowhere))
        try:
            yield
        finally:
            structlog.configure(**before)
