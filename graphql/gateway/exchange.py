"""What is known of the request being served, for logs, metrics and messages; one per HTTP request or WebSocket."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from domain.shared.errors import Language


@dataclass(slots=True)
class Exchange:
    """Filled in as the request is understood. Holds no personal data but the address, which is not logged."""

    request_id: UUID = field(default_factory=uuid4)
    language: Language = Language.ZH
    address: str = ""
    websocket: bool = False
    operation: str | None = None
    """The name of the GraphQL operation that ran."""
    tenant: UUID | None = None
    office: str | None = None
    """The office acted in, and the tenant in which it is held."""
    recheck_seconds: float = 5.0
    """How often a subscription looks again whether it may go on."""
    delivered: Callable[[float], None] = lambda _seconds: None
    """Told how old each event is that a subscription delivers as it comes."""


_current: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def current() -> Exchange:
    """The exchange being served; a blank one outside of any."""
    found = _current.get()
    if found is None:
        found = Exchange()
        _current.set(found)
    return found


def begin(exchange: Exchange) -> None:
    """What follows in this task, and in tasks started from it, belongs to `exchange`."""
    _current.set(exchange)


def language_of(accept_language: str) -> Language:
    """The language to answer in (RFC 9110 §12.5.4): English where it is preferred to Chinese, else Chinese."""
    weights = {Language.ZH: -1.0, Language.EN: -1.0}
    for part in accept_language[:500].split(","):
        tag, _, parameters = part.strip().partition(";")
        name = tag.strip().lower().split("-")[0]
        if name in {Language.ZH, Language.EN}:
            weights[Language(name)] = max(weights[Language(name)], _quality(parameters))
    return Language.EN if weights[Language.EN] > max(weights[Language.ZH], 0.0) else Language.ZH


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def request_id_of(given: str) -> UUID:
    """The client's id for the request if it is a UUID in its usual spelling, else a new one."""
    try:
        found = UUID(given)
    except ValueError:
        return uuid4()
    return found if str(found) == given.lower() else uuid4()
