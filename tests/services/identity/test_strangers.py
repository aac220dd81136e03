from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.access.sign_in import LockedOut, LockOut
from services.identity.strangers import Strangers

DISTRICT, OTHER_DISTRICT = UUID(int=1), UUID(int=2)
NOW = datetime(2025, 3, 4, 23, 58, tzinfo=UTC)


def tried(strangers: Strangers, times: int, login: str = "nobody") -> datetime:
    """So many attempts, one a minute; the moment of the next."""
    for n in range(times):
        strangers.refuse(DISTRICT, login, at=NOW + timedelta(minutes=n))
    return NOW + timedelta(minutes=times)


def test_a_login_that_nobody_has_is_locked_like_a_members_also_over_midnight() -> None:
    strangers = Strangers(LockOut())
    following = tried(strangers, 5)
    with pytest.raises(LockedOut):
        strangers.refuse(DISTRICT, " NOBODY", at=following)
    strangers.refuse(DISTRICT, "somebody", at=following)
    strangers.refuse(OTHER_DISTRICT, "nobody", at=following)
    strangers.refuse(DISTRICT, "nobody", at=NOW + timedelta(minutes=19))


def test_only_the_most_recent_names_are_remembered() -> None:
    strangers = Strangers(LockOut(failures=2), capacity=2)
    tried(strangers, 1, "first")
    tried(strangers, 1, "second")
    tried(strangers, 1, "third")
    tried(strangers, 1, "first")  # forgotten, so this is its first again
    tried(strangers, 1, "third")
    with pytest.raises(LockedOut):
        strangers.refuse(DISTRICT, "third", at=NOW)
