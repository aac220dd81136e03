"""WebSocket /graphql: subscriptions over graphql-transport-ws.

Strawberry keeps the protocol's state; here is what is ours: who asks, which document, masked errors, pings, and closing
when the token that opened the connection has expired. Codes of closing, beside those of the protocol itself:
4401 with TOKEN_EXPIRED or TOKEN_INVALID as the reason: renew the session, connect again, go on after the last position.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any, cast

import msgspec
from graphql import GraphQLError
from litestar import WebSocket, websocket
from litestar.handlers import WebsocketRouteHandler
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.http.websocket_origin import is_same_origin
from strawberry.litestar.controller import LitestarWebSocketAdapter
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.types import ExecutionResult

from domain.shared.errors import DomainError
from gateway import exchange
from gateway.context import Context
from gateway.execution import Gateway
from gateway.http_api import PATH
from gateway.masking import unexpected
from gateway.problems import TooManySubscriptions

INIT_WAIT = timedelta(seconds=10)
LONGEST_ID = 100
UNAUTHORIZED, UNACCEPTABLE = 4401, 4406


def route(gateway: Gateway) -> WebsocketRouteHandler:
    """The WebSocket side of the GraphQL interface."""

    @websocket(PATH)
    async def subscribe(socket: WebSocket[Any, Any, Any]) -> None:
        origin = socket.headers.get("origin")
        if origin and not (
            is_same_origin(origin, socket.headers.get("host")) or origin in gateway.settings.cors_origins
        ):
            await socket.close(code=1008)
            return
        if GRAPHQL_TRANSPORT_WS_PROTOCOL not in socket.scope["subprotocols"]:
            await socket.accept()
            await socket.close(code=UNACCEPTABLE, reason=f"Subprotocol {GRAPHQL_TRANSPORT_WS_PROTOCOL} is needed")
            return
        await socket.accept(subprotocols=GRAPHQL_TRANSPORT_WS_PROTOCOL)
        current = exchange.current()
        current.recheck_seconds, current.delivered = gateway.settings.recheck_seconds, gateway.metrics.lag
        await Connection(gateway, socket).handle()

    return subscribe


class View:
    """What Strawberry's handler and adapter ask of the view that they belong to."""

    def __init__(self, gateway: Gateway) -> None:
        self._limit = gateway.settings.body_bytes

    def decode_json(self, text: str) -> object:
        """Raises JSONDecodeError."""
        try:
            if len(text) <= self._limit:
                return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            pass
        raise json.JSONDecodeError("not JSON, or too large", "", 0)

    def encode_json(self, message: Mapping[str, object]) -> str:
        return msgspec.json.encode(message).decode()

    async def on_ws_connect(self, _context: object) -> None:
        """Nothing to add to the acknowledgement."""


