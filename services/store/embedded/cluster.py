"""Making a cluster: either whole, with its roles and database, or not at all."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from services.store.embedded.account import Account
from services.store.embedded.binaries import binary, run
from services.store.embedded.home import Home
from services.store.settings import SUPERUSER

SETTINGS = {
    # A small machine that also runs the program.
    "max_connections": "120",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # containers give little shared memory, and our queries are short
    # What was acknowledged is on the disk.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Personal data never reaches a log: no errors of statements, which the client gets anyway and which quote values.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
"""Written into the cluster's postgresql.conf, where whoever runs it may change them."""


def make_cluster(home: Home, account: Account | None, lock: BinaryIO) -> None:
    """Initialise beside, then rename: a start that is killed leaves nothing half made. Raises CalledProcessError."""
    draft = home.data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password = home.directory / "initdb-password"
    password.unlink(missing_ok=True)
    password.touch(mode=0o600)
    password.write_text(home.secrets()[SUPERUSER])
    if account:
        account.own(draft)
        account.own(password)
    try:
        run(_initdb(draft, password), account=account, holding=lock)
    finally:
        password.unlink(missing_ok=True)
    statements = files("services.store").joinpath("roles.sql").read_text()
    single_user(draft, statements, account, lock)
    set_passwords(draft, home.secrets(), account, lock)
    draft.rename(home.data)


def set_passwords(data: Path, passwords: dict[str, str], account: Account | None, lock: BinaryIO) -> None:
    """Give the roles these passwords; the server must not be running. Raises CalledProcessError."""
    statements = (f"alter role {role} password '{password}';" for role, password in passwords.items())
    single_user(data, "\n\n".join(statements), account, lock)


def single_user(data: Path, statements: str, account: Account | None, lock: BinaryIO) -> None:
    """Run statements, a blank line between them, without a server. Raises CalledProcessError."""
    command = [binary("postgres"), "--single", "-j", "-c", "exit_on_error=on", "-D", str(data), "postgres"]
    run(command, account=account, stdin=statements + "\n\n", holding=lock)


def _initdb(data: Path, password: Path) -> list[str]:
    """The C.UTF-8 that PostgreSQL brings along: the same everywhere, whatever locales the machine has."""
    return [
        binary("initdb"),
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        *(f"--set={name}={value}" for name, value in SETTINGS.items()),
    ]
