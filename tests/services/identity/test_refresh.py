from __future__ import annotations

from uuid import UUID

import pytest

from services.identity.refresh import RefreshInvalid, RefreshToken

DISTRICT = UUID("6d1f3f6e-3f43-5a52-9a39-3c8d4d7a5a01")


def test_a_token_is_read_back() -> None:
    token = RefreshToken.new(DISTRICT)
    assert RefreshToken.parse(str(token)) == token
    assert token != RefreshToken.new(DISTRICT)


def test_the_hash_and_the_repr_do_not_show_the_secret() -> None:
    token = RefreshToken.new(DISTRICT)
    assert token.secret not in token.hash
    assert repr(token.secret) not in repr(token)


@pytest.mark.parametrize("wrong", ["", "x", "a" * 63, "a" * 65, "!" * 64, "密" * 64, "a" * 60 + "++//"])
def test_anything_else_is_refused(wrong: str) -> None:
    with pytest.raises(RefreshInvalid):
        RefreshToken.parse(wrong)
