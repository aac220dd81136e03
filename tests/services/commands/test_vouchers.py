"""`sanzi import vouchers`: whole or not at all, and by nobody but the village's clerk; and another password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.demo.bad_rows import cases
from services.demo.people import CLERK, NEIGHBOUR_CLERK, PASSWORD, VILLAGE, Person
from services.demo.story import DATA
from services.demo.year import YEAR
from services.store.embedded import embedded
from tests.services.conftest import Told
from tests.support.sanzi import Done, sanzi


@pytest.fixture(scope="module")
def directory(told: Told) -> Iterator[Path]:
    """The demo's data, their server up."""
    with embedded(told.directory):
        yield told.directory


def vouchers(directory: Path, file: Path, who: Person = CLERK, password: str = PASSWORD, year: int = YEAR) -> Done:
    of = ("--village", VILLAGE, "--year", year, "--login", who.full_login)
    arguments = ("import", "vouchers", file, *of, "--data-dir", directory)
    return sanzi(*arguments, env={"SANZI_PASSWORD": password})


def state(directory: Path) -> str:
    """How many events there are in the village's log."""
    return sanzi("verify", "--village", VILLAGE, "--data-dir", directory).out


def test_a_file_with_errors_changes_nothing_and_all_are_listed(directory: Path) -> None:
    before, name = state(directory), "vouchers_bad.csv"
    done = vouchers(directory, DATA / name)
    *rows, last = done.err.splitlines()
    assert (done.status, done.out) == (1, "")
    assert last.startswith(f"✗ 文件“{name}”有 {len(rows)} 处错误，未导入任何数据")
    assert len(rows) >= len({kind for kind, _, _ in cases(YEAR)}) > 10
    assert all(row.startswith(f"  {name} 第 ") for row in rows)
    assert state(directory) == before


def test_nobody_else_imports(directory: Path) -> None:
    wrong = vouchers(directory, DATA / "vouchers_2025.xlsx", password="wrong-password")
    assert (wrong.status, wrong.out, wrong.err) == (1, "", "✗ 登录名或密码错误  [WRONG_CREDENTIALS]\n")
    neighbour = vouchers(directory, DATA / "vouchers_2025.xlsx", NEIGHBOUR_CLERK)
    assert (neighbour.status, neighbour.out) == (1, "")
    assert "不是凤光村" in neighbour.err


def test_a_good_file_is_imported_with_the_password_of_today(directory: Path, tmp_path: Path) -> None:
    january = (DATA / "vouchers_gb18030.csv").read_text(encoding="gb18030")
    february = tmp_path / "二月.csv"
    february.write_text(january.replace(f"{YEAR + 1}-01", f"{YEAR + 1}-02"), encoding="utf-8")
    new = "guiling-zhen-2026"
    reset = ("user", "password", CLERK.full_login, "--data-dir", directory)
    assert sanzi(*reset, env={"SANZI_PASSWORD": new}).status == 0
    try:
        assert "[WRONG_CREDENTIALS]" in vouchers(directory, february, year=YEAR + 1).err
        done = vouchers(directory, february, password=new, year=YEAR + 1)
    finally:
        assert sanzi(*reset, env={"SANZI_PASSWORD": PASSWORD}).status == 0
    assert (done.status, done.err) == (0, "")
    assert "导入 8 张凭证" in done.out
