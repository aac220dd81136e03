"""Runs a program of PostgreSQL under an account that it accepts, and keeps the server for as long as ours lives.

PostgreSQL refuses to run as root, so root hands it to an unprivileged account. A clone in /root (mode 700) would be
out of that account's reach; where it is, the account gets one capability, to pass through directories, and no other.

The server must outlive neither our program nor this one: standard input is a pipe from our program, and its end, by
whatever death, stops the server. Should this process itself be killed, the kernel interrupts the server (Linux).
Once our program has written a byte, the server is known to have been up, and is started again if it is killed.

Executed by path with `python -I -S`, so that it starts quickly and depends on the standard library alone.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import sys
import time
from typing import Any

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
PATIENCE = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
"""Fast shutdown, immediate shutdown, the end: each with the seconds it is given."""
RESTARTS, RESTART_PAUSE, STEADY = 50, 0.2, 10.0
"""How often in a row, after how many seconds, and when a run counts as steady again."""


def main() -> int:
    spec = json.loads(sys.argv[1])
    if not spec["keep"]:
        become(spec["account"])
        os.execv(spec["command"][0], spec["command"])  # noqa: S606
    try:
        return Keeper(spec).keep()
    finally:
        if spec["remove"]:
            shutil.rmtree(spec["remove"], ignore_errors=True)


def become(account: dict[str, Any] | None) -> None:
    """Turn into that account for good; with the capability, if one is named, also across exec."""
    if account is None:
        return
    capability = account["capability"]
    if capability is not None:
        # Capabilities survive the change of account, and count in access(2), with which PostgreSQL looks for its files.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(account["gid"])
    os.setuid(account["uid"])
    if capability is not None:
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        only = [1 << capability, 1 << capability, 1 << capability, 0, 0, 0]  # effective, permitted, inheritable
        if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)(*only)):
            raise OSError(ctypes.get_errno(), "capset")
        _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def _prctl(option: int, first: int, second: int = 0) -> None:
    arguments = (ctypes.c_ulong(value) for value in (first, second, 0, 0))
    if ctypes.CDLL(None, use_errno=True).prctl(option, *arguments):
        raise OSError(ctypes.get_errno(), f"prctl {option}")


class Keeper:
    """The parent of the server."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.told_to_stop = False
        self.wake, wake = os.pipe()
        for end in (self.wake, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._terminate)
        for ignored in (signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)

    def _terminate(self, *_: object) -> None:
        self.told_to_stop = True

    def keep(self) -> int:
        """Until told to stop, or the server will not start. Returns the exit status."""
        was_up, failures = False, 0
        while True:
            child, started = self.start(), time.monotonic()
            status = None
            while status is None:
                was_up = self.listen(None) or was_up
                if self.told_to_stop:
                    return self.stop(child)
                status = self.exited(child)
            failures = 0 if time.monotonic() - started > STEADY else failures + 1
            if not was_up or failures > RESTARTS:
                return status
            print(f"PostgreSQL ended with {status}; starting it again", file=sys.stderr, flush=True)  # noqa: T201
            self.listen(RESTART_PAUSE)
            if self.told_to_stop:
                return 0

    def start(self) -> int:
        parent = os.getpid()
        child = os.fork()
        if child:
            return child
        try:
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            become(self.spec["account"])
            if sys.platform == "linux":  # after the change of account, which clears it
                _prctl(PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() == parent:
                os.execv(self.spec["command"][0], self.spec["command"])  # noqa: S606
        except BaseException as error:
            print(f"FATAL:  {error}", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(1)

    def listen(self, seconds: float | None) -> bool:
        """Wait for our program, a signal or the time. Whether our program said that the server is up."""
        readable, _, _ = select.select([0, self.wake], [], [], seconds)
        if self.wake in readable:
            os.read(self.wake, 4096)
        if 0 in readable:
            said = os.read(0, 1)
            self.told_to_stop = self.told_to_stop or not said
            return bool(said)
        return False

    def exited(self, child: int) -> int | None:
        pid, status = os.waitpid(child, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def stop(self, child: int) -> int:
        for number, seconds in PATIENCE:
            os.kill(child, number)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if self.exited(child) is not None:
                    return 0
                time.sleep(0.01)
        return 1


if __name__ == "__main__":
    sys.exit(main())
