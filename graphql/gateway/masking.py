"""What of an error reaches a client: refusals in the caller's language, and of anything else only that it happened.

The gateway masks where it writes an answer, not in an extension of the schema: an error that an extension raises would
pass by another extension. Unexpected errors are logged in full but for the values that a database quotes in them.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from domain.shared.errors import DomainError
from gateway import exchange
from gateway.limits import QueryTooLong, QueryTooNested
from gateway.problems import BadOperation, EdgeRefusal, Hidden, InternalError, Unavailable
from gateway.settings import Settings
from services.store.outage import is_outage

_ARGUMENT = re.compile(r"(invalid input for query argument \$\d+): .*")
"""How asyncpg says that a value does not fit its column, followed by the value."""

_log = structlog.get_logger(__name__)

Counted = Callable[[str], None]
_TOO_NESTED = ("nested too deeply", "too deeply nested", "Validation aborted.")
"""How graphql-core says that parsing or validating would have overflowed the stack."""


class Masking:
    """Turns the errors of an execution into what is sent. `counted` hears the code of each."""

    def __init__(self, settings: Settings, counted: Counted) -> None:
        self._settings, self._counted = settings, counted

    def formatted(self, errors: Iterable[GraphQLError]) -> list[dict[str, Any]]:
        """The errors of a GraphQL answer; each has `message` and `extensions.code`."""
        return [self._formatted(error) for error in errors]

    def refusal(self, refusal: DomainError) -> dict[str, Any]:
        """A refusal as an error of a GraphQL answer."""
        return self._entry(refusal, None)

    def _formatted(self, error: GraphQLError) -> dict[str, Any]:
        innermost, cause = _causes(error)
        if cause is None and (innermost.extensions or {}).get("code"):
            return self._passed(error, innermost)
        return self._entry(self._told(error, cause), error)

    def _passed(self, error: GraphQLError, innermost: GraphQLError) -> dict[str, Any]:
        """One that was made for the client, with its code."""
        extensions = dict(innermost.extensions or {})
        self._counted(str(extensions["code"]))
        return _located({"message": innermost.message, "extensions": extensions}, error)

    def _told(self, error: GraphQLError, cause: BaseException | None) -> DomainError:
        if isinstance(cause, DomainError):
            return cause
        if isinstance(cause, RecursionError) or any(sign in error.message for sign in _TOO_NESTED):
            return QueryTooNested()
        if isinstance(error, GraphQLSyntaxError) and "tokens" in error.message:
            return QueryTooLong(limit=self._settings.max_tokens)
        if cause is None or isinstance(cause, (CannotGetOperationTypeError, InvalidOperationTypeError)):
            return self._misfit(error)
        return unexpected(cause)

    def _misfit(self, error: GraphQLError) -> DomainError:
        """The document or its variables do not fit the schema. In production only what the client sent is spoken of."""
        if self._settings.development or error.message.startswith("Variable "):
            return BadOperation(reason=error.message.partition(" Did you mean")[0].strip())
        return Hidden()

    def _entry(self, refusal: DomainError, error: GraphQLError | None) -> dict[str, Any]:
        self._counted(refusal.code)
        current = exchange.current()
        extensions = {"code": refusal.code, "field": refusal.field, "requestId": str(current.request_id)}
        return _located({"message": refusal.message(current.language), "extensions": extensions}, error)


def _located(entry: dict[str, Any], error: GraphQLError | None) -> dict[str, Any]:
    if error is not None and error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    if error is not None and error.path:
        entry["path"] = list(error.path)
    return entry


def unexpected(problem: BaseException) -> EdgeRefusal:
    """Log an outage of the database or an error of ours; what the client hears of it: only after the former is it
    worth trying again."""
    if is_outage(problem):
        _log.warning("database_unavailable", error=type(problem).__name__)
        return Unavailable()
    _log.error("internal_error", error=type(problem).__name__, traceback=_trace(problem))
    return InternalError(request_id=exchange.current().request_id)


def _causes(error: GraphQLError) -> tuple[GraphQLError, BaseException | None]:
    """The innermost GraphQL error, for they wrap one another, and what was raised inside it, if anything else."""
    while isinstance(error.original_error, GraphQLError):
        error = error.original_error
    return error, error.original_error


def _trace(problem: BaseException) -> str:
    """The whole traceback without local variables. PostgreSQL quotes the offending row in DETAIL, its driver the
    offending argument: both are left out."""
    return "".join(
        _ARGUMENT.sub(r"\1", line)
        for line in _lines(traceback.format_exception(problem))
        if not line.startswith(("DETAIL:", "CONTEXT:"))
    )


def _lines(parts: Sequence[str]) -> Iterable[str]:
    for part in parts:
        yield from part.splitlines(keepends=True)
