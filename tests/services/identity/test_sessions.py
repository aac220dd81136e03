from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.access.sign_in import Ending
from services.identity.keys import Key, Keyring
from services.identity.refresh import RefreshInvalid, RefreshToken
from services.identity.sessions import Grant, RefreshReused, SessionEnded, Sessions
from services.identity.tokens import Access, AccessTokens
from services.store.credentials import SessionTable
from services.store.db import Db

DISTRICT, OTHER_DISTRICT, MEMBER, TERM = (UUID(int=n) for n in range(1, 5))
NOW = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
TOKENS = AccessTokens(Keyring(Key(b"1" * 32)))


@pytest.fixture
def sessions(db: Db) -> Sessions:
    return Sessions(SessionTable(db), TOKENS)


def hours(count: float) -> datetime:
    return NOW + timedelta(hours=count)


def access(grant: Grant) -> Access:
    return Access(DISTRICT, grant.session.member, grant.session.id)


async def test_a_session_opens_and_renews(sessions: Sessions) -> None:
    first = await sessions.open(DISTRICT, MEMBER, at=NOW)
    assert TOKENS.read(first.access_token, at=NOW) == Access(DISTRICT, MEMBER, first.session.id)
    second = await sessions.refresh(first.refresh_token, at=hours(1))
    assert second.session == first.session
    assert second.refresh_token != first.refresh_token
    third = await sessions.refresh(second.refresh_token, at=hours(2))
    assert TOKENS.read(third.access_token, at=hours(2)).session == first.session.id


async def test_an_idle_session_cannot_be_renewed(sessions: Sessions) -> None:
    grant = await sessions.open(DISTRICT, MEMBER, at=NOW)
    assert grant.refresh_expires_at == hours(12)
    with pytest.raises(RefreshInvalid):
        await sessions.refresh(grant.refresh_token, at=hours(12))


async def test_a_busy_session_ends_after_seven_days(sessions: Sessions) -> None:
    grant = await sessions.open(DISTRICT, MEMBER, at=NOW)
    for step in range(1, 17):
        grant = await sessions.refresh(grant.refresh_token, at=hours(step * 10))
    assert grant.refresh_expires_at == hours(7 * 24)
    with pytest.raises(RefreshInvalid):
        await sessions.refresh(grant.refresh_token, at=hours(7 * 24))
    with pytest.raises(SessionEnded):
        await sessions.check_open(access(grant), at=hours(7 * 24))


async def test_a_token_used_before_ends_the_whole_session(sessions: Sessions) -> None:
    first = await sessions.open(DISTRICT, MEMBER, at=NOW)
    second = await sessions.refresh(first.refresh_token, at=hours(1))
    with pytest.raises(RefreshReused) as refusal:
        await sessions.refresh(first.refresh_token, at=hours(2))
    assert (refusal.value.district, refusal.value.session) == (DISTRICT, first.session)
    with pytest.raises(RefreshInvalid) as newest:
        await sessions.refresh(second.refresh_token, at=hours(2))
    assert not isinstance(newest.value, RefreshReused)
    with pytest.raises(SessionEnded):
        await sessions.check_open(access(first), at=hours(2))


async def test_reuse_is_noticed_even_after_the_old_token_expired(sessions: Sessions) -> None:
    first = await sessions.open(DISTRICT, MEMBER, at=NOW)
    second = await sessions.refresh(first.refresh_token, at=hours(11))
    with pytest.raises(RefreshReused):
        await sessions.refresh(first.refresh_token, at=hours(13))
    with pytest.raises(RefreshInvalid):
        await sessions.refresh(second.refresh_token, at=hours(13))


