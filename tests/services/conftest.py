"""The demo district, built once by the program itself; whoever changes it takes a copy."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.sanzi import Done, free_port, running, sanzi


@dataclass(frozen=True, slots=True)
class Told:
    """A data directory in which the whole story was told, after a first telling was killed half way."""

    directory: Path
    interrupted: Done
    story: Done


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """`sanzi demo` killed with -9 while vouchers are being reviewed, then `sanzi demo --once` in the same place."""
    directory = tmp_path_factory.mktemp("told") / "data"
    with running(directory, "demo", "--data-dir", directory, "--port", free_port()) as first:
        first.says("当前为“待审核”")
        interrupted = first.end(signal.SIGKILL, group=False)
    yield Told(directory, interrupted, sanzi("demo", "--once", "--data-dir", directory))
    shutil.rmtree(directory)
