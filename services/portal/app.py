"""Public pages, drawn by the server: no login, no script, nothing from elsewhere.

/                            every village, township by township
/v/{code}                    a village, or the villages of a township or district
/v/{code}/check              the hash at a position of the village's log, against one that was copied by hand
/v/{code}/{item}/{period}    a published disclosure, each figure down to its vouchers
"""

from __future__ import annotations

from typing import Any

from litestar import HttpMethod, Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from services.portal import pages
from services.portal.visit import Visit
from services.read_models.heads import Heads
from services.wiring import Services

_READING = [HttpMethod.GET, HttpMethod.HEAD]


def routes(services: Services) -> list[HTTPRouteHandler]:
    """The handlers, to be mounted at the root of the application."""
    portal = pages.Portal(services, Heads(services.db))

    @route("/", http_method=_READING, include_in_schema=False)
    async def index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await portal.index(Visit.of(request))

    @route("/v/{code:str}", http_method=_READING, include_in_schema=False)
    async def place(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
        return await portal.place(Visit.of(request), code)

    @route("/v/{code:str}/check", http_method=_READING, include_in_schema=False)
    async def check(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
        return await portal.check(Visit.of(request), code)

    @route("/v/{code:str}/{item:str}/{period:str}", http_method=_READING, include_in_schema=False)
    async def disclosure(
        request: Request[Any, Any, Any], code: FromPath[str], item: FromPath[str], period: FromPath[str]
    ) -> Response[bytes]:
        return await portal.disclosure(Visit.of(request), code, item, period)

    @route(["/v", "/v/{code:str}/{item:str}"], http_method=_READING, include_in_schema=False)
    async def elsewhere(request: Request[Any, Any, Any]) -> Response[bytes]:
        return portal.nowhere(Visit.of(request))

    return [index, place, check, disclosure, elsewhere]
