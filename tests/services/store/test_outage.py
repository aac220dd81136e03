"""What passes by itself is told apart from what is wrong."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from domain.shared.errors import Language
from services.store.outage import is_outage, unreachable

PASSING = (
    ConnectionRefusedError(111, "Connection refused"),
    ConnectionResetError(),
    FileNotFoundError(2, "No such file or directory"),  # of a socket: no file is named
    TimeoutError(),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.InternalClientError("got result for unknown protocol state 3"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.CannotConnectNowError("the database system is in recovery mode"),
    asyncpg.AdminShutdownError("terminating connection due to administrator command"),
)
OURS = (
    ValueError("x"),
    asyncpg.UniqueViolationError("duplicate key"),
    asyncpg.InterfaceError("the server expects 2 arguments for this query, 1 was passed"),
    asyncpg.UndefinedTableError("no such table"),
)


@pytest.mark.parametrize("problem", PASSING, ids=lambda problem: f"{type(problem).__name__}")
def test_an_outage_may_be_over_in_a_moment(problem: Exception) -> None:
    assert is_outage(problem)
    refusal = unreachable(problem)
    assert refusal is not None
    assert "SANZI_DATABASE_URL" in refusal.message(Language.ZH)


@pytest.mark.parametrize("problem", OURS, ids=lambda problem: f"{type(problem).__name__}")
def test_an_error_of_ours_is_none(problem: Exception) -> None:
    assert not is_outage(problem)
    assert unreachable(problem) is None


def test_a_file_that_is_missing_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        (tmp_path / "template.html").read_text()
    assert not is_outage(missing.value)


def test_a_wrong_password_is_told_but_does_not_pass() -> None:
    problem = asyncpg.InvalidPasswordError('password authentication failed for user "sanzi_service"')
    assert not is_outage(problem)
    assert "sanzi_service" in str(unreachable(problem))
