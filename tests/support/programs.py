"""Programs that hold an embedded server, to be killed; and a look at the processes that are left."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import asyncpg

from services.store.embedded.account import Account, account_for
from services.store.embedded.binaries import launched

PROGRAM = """
import signal, sys
from pathlib import Path
from services.store.settings import database
with database(Path(sys.argv[1])) as db:
    try:
        print(db.superuser, flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.stdin.read()
"""
IS_ROOT = os.geteuid() == 0


@dataclass(frozen=True, slots=True)
class Program:
    """A program of ours in a process group of its own, that holds a server until its input ends."""

    directory: Path
    process: subprocess.Popen[str]
    address: str

    @property
    def postmaster(self) -> int:
        return int((self.directory / "postgres/postmaster.pid").read_text().splitlines()[0])

    @property
    def keeper(self) -> int:
        return parent(self.postmaster)

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait(60) == 0


@dataclass(frozen=True, slots=True)
class Place:
    """A fresh directory, and the account that our programs run under in it."""

    directory: Path
    account: Account | None

    @classmethod
    def of_ordinary_user(cls, directory: Path) -> Self:
        """Of an ordinary user, also when root runs the tests."""
        directory.mkdir()
        account = account_for(directory, Path(sys.executable).resolve())
        if account:
            account.own(directory)
        return cls(directory, account)

    def copy(self, directory: Path) -> Self:
        """The same, elsewhere. Copying a cluster is quicker than making one."""
        subprocess.run(["cp", "-a", str(self.directory), str(directory)], check=True)
        return replace(self, directory=directory)

    def spawn(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PROGRAM, str(self.directory)]
        return subprocess.Popen(
            launched(command, self.account) if self.account else command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"HOME": str(self.directory)},
            start_new_session=True,
        )

    @contextmanager
    def program(self, *, joining: bool = False) -> Iterator[Program]:
        """A program that runs; afterwards neither it nor, unless it was only joining, its server."""
        process = self.spawn()
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            assert address, process.communicate()
            yield Program(self.directory, process, address)
        finally:
            process.kill()
            process.wait()
            if not joining:
                eventually(lambda: not processes(self.directory))


def processes(directory: Path) -> set[int]:
    """Every process of the server of that directory: it works there, or names it on its command line."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            working, command = str((entry / "cwd").readlink()), (entry / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if working.startswith(str(directory)) or (b"launch.py" in command and os.fsencode(directory) in command):
            found.add(int(entry.name))
    return found - {os.getpid()}


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def capabilities(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff"))


def eventually(happens: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


async def ask(address: str, *statements: str) -> Any:
    connection = await asyncpg.connect(address, timeout=10)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


async def ask_until_up(address: str, statement: str) -> Any:
    deadline = time.monotonic() + 30
    while True:
        try:
            return await ask(address, statement)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
