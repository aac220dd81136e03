"""Proving who somebody is. The one place to add another way, such as a county's OpenID Connect provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.shared.errors import DomainError, Unauthenticated
from services.identity import password_rules
from services.identity.passwords import Passwords
from services.identity.ports import Credential, Credentials


class WrongCredentials(Unauthenticated):
    """The login or the password is wrong."""

    code = "WRONG_CREDENTIALS"
    zh = "登录名或密码错误"


class LoginTaken(DomainError):
    """The login {login} is taken, or this member already has one; choose another."""

    code = "LOGIN_TAKEN"
    zh = "登录名 {login} 已被使用，或该成员已有登录名；请换用其他登录名"


class LoginUnfit(DomainError):
    """A login has 2 to 64 characters without spaces."""

    code = "LOGIN_UNFIT"
    zh = "登录名应为 2 至 64 个字符，不含空格"


class NoLogin(DomainError):
    """This member has no login yet; give them one first."""

    code = "NO_LOGIN"
    zh = "该成员尚无登录名，请先为其开通登录"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose login it is, if anybody's, and whether the proof was right.

    A wrong proof for a known member is what the lock-out counts; the answer to the client is the same for both.
    """

    member: UUID | None
    proven: bool


class Authenticator(Protocol):
    """A way to prove who one is: `login` says who, `proof` shows it."""

    async def authenticate(self, district: UUID, login: str, proof: str, *, at: datetime) -> Verdict: ...


class PasswordAuthenticator:
    """Logins and passwords kept by ourselves."""

    def __init__(self, credentials: Credentials, passwords: Passwords) -> None:
        self._credentials, self._passwords = credentials, passwords

    async def authenticate(self, district: UUID, login: str, proof: str, *, at: datetime) -> Verdict:
        """Takes as long for an unknown login as for a wrong password. Raises SignInBusy."""
        known = await self._credentials.find(district, canonical(login))
        if len(proof) > 4 * password_rules.LONGEST:
            proof = ""  # nobody's password, and not worth hashing in full
        proven = await self._passwords.verify(known.password_hash if known else None, proof)
        if known is None:
            return Verdict(None, proven=False)
        if proven and self._passwords.outdated(known.password_hash):
            await self._credentials.replace(district, known, await self._passwords.hash(proof), at)
        return Verdict(known.member, proven)

    async def member_of(self, district: UUID, login: str) -> UUID | None:
        """Whose login it is."""
        known = await self._credentials.find(district, canonical(login))
        return known.member if known else None

    async def proves(self, district: UUID, member: UUID, proof: str) -> bool:
        """Is it the member's password? Raises NoLogin, SignInBusy."""
        known = await self._credentials.find_member(district, member)
        if known is None:
            raise NoLogin()
        if len(proof) > 4 * password_rules.LONGEST:
            return False
        return await self._passwords.verify(known.password_hash, proof)

    async def enrol(self, district: UUID, member: UUID, login: str, password: str, *, at: datetime) -> None:
        """Give a member a login. Raises LoginUnfit, LoginTaken, SignInBusy and what password_rules.check raises."""
        login = canonical(login)
        if not 2 <= len(login) <= 64 or any(character.isspace() for character in login):
            raise LoginUnfit(field="login")
        password_rules.check(password, login)
        credential = Credential(login, member, await self._passwords.hash(password))
        if not await self._credentials.add(district, credential, at):
            raise LoginTaken(login=login, field="login")

    async def change(self, district: UUID, member: UUID, old: str | None, new: str, *, at: datetime) -> None:
        """Another password for a member; `old` is None where an administrator resets it.

        Raises NoLogin, WrongCredentials, SignInBusy and what password_rules.check raises. The caller then ends the
        member's other sessions.
        """
        known = await self._credentials.find_member(district, member)
        if known is None:
            raise NoLogin()
        if old is not None and not await self._passwords.verify(known.password_hash, old):
            raise WrongCredentials(field="old")
        password_rules.check(new, known.login)
        if not await self._credentials.replace(district, known, await self._passwords.hash(new), at):
            raise WrongCredentials(field="old")  # changed by somebody else meanwhile

    async def withdraw(self, district: UUID, member: UUID) -> bool:
        """Take a member's login away; False where there was none."""
        return await self._credentials.remove(district, member)


def canonical(login: str) -> str:
    """One spelling per login: width, case and outer spaces do not matter."""
    return password_rules.normal(login).strip().casefold()
