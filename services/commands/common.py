"""What the subcommands share: where the data are, how errors are shown, progress."""

from __future__ import annotations

import asyncio
import locale
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.shared.errors import DomainError, Language, NotFound
from services.read_models.tenants import TenantRow
from services.store.migrate import migrate, pending
from services.store.settings import DATA_DIR, Database, database
from services.wiring import Services, wired

P = ParamSpec("P")
T = TypeVar("T")

console = Console(stderr=True, highlight=False)


class Group(click.Group):
    """Keeps the commands in the order in which they were added: the story of using the program."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


class Failed(click.ClickException):
    """Something was found wrong; the message says what, and the program exits 1."""

    def show(self, file: Any = None) -> None:  # noqa: ARG002
        console.print(f"[bold red]✗[/] {self.message}", markup=True)


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="数据目录（内置 PostgreSQL），默认 .sanzi / Directory of the embedded PostgreSQL.",
)
village_option = click.option(
    "--village", "code", metavar="CODE", help="只处理该代码的单位 / Only the tenant with this code."
)


def language() -> Language:
    """The language of this terminal: English where the locale says so, else Chinese."""
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Language.EN if (name or locale.getlocale()[0] or "").startswith("en") else Language.ZH


def speaks(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Run a coroutine as a command; refusals are shown to people, in their language, with their code."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return asyncio.run(function(*args, **kwargs))
        except DomainError as refused:
            raise Failed(f"{refused.message(language())}  [{refused.code}]".replace("[", r"\[")) from refused
        except KeyboardInterrupt:
            raise click.exceptions.Exit(130) from None

    return run


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


async def tenant(services: Services, code: str) -> TenantRow:
    """Raises NotFound."""
    found = await services.tenants.by_code(code)
    if found is None:
        raise NotFound(what=f"单位 {code}")
    return found


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on the terminal; call the result with what is done, and the total."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)

        def tell(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield tell
