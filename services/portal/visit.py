"""What a visitor asks for, and how: the language and the size of the letters, which every link then keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Request

from domain.shared.errors import Language

_OWN = ("edition", "vouchers", "position", "hash")
"""Parameters that belong to one page: kept by links that stay on it, dropped by those that leave."""


class Size(StrEnum):
    """The size of the letters, chosen without a script."""

    NORMAL = "normal"
    LARGE = "large"
    HUGE = "huge"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page. `chosen` tells a language picked by hand from the browser's."""

    path: str
    own: Mapping[str, str]
    language: Language
    chosen: bool
    size: Size
    known: frozenset[str]

    @classmethod
    def of(cls, request: Request[Any, Any, Any]) -> Visit:
        """Parameters that mean nothing are ignored: a mistyped link still shows its page."""
        query = request.query_params
        picked = query.get("lang", "")
        chosen = picked in set(Language)
        language = Language(picked) if chosen else preferred(request.headers.get("accept-language", ""))
        size = query.get("size", "")
        return cls(
            path=request.url.path,
            own={name: query[name] for name in _OWN if name in query},
            language=language,
            chosen=chosen,
            size=Size(size) if size in set(Size) else Size.NORMAL,
            known=_tags(request.headers.get("if-none-match", "")),
        )

    def to(self, path: str, **more: str) -> str:
        """A link to another page of the portal, in the same language and size."""
        return _link(path, self._look() | more)

    def here(self, **changes: str) -> str:
        """A link to this page with something changed; an empty text drops a parameter."""
        return _link(self.path, self._look() | dict(self.own) | changes)

    def _look(self) -> dict[str, str]:
        return {"lang": self.language if self.chosen else "", "size": "" if self.size is Size.NORMAL else self.size}


def preferred(accept: str) -> Language:
    """The better liked of our languages in an Accept-Language header; Chinese unless English stands above it."""
    liked: list[tuple[float, Language]] = []
    for part in accept.split(","):
        name, _, weight = part.strip().lower().partition(";q=")
        primary = name.split("-")[0]
        if primary in set(Language):
            liked.append((_weight(weight), Language(primary)))
    best = max((weight for weight, _ in liked), default=0.0)
    return next((language for weight, language in liked if weight == best and best > 0), Language.ZH)


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _tags(header: str) -> frozenset[str]:
    """The tags of If-None-Match; a proxy that compresses makes weak ones of ours."""
    return frozenset(tag.strip().removeprefix("W/") for tag in header.split(",") if tag.strip())


def _link(path: str, query: Mapping[str, str]) -> str:
    given = {name: str(value) for name, value in query.items() if value}
    return quote(path) + ("?" + urlencode(given) if given else "")
