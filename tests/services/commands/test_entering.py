"""A district of one's own from the command line: its divisions and its first people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.demo.people import CLERK, DISTRICT, VILLAGE
from services.demo.story import DIVISIONS
from services.store.embedded import embedded
from tests.support.sanzi import Done, sanzi

PASSWORD = {"SANZI_PASSWORD": "fengguang-cun-2026"}
LOGIN = f"lixiufang@{DISTRICT}"
CLERK_FROM_2024 = ("--name", CLERK.name, "--office", "clerk", "--tenant", VILLAGE, "--from", "2024-01-01")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory whose server stays up, so that each command need not start it."""
    made = tmp_path_factory.mktemp("own") / "data"
    with embedded(made):
        yield made


def run(directory: Path, *arguments: object, env: dict[str, str] | None = None) -> Done:
    return sanzi(*arguments, "--data-dir", directory, env=env)


def refused(done: Done, *parts: str) -> None:
    assert (done.status, done.out) == (1, ""), done
    assert done.err.startswith("✗ ") or done.err.startswith("  ")
    for part in parts:
        assert part in done.err


def test_divisions_are_entered_once(directory: Path) -> None:
    first = run(directory, "import", "divisions", DIVISIONS, "--since", "2024-01-01")
    assert first.status == 0
    assert first.out == "✓ 揭东区：新增 230 个单位，跳过 6 行 / 230 divisions added, 6 rows skipped\n"
    assert len(first.err.splitlines()) == 6
    again = run(directory, "import", "divisions", DIVISIONS)
    assert (again.status, again.out.partition("，")[0]) == (0, "✓ 揭东区：新增 0 个单位")


def test_a_person_gets_login_and_office_or_a_refusal_that_names_what_is_wrong(directory: Path) -> None:
    weak = run(directory, "user", "add", LOGIN, *CLERK_FROM_2024, env={"SANZI_PASSWORD": "123456"})
    refused(weak, "[PASSWORD_")
    refused(run(directory, "user", "add", "lixiufang", *CLERK_FROM_2024, env=PASSWORD), "lixiufang：", "名称@区代码")
    added = run(directory, "user", "add", LOGIN, *CLERK_FROM_2024, env=PASSWORD)
    assert (added.status, added.err) == (0, "")
    assert LOGIN in added.out
    assert "凤光村" in added.out
    english = PASSWORD | {"LANG": "en_GB.UTF-8"}
    refused(run(directory, "user", "add", LOGIN, *CLERK_FROM_2024, env=english), "The login lixiufang", "[LOGIN_TAKEN]")


def test_the_demo_does_not_touch_a_district_of_ones_own(directory: Path) -> None:
    refused(run(directory, "demo", "--once"), "--data-dir")
