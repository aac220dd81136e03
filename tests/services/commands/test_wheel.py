"""The wheel: whoever installs it, anywhere, has all that the program needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.sanzi import sanzi

ROOT = Path(__file__).parents[3]


UV = os.environ.get("UV", "uv")
"""`uv run` names itself to what it runs."""


def uv(*arguments: object) -> None:
    done = subprocess.run(
        [UV, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode and any(sign in done.stderr for sign in ("error sending request", "dns error", "offline")):
        pytest.skip(f"no package index: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which(UV):
        pytest.skip("uv is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--quiet", "--out-dir", folder)
    [built] = folder.glob("*.whl")
    return built


def test_everything_that_is_read_at_run_time_is_inside(wheel: Path) -> None:
    inside = set(ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in ("domain", "services", "policies")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wanted |= {f"gateway/operations/{path.name}" for path in (ROOT / "graphql/operations").glob("*.graphql")}
    wanted |= {
        path.relative_to(ROOT / "graphql").as_posix() for path in (ROOT / "graphql/gateway").iterdir() if path.is_file()
    }
    assert wanted - inside == set()
    assert len([name for name in wanted if name.endswith((".sql", ".csv", ".xlsx", ".html", ".graphql"))]) > 70
    assert not [name for name in inside if name.startswith(("tests/", "graphql/", "deploy/"))]


def test_installed_elsewhere_it_tells_the_whole_story(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    uv("venv", "--quiet", environment)
    uv("pip", "install", "--quiet", "--python", environment / "bin/python", wheel)
    program = environment / "bin/sanzi"
    assert sanzi("--version", cwd=tmp_path, program=program).status == 0
    told = sanzi("demo", "--once", cwd=tmp_path, program=program)
    assert (told.status, told.err) == (0, "")
    assert told.out.rstrip().endswith("all 15 steps held")
    assert not (tmp_path / ".sanzi").exists()
