from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.utils import get_topic, resolve_topic

from domain.access.sign_in import Ending, LockedOut, LockOut, SignIns
from domain.shared.errors import Language

MEMBER = UUID("6d1f3f6e-3f43-5a52-9a39-3c8d4d7a5a01")
SESSION = UUID("6d1f3f6e-3f43-5a52-9a39-3c8d4d7a5a02")
NINE = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
RULE = LockOut()


def minutes(count: float) -> datetime:
    """A moment so many minutes after nine."""
    return NINE + timedelta(minutes=count)


def given(*refused_at: datetime) -> SignIns:
    day = SignIns.open(member=MEMBER, at=NINE)
    for moment in refused_at:
        day.refuse(at=moment, rule=RULE)
    day.collect_events()
    return day


def recorded(day: SignIns) -> list[type[Any]]:
    return [type(happened) for happened in day.collect_events()]


def test_the_first_attempt_of_a_day_opens_its_stream_in_the_same_append() -> None:
    day = SignIns.open(member=MEMBER, at=NINE)
    day.sign_in(session=SESSION, at=NINE)
    assert recorded(day) == [SignIns.Created, SignIns.SignedIn]
    assert day.id == SignIns.stream(MEMBER, date(2025, 3, 4))


def test_the_day_is_the_utc_day() -> None:
    in_china = datetime.fromisoformat("2025-03-05T07:59:00+08:00")
    assert SignIns.open(member=MEMBER, at=in_china).day == date(2025, 3, 4)


def test_four_refusals_leave_the_login_open() -> None:
    day = given(minutes(0), minutes(1), minutes(2), minutes(3))
    day.sign_in(session=SESSION, at=minutes(4))
    assert recorded(day) == [SignIns.SignedIn]


def test_the_fifth_refusal_in_a_row_locks_for_the_pause() -> None:
    day = given(minutes(0), minutes(1), minutes(2), minutes(3))
    day.refuse(at=minutes(4), rule=RULE)
    (refusal,) = day.collect_events()
    assert isinstance(refusal, SignIns.SignInRefused)
    assert refusal.locked_until == minutes(19)


def test_while_locked_every_attempt_is_refused_and_nothing_is_recorded() -> None:
    day = given(*(minutes(n) for n in range(5)))
    with pytest.raises(LockedOut):
        day.refuse(at=minutes(18.9), rule=RULE)
    with pytest.raises(LockedOut) as refusal:
        day.sign_in(session=SESSION, at=minutes(18.9))
    assert recorded(day) == []
    assert "2025-03-04 17:19:00" in refusal.value.message(Language.ZH)
    assert "2025-03-04 17:19:00" in refusal.value.message(Language.EN)


def test_the_lock_ends_with_the_pause_and_gives_all_guesses_again() -> None:
    day = given(*(minutes(n) for n in range(5)))
    for n in range(4):
        day.refuse(at=minutes(19 + n), rule=RULE)
    day.sign_in(session=SESSION, at=minutes(23))
    assert recorded(day) == [SignIns.SignInRefused] * 4 + [SignIns.SignedIn]


def test_refusals_outside_the_window_do_not_count() -> None:
    day = given(minutes(0), minutes(1), minutes(2), minutes(3))
    day.refuse(at=minutes(15), rule=RULE)
    (refusal,) = day.collect_events()
    assert isinstance(refusal, SignIns.SignInRefused)
    assert refusal.locked_until is None


def test_a_success_breaks_the_row() -> None:
    day = given(minutes(0), minutes(1), minutes(2), minutes(3))
    day.sign_in(session=SESSION, at=minutes(4))
    day.refuse(at=minutes(5), rule=RULE)
    day.check_not_locked(minutes(5))


