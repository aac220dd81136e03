"""How the gateway runs: read once from the environment, checked, and never changed afterwards."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from domain.shared.errors import DomainError

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


class Mode(StrEnum):
    """In production only trusted documents run and the schema is not shown."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


class BadSetting(DomainError):
    """{name} is {value}; {expected}."""

    code = "BAD_SETTING"
    zh = "环境变量 {name} 的值为 {value}；{expected_zh}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field comes from the variable named in `VARIABLES`; the defaults suit one machine behind a proxy."""

    mode: Mode = Mode.PRODUCTION
    max_depth: int = 12
    """Levels of fields in a document."""
    max_aliases: int = 30
    """Fields of a document that bear an alias, wherever a fragment brings them in."""
    max_tokens: int = 2_000
    max_cost: int = 20_000
    """See limits.py for the formula."""
    body_bytes: int = 256 * 1024
    """Of a JSON body and of a WebSocket message."""
    upload_bytes: int = 16 * 1024 * 1024
    """Of one multipart request, all its files together."""
    cors_origins: tuple[str, ...] = ()
    """Other origins whose pages may ask, such as https://console.example.cn."""
    trusted_proxies: tuple[Network, ...] = ()
    """Peers whose X-Forwarded-For is believed."""
    metrics_from: tuple[Network, ...] = LOOPBACK
    """Addresses that may read /metrics."""
    sign_ins_per_minute: int = 20
    """From one address, beyond a burst of as many."""
    subscriptions_per_connection: int = 10
    ping_seconds: float = 25.0
    """How often a quiet WebSocket is pinged, so that proxies keep it open."""
    recheck_seconds: float = 5.0
    """How often the token and the rights behind a subscription are looked at again."""

    @property
    def development(self) -> bool:
        return self.mode is Mode.DEVELOPMENT

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Raises BadSetting, naming the variable. An empty variable counts as not set."""
        values: dict[str, Any] = {}
        for variable in VARIABLES:
            text = environment.get(variable.name, "").strip()
            if text:
                values[variable.sets] = variable.read(text)
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable: the field it sets and how its text is read; `parse` raises ValueError."""

    name: str
    sets: str
    parse: Callable[[str], object]
    expected: str
    expected_zh: str

    def read(self, text: str) -> object:
        try:
            return self.parse(text)
        except ValueError:
            raise BadSetting(
                field=self.name, name=self.name, value=text, expected=self.expected, expected_zh=self.expected_zh
            ) from None


def _whole(name: str, target: str, lowest: int, highest: int) -> Variable:
    def parse(text: str) -> int:
        number = int(text)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return Variable(
        name,
        target,
        parse,
        f"write a whole number from {lowest} to {highest}",
        f"请填写 {lowest} 至 {highest} 之间的整数",
    )


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def _origins(text: str) -> tuple[str, ...]:
    return tuple(_origin(part.strip()) for part in text.split(",") if part.strip())


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or f"{parts.scheme}://{parts.netloc}" != text:
        raise ValueError
    return text


_NETWORKS = (
    "write networks such as 10.0.0.0/8, separated by commas",
    "请填写网段，如 10.0.0.0/8，多个之间用英文逗号分隔",
)

VARIABLES: tuple[Variable, ...] = (
    Variable("SANZI_MODE", "mode", Mode, "write production or development", "请填写 production 或 development"),
    _whole("SANZI_MAX_DEPTH", "max_depth", 1, 100),
    _whole("SANZI_MAX_ALIASES", "max_aliases", 0, 10_000),
    _whole("SANZI_MAX_TOKENS", "max_tokens", 10, 1_000_000),
    _whole("SANZI_MAX_COST", "max_cost", 1, 100_000_000),
    _whole("SANZI_BODY_BYTES", "body_bytes", 1_024, 64 * 1024 * 1024),
    _whole("SANZI_UPLOAD_BYTES", "upload_bytes", 1_024, 1024 * 1024 * 1024),
    Variable(
        "SANZI_CORS_ORIGINS",
        "cors_origins",
        _origins,
        "write origins such as https://console.example.cn, without a path, separated by commas",
        "请填写来源，如 https://console.example.cn，不带路径，多个之间用英文逗号分隔",
    ),
    Variable("SANZI_TRUSTED_PROXIES", "trusted_proxies", _networks, *_NETWORKS),
    Variable("SANZI_METRICS_FROM", "metrics_from", _networks, *_NETWORKS),
    _whole("SANZI_SIGN_INS_PER_MINUTE", "sign_ins_per_minute", 1, 100_000),
    _whole("SANZI_SUBSCRIPTIONS_PER_CONNECTION", "subscriptions_per_connection", 1, 1_000),
)
