"""Sealing personal data: each data subject has a key of their own, so that destroying it erases them everywhere.

Names, phones and the like stand in events and read models only as sealed text. Events are never rewritten; what can be
destroyed is the key. Each value is bound to its district, subject and field: moved elsewhere it does not open.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.shared.errors import DomainError
from services.identity.keys import Keyring
from services.identity.ports import SubjectKeys

VERSION = "sealed1."  # AES-256-GCM: 12 bytes of nonce, ciphertext, 16 bytes of tag, in URL-safe base64
_WRAP_VERSION = b"\x01"  # version, 8 bytes of master key id, then as above
_NONCE = 12
_HEADER = 9


class SubjectErased(DomainError):
    """This person's data was erased; nothing more can be recorded about them under this id."""

    code = "SUBJECT_ERASED"
    zh = "该人员的个人信息已被依法删除，不能再以此编号登记"


class SealBroken(Exception):
    """A sealed value, or the key to it, is not what was once stored: damage or tampering, never a user's mistake."""


class Sealing:
    """Seals and opens with the keys kept in `keys`, which the master key closes. No key is kept in memory."""

    def __init__(self, keys: SubjectKeys, master: Keyring) -> None:
        self._keys, self._master = keys, master

    async def seal(self, district: UUID, subject: UUID, values: Mapping[str, str]) -> dict[str, str]:
        """Each field's text as sealed text. A subject's first value makes its key. Raises SubjectErased."""
        cipher = AESGCM(await self._key(district, subject))
        return {field: _close(cipher, text, _bound_to(district, subject, field)) for field, text in values.items()}

    async def open_many(
        self, district: UUID, sealed: Mapping[UUID, Mapping[str, str]]
    ) -> dict[UUID, dict[str, str | None]]:
        """The texts of many subjects with one query; None throughout for a subject whose key is gone.

        Raises SealBroken.
        """
        rows = await self._keys.find(district, sealed.keys()) if sealed else {}
        opened: dict[UUID, dict[str, str | None]] = {}
        for subject, values in sealed.items():
            row = rows.get(subject)
            if row is None or row.wrapped is None:
                opened[subject] = dict.fromkeys(values)
                continue
            cipher = AESGCM(self._unwrap(district, subject, row.wrapped))
            opened[subject] = {
                field: _open(cipher, text, _bound_to(district, subject, field)) for field, text in values.items()
            }
        return opened

    async def destroy(self, district: UUID, subject: UUID) -> None:
        """Erase a subject: everything ever sealed for it is unreadable from now on, and nothing new can be sealed.

        Backups of the key table outlive this for as long as they are kept.
        """
        await self._keys.erase(district, subject)

    async def rewrap(self, district: UUID, *, page: int = 500) -> int:
        """After a new master key: close again what older ones closed. How many keys changed; safe to interrupt."""
        changed, after = 0, None
        while found := await self._keys.in_pages(district, after, page):
            for subject, wrapped in found.items():
                after = subject
                if wrapped[1:_HEADER] != self._master.current.id:
                    again = self._wrap(district, subject, self._unwrap(district, subject, wrapped))
                    changed += await self._keys.replace(district, subject, wrapped, again)
        return changed

    async def _key(self, district: UUID, subject: UUID) -> bytes:
        row = (await self._keys.find(district, [subject])).get(subject)
        if row is None:
            # Another may make one at the same moment: the first to be kept is everybody's.
            row = await self._keys.keep(district, subject, self._wrap(district, subject, secrets.token_bytes(32)))
        if row.wrapped is None:
            raise SubjectErased()
        return self._unwrap(district, subject, row.wrapped)

    def _wrap(self, district: UUID, subject: UUID, key: bytes) -> bytes:
        master = self._master.current
        nonce = secrets.token_bytes(_NONCE)
        closed = AESGCM(master.material).encrypt(nonce, key, _bound_to(district, subject, "key"))
        return _WRAP_VERSION + master.id + nonce + closed

    def _unwrap(self, district: UUID, subject: UUID, wrapped: bytes) -> bytes:
        bound = _bound_to(district, subject, "key")
        master = self._master.find(wrapped[1:_HEADER])
        if wrapped[:1] != _WRAP_VERSION or master is None:
            _broken(bound, "no master key here opens it")
        nonce, closed = wrapped[_HEADER : _HEADER + _NONCE], wrapped[_HEADER + _NONCE :]
        try:
            return AESGCM(master.material).decrypt(nonce, closed, bound)
        except (InvalidTag, ValueError):
            _broken(bound, "the wrapped key was altered")


def _bound_to(district: UUID, subject: UUID, field: str) -> bytes:
    return f"{district}|{subject}|{field}".encode()


def _close(cipher: AESGCM, text: str, bound: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return VERSION + urlsafe_b64encode(nonce + cipher.encrypt(nonce, text.encode(), bound)).decode()


def _open(cipher: AESGCM, sealed: str, bound: bytes) -> str:
    if not sealed.startswith(VERSION):
        _broken(bound, "it is not sealed text")
    try:
        raw = urlsafe_b64decode(sealed.removeprefix(VERSION))
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], bound).decode()
    except (Base64Error, InvalidTag, ValueError):
        _broken(bound, "it was altered or belongs elsewhere")


def _broken(bound: bytes, why: str) -> NoReturn:
    raise SealBroken(f"{bound.decode()}: {why}") from None
