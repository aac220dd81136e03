"""Logins that nobody has are locked like those of members, lest the lock tell which logins exist.

Nothing of this is recorded: it is kept in memory, for the most recent names only, by each process for itself.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from uuid import UUID, uuid5

from domain.access.sign_in import LockOut, SignIns
from services.identity.authenticator import canonical


class Strangers:
    """The same rule, and the same aggregate, as for members; `capacity` is how many names are remembered."""

    def __init__(self, rule: LockOut, *, capacity: int = 10_000) -> None:
        self._rule, self._capacity = rule, capacity
        self._days: OrderedDict[UUID, SignIns] = OrderedDict()

    def refuse(self, district: UUID, login: str, *, at: datetime) -> None:
        """Count an attempt with a login that nobody has. Raises LockedOut."""
        stranger = uuid5(district, f"stranger/{canonical(login)}")
        day = self._days.pop(stranger, None)
        if day is None or day.day != at.astimezone(UTC).date():
            day = SignIns.open(member=stranger, at=at, before=day)
        self._days[stranger] = day
        if len(self._days) > self._capacity:
            self._days.popitem(last=False)
        day.refuse(at=at, rule=self._rule)
        day.collect_events()  # to be forgotten: there is no member whose stream they could stand in
