"""Puts the gateway together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import strawberry
from litestar import Litestar, MediaType, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from gateway import exchange, health, http_api, logs, trusted, websocket_api
from gateway.body import FORM_PARTS
from gateway.edge import Edge
from gateway.execution import Gateway
from gateway.gate import extensions_of, rules_of
from gateway.masking import Masking, unexpected
from gateway.metrics import MeteredBus, Metrics
from gateway.problems import EdgeRefusal, MethodRefused, NoSuchPage
from gateway.schema import build_schema
from gateway.settings import Settings
from services.wiring import Services

BuildSchema: TypeAlias = Callable[[Sequence[Any]], strawberry.Schema]
"""Given the extensions, each a class or a factory."""


def create_app(
    services: Services,
    settings: Settings,
    *,
    pages: Sequence[ControllerRouterHandler] = (),
    schema: BuildSchema = build_schema,
    documents: Path | None = None,
) -> Litestar:
    """The application: GraphQL, health, metrics, and `pages`, the public ones of services/portal.

    `documents` is the folder of the trusted documents, if not the one that came with the program.
    Raises NoTrustedDocuments, BadTrustedDocument.
    """
    logs.silence_libraries()
    gateway = _gateway(services, settings, schema, documents)
    origins = list(settings.cors_origins)
    app = Litestar(
        route_handlers=[*http_api.routes(gateway), websocket_api.route(gateway), *health.routes(gateway), *pages],
        openapi_config=None,
        logging_config=None,
        cors_config=CORSConfig(allow_origins=origins, allow_methods=["GET", "POST"]) if origins else None,
        compression_config=CompressionConfig(backend="gzip", exclude=["^/graphql"]),
        multipart_form_part_limit=FORM_PARTS,
        request_max_body_size=settings.body_bytes,
        exception_handlers={HTTPException: _http_problem(gateway), Exception: _our_problem(gateway)},
    )
    app.asgi_handler = Edge(app.asgi_handler, settings, gateway.metrics)
    return app


def _gateway(services: Services, settings: Settings, build: BuildSchema, folder: Path | None) -> Gateway:
    rules = rules_of(settings)
    schema = build(extensions_of(settings, rules))
    documents = trusted.load(schema._schema, settings, rules, folder)
    metrics = Metrics(services.db, documents.operations)
    return Gateway(
        services=replace(services, bus=MeteredBus(services.bus, metrics)),
        settings=settings,
        schema=schema,
        documents=documents,
        masking=Masking(settings, metrics.refusal),
        metrics=metrics,
    )


Handle: TypeAlias = Callable[[Request[Any, Any, Any], Any], Response[Any]]


def _http_problem(gateway: Gateway) -> Handle:
    def handle(request: Request[Any, Any, Any], problem: HTTPException) -> Response[Any]:
        if problem.status_code >= 500:
            return _told(gateway, request, unexpected(problem))
        if problem.status_code == 404:
            return _told(gateway, request, NoSuchPage())
        if problem.status_code == 405:
            return _told(gateway, request, MethodRefused(method=request.method), problem.headers)
        return _told(gateway, request, EdgeRefusal(), status=problem.status_code)

    return handle


def _our_problem(gateway: Gateway) -> Handle:
    return lambda request, problem: _told(gateway, request, unexpected(problem))


def _told(
    gateway: Gateway,
    request: Request[Any, Any, Any],
    refusal: EdgeRefusal,
    headers: dict[str, str] | None = None,
    *,
    status: int | None = None,
) -> Response[Any]:
    """As a page to a browser, in the shape of a GraphQL answer to a program."""
    status = status or refusal.status
    if "text/html" in request.headers.get("accept", ""):
        language = exchange.current().language
        message = refusal.message(language)
        page = (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{status}</title>'
            f"<h1>{status}</h1><p>{message}</p></html>"
        )
        return Response(page, status_code=status, media_type=MediaType.HTML, headers=headers)
    answer = http_api.refused(gateway, refusal, status)
    answer.headers.update(headers or {})
    return answer
