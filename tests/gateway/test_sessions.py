"""Who is asking: signing in and out, tokens that are no longer good, offices that have ended."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.handlers.tenancy import EndOffice
from services.sign_in import REFUSED_AFTER
from services.store.settings import Database
from services.wiring import wired
from tests.support.gateway import Town, gateway_of, member, tenant, term
from tests.support.village import DISTRICT_CODE, VILLAGE_CODE, build_scene

PASSWORD = "qing-feng-ming-yue-25"
MONTHS = {"from": "2025-01", "to": "2025-12"}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def timed(database: Database, tmp_path: Path) -> AsyncIterator[tuple[Town, Clock]]:
    clock = Clock()
    async with wired(database, tmp_path, clock=clock) as services, gateway_of(services) as visitor:
        scene = await build_scene(services)
        await scene.open_books()
        yield Town(scene, visitor), clock


async def test_a_wrong_password_and_an_unknown_login_are_answered_alike(town: Town) -> None:
    login, command = await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD), uuid4()
    known = (await town.visitor.do("SignIn", command=command, login=login, password="falsch-falsch")).refused
    unknown = (await town.visitor.do("SignIn", login=f"nobody@{DISTRICT_CODE}", password="falsch-falsch")).refused
    again = (await town.visitor.do("SignIn", command=command, login=login, password="falsch-falsch")).refused
    assert known == unknown == again
    assert known == {"code": "WRONG_CREDENTIALS", "message": "登录名或密码错误", "path": ["input", "login"]}


async def test_a_refusal_takes_its_time_whoever_is_named(town: Town) -> None:
    """Recording that of a member takes longer than forgetting that of a stranger."""
    known = await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD)
    for login in (known, f"nobody@{DISTRICT_CODE}", "nobody@999999"):
        started = time.monotonic()
        assert (await town.visitor.do("SignIn", login=login, password="falsch-falsch")).refused
        assert time.monotonic() - started >= REFUSED_AFTER


async def test_a_refresh_token_is_good_once(town: Town) -> None:
    login = await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD)
    first = (await town.visitor.do("SignIn", login=login, password=PASSWORD)).payload["session"]
    second = (await town.visitor.do("RefreshSession", refreshToken=first["refreshToken"])).payload["session"]
    assert second["refreshToken"] != first["refreshToken"]
    assert (await town.visitor.do("RefreshSession", refreshToken=first["refreshToken"])).refused[
        "code"
    ] == "REFRESH_REUSED"
    assert (await town.visitor.do("RefreshSession", refreshToken=second["refreshToken"])).refused  # ended for both
    assert (await town.visitor.do("RefreshSession", refreshToken="nonsense")).refused["code"] == "REFRESH_INVALID"


async def test_signing_out_ends_the_session(town: Town) -> None:
    login = await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD)
    session = (await town.visitor.do("SignIn", login=login, password=PASSWORD)).payload["session"]
    client = town.visitor.bearing(session["accessToken"])
    assert (await town.visitor.do("SignOut")).refused["code"] == "UNAUTHENTICATED"
    assert (await client.do("SignOut")).payload["signedOut"]
    assert (await client.do("SignOut")).payload["signedOut"]
    assert (await client.do("ChooseOffice", term=term(town.scene, "clerk"))).refused["code"] == "SESSION_ENDED"
    assert (await town.visitor.do("RefreshSession", refreshToken=session["refreshToken"])).refused


async def test_only_an_office_of_ones_own_can_be_chosen(town: Town) -> None:
    client = await town.as_("clerk", office=False)
    refused = (await client.do("ChooseOffice", term=term(town.scene, "secretary"))).refused
    assert (refused["code"], refused["path"]) == ("FORBIDDEN", ["input", "term"])
    assert (await client.do("ChooseOffice", term=tenant(town.scene.village))).refused["code"] == "NOT_FOUND"
    assert (await town.visitor.do("ChooseOffice", term=term(town.scene, "clerk"))).refused["code"] == "UNAUTHENTICATED"
    assert (await client.do("ChooseOffice", term=None)).payload["accessToken"]


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "x" * 5000])
async def test_a_bad_token_is_refused_by_name_and_what_is_public_stays_public(town: Town, token: str) -> None:
    client = town.visitor.bearing(token)
    assert (await client.run("Viewer")).code == "TOKEN_INVALID"
    assert (await client.run("Vouchers", code=VILLAGE_CODE)).code == "TOKEN_INVALID"
    refused = await client.do("OpenBooks", village=tenant(town.scene.village), firstMonth="2025-01")
    assert refused.refused["code"] == "TOKEN_INVALID"
    assert (await client.run("PublicTenant", code=VILLAGE_CODE)).one["shortName"] == "凤光村"


async def test_an_expired_token_can_be_renewed(timed: tuple[Town, Clock]) -> None:
    town, clock = timed
    login = await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD)
    session = (await town.visitor.do("SignIn", login=login, password=PASSWORD)).payload["session"]
    client = town.visitor.bearing(session["accessToken"])
    clock.now += timedelta(minutes=11)
    assert (await client.run("TrialBalance", code=VILLAGE_CODE, **MONTHS)).code == "TOKEN_EXPIRED"
    renewed = (await client.do("RefreshSession", refreshToken=session["refreshToken"])).payload["session"]
    assert (await client.bearing(renewed["accessToken"]).run("Viewer")).one["member"]["name"] == "陈晓岚"


async def test_an_office_that_ended_opens_nothing_though_the_token_still_runs(town: Town) -> None:
    clerk, scene = await town.as_("clerk"), town.scene
    assert (await clerk.run("Vouchers", code=VILLAGE_CODE)).one["vouchers"]["totalCount"] == 0
    ended = EndOffice(scene.people["clerk"].acting.term, datetime.now(UTC).date() - timedelta(days=2), "届满")
    await scene.run(ended, scene.people["admin"])
    assert (await clerk.run("Vouchers", code=VILLAGE_CODE)).code == "UNAUTHENTICATED"
    assert (await clerk.run("Viewer")).one["acting"] is None


async def test_an_erased_person_acts_no_more_though_the_token_still_runs(town: Town) -> None:
    clerk, admin = await town.as_("clerk"), await town.as_("admin")
    assert (await clerk.run("Vouchers", code=VILLAGE_CODE)).one["vouchers"]["totalCount"] == 0
    assert (await admin.do("EraseMember", member=member(town.scene, "clerk"))).payload
    assert (await clerk.run("Vouchers", code=VILLAGE_CODE)).code == "UNAUTHENTICATED"
    assert (await clerk.do("ChooseOffice", term=term(town.scene, "clerk"))).refused["code"] == "FORBIDDEN"


async def test_whoever_finds_an_open_session_cannot_try_out_passwords(timed: tuple[Town, Clock]) -> None:
    town, clock = timed
    login = await town.scene.enrol(town.scene.people["clerk"], "chenxl", PASSWORD)
    other = "gao-shan-liu-shui-25"
    clerk = await town.as_("clerk")
    for n in range(5):
        wrong = (await clerk.do("SetPassword", old=f"guess-number-{n}", new=other)).refused
        assert (wrong["code"], wrong["path"]) == ("WRONG_CREDENTIALS", ["input", "old"])
    assert (await clerk.do("SetPassword", old="guess-number-5", new=other)).refused["code"] == "SIGN_IN_LOCKED"
    assert (await clerk.do("SetPassword", old=PASSWORD, new=other)).refused["code"] == "SIGN_IN_LOCKED"
    assert (await town.visitor.do("SignIn", login=login, password=PASSWORD)).refused["code"] == "SIGN_IN_LOCKED"
    clock.now += timedelta(minutes=16)
    clerk = await town.as_("clerk")
    assert (await clerk.do("SetPassword", old=PASSWORD, new=other)).payload
    assert (await town.visitor.do("SignIn", login=login, password=other)).payload["session"]


async def test_another_scheme_than_bearer_is_no_token(town: Town) -> None:
    answer = await town.visitor.http.post(
        "/graphql", json={"query": "{ viewer { member { id } } }"}, headers={"authorization": "Basic YTpi"}
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "TOKEN_INVALID"