class Connection(BaseGraphQLTransportWSHandler[Any, None]):
    """One client's connection, for as long as its token is good."""

    def __init__(self, gateway: Gateway, socket: WebSocket[Any, Any, Any]) -> None:
        view = cast(Any, View(gateway))
        super().__init__(
            view=view,
            websocket=LitestarWebSocketAdapter(view, socket, socket),
            context={},
            root_value=None,
            schema=gateway.schema,
            connection_init_wait_timeout=INIT_WAIT,
            max_subscriptions_per_connection=gateway.settings.subscriptions_per_connection,
        )
        self.gateway = gateway
        self.authorization: str | None = None

    async def handle(self) -> None:
        tasks = [asyncio.create_task(self._ping()), asyncio.create_task(self._watch_token())]
        try:
            await super().handle()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def handle_message(self, message: Any) -> None:
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.handle_invalid_message("A message is an object with a type")
            return
        await super().handle_message(cast(Any, message))

    async def handle_connection_init(self, message: Any) -> None:
        given = message.get("payload")
        if isinstance(given, dict):
            authorization = given.get("authorization", given.get("Authorization"))
            if authorization is not None and not isinstance(authorization, str):
                await self.websocket.close(code=4400, reason="authorization is text")
                return
            self.authorization = authorization
        if not await self._token_good():
            return
        if given is None:
            message = {"type": "connection_init"}
        await super().handle_connection_init(message)

    async def handle_subscribe(self, message: Any) -> None:
        id, asked = message["id"], message["payload"]
        if not self.connection_acknowledged:
            await self.websocket.close(code=UNAUTHORIZED, reason="Unauthorized")
            return
        if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID or not isinstance(asked, dict):
            await self.handle_invalid_message("A subscription has an id of 1 to 100 characters and a payload")
            return
        variables, name = asked.get("variables"), asked.get("operationName")
        if not isinstance(variables, (dict, type(None))) or not isinstance(name, (str, type(None))):
            await self.handle_invalid_message("variables is an object, operationName text")
            return
        if id in self.operations:
            await self.websocket.close(code=4409, reason=f"Subscriber for {id} already exists")
            return
        try:
            text = self._document(asked)
        except DomainError as refusal:
            errors: Any = [self.gateway.masking.refusal(refusal)]
            await self.send_message({"id": id, "type": "error", "payload": errors})
            return
        operation = Masked(self, id, text, variables, name)
        self.operations[id] = operation
        operation.task = asyncio.create_task(self.run_operation(operation))
        operation.task.add_done_callback(self._task_done)

    def _document(self, asked: dict[str, Any]) -> str:
        """Raises TooManySubscriptions, and what Documents.text raises."""
        limit = self.gateway.settings.subscriptions_per_connection
        if len(self.operations) >= limit:
            raise TooManySubscriptions(limit=limit)
        return self.gateway.documents.text(asked)

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        """Each operation has a context of its own."""
        self.gateway.metrics.subscriptions.inc()
        try:
            await self._run(operation, await self.gateway.context(self.authorization))
        except WebSocketDisconnected:
            pass
        except Exception as problem:
            with suppress(WebSocketDisconnected):
                await operation.send_initial_errors([GraphQLError("", original_error=problem)])
        finally:
            self.gateway.metrics.subscriptions.dec()

    async def _run(self, operation: Operation[Any, None], context: Context) -> None:
        started = time.perf_counter()
        results = await self.schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.operation_name,
        )
        try:
            async with aclosing(results):
                async for result in results:
                    await operation.send_next(cast(ExecutionResult, result))
        finally:
            self.gateway.metrics.operation(exchange.current().operation, time.perf_counter() - started)
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def handle_task_exception(self, error: Exception) -> None:
        unexpected(error)

    async def _ping(self) -> None:
        with suppress(WebSocketDisconnected):
            while True:
                await asyncio.sleep(self.gateway.settings.ping_seconds)
                await self.send_message({"type": "ping"})

    async def _watch_token(self) -> None:
        good = True
        while good:
            await asyncio.sleep(self.gateway.settings.recheck_seconds)
            good = await self._token_good()

    async def _token_good(self) -> bool:
        """Is there no token, or a good one? If not, the connection is closed."""
        if self.authorization is None:
            return True
        try:
            _ = (await self.gateway.context(self.authorization)).access
        except DomainError as refused:
            with suppress(WebSocketDisconnected):
                await self.websocket.close(code=UNAUTHORIZED, reason=refused.code)
            return False
        return True


class Masked(Operation[Any, None]):
    """An operation whose errors are masked; one that has no data to show ends with them."""

    __slots__ = ()

    async def send_initial_errors(self, errors: list[GraphQLError]) -> None:
        payload: Any = cast(Connection, self.handler).gateway.masking.formatted(errors)
        await self.send_operation_message({"id": self.id, "type": "error", "payload": payload})

    async def send_next(self, execution_result: ExecutionResult) -> None:
        errors = execution_result.errors
        if execution_result.data is None and errors:
            await self.send_initial_errors(errors)
            return
        payload: Any = {"data": execution_result.data}
        if errors:
            payload["errors"] = cast(Connection, self.handler).gateway.masking.formatted(errors)
        await self.send_operation_message({"id": self.id, "type": "next", "payload": payload})
