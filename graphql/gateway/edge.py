"""Around every request: its id, its line in the log, its figures, its span, and the headers that protect the answer."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterable

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from opentelemetry import trace

from gateway.exchange import Exchange, begin, language_of, request_id_of
from gateway.metrics import Metrics
from gateway.settings import Network, Settings

_log = structlog.get_logger(__name__)
_tracer = trace.get_tracer("sanzi")

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
LONGEST_PATH = 200


class Edge:
    """ASGI around the application, so that it also sees what no route takes. Headers that are set already stay."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in (ScopeType.HTTP, ScopeType.WEBSOCKET):
            await self._app(scope, receive, send)
            return
        given = _headers(scope)
        exchange = Exchange(
            request_id=request_id_of(given.get(b"x-request-id", "")),
            language=language_of(given.get(b"accept-language", "")),
            address=address_of(scope, given, self._settings.trusted_proxies),
            websocket=scope["type"] == ScopeType.WEBSOCKET,
        )
        begin(exchange)
        method = "WEBSOCKET" if exchange.websocket else str(scope.get("method", ""))
        private = b"authorization" in given or scope["path"] == "/graphql"
        seen = _Seen(send, exchange, private)
        started = time.perf_counter()
        with (
            structlog.contextvars.bound_contextvars(request_id=str(exchange.request_id)),
            _tracer.start_as_current_span(f"HTTP {method}", kind=trace.SpanKind.SERVER) as span,
        ):
            try:
                await self._app(scope, receive, seen)
            finally:
                if not exchange.websocket:
                    self._metrics.request(method, seen.status)
                span.set_attribute("http.response.status_code", seen.status)
                _access_line(method, scope["path"], seen.status, time.perf_counter() - started, exchange)


def _access_line(method: str, path: str, status: int, seconds: float, exchange: Exchange) -> None:
    facts = {
        "operation": exchange.operation,
        "tenant": str(exchange.tenant) if exchange.tenant else None,
        "office": exchange.office,
    }
    _log.info(
        "request",
        method=method,
        path=path[:LONGEST_PATH],
        status=status,
        ms=round(seconds * 1000, 1),
        **{name: value for name, value in facts.items() if value is not None},
    )


class _Seen:
    """Sends on what the application sends, noting the status and adding headers."""

    def __init__(self, send: Send, exchange: Exchange, private: bool) -> None:
        self._send, self._exchange, self._private = send, exchange, private
        self.status = 500  # until something was sent

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._protect(message)
        elif message["type"] == "websocket.accept":
            self.status = 101
            added = (b"x-request-id", str(self._exchange.request_id).encode())
            message["headers"] = [*message.get("headers", ()), added]
        elif message["type"] == "websocket.close" and self.status != 101:
            self.status = 403
        await self._send(message)

    def _protect(self, message: HTTPResponseStartEvent) -> None:
        headers = list(message.get("headers", ()))
        present = {name.lower() for name, _ in headers}
        added = [(b"x-request-id", str(self._exchange.request_id).encode()), *HEADERS]
        if self._private:
            added.append((b"cache-control", b"no-store"))
        message["headers"] = [*headers, *((name, value) for name, value in added if name not in present)]


def _headers(scope: Scope) -> dict[bytes, str]:
    """Headers by lower-case name; one that comes twice is joined by a comma (RFC 9110 §5.3)."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        found[name.lower()] = f"{found[name.lower()]},{text}" if name.lower() in found else text
    return found


def address_of(scope: Scope, headers: dict[bytes, str], proxies: Iterable[Network]) -> str:
    """Who asks: the peer, or the last address in X-Forwarded-For that is not one of our own proxies."""
    client = scope.get("client")
    address = client[0] if client else ""
    hops = [hop.strip() for hop in headers.get(b"x-forwarded-for", "").split(",") if hop.strip()]
    while hops and within(address, proxies):
        address = hops.pop()
    return address[:64]


def within(address: str, networks: Iterable[Network]) -> bool:
    """Does the address lie in one of the networks? A name or nonsense does not."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)