@pytest.mark.parametrize("callers", [2, 8])
async def test_of_those_who_renew_at_once_one_wins_and_the_session_ends(sessions: Sessions, callers: int) -> None:
    for _ in range(10):
        first = await sessions.open(DISTRICT, MEMBER, at=NOW)
        outcomes = await asyncio.gather(
            *(sessions.refresh(first.refresh_token, at=hours(1)) for _ in range(callers)), return_exceptions=True
        )
        (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Grant)]
        losers = [outcome for outcome in outcomes if isinstance(outcome, RefreshInvalid)]
        assert len(losers) == callers - 1
        # The first loser finds the reuse and ends the session; later ones find it ended.
        assert sum(isinstance(loser, RefreshReused) for loser in losers) == 1
        with pytest.raises(RefreshInvalid):
            await sessions.refresh(winner.refresh_token, at=hours(1))


async def test_renewing_and_reusing_at_once_does_not_deadlock(sessions: Sessions) -> None:
    for _ in range(10):
        first = await sessions.open(DISTRICT, MEMBER, at=NOW)
        second = await sessions.refresh(first.refresh_token, at=hours(1))
        outcomes = await asyncio.gather(
            sessions.refresh(second.refresh_token, at=hours(2)),
            sessions.refresh(first.refresh_token, at=hours(2)),
            return_exceptions=True,
        )
        assert isinstance(outcomes[1], RefreshReused)
        assert isinstance(outcomes[0], Grant | RefreshInvalid)
        with pytest.raises(SessionEnded):
            await sessions.check_open(access(first), at=hours(2))


async def test_a_token_nobody_issued_is_refused(sessions: Sessions) -> None:
    await sessions.open(DISTRICT, MEMBER, at=NOW)
    with pytest.raises(RefreshInvalid):
        await sessions.refresh(str(RefreshToken.new(DISTRICT)), at=NOW)


async def test_a_token_is_no_good_in_another_district(sessions: Sessions) -> None:
    grant = await sessions.open(DISTRICT, MEMBER, at=NOW)
    moved = RefreshToken(OTHER_DISTRICT, RefreshToken.parse(grant.refresh_token).secret)
    with pytest.raises(RefreshInvalid):
        await sessions.refresh(str(moved), at=NOW)


async def test_the_office_chosen_stays_through_renewals(sessions: Sessions) -> None:
    grant = await sessions.open(DISTRICT, MEMBER, at=NOW)
    chosen = await sessions.choose(access(grant), TERM, at=NOW)
    assert TOKENS.read(chosen, at=NOW).term == TERM
    renewed = await sessions.refresh(grant.refresh_token, at=hours(1))
    assert TOKENS.read(renewed.access_token, at=hours(1)).term == TERM


async def test_signing_out_ends_the_session_once(sessions: Sessions) -> None:
    grant = await sessions.open(DISTRICT, MEMBER, at=NOW)
    assert await sessions.end(DISTRICT, grant.session.id, at=hours(1), because=Ending.SIGNED_OUT)
    assert not await sessions.end(DISTRICT, grant.session.id, at=hours(1), because=Ending.SIGNED_OUT)
    with pytest.raises(RefreshInvalid):
        await sessions.refresh(grant.refresh_token, at=hours(1))
    with pytest.raises(SessionEnded):
        await sessions.choose(access(grant), TERM, at=hours(1))


async def test_all_other_sessions_of_a_member_end(sessions: Sessions) -> None:
    kept, *others = [await sessions.open(DISTRICT, MEMBER, at=NOW) for _ in range(3)]
    stranger = await sessions.open(DISTRICT, UUID(int=99), at=NOW)
    ended = await sessions.end_all(DISTRICT, MEMBER, at=NOW, because=Ending.PASSWORD_CHANGED, keep=kept.session.id)
    assert set(ended) == {other.session.id for other in others}
    await sessions.check_open(access(kept), at=NOW)
    await sessions.check_open(access(stranger), at=NOW)
    for other in others:
        with pytest.raises(SessionEnded):
            await sessions.check_open(access(other), at=NOW)


async def test_a_session_is_of_one_member(sessions: Sessions) -> None:
    grant = await sessions.open(DISTRICT, MEMBER, at=NOW)
    with pytest.raises(SessionEnded):
        await sessions.check_open(Access(DISTRICT, UUID(int=99), grant.session.id), at=NOW)
