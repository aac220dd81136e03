"""Serves an application over HTTP until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from litestar.types import ASGIApp

from domain.shared.errors import DomainError

LAST_PORT = 65_535
PATIENCE = 10
"""Seconds that requests under way have when the server stops."""
LONGEST_MESSAGE = 1024 * 1024
"""Bytes of a WebSocket message that are read at all; settings.py allows less."""


class CannotListen(DomainError):
    """{host}:{port} cannot be used ({reason}); choose another address with --host and --port."""

    code = "CANNOT_LISTEN"
    zh = "无法监听 {host}:{port}（{reason}）；请用 --host 和 --port 指定其他地址"


class PortBusy(CannotListen):
    """Port {port} on {host} is in use by another program; stop that one, or choose another port with --port."""

    code = "PORT_BUSY"
    zh = "{host} 的端口 {port} 已被其他程序占用；请停止该程序，或用 --port 指定其他端口"


def listen(host: str, port: int) -> socket.socket:
    """A socket on that address; port 0 takes any free one. Raises PortBusy, CannotListen."""
    if not 0 <= port <= LAST_PORT:  # the system would take it modulo 65536
        raise CannotListen(host=host, port=port, reason=f"0-{LAST_PORT}")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as problem:
        raise CannotListen(host=host, port=port, reason=_reason(problem)) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
        listener.setblocking(False)
    except OSError as problem:
        listener.close()
        if problem.errno == errno.EADDRINUSE:
            raise PortBusy(host=host, port=port) from None
        raise CannotListen(host=host, port=port, reason=_reason(problem)) from None
    return listener


def _reason(problem: Exception) -> str:
    return problem.strerror or type(problem).__name__ if isinstance(problem, OSError) else type(problem).__name__


async def serve(
    app: ASGIApp,
    host: str,
    port: int,
    on_ready: Callable[[str], object] | None = None,
    *,
    listener: socket.socket | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or cancellation, then finish what is under way. `on_ready` is given the address.

    Raises PortBusy, CannotListen. A program that has more to start calls `listen` first and passes the socket.
    """
    listener = listener or listen(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=PATIENCE,
        ws_max_size=LONGEST_MESSAGE,
    )
    server = _Server(config, listener, on_ready)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:  # finish as after a signal
        server.should_exit = True
        await serving
        raise
    finally:
        listener.close()


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, listener: socket.socket, on_ready: Callable[[str], object] | None
    ) -> None:
        super().__init__(config)
        self._listener, self._on_ready = listener, on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._on_ready:
            host, port = self._listener.getsockname()[:2]
            self._on_ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but a signal that was obeyed is not raised again: the caller has things to close."""
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()
