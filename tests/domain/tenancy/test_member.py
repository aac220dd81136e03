"""Rules of a member: registered with sealed text, erased once."""

from __future__ import annotations

from uuid import uuid4

from domain.tenancy.member import Member, MemberGone
from tests.support.given import did, given, happened, opening


def a_member() -> Member:
    return Member.register(id=uuid4(), name="sealed1.n", phone="sealed1.p", id_number=None)


def test_a_member_is_entered_with_sealed_values() -> None:
    made = opening(a_member).then(happened(Member.Registered, name="sealed1.n", phone="sealed1.p", id_number=None))
    assert not made.erased


def test_erasing_records_that_it_was_done_and_nothing_else() -> None:
    made = given(a_member()).when(Member.erase).then(happened(Member.Erased))
    assert made.erased


def test_nobody_is_erased_twice() -> None:
    given(a_member(), did(Member.erase)).when(Member.erase).then_refused(MemberGone)
