"""What lies where in the data directory, and who holds it.

postgres/        the cluster
run/             its socket, unless that path is too long for one
passwords.json   of the three roles; mode 600
postgres.log     what the server says
start.lock       held while someone looks whether to start
server.lock      held by the server's own processes, inherited: free exactly when none of them lives
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from services.store.embedded.account import Account
from services.store.embedded.binaries import MAJOR, binary, run
from services.store.settings import DATABASE, OWNER, SERVICE, SUPERUSER, Database
from services.store.unavailable import DirectoryBusy, OtherMajor

PORT = 5432
"""Only names the socket; nothing listens on TCP."""
LONGEST_SOCKET = 103
"""Bytes of a socket's path: 107 on Linux, 103 on macOS."""
PATIENCE = 30.0
"""Seconds to wait for another process to finish starting or stopping the server."""


@dataclass(frozen=True, slots=True)
class Home:
    """One data directory."""

    directory: Path

    @property
    def data(self) -> Path:
        return self.directory / "postgres"

    @property
    def log(self) -> Path:
        return self.directory / "postgres.log"

    @property
    def _sockets(self) -> Path:
        return self.directory / "run"

    @property
    def passwords(self) -> Path:
        return self.directory / "passwords.json"

    def make(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        ignore = self.directory / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")  # passwords and ledgers never slip into someone's repository

    @contextmanager
    def starting(self) -> Iterator[None]:
        """One process at a time looks whether to start. Raises DirectoryBusy."""
        deadline = time.monotonic() + PATIENCE
        while (lock := self._lock("start.lock")) is None:
            if time.monotonic() > deadline:
                raise DirectoryBusy(directory=self.directory, holder="start.lock")
            time.sleep(0.02)
        with lock:
            yield

    def server_lock(self) -> BinaryIO | None:
        """The lock for a new server to inherit; None while processes of another live."""
        return self._lock("server.lock")

    def _lock(self, name: str) -> BinaryIO | None:
        file = (self.directory / name).open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def check_major(self) -> None:
        """Raises OtherMajor."""
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise OtherMajor(directory=self.directory, found=found, wanted=MAJOR)

    def status(self) -> list[str]:
        """What the server tells of itself in postmaster.pid, by line: [0] its pid, [4] its socket, [7] its state."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def is_ready(self) -> bool:
        lines = self.status()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def clear_stale(self) -> None:
        """Remove what names a dead server's pid. PostgreSQL would refuse to start if another process has that pid now,
        as happens whenever a container starts again.

        Call with the server's lock held. Raises DirectoryBusy if a server that someone started by hand lives here.
        """
        lines = self.status()
        if not lines:
            return
        pid = int(lines[0]) if lines[0].isdecimal() else 0
        if pid and _runs_in(pid, self.data):
            raise DirectoryBusy(directory=self.directory, holder=pid)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self._sockets.glob(".s.PGSQL.*"):
            leftover.unlink()

    def socket_directory(self, account: Account | None) -> Path:
        """A private directory for the socket: here, or where the path would be too long, a temporary one."""
        here = self._sockets
        if len(os.fsencode(here / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
            here.mkdir(exist_ok=True)
        else:
            here = Path(tempfile.mkdtemp(prefix="sanzi-", dir="/tmp"))  # TMPDIR may be long as well
        here.chmod(0o700)
        if account:
            account.own(here)
        return here

    def secrets(self) -> dict[str, str]:
        """The passwords by role, made up when there are none yet."""
        if not self.passwords.exists():
            draft = self.passwords.with_suffix(".new")
            draft.unlink(missing_ok=True)
            made_up = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, SERVICE)}
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(made_up, file)
            draft.rename(self.passwords)
        known: dict[str, str] = json.loads(self.passwords.read_text())
        return known

    def database(self, socket: Path) -> Database:
        """The addresses of the server at that socket."""
        passwords, host = self.secrets(), quote(str(socket), safe="")
        owner, service, superuser = (
            f"postgresql://{role}:{passwords[role]}@/{DATABASE}?host={host}&port={PORT}"
            for role in (OWNER, SERVICE, SUPERUSER)
        )
        return Database(owner=owner, service=service, superuser=superuser)

    def running(self) -> Database | None:
        """The server of another process, if it answers."""
        lines = self.status()
        if len(lines) <= 7 or not self.passwords.exists():
            return None
        found = self.database(Path(lines[4]))
        try:
            run([binary("psql"), "-X", "-q", "-c", "select 1", found.superuser or ""])
        except subprocess.CalledProcessError:
            return None
        return found


def _runs_in(pid: int, data: Path) -> bool:
    """Whether that process is a server of that cluster; servers run with the cluster as their working directory."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data
        except OSError:
            return False
    names = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return "postgres" in names.stdout
