"""Access tokens: ten minutes of "this member, in this district, in this office", signed with Ed25519.

A token says who somebody is, not what they may do: the term it names is looked up on every request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet, OKPKey

from domain.shared.errors import Unauthenticated
from services.identity.keys import Key, Keyring

ALGORITHM = "Ed25519"
TYPE = "at+jwt"  # RFC 9068: no other kind of JWT passes for an access token
LONGEST = 2048
SKEW = 5  # seconds by which the clocks of two of our servers may differ


class TokenExpired(Unauthenticated):
    """The access token has expired; renew it with the refresh token."""

    code = "TOKEN_EXPIRED"
    zh = "登录凭证已过期，请续期"


class TokenInvalid(Unauthenticated):
    """The access token is not valid; sign in again."""

    code = "TOKEN_INVALID"
    zh = "登录凭证无效，请重新登录"


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token says: a member's session in a district and the term of the office chosen, if any."""

    district: UUID
    member: UUID
    session: UUID
    term: UUID | None = None


class AccessTokens:
    """Issues and reads access tokens. The time is passed in; `lifetime` is how long a token is good for."""

    def __init__(
        self,
        keys: Keyring,
        *,
        issuer: str = "sanzi",
        audience: str = "sanzi",
        lifetime: timedelta = timedelta(minutes=10),
    ) -> None:
        self._signing = _jwk(keys.current)
        self._known = KeySet([self._signing, *map(_jwk, keys.older)])
        self._issuer, self._audience, self.lifetime = issuer, audience, lifetime

    def issue(self, access: Access, *, at: datetime) -> str:
        """A signed token for `access`, good from `at` on."""
        issued = int(at.timestamp())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(access.member),
            "dst": str(access.district),
            "sid": str(access.session),
            "iat": issued,
            "exp": issued + int(self.lifetime.total_seconds()),
        }
        if access.term is not None:
            claims["trm"] = str(access.term)
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": self._signing.kid}
        return jwt.encode(header, claims, self._signing, algorithms=[ALGORITHM])

    def read(self, token: str, *, at: datetime) -> Access:
        """What `token` says at that time. Raises TokenExpired, TokenInvalid."""
        try:
            if len(token) > LONGEST:
                raise TokenInvalid()
            # The algorithm is ours to choose, never the token's; the key is one of ours, found by its id.
            found = jwt.decode(token, self._known, algorithms=[ALGORITHM])
            if found.header.get("typ") != TYPE:
                raise TokenInvalid()
            self._checks(at).validate(found.claims)
            return _access(found.claims)
        except ExpiredTokenError:
            raise TokenExpired() from None
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise TokenInvalid() from None

    def _checks(self, at: datetime) -> jwt.JWTClaimsRegistry:
        present = {name: jwt.ClaimsOption(essential=True) for name in ("sub", "dst", "sid", "iat", "exp")}
        ours = {
            "iss": jwt.ClaimsOption(essential=True, value=self._issuer),
            "aud": jwt.ClaimsOption(essential=True, value=self._audience),
        }
        return jwt.JWTClaimsRegistry(now=int(at.astimezone(UTC).timestamp()), leeway=SKEW, **present, **ours)


def _access(claims: Mapping[str, Any]) -> Access:
    term = claims.get("trm")
    return Access(
        district=UUID(claims["dst"]),
        member=UUID(claims["sub"]),
        session=UUID(claims["sid"]),
        term=UUID(term) if term is not None else None,
    )


def _jwk(key: Key) -> OKPKey:
    private = Ed25519PrivateKey.from_private_bytes(key.material)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return OKPKey.import_key(pem, {"kid": key.id.hex(), "use": "sig", "alg": ALGORITHM})
