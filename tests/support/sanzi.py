"""The `sanzi` command as people run it: a process of its own, with its exit status and what it prints."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from tests.support.programs import eventually, processes

SANZI = Path(sys.executable).with_name("sanzi")
PATIENCE = 240
"""Seconds for a command on a busy machine."""

_BYTECODE = TemporaryDirectory(prefix="sanzi-bytecode-", ignore_cleanup_errors=True)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended."""

    status: int
    out: str
    err: str

    def assert_plain(self) -> None:
        """Neither colours nor bars, nor a traceback: nobody looks at a terminal here."""
        for text in (self.out, self.err):
            assert "\x1b" not in text
            assert "━" not in text
            assert "Traceback" not in text


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the caller's that would steer the command."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("SANZI_", "LC_", "FORCE_"))}
    if ours.pop("PYTHONDONTWRITEBYTECODE", ""):  # compiling all libraries again would take half of every command
        ours["PYTHONPYCACHEPREFIX"] = _BYTECODE.name
    return ours | {"LANG": "C.UTF-8", "SANZI_PASSWORD": ""} | dict(extra or {})


def sanzi(
    *arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None, program: Path = SANZI
) -> Done:
    """Run a command to its end."""
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    finished = Done(done.returncode, done.stdout, done.stderr)
    finished.assert_plain()
    return finished


class Running:
    """A command that goes on; its output is gathered as it comes."""

    def __init__(self, *arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [str(SANZI), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env=environment(env),
            start_new_session=True,  # signals to its process group reach it alone, as Ctrl-C would
        )
        self._out: list[str] = []
        self._err: list[str] = []
        self._readers = [
            Thread(target=into.extend, args=(source,), daemon=True)
            for into, source in ((self._out, self.process.stdout), (self._err, self.process.stderr))
            if source
        ]
        for reader in self._readers:
            reader.start()

    @property
    def out(self) -> str:
        return "".join(self._out)

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until it has printed this."""
        found: list[re.Match[str]] = []

        def look() -> bool:
            match = re.search(pattern, self.out)
            assert match or self.process.poll() is None, (self.out, "".join(self._err))
            found.extend([match] if match else [])
            return bool(match)

        eventually(look, PATIENCE)
        return found[0]

    def end(self, number: int = signal.SIGINT, *, group: bool = True) -> Done:
        """Send a signal, to its whole process group as a terminal does, and wait for the end."""
        (os.killpg if group else os.kill)(self.process.pid, number)
        status = self.process.wait(60)
        for reader in self._readers:
            reader.join(10)
        return Done(status, self.out, "".join(self._err))


@contextmanager
def running(
    directory: Path, *arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[Running]:
    """A command that goes on and holds the server of that directory; afterwards neither lives."""
    started = Running(*arguments, env=env, cwd=cwd)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.end(signal.SIGKILL)
        eventually(lambda: not processes(directory))


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def copied(directory: Path, to: Path) -> Path:
    """A data directory of one's own, to be spoilt."""
    subprocess.run(["cp", "-a", str(directory), str(to)], check=True)
    return to
