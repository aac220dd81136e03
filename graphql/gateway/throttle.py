"""How often one address may try to sign in: a bucket of tokens per address, in memory."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from gateway.problems import TooManySignIns

MOST = 10_000
"""Addresses remembered; the one that was quiet longest is forgotten first, and forgetting only ever gives more."""


class Throttle:
    """A bucket of `per_minute` tokens that fills up in a minute. The lock-out per member is kept elsewhere
    (domain/access/sign_in.py); this only keeps one machine from hashing passwords all day."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._rate, self._clock = float(per_minute), per_minute / 60, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, tokens: int = 1) -> None:
        """Raises TooManySignIns, and then takes nothing."""
        key, now = _network(address), self._clock()
        left, since = self._buckets.get(key, (self._size, now))
        left = min(self._size, left + (now - since) * self._rate)
        if tokens > left:
            self._keep(key, left, now)
            raise TooManySignIns(seconds=max(1, math.ceil((min(tokens, self._size) - left) / self._rate)))
        self._keep(key, left - tokens, now)

    def _keep(self, key: str, left: float, now: float) -> None:
        self._buckets[key] = (left, now)
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST:
            self._buckets.popitem(last=False)

    def __len__(self) -> int:
        return len(self._buckets)


def _network(address: str) -> str:
    """An IPv6 customer has a whole /64 to choose addresses from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
