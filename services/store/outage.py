"""Telling an outage of the database, which passes, from an error of ours, which does not."""

from __future__ import annotations

import asyncpg

from services.store.unavailable import CannotConnect, StoreUnavailable

_PASSING = (
    ConnectionError,
    asyncpg.PostgresConnectionError,  # 08xxx: the connection was lost
    asyncpg.CannotConnectNowError,  # starting up, or shutting down
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # the server ended between two messages of its answer
)
_WRONG_ADDRESS = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)


def is_outage(problem: BaseException) -> bool:
    """Whether the same request may succeed in a moment."""
    if isinstance(problem, _PASSING):
        return True
    if isinstance(problem, asyncpg.InterfaceError):  # also what a wrong call raises
        return "closed" in str(problem)
    # From a socket, for a file would be named: its server is gone, or did not answer in time.
    return isinstance(problem, OSError) and problem.filename is None


def unreachable(problem: BaseException) -> StoreUnavailable | None:
    """What to tell whoever runs the program, if it is the database that cannot be used."""
    if is_outage(problem) or isinstance(problem, _WRONG_ADDRESS):
        return CannotConnect(reason=str(problem) or type(problem).__name__)
    return None
