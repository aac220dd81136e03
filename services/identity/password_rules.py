"""What a password must be: long enough, not the login, not what everybody tries first. One function per rule."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from domain.shared.errors import DomainError

SHORTEST = 10
LONGEST = 128

COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())


class PasswordShort(DomainError):
    """A password needs at least {shortest} characters; this one has {length}."""

    code = "PASSWORD_SHORT"
    zh = "密码至少需要 {shortest} 个字符，当前为 {length} 个"


class PasswordLong(DomainError):
    """A password has at most {longest} characters; this one has {length}."""

    code = "PASSWORD_LONG"
    zh = "密码最多 {longest} 个字符，当前为 {length} 个"


class PasswordIsLogin(DomainError):
    """The password must not be the login, nor the login with a few characters added."""

    code = "PASSWORD_IS_LOGIN"
    zh = "密码不能与登录名相同，也不能只是登录名加少量字符"


class PasswordCommon(DomainError):
    """This password is among the first that are tried; choose several words or something only you would think of."""

    code = "PASSWORD_COMMON"
    zh = "该密码过于常见、容易被猜中，请改用多个词语或只有您能想到的内容"


def normal(text: str) -> str:
    """The same characters however a keyboard composed them (full width, combining marks)."""
    return unicodedata.normalize("NFKC", text)


def check(password: str, login: str) -> None:
    """Raises the first of PasswordShort, PasswordLong, PasswordIsLogin, PasswordCommon that applies."""
    for rule in RULES:
        rule(normal(password), normal(login).strip().casefold())


def _long_enough(password: str, _login: str) -> None:
    if len(password) < SHORTEST:
        raise PasswordShort(shortest=SHORTEST, length=len(password), field="password")


def _not_too_long(password: str, _login: str) -> None:
    if len(password) > LONGEST:
        raise PasswordLong(longest=LONGEST, length=len(password), field="password")


def _not_the_login(password: str, login: str) -> None:
    if login and len(password.casefold().replace(login, "")) < 4:
        raise PasswordIsLogin(field="password")


def _not_common(password: str, _login: str) -> None:
    folded = password.casefold()
    if folded in COMMON or _repeats(folded) or _runs(folded):
        raise PasswordCommon(field="password")


def _repeats(text: str) -> bool:
    """One to three characters over and over: aaaaaaaaaa, 121212121212."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in (1, 2, 3))


def _runs(text: str) -> bool:
    """Neighbours all the way: 23456789:; or jihgfedcba."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1})


RULES: tuple[Callable[[str, str], None], ...] = (_long_enough, _not_too_long, _not_the_login, _not_common)
