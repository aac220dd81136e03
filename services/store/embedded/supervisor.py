"""Starts the server, or joins the one that already runs, and stops what it started."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from services.store.embedded.account import Account, account_for
from services.store.embedded.binaries import ENVIRONMENT, binary, launched
from services.store.embedded.cluster import make_cluster, set_passwords
from services.store.embedded.home import PATIENCE, PORT, Home
from services.store.settings import Database
from services.store.unavailable import DirectoryBusy, DirectoryDenied, ServerFailed

LONGEST_LOG = 10_000_000
"""Bytes after which a start sets the log aside as postgres.log.1."""


@contextmanager
def embedded(data_dir: Path) -> Iterator[Database]:
    """A PostgreSQL of our own in that directory, for as long as the block runs.

    The first call makes the cluster. While one program holds it, a second joins it and leaves it running. The server
    ends with the program that started it, even if that is killed; a server that is killed is started again.
    Raises StoreUnavailable, which says what to do.
    """
    home = Home(data_dir.resolve())
    try:
        server, database = _enter(home)
    except OSError as error:
        raise DirectoryDenied(directory=home.directory, reason=error.strerror or error) from error
    try:
        yield database
    finally:
        if server:
            _stop(server)


def _enter(home: Home) -> tuple[subprocess.Popen[bytes] | None, Database]:
    home.make()
    deadline = time.monotonic() + PATIENCE
    with home.starting():
        while (lock := home.server_lock()) is None:
            if database := home.running():
                return None, database
            if time.monotonic() > deadline:
                raise DirectoryBusy(directory=home.directory, holder=(home.status() or ["server.lock"])[0])
            time.sleep(0.05)
        with lock:
            return _start(home, lock)


def _start(home: Home, lock: BinaryIO) -> tuple[subprocess.Popen[bytes], Database]:
    try:
        account = account_for(home.data, Path(binary("postgres")))
        _prepare(home, account, lock)
    except subprocess.CalledProcessError as error:
        raise ServerFailed(directory=home.directory, reason=_reason(error.stderr), log=home.log) from error
    except LookupError as error:
        raise ServerFailed(directory=home.directory, reason=error, log=home.log) from error
    if home.log.exists() and home.log.stat().st_size > LONGEST_LOG:
        home.log.replace(home.log.with_suffix(".log.1"))
    home.log.touch(mode=0o600)
    socket = home.socket_directory(account)
    command = [binary("postgres"), "-D", str(home.data), "-k", str(socket), "-p", str(PORT), "-c", "listen_addresses="]
    temporary = socket if socket.parent != home.directory else None
    with home.log.open("ab") as log:
        server = subprocess.Popen(  # noqa: S603
            launched(command, account, keep=True, remove=temporary),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            env=ENVIRONMENT,
            pass_fds=[lock.fileno()],
            start_new_session=True,  # Ctrl-C goes to the whole foreground process group, and must not reach the server
        )
    try:
        _await_ready(home, server)
    except BaseException:
        _stop(server)
        raise
    return server, home.database(socket)


def _prepare(home: Home, account: Account | None, lock: BinaryIO) -> None:
    """Make the cluster on the first start; check it on every other."""
    if not home.data.exists():
        make_cluster(home, account, lock)
        return
    home.check_major()
    home.clear_stale()
    if not home.passwords.exists():
        set_passwords(home.data, home.secrets(), account, lock)


def _await_ready(home: Home, server: subprocess.Popen[bytes]) -> None:
    """However long recovery takes. Raises ServerFailed when the server ends instead."""
    said = home.log.stat().st_size
    while not home.is_ready():
        if server.poll() is not None:
            with home.log.open("rb") as log:
                log.seek(min(said, home.log.stat().st_size))
                reason = _reason(log.read().decode(errors="replace"))
            raise ServerFailed(directory=home.directory, reason=reason, log=home.log)
        time.sleep(0.01)
    assert server.stdin
    server.stdin.write(b"!")
    server.stdin.flush()


def _stop(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin
    with suppress(BrokenPipeError):
        server.stdin.close()
    server.wait()


def _reason(log: str) -> str:
    """The last two lines, without times and levels: PostgreSQL gives the cause before the line that it ends with."""
    lines = [line.split(":  ", 1)[-1].strip() for line in log.splitlines() if line.strip()]
    return "; ".join(lines[-2:]) or "-"
