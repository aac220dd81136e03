"""Runs one operation that came over HTTP and gives the answer as it is sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import GraphQLError
from opentelemetry import trace
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from gateway import exchange
from gateway.context import Context, context_for
from gateway.masking import Masking
from gateway.metrics import Metrics
from gateway.settings import Settings
from gateway.trusted import Documents
from services.wiring import Services

_tracer = trace.get_tracer("sanzi")
OVER_HTTP = frozenset({OperationType.QUERY, OperationType.MUTATION})


@dataclass(frozen=True, slots=True)
class Gateway:
    """What both transports share."""

    services: Services
    settings: Settings
    schema: strawberry.Schema
    documents: Documents
    masking: Masking
    metrics: Metrics

    async def context(self, authorization: str | None) -> Context:
        """The context of one operation of the request being served."""
        current = exchange.current()
        return await context_for(self.services, authorization, str(current.language), current.request_id)

    async def execute(
        self, text: str, variables: Mapping[str, Any] | None, operation: str | None, context: Context
    ) -> dict[str, Any]:
        """Run a query or a mutation; the answer with its errors masked. Never raises."""
        started = time.perf_counter()
        with _tracer.start_as_current_span("GraphQL") as span:
            try:
                result = await self.schema.execute(
                    text,
                    variable_values=dict(variables) if variables else None,
                    context_value=context,
                    operation_name=operation,
                    allowed_operation_types=OVER_HTTP,
                )
                data, errors = result.data, result.errors or []
            except (CannotGetOperationTypeError, InvalidOperationTypeError) as refused:
                data, errors = None, [_of_type(refused)]
            name = exchange.current().operation
            span.set_attribute("graphql.operation.name", name or "")
        self.metrics.operation(name, time.perf_counter() - started)
        answer: dict[str, Any] = {"data": data}
        if errors:
            answer["errors"] = self.masking.formatted(errors)
        return answer


def _of_type(refused: CannotGetOperationTypeError | InvalidOperationTypeError) -> GraphQLError:
    reason = (
        refused.as_http_error_reason()
        if isinstance(refused, CannotGetOperationTypeError)
        else "subscriptions run over a WebSocket only"
    )
    return GraphQLError(reason, original_error=refused)
