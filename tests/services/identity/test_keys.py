from __future__ import annotations

import os
import stat
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.identity.keys import MASTER, TOKENS, KeyExposed, KeyUnusable, parse

FIRST, SECOND = b"1" * 32, b"2" * 32


def text(*keys: bytes) -> str:
    return ",".join(b64encode(key).decode() for key in keys)


def test_a_key_is_made_on_first_run_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    made = MASTER.load(tmp_path / "data", {})
    path = tmp_path / "data" / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(made.current.material) == 32
    assert MASTER.load(tmp_path / "data", {}) == made
    assert os.listdir(path.parent) == ["master.key"]


def test_each_purpose_has_its_own_key(tmp_path: Path) -> None:
    assert MASTER.load(tmp_path, {}) != TOKENS.load(tmp_path, {})


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: MASTER.load(tmp_path, {}), range(32)))
    assert len(set(found)) == 1


def test_the_environment_wins(tmp_path: Path) -> None:
    MASTER.load(tmp_path, {})
    assert MASTER.load(tmp_path, {"SANZI_MASTER_KEY": text(FIRST)}).current.material == FIRST


def test_the_first_key_is_current_and_the_others_still_open() -> None:
    ring = parse(text(SECOND, FIRST) + "\n", source="x")
    assert ring.current.material == SECOND
    (old,) = ring.older
    assert ring.find(old.id) == old
    assert ring.find(b"unknown!") is None


@pytest.mark.parametrize("wrong", [",", "not base64!", text(b"short"), text(FIRST, b"short"), "密钥"])
def test_an_unusable_key_is_refused_without_being_repeated(wrong: str) -> None:
    with pytest.raises(KeyUnusable) as refusal:
        MASTER.load(Path("."), {"SANZI_MASTER_KEY": wrong})
    assert "SANZI_MASTER_KEY" in refusal.value.message()
    assert refusal.value.facts == {"source": "SANZI_MASTER_KEY"}


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    MASTER.load(tmp_path, {})
    (tmp_path / "master.key").chmod(0o640)
    with pytest.raises(KeyExposed) as refusal:
        MASTER.load(tmp_path, {})
    assert "640" in str(refusal.value)


def test_a_key_does_not_show_itself() -> None:
    ring = parse(text(FIRST), source="x")
    assert "111" not in repr(ring)
