"""Argon2id in a few threads: hashing is meant to be slow, so it must neither block the loop nor pile up."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from domain.shared.errors import DomainError
from services.identity.password_rules import normal

T = TypeVar("T")

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1


class SignInBusy(DomainError):
    """Too many people are signing in at this moment; please try again in a few seconds."""

    code = "SIGN_IN_BUSY"
    zh = "当前登录人数较多，请几秒后重试"


class Passwords:
    """Hashes and verifies; `workers` run at once and `queue` more may wait, each some tens of milliseconds."""

    def __init__(
        self, *, workers: int = 2, queue: int = 32, memory_kib: int = MEMORY_KIB, passes: int = PASSES
    ) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES, type=Type.ID)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._places = BoundedSemaphore(workers + queue)
        self._nobody = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        """The encoded hash to keep, its parameters and salt within. Raises SignInBusy."""
        return await self._run(lambda: self._hasher.hash(normal(password)))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Is it the password? An unknown login (`None`) takes as long as a known one. Raises SignInBusy."""
        matches = await self._run(lambda: self._matches(kept or self._nobody, password))
        return matches and kept is not None

    def outdated(self, kept: str) -> bool:
        """Was it hashed with other parameters than today's?"""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, normal(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise SignInBusy()
        try:
            running: Future[T] = self._threads.submit(work)
        except RuntimeError:  # closed
            self._places.release()
            raise
        # The place is freed when the thread is, also if whoever waits has gone away.
        running.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(running)
