from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from services.identity.keys import Key, Keyring
from services.identity.tokens import TYPE, Access, AccessTokens, TokenExpired, TokenInvalid

NOW = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
KEY, OTHER = Key(b"1" * 32), Key(b"2" * 32)
ACCESS = Access(*(UUID(int=n) for n in range(1, 5)))
TOKENS = AccessTokens(Keyring(KEY))


def encoded(part: dict[str, Any] | bytes) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, claims, signature = token.split(".")
    return json.loads(urlsafe_b64decode(header + "==")), json.loads(urlsafe_b64decode(claims + "==")), signature


def signed(key: Key = KEY, *, header: dict[str, Any] | None = None, **changed: Any) -> str:
    """A token that is well signed with `key` but says something else; None leaves a claim out."""
    own_header, own_claims, _ = parts(TOKENS.issue(ACCESS, at=NOW))
    claims = {name: value for name, value in (own_claims | changed).items() if value is not None}
    jwk = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "d": encoded(key.material), "x": encoded(public(key))}, {"alg": "Ed25519"}
    )
    return jwt.encode(own_header | (header or {}), claims, jwk, algorithms=["Ed25519"])


def public(key: Key) -> bytes:
    private = Ed25519PrivateKey.from_private_bytes(key.material)
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@pytest.mark.parametrize("access", [ACCESS, Access(ACCESS.district, ACCESS.member, ACCESS.session)])
def test_a_token_says_what_was_granted(access: Access) -> None:
    token = TOKENS.issue(access, at=NOW)
    assert TOKENS.read(token, at=NOW) == access
    header, claims, _ = parts(token)
    assert header["alg"] == "Ed25519"
    assert set(claims) == {"iss", "aud", "sub", "dst", "sid", "iat", "exp"} | ({"trm"} if access.term else set())


def test_a_token_is_good_for_ten_minutes() -> None:
    token = TOKENS.issue(ACCESS, at=NOW)
    assert TOKENS.read(token, at=NOW + timedelta(minutes=10)) == ACCESS  # the clocks of two servers may differ
    with pytest.raises(TokenExpired):
        TOKENS.read(token, at=NOW + timedelta(minutes=10, seconds=6))


def test_the_helper_makes_tokens_that_would_pass_unchanged() -> None:
    assert TOKENS.read(signed(), at=NOW) == ACCESS


@pytest.mark.parametrize(
    "forged",
    [
        signed(OTHER),
        signed(OTHER, header={"kid": OTHER.id.hex()}),
        signed(iss="other"),
        signed(aud="other"),
        signed(aud=None),
        signed(exp=None),
        signed(exp="never"),
        signed(sub=None),
        signed(sub="nobody"),
        signed(dst=None),
        signed(sid=17),
        signed(iat=int(NOW.timestamp()) + 3600),
        signed(header={"typ": "JWT"}),
        "",
        "a.b.c",
        "....",
        "x" * 5000,
    ],
)
def test_what_we_did_not_issue_is_refused(forged: str) -> None:
    with pytest.raises(TokenInvalid):
        TOKENS.read(forged, at=NOW)


def test_an_altered_claim_breaks_the_signature() -> None:
    token = TOKENS.issue(ACCESS, at=NOW)
    header, _, signature = token.split(".")
    _, claims, _ = parts(token)
    with pytest.raises(TokenInvalid):
        TOKENS.read(".".join((header, encoded(claims | {"sub": str(UUID(int=9))}), signature)), at=NOW)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    header, claims, _ = parts(TOKENS.issue(ACCESS, at=NOW))
    forged = encoded(header | {"alg": algorithm}) + "." + encoded(claims) + "."
    with pytest.raises(TokenInvalid):
        TOKENS.read(forged, at=NOW)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", ["HS256", "EdDSA"])
def test_the_token_does_not_choose_the_algorithm(algorithm: str) -> None:
    """An HMAC over the public key, which is no secret, must not pass for a signature."""
    header, claims, _ = parts(TOKENS.issue(ACCESS, at=NOW))
    key: Any = OctKey.import_key(public(KEY))
    if algorithm == "EdDSA":
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": encoded(KEY.material), "x": encoded(public(KEY))})
    forged = jwt.encode(header | {"alg": algorithm, "typ": TYPE}, claims, key, algorithms=[algorithm])
    with pytest.raises(TokenInvalid):
        TOKENS.read(forged, at=NOW)


def test_a_token_cannot_bring_its_own_key() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": encoded(public(OTHER))}
    with pytest.raises(TokenInvalid):
        TOKENS.read(signed(OTHER, header={"jwk": jwk, "kid": "mine"}), at=NOW)


def test_an_older_key_still_reads_but_no_longer_signs() -> None:
    rotated = AccessTokens(Keyring(OTHER, (KEY,)))
    assert rotated.read(TOKENS.issue(ACCESS, at=NOW), at=NOW) == ACCESS
    with pytest.raises(TokenInvalid):
        TOKENS.read(rotated.issue(ACCESS, at=NOW), at=NOW)
