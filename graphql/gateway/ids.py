"""Global ids: opaque text that names one object of one tenant of one district (Relay's object identification).

49 bytes in URL-safe base64: the kind of object, the district, the tenant whose log holds it, and the object. An id says
where to look; it never says that anything is there, nor that the caller may see it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from domain.shared.errors import DomainError
from domain.shared.identity import TenantKey

_BYTES = 49


class IdUnknown(DomainError):
    """This id names nothing that you can see here; use one that the service gave you."""

    code = "NOT_FOUND"
    zh = "该编号没有对应您可查看的内容，请使用系统给出的编号"


class Kind(IntEnum):
    """What an id names. The numbers stand in ids that clients keep: never reuse one."""

    TENANT = 1
    MEMBER = 2
    TERM = 3
    VOUCHER = 4
    DISCLOSURE = 5


@dataclass(frozen=True, slots=True)
class NodeId:
    """`key` is the tenant whose log holds the object; that of a tenant itself is the tenant's own."""

    kind: Kind
    key: TenantKey
    id: UUID

    def __str__(self) -> str:
        raw = bytes([self.kind]) + self.key.district.bytes + self.key.tenant.bytes + self.id.bytes
        return urlsafe_b64encode(raw).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str, *kinds: Kind, field: str | None = None) -> NodeId:
        """Raises IdUnknown unless it is an id of one of `kinds` in its one spelling; without kinds any will do."""
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            found = cls(Kind(raw[0]), TenantKey(UUID(bytes=raw[1:17]), UUID(bytes=raw[17:33])), UUID(bytes=raw[33:]))
        except (Base64Error, ValueError, IndexError):
            raise IdUnknown(field=field) from None
        if len(raw) != _BYTES or str(found) != text or (kinds and found.kind not in kinds):
            raise IdUnknown(field=field)
        return found


def tenant_id(key: TenantKey) -> NodeId:
    return NodeId(Kind.TENANT, key, key.tenant)


def member_id(district: UUID, member: UUID) -> NodeId:
    """People stand in the district's own log."""
    return NodeId(Kind.MEMBER, TenantKey(district, district), member)
