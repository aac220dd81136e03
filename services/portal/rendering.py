"""From a view to an answer: templates, headers, and 304 for what the visitor has already."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from markupsafe import Markup

from services.portal import formats
from services.portal.capital import capital
from services.portal.texts import text
from services.portal.visit import Size, Visit

FRESH = "public, max-age=60"
"""A page may be a minute old: caches in front carry the rush after a publication, an erasure is seen a minute later."""


def page(visit: Visit, template: str, *, etag: str = "", status: int = 200, **view: object) -> Response[bytes]:
    """Render a template for a visitor."""
    language = visit.language
    html = (
        _environment()
        .get_template(template)
        .render(
            view,
            visit=visit,
            lang=language.value,
            sizes=tuple(Size),
            t=partial(text, language),
            day=partial(formats.day, lang=language),
            beijing_day=partial(formats.beijing_day, lang=language),
            moment=partial(formats.moment, lang=language),
            period=partial(formats.period, lang=language),
            style=Markup(style()),  # noqa: S704  # our own file
        )
    )
    headers = _headers(visit) | ({"ETag": etag, "Cache-Control": FRESH} if etag else {"Cache-Control": "no-cache"})
    return Response(html.encode(), status_code=status, media_type="text/html", headers=headers)


def unchanged(visit: Visit, etag: str) -> Response[bytes] | None:
    """304 if the visitor has this very page."""
    if etag not in visit.known:
        return None
    return Response(b"", status_code=304, headers=_headers(visit) | {"ETag": etag, "Cache-Control": FRESH})


def moved(visit: Visit, path: str) -> Response[bytes]:
    """301: the page has another address for good."""
    here = visit.here()
    query = here[here.find("?") :] if "?" in here else ""
    return Response(b"", status_code=301, headers={"Location": path + query, "Cache-Control": FRESH})


def not_found(visit: Visit) -> Response[bytes]:
    """The one page for whatever is not there: no such village, no such item, or nothing published."""
    return page(visit, "not_found.html", status=404)


def tag(visit: Visit, *parts: object) -> str:
    """An ETag of whatever a page is made from, its language, its size and this build of the program."""
    return '"' + "-".join(map(str, (*parts, visit.language, visit.size, build()))) + '"'


@cache
def build() -> str:
    """Tells one version of the program from another: the digest of all that shapes a page."""
    digest = hashlib.sha256()
    for package in ("services.portal", "services.read_models", "policies.catalogue", "domain"):
        for content in _contents(files(package)):
            digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]


def _contents(place: Traversable) -> list[bytes]:
    found: list[bytes] = []
    for entry in sorted(place.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found.extend(_contents(entry))
        elif entry.name.endswith((".py", ".html", ".css", ".csv")):
            found.append(entry.read_bytes())
    return found


@cache
def style() -> str:
    """The style sheet. It travels inside each page: one round trip, and a saved page keeps its looks."""
    return files("services.portal").joinpath("portal.css").read_text(encoding="utf-8")


@cache
def _policy() -> str:
    digest = b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )


def _headers(visit: Visit) -> dict[str, str]:
    return {
        "Content-Language": "en" if visit.language == "en" else "zh-CN",
        "Content-Security-Policy": _policy(),
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "money": formats.money,
        "capital": capital,
        "spaced": formats.spaced,
        "parts": formats.title_parts,
    }
    return environment
