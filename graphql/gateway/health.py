"""Whether the process lives, whether it can work, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from domain.shared.errors import Language
from gateway import exchange
from gateway.edge import within
from gateway.execution import Gateway
from gateway.metrics import CONTENT_TYPE
from gateway.problems import EdgeRefusal
from services.store.db import Db
from services.store.migrate import pending_for
from services.store.unavailable import StoreUnavailable

PATIENCE = 3.0
"""Seconds for the database to answer."""

_log = structlog.get_logger(__name__)


class DatabaseUnreachable(StoreUnavailable):
    """The database does not answer."""

    code = "DATABASE_UNREACHABLE"
    zh = "数据库没有响应"


class MigrationsPending(StoreUnavailable):
    """Migrations are still to be applied: {names}."""

    code = "MIGRATIONS_PENDING"
    zh = "尚有未执行的迁移：{names}"


class NotForYou(EdgeRefusal):
    """The figures are for the monitoring of this installation; add its network to SANZI_METRICS_FROM."""

    code = "FORBIDDEN"
    zh = "运行指标仅供本系统的监控读取；请将其网段加入 SANZI_METRICS_FROM"
    status = 403


def routes(gateway: Gateway) -> Sequence[HTTPRouteHandler]:
    """What an orchestrator and a monitor ask."""

    @get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @get("/readyz")
    async def ready() -> Response[dict[str, Any]]:
        try:
            await ready_to_work(gateway.services.db)
        except StoreUnavailable as problem:
            _log.warning("not_ready", code=problem.code)
            return Response(_told(problem), status_code=503)
        return Response({"status": "ok"})

    @get("/metrics")
    async def figures() -> Response[bytes]:
        if not within(exchange.current().address, gateway.settings.metrics_from):
            refusal = NotForYou()
            return Response(str(refusal).encode(), status_code=refusal.status, media_type=MediaType.TEXT)
        return Response(gateway.metrics.text(), media_type=CONTENT_TYPE)

    return alive, ready, figures


async def ready_to_work(db: Db) -> None:
    """Raises DatabaseUnreachable, MigrationsPending, and MigrationChanged where a file was altered."""
    try:
        async with asyncio.timeout(PATIENCE):
            names = await pending_for(db)
    except StoreUnavailable:
        raise
    except Exception as problem:  # whatever the driver raises: the answer is the same
        _log.warning("database_unreachable", error=type(problem).__name__)
        raise DatabaseUnreachable() from None
    if names:
        raise MigrationsPending(names=", ".join(names))


def _told(problem: StoreUnavailable) -> dict[str, Any]:
    return {
        "status": "unavailable",
        "code": problem.code,
        "message": {str(language): problem.message(language) for language in Language},
    }
