from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.shared.identity import Office, TenantKey

ids = st.uuids()


@given(ids, ids, st.text(), st.text())
def test_a_named_stream_is_the_same_for_the_same_name_and_no_other(
    district: UUID, tenant: UUID, name: str, other: str
) -> None:
    key = TenantKey(district, tenant)
    assert key.stream(name) == key.stream(name)
    assert (key.stream(name) == key.stream(other)) == (name == other)


@given(ids, ids, ids)
def test_tenants_share_no_streams(district: UUID, one: UUID, other: UUID) -> None:
    streams = TenantKey(district, one).stream("books"), TenantKey(district, other).stream("books")
    assert (streams[0] == streams[1]) == (one == other)


def test_every_office_has_a_name_in_both_languages() -> None:
    assert len({office.zh for office in Office}) == len({office.en for office in Office}) == len(Office)
