"""Refresh tokens: 256 random bits and the district they belong to, of which the server keeps only a hash.

They are not signed: guessing one is as hopeless as forging a signature, and a hash that leaks opens nothing.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from domain.shared.errors import Unauthenticated

_SECRET_BYTES = 32
_TOKEN_CHARACTERS = 64  # 16 + 32 bytes in base64, which needs no padding


class RefreshInvalid(Unauthenticated):
    """The refresh token is not valid or its session has ended; sign in again."""

    code = "REFRESH_INVALID"
    zh = "会话已失效，请重新登录"


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Held by the client alone. The district stands in it in the clear: it says where the hash is kept."""

    district: UUID
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls, district: UUID) -> RefreshToken:
        return cls(district, secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> RefreshToken:
        """Raises RefreshInvalid."""
        try:
            # Only the canonical spelling: base64 decoding would otherwise skip characters that are none of its own.
            raw = urlsafe_b64decode(text) if len(text) == _TOKEN_CHARACTERS else b""
            token = cls(UUID(bytes=raw[:16]), raw[16:])
        except (Base64Error, ValueError):
            raise RefreshInvalid() from None
        if str(token) != text:
            raise RefreshInvalid()
        return token

    def __str__(self) -> str:
        return urlsafe_b64encode(self.district.bytes + self.secret).decode()

    @property
    def hash(self) -> bytes:
        return sha256(self.district.bytes + self.secret).digest()
