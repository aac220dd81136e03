"""What the subcommands share: where the data are, how errors are shown, progress, and how one is stopped.

Results go to standard output, errors and progress to standard error; colours and bars only to a terminal.
"""

from __future__ import annotations

import asyncio
import locale
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.shared.errors import DomainError, Language
from services.bus import Origin
from services.read_models.tenants import TenantRow
from services.store.migrate import migrate, pending
from services.store.outage import unreachable
from services.store.settings import DATA_DIR, Database, database
from services.wiring import Services, wired

P = ParamSpec("P")
T = TypeVar("T")

INTERRUPTED = 128 + signal.SIGINT
"""Exit status of whoever was stopped by Ctrl-C, as shells have it."""


class Group(click.Group):
    """Keeps the commands in the order in which they were added: the story of using the program."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


class Failed(click.ClickException):
    """Something was found wrong; the message says what, and the program exits 1."""

    def show(self, file: Any = None) -> None:  # noqa: ARG002
        wrong(self.message)


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="数据目录（内置 PostgreSQL），默认 .sanzi / Directory of the data, with a PostgreSQL of its own.",
)
village_option = click.option(
    "--village", "code", metavar="CODE", help="只处理该代码的单位 / Only the tenant with this code."
)


def examples(*lines: str) -> str:
    """The end of a command's help."""
    return "\n".join(("\b", "示例 / Examples:", *(f"  {line}" for line in lines)))


def wrong(message: str) -> None:
    """Tell what is wrong, on standard error."""
    click.echo(f"{click.style('✗', fg='red', bold=True)} {message}", err=True)


def language() -> Language:
    """The language of this terminal: English where the locale says so, else Chinese."""
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Language.EN if (name or locale.getlocale()[0] or "").startswith("en") else Language.ZH


def speaks(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Run a coroutine as a command; refusals are shown to people, in their language, with their code."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        stop = _Stop()
        try:
            return asyncio.run(stop.heeded(function(*args, **kwargs)))
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise click.exceptions.Exit(stop.status or INTERRUPTED) from None
        except Exception as problem:
            if stop.status:  # the programs that we run hear Ctrl-C as well, and fail of it
                raise click.exceptions.Exit(stop.status) from None
            if refused := problem if isinstance(problem, DomainError) else unreachable(problem):
                raise Failed(f"{refused.message(language())}  [{refused.code}]") from problem
            raise

    return run


class _Stop:
    """Ctrl-C and SIGTERM cancel the command, so that whatever it started is stopped; a second signal waits for
    nothing. While a server serves, it has these signals to itself."""

    def __init__(self) -> None:
        self.status = 0

    async def heeded(self, command: Coroutine[Any, Any, T]) -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task

        def heed(number: int, _frame: object) -> None:
            if self.status:
                raise KeyboardInterrupt
            self.status = 128 + number
            loop.call_soon_threadsafe(task.cancel)

        before = {number: signal.signal(number, heed) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return await command
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def opened(data_dir: Path | None) -> Iterator[Database]:
    """The database named by the options and the environment, whatever its migrations."""
    with database(data_dir) as found:
        yield found


async def prepared(found: Database, data_dir: Path | None) -> None:
    """Migrate an embedded database; one of your own must have been migrated. Raises Failed."""
    if found.superuser is not None:
        await migrate(found)
    elif names := await pending(found):
        raise Failed(f"数据库尚未升级，请先运行 sanzi migrate / run sanzi migrate first: {', '.join(names)}")
    keys_dir(data_dir).mkdir(parents=True, exist_ok=True)


def keys_dir(data_dir: Path | None) -> Path:
    return data_dir or DATA_DIR


@asynccontextmanager
async def service(data_dir: Path | None) -> AsyncIterator[Services]:
    """The whole service on the database named by the options, migrated."""
    with opened(data_dir) as found:
        await prepared(found, data_dir)
        async with wired(found, keys_dir(data_dir)) as services:
            yield services


def known(tenant: TenantRow | None, code: str) -> TenantRow:
    """Raises Failed."""
    if tenant is None:
        raise Failed(f"没有代码为 {code} 的单位 / no division has the code {code}")
    return tenant


def origin(command: UUID | None = None) -> Origin:
    """A command from the command line, of this id or a new one."""
    return Origin(command=command or uuid4(), correlation=uuid4(), channel="cli")


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on the terminal; call the result with what is done, and the total."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def tell(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield tell