def test_the_rule_is_a_setting() -> None:
    strict = LockOut(failures=2, window=timedelta(minutes=1), pause=timedelta(hours=1))
    day = SignIns.open(member=MEMBER, at=NINE)
    day.refuse(at=minutes(0), rule=strict)
    day.refuse(at=minutes(0.5), rule=strict)
    with pytest.raises(LockedOut):
        day.check_not_locked(minutes(60))
    day.check_not_locked(minutes(61))


@pytest.mark.parametrize(
    "wrong", [{"failures": 0}, {"window": timedelta(days=2)}, {"pause": timedelta()}, {"pause": timedelta(days=2)}]
)
def test_a_rule_that_could_not_hold_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="failures"):
        LockOut(**wrong)


def test_midnight_does_not_open_a_lock() -> None:
    late = datetime(2025, 3, 4, 23, 50, tzinfo=UTC)
    day = SignIns.open(member=MEMBER, at=late)
    for n in range(5):
        day.refuse(at=late + timedelta(minutes=n), rule=RULE)
    following = SignIns.open(member=MEMBER, at=late + timedelta(minutes=12), before=day)
    assert following.day == date(2025, 3, 5)
    with pytest.raises(LockedOut):
        following.sign_in(session=SESSION, at=late + timedelta(minutes=12))
    following.sign_in(session=SESSION, at=late + timedelta(minutes=19))


def test_midnight_does_not_restart_the_count() -> None:
    late = datetime(2025, 3, 4, 23, 56, tzinfo=UTC)
    day = SignIns.open(member=MEMBER, at=late)
    for n in range(4):
        day.refuse(at=late + timedelta(minutes=n), rule=RULE)
    after = late + timedelta(minutes=4)
    following = SignIns.open(member=MEMBER, at=after, before=day)
    following.refuse(at=after, rule=RULE)
    with pytest.raises(LockedOut):
        following.check_not_locked(after)


def test_old_refusals_are_not_carried_for_ever() -> None:
    day = given(minutes(0), minutes(23 * 60))
    following = SignIns.open(member=MEMBER, at=minutes(24 * 60), before=day)
    assert following.refused_at == (minutes(23 * 60),)


def test_a_session_ends_once_even_if_it_began_on_another_day() -> None:
    day = SignIns.open(member=MEMBER, at=NINE)
    day.sign_out(session=SESSION, at=minutes(1))
    day.sign_out(session=SESSION, at=minutes(2))
    day.revoke(session=SESSION, at=minutes(3), because=Ending.TOKEN_REUSED)
    assert recorded(day) == [SignIns.Created, SignIns.SignedOut]


def test_a_revocation_says_why() -> None:
    day = given()
    day.revoke(session=SESSION, at=minutes(1), because=Ending.TOKEN_REUSED)
    (revoked,) = day.collect_events()
    assert isinstance(revoked, SignIns.SessionRevoked)
    assert (revoked.session, revoked.because) == (SESSION, Ending.TOKEN_REUSED)


def test_replay_gives_the_same_state() -> None:
    day = SignIns.open(member=MEMBER, at=NINE)
    for n in range(5):
        day.refuse(at=minutes(n), rule=RULE)
    day.sign_in(session=SESSION, at=minutes(30))
    day.refuse(at=minutes(31), rule=RULE)
    day.sign_out(session=SESSION, at=minutes(32))
    again: Any = None
    for happened in day.collect_events():
        again = happened.mutate(again)
    assert again == day


@pytest.mark.parametrize(
    ("topic", "cls"),
    [
        ("access.SignIns", SignIns),
        ("access.SignInDayOpened", SignIns.Created),
        ("access.SignInRefused", SignIns.SignInRefused),
        ("access.SignedIn", SignIns.SignedIn),
        ("access.SignedOut", SignIns.SignedOut),
        ("access.SessionRevoked", SignIns.SessionRevoked),
    ],
)
def test_topics_are_stable(topic: str, cls: type[Any]) -> None:
    assert get_topic(cls) == topic
    assert resolve_topic(topic) is cls
