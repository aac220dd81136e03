"""Where the database is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from services.store.unavailable import BadDatabaseUrl

DATABASE, OWNER, SERVICE, SUPERUSER = "sanzi", "sanzi_owner", "sanzi_service", "postgres"
DATA_DIR = Path(".sanzi")
SERVICE_URL, OWNER_URL = "SANZI_DATABASE_URL", "SANZI_OWNER_URL"


@dataclass(frozen=True, slots=True)
class Database:
    """Addresses of one database, for asyncpg and libpq alike. They hold passwords, so they stay out of its repr."""

    owner: str = field(repr=False)
    """As the schema's owner: migrations, `replay --check`."""
    service: str = field(repr=False)
    """As the service: everything else."""
    superuser: str | None = field(default=None, repr=False)
    """As the superuser; only of an embedded server."""


@contextmanager
def database(data_dir: Path | None = None) -> Iterator[Database]:
    """The database to work with: the one embedded in a directory that was asked for, else the one that
    SANZI_DATABASE_URL names (the service's address; the owner's is SANZI_OWNER_URL), else the one in `.sanzi`.

    Raises StoreUnavailable.
    """
    if data_dir is None and os.environ.get(SERVICE_URL):
        yield external(os.environ)
        return
    from services.store.embedded import embedded  # noqa: PLC0415 - not needed, and its wheel maybe not there, elsewhere

    with embedded(data_dir or DATA_DIR) as found:
        yield found


def external(environment: os._Environ[str] | dict[str, str]) -> Database:
    """A database that others look after. Without the owner's address nothing can be migrated. Raises BadDatabaseUrl."""
    service = _checked(SERVICE_URL, environment[SERVICE_URL])
    owner = environment.get(OWNER_URL)
    return Database(owner=_checked(OWNER_URL, owner) if owner else service, service=service)


def _checked(name: str, url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise BadDatabaseUrl(field_name=name)
    return url
