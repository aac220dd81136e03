from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.identity.authenticator import (
    LoginTaken,
    LoginUnfit,
    NoLogin,
    PasswordAuthenticator,
    Verdict,
    WrongCredentials,
)
from services.identity.password_rules import PasswordCommon
from services.identity.passwords import Passwords
from services.store.credentials import CredentialTable
from services.store.db import Db

DISTRICT, OTHER_DISTRICT, MEMBER, OTHER = (UUID(int=n) for n in range(1, 5))
NOW = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
SECRET, ANOTHER = "rice fields 99", "frogs at night 7"


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


@pytest.fixture
async def authenticator(db: Db, passwords: Passwords) -> PasswordAuthenticator:
    made = PasswordAuthenticator(CredentialTable(db), passwords)
    await made.enrol(DISTRICT, MEMBER, "Chen.Guihua", SECRET, at=NOW)
    return made


@pytest.mark.parametrize(
    ("district", "login", "password", "verdict"),
    [
        (DISTRICT, "chen.guihua", SECRET, Verdict(MEMBER, proven=True)),
        (DISTRICT, "  ＣＨＥＮ.guihua ", SECRET, Verdict(MEMBER, proven=True)),
        (DISTRICT, "chen.guihua", ANOTHER, Verdict(MEMBER, proven=False)),
        (DISTRICT, "chen.guihua", SECRET + "x" * 100_000, Verdict(MEMBER, proven=False)),
        (DISTRICT, "chen.guihua", "", Verdict(MEMBER, proven=False)),
        (DISTRICT, "nobody", SECRET, Verdict(None, proven=False)),
        (OTHER_DISTRICT, "chen.guihua", SECRET, Verdict(None, proven=False)),
    ],
)
async def test_verdicts(
    authenticator: PasswordAuthenticator, district: UUID, login: str, password: str, verdict: Verdict
) -> None:
    assert await authenticator.authenticate(district, login, password, at=NOW) == verdict


async def test_a_login_is_given_once(authenticator: PasswordAuthenticator) -> None:
    with pytest.raises(LoginTaken):
        await authenticator.enrol(DISTRICT, OTHER, "CHEN.GUIHUA", ANOTHER, at=NOW)
    with pytest.raises(LoginTaken):
        await authenticator.enrol(DISTRICT, MEMBER, "second.login", ANOTHER, at=NOW)
    await authenticator.enrol(OTHER_DISTRICT, OTHER, "chen.guihua", ANOTHER, at=NOW)
    assert (await authenticator.authenticate(DISTRICT, "chen.guihua", SECRET, at=NOW)).proven


@pytest.mark.parametrize("login", ["", " ", "x", "two words", "x" * 65])
async def test_an_unfit_login_is_refused(authenticator: PasswordAuthenticator, login: str) -> None:
    with pytest.raises(LoginUnfit):
        await authenticator.enrol(DISTRICT, OTHER, login, ANOTHER, at=NOW)


async def test_changing_the_password_needs_the_old_one(authenticator: PasswordAuthenticator) -> None:
    with pytest.raises(WrongCredentials):
        await authenticator.change(DISTRICT, MEMBER, ANOTHER, ANOTHER, at=NOW)
    with pytest.raises(PasswordCommon):
        await authenticator.change(DISTRICT, MEMBER, SECRET, "1234567890", at=NOW)
    await authenticator.change(DISTRICT, MEMBER, SECRET, ANOTHER, at=NOW)
    assert not (await authenticator.authenticate(DISTRICT, "chen.guihua", SECRET, at=NOW)).proven
    assert (await authenticator.authenticate(DISTRICT, "chen.guihua", ANOTHER, at=NOW)).proven


async def test_an_administrator_resets_and_withdraws(authenticator: PasswordAuthenticator) -> None:
    await authenticator.change(DISTRICT, MEMBER, None, ANOTHER, at=NOW)
    assert (await authenticator.authenticate(DISTRICT, "chen.guihua", ANOTHER, at=NOW)).proven
    assert await authenticator.withdraw(DISTRICT, MEMBER)
    assert not await authenticator.withdraw(DISTRICT, MEMBER)
    assert await authenticator.authenticate(DISTRICT, "chen.guihua", ANOTHER, at=NOW) == Verdict(None, proven=False)
    with pytest.raises(NoLogin):
        await authenticator.change(DISTRICT, MEMBER, None, SECRET, at=NOW)


async def test_signing_in_renews_a_hash_with_old_parameters(db: Db, passwords: Passwords) -> None:
    weaker = Passwords(memory_kib=8 * 1024)
    table = CredentialTable(db)
    await PasswordAuthenticator(table, weaker).enrol(DISTRICT, MEMBER, "chen", SECRET, at=NOW)
    weaker.close()
    today = PasswordAuthenticator(table, passwords)
    assert not (await today.authenticate(DISTRICT, "chen", ANOTHER, at=NOW)).proven
    before = await table.find(DISTRICT, "chen")
    assert (await today.authenticate(DISTRICT, "chen", SECRET, at=NOW)).proven
    after = await table.find(DISTRICT, "chen")
    assert before is not None
    assert after is not None
    assert passwords.outdated(before.password_hash)
    assert not passwords.outdated(after.password_hash)
    assert (await today.authenticate(DISTRICT, "chen", SECRET, at=NOW)).proven
