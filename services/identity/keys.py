"""Keys of the installation: 32 secret bytes each, from the environment or a file that only its owner can read.

The environment wins. Without it a key is made on first run and kept in the data directory; whoever copies the database
without that file holds sealed values that nobody can open, so both belong in the backup, apart from each other.

Several keys, separated by commas or line ends, make a rotation: the first is used from now on, the others still open
what they once closed.
"""

from __future__ import annotations

import os
import secrets
import stat
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from domain.shared.errors import DomainError

KEY_BYTES = 32


class KeyUnusable(DomainError):
    """{source} must hold keys of 32 bytes in base64, the newest first, separated by commas or line ends."""

    code = "KEY_UNUSABLE"
    zh = "{source} 的内容应为 base64 编码的 32 字节密钥，新密钥在前，以逗号或换行分隔"


class KeyExposed(DomainError):
    """Others can read {source} (mode {mode:o}); allow its owner alone: chmod 600 {source}"""

    code = "KEY_EXPOSED"
    zh = "{source} 可被其他用户读取（权限 {mode:o}）；请执行 chmod 600 {source}"


@dataclass(frozen=True, slots=True)
class Key:
    """32 secret bytes. The id is derived from them, may be stored in the clear, and tells which key closed a value."""

    material: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        return sha256(b"sanzi key id\0" + self.material).digest()[:8]


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key in use, and older ones that still open."""

    current: Key
    older: tuple[Key, ...] = ()

    def find(self, key_id: bytes) -> Key | None:
        return next((key for key in (self.current, *self.older) if key.id == key_id), None)


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where one of the installation's keys comes from."""

    variable: str
    file_name: str

    def load(self, data_dir: Path, environ: Mapping[str, str] = os.environ) -> Keyring:
        """Raises KeyUnusable, KeyExposed; makes the file if there is neither a variable nor a file."""
        if text := environ.get(self.variable):
            return parse(text, source=self.variable)
        path = data_dir / self.file_name
        if not path.exists():
            _make(path)
        if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
            raise KeyExposed(source=path, mode=mode)
        return parse(path.read_text(encoding="ascii", errors="replace"), source=str(path))


MASTER = KeySource("SANZI_MASTER_KEY", "master.key")
TOKENS = KeySource("SANZI_TOKEN_KEY", "token.key")


def parse(text: str, *, source: str) -> Keyring:
    """Keys as people write them. Raises KeyUnusable, which never repeats the text."""
    try:
        found = [b64decode(part, validate=True) for part in text.replace(",", " ").split()]
    except (Base64Error, ValueError):
        raise KeyUnusable(source=source) from None
    if not found or any(len(material) != KEY_BYTES for material in found):
        raise KeyUnusable(source=source)
    current, *older = (Key(material) for material in found)
    return Keyring(current, tuple(older))


def _make(path: Path) -> None:
    """Write a new key aside, then link it into place: of two processes starting at once one wins, and both read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
