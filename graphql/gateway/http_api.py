"""POST /graphql; in development also a page to try it on and the schema to read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from domain.shared.errors import DomainError
from gateway import body
from gateway.edge import POLICY
from gateway.execution import Gateway
from gateway.problems import EdgeRefusal

PATH = "/graphql"
EXPLORER = (Path(__file__).parent / "explorer.html").read_text(encoding="utf-8")


def routes(gateway: Gateway) -> Sequence[HTTPRouteHandler]:
    """The HTTP side of the GraphQL interface."""

    @post(PATH, request_max_body_size=max(gateway.settings.upload_bytes, gateway.settings.body_bytes))
    async def execute(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await _answer(gateway, request)

    @get(PATH)
    async def explorer() -> Response[str]:
        nonce = token_urlsafe(16)
        policy = f"{POLICY}; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'"
        page = EXPLORER.replace("{nonce}", nonce)
        return Response(page, media_type=MediaType.HTML, headers={"content-security-policy": policy})

    @get("/schema.graphql", media_type=MediaType.TEXT)
    async def schema() -> str:
        return gateway.schema.as_str()

    return (execute, explorer, schema) if gateway.settings.development else (execute,)


async def _answer(gateway: Gateway, request: Request[Any, Any, Any]) -> Response[bytes]:
    try:
        asked = await body.read(request, gateway.settings)
    except EdgeRefusal as refusal:
        return _refused(gateway, refusal)
    try:
        text = gateway.documents.text(asked.fields)
        context = await gateway.context(request.headers.get("authorization"))
        return _json(await gateway.execute(text, asked.variables, asked.operation_name, context))
    except EdgeRefusal as refusal:
        return _refused(gateway, refusal)
    finally:
        await asked.close()


def _refused(gateway: Gateway, refusal: EdgeRefusal) -> Response[bytes]:
    return refused(gateway, refusal, refusal.status)


def refused(gateway: Gateway, refusal: DomainError, status: int) -> Response[bytes]:
    """A refusal in the shape of a GraphQL answer."""
    return _json({"errors": [gateway.masking.refusal(refusal)]}, status)


def _json(answer: Any, status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(answer), status_code=status, media_type="application/json; charset=utf-8")
