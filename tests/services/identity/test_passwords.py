from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median
from time import perf_counter

import pytest

from domain.shared.errors import DomainError
from services.identity.password_rules import (
    PasswordCommon,
    PasswordIsLogin,
    PasswordLong,
    PasswordShort,
    check,
)
from services.identity.passwords import Passwords, SignInBusy


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


async def test_a_password_verifies_and_another_does_not(passwords: Passwords) -> None:
    kept = await passwords.hash("三资公开 村民监督")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify(kept, "三资公开 村民监督")
    assert not await passwords.verify(kept, "三资公开 村民监管")
    assert kept != await passwords.hash("三资公开 村民监督")


async def test_full_width_letters_are_the_same_password(passwords: Passwords) -> None:
    assert await passwords.verify(await passwords.hash("rice fields 99"), "ｒｉｃｅ fields ９９")


async def test_an_unknown_login_never_verifies_and_takes_as_long(passwords: Passwords) -> None:
    kept = await passwords.hash("rice fields 99")
    known, unknown = [], []
    for _ in range(5):
        began = perf_counter()
        assert not await passwords.verify(kept, "wrong password")
        between = perf_counter()
        assert not await passwords.verify(None, "wrong password")
        known.append(between - began)
        unknown.append(perf_counter() - between)
    # Skipping the hash would be thousands of times faster; a loaded machine is not.
    assert median(unknown) > median(known) / 5


async def test_a_broken_hash_does_not_verify(passwords: Passwords) -> None:
    assert not await passwords.verify("not a hash", "rice fields 99")


async def test_other_parameters_are_noticed(passwords: Passwords) -> None:
    weaker = Passwords(memory_kib=8 * 1024)
    old = await weaker.hash("rice fields 99")
    weaker.close()
    assert passwords.outdated(old)
    assert await passwords.verify(old, "rice fields 99")
    assert not passwords.outdated(await passwords.hash("rice fields 99"))


async def test_beyond_the_queue_the_answer_is_busy_and_places_come_back() -> None:
    small = Passwords(workers=1, queue=2)
    outcomes = await asyncio.gather(*(small.hash("rice fields 99") for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, SignInBusy) for outcome in outcomes) == 7
    assert await small.hash("rice fields 99")
    small.close()


async def test_someone_who_leaves_the_queue_frees_the_place() -> None:
    small = Passwords(workers=1, queue=1)
    waiting = [asyncio.create_task(small.hash("rice fields 99")) for _ in range(2)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await asyncio.wait_for(_when_free(small), 10)
    small.close()


async def _when_free(passwords: Passwords) -> str:
    while True:
        try:
            return await passwords.hash("rice fields 99")
        except SignInBusy:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("rice field", None),
        ("稻田里的青蛙叫个不停", None),
        ("123456789", PasswordShort),
        ("稻" * 129, PasswordLong),
        ("Chen.Guihua", PasswordIsLogin),
        ("chen.guihua123", PasswordIsLogin),
        ("chen.guihua and frogs", None),
        ("1234567890", PasswordCommon),
        ("Woaini1314", PasswordCommon),
        ("aaaaaaaaaaaa", PasswordCommon),
        ("12312312312", PasswordCommon),
        ("jihgfedcba", PasswordCommon),
        ("１２３４５６７８９０", PasswordCommon),
    ],
)
def test_rules(password: str, refusal: type[DomainError] | None) -> None:
    if refusal is None:
        check(password, "chen.guihua")
        return
    with pytest.raises(refusal) as raised:
        check(password, "chen.guihua")
    assert raised.value.field == "password"
    assert password not in raised.value.message()
