"""Which account of the operating system runs the server. PostgreSQL refuses to be root."""

from __future__ import annotations

import os
import pwd
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
PREFERRED = ("sanzi", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged account, and the capability it needs to reach our files, if it needs one."""

    uid: int
    gid: int
    capability: int | None = None

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)

    def facts(self) -> dict[str, int | None]:
        return asdict(self)


def account_for(data: Path, *needed: Path) -> Account | None:
    """Who runs the server: we (None), unless we are root; then whoever owns the data, or `sanzi`, or `nobody`.

    `needed` are further paths that the account must reach. Raises LookupError when the system has no such account, or
    it cannot reach them and we may not let it.
    """
    if os.geteuid() != 0:
        return None
    owner = data.stat() if data.exists() else None
    if owner and owner.st_uid != 0:
        uid, gid = owner.st_uid, owner.st_gid
    else:
        uid, gid = _preferred()
    barred = next((path for path in (data, *needed) if not _reaches(uid, gid, path)), None)
    if barred is None:
        return Account(uid, gid)
    if (capability := _capability()) is None:
        raise LookupError(f"the account {uid} that would run PostgreSQL cannot reach {barred}; open the way to it")
    return Account(uid, gid, capability)


def _preferred() -> tuple[int, int]:
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise LookupError("no account " + " / ".join(PREFERRED))


def _reaches(uid: int, gid: int, path: Path) -> bool:
    """Whether the mode bits of every directory above the path let that account through."""
    for directory in path.resolve().parents:
        facts = directory.stat()
        bit = 0o100 if facts.st_uid == uid else 0o010 if facts.st_gid == gid else 0o001
        if not facts.st_mode & bit:
            return False
    return True


def _capability() -> int | None:
    """The least of our capabilities that passes through any directory; containers often lack the lesser one."""
    if sys.platform != "linux":
        return None
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    permitted = int(lines["CapPrm"], 16)
    return next((c for c in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if permitted >> c & 1), None)
