"""The schema that all migrations give, as one file to read and compare: `uv run python -m services.store.snapshot`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from services.store.embedded import embedded
from services.store.embedded.binaries import binary, run
from services.store.migrate import migrate
from services.store.settings import Database

SNAPSHOT = Path(__file__).with_name("schema.sql")
_HEADER = (
    "-- The schema that all migrations give. Written by `uv run python -m services.store.snapshot`; a test compares.\n"
)
_TITLES = re.compile(r"^--\n-- .*\n--\n\n", re.MULTILINE)
_SESSION = re.compile(r"^(-- Dumped .*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)\n", re.MULTILINE)
_GAPS, _GAP = re.compile(r"\n{3,}"), "\n\n"


def dump(db: Database) -> str:
    """The schema `sanzi` of that database with its privileges, without what differs from dump to dump."""
    command = [binary("pg_dump"), "--schema-only", "--schema=sanzi", "--no-owner", f"--dbname={db.owner}"]
    bare = _SESSION.sub("", _TITLES.sub("", run(command)))
    return f"{_HEADER}\n{_GAPS.sub(_GAP, bare).strip()}\n"


def main() -> None:
    with TemporaryDirectory() as directory, embedded(Path(directory)) as db:
        asyncio.run(migrate(db))
        SNAPSHOT.write_text(dump(db))


if __name__ == "__main__":
    main()
