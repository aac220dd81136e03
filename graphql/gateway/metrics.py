"""Figures for Prometheus. Every label has a bounded set of values: names we chose, never what a client sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from domain.shared.errors import DomainError
from domain.shared.identity import Acting
from services.bus import Bus, Origin, Outcome
from services.store.db import Db
from services.work import Place, System

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
OTHER = "other"


class Metrics:
    """The figures of one gateway."""

    def __init__(self, db: Db, operations: Iterable[str]) -> None:
        self.registry = CollectorRegistry()
        self._operations = frozenset(operations)
        self._operation_seconds = Histogram(
            "sanzi_graphql_operation_seconds",
            "Duration of GraphQL operations; those that are not trusted documents are counted as other.",
            ["operation"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._requests = Counter(
            "sanzi_http_requests", "HTTP requests by status.", ["method", "status"], registry=self.registry
        )
        self._commands = Counter(
            "sanzi_commands",
            "Commands by outcome: recorded, repeated, unchanged, error, or the code of the refusal.",
            ["command", "outcome"],
            registry=self.registry,
        )
        self._refusals = Counter(
            "sanzi_refusals", "Errors in GraphQL answers by code.", ["code"], registry=self.registry
        )
        self.subscriptions = Gauge("sanzi_subscriptions_open", "Subscriptions open.", registry=self.registry)
        self._lag = Histogram(
            "sanzi_reader_lag_seconds",
            "Time from an event's recording until a subscription delivered it, of events that came while it was open.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.registry.register(PoolCollector(db))

    def operation(self, name: str | None, seconds: float) -> None:
        self._operation_seconds.labels(name if name in self._operations else OTHER).observe(seconds)

    def request(self, method: str, status: int) -> None:
        known = method if method in {"GET", "HEAD", "POST", "OPTIONS"} else OTHER
        self._requests.labels(known, str(status)).inc()

    def command(self, name: str, outcome: str) -> None:
        self._commands.labels(name, outcome).inc()

    def refusal(self, code: str) -> None:
        self._refusals.labels(code).inc()

    def lag(self, seconds: float) -> None:
        self._lag.observe(max(0.0, seconds))

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)


class PoolCollector(Collector):
    """The pool of connections, looked at when somebody asks."""

    def __init__(self, db: Db) -> None:
        self._pool: Any = db.pool

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily("sanzi_pool_connections", "Database connections by state.", labels=["state"])
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        family.add_metric(["idle"], idle)
        family.add_metric(["busy"], size - idle)
        yield family
        yield GaugeMetricFamily(
            "sanzi_pool_connections_limit", "Most connections there may be.", value=self._pool.get_max_size()
        )


class MeteredBus(Bus):
    """The bus, with every command counted by its outcome."""

    def __init__(self, bus: Bus, metrics: Metrics) -> None:
        super().__init__(bus.tools, bus.clock)
        self._bus, self._metrics = bus, metrics

    async def execute(self, command: object, place: Place, actor: Acting | System | None, origin: Origin) -> Outcome:
        """As Bus.execute."""
        name, how = type(command).__name__, "error"
        try:
            outcome = await self._bus.execute(command, place, actor, origin)
            how = "repeated" if outcome.repeated else "recorded" if outcome.events else "unchanged"
        except DomainError as refusal:
            how = refusal.code
            raise
        finally:
            self._metrics.command(name, how)
        return outcome
