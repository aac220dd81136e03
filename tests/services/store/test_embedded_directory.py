"""The directory of the embedded server: who may use it, where it may lie, and what is refused."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
import pytest

from domain.shared.errors import Language
from services.store.embedded import embedded, home
from services.store.embedded.account import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, Account, account_for
from services.store.embedded.binaries import binary, launched, run
from services.store.unavailable import DirectoryBusy, DirectoryDenied, OtherMajor, ServerFailed
from tests.support.programs import IS_ROOT, Place, ask, capabilities, eventually, owner, processes


def postmaster(directory: Path) -> int:
    return int((directory / "postgres/postmaster.pid").read_text().splitlines()[0])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    directory = tmp_path_factory.mktemp("made") / "data"
    with embedded(directory):
        pass
    return Place(directory, None)


@pytest.fixture
def used(made: Place, tmp_path: Path) -> Path:
    """A directory whose server ran and stopped."""
    return made.copy(tmp_path / "data").directory


@pytest.mark.parametrize("name", ["三资 账本/100% \"a'b", "very-long-" * 15])
async def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    with embedded(tmp_path / name) as db:
        assert db.superuser
        assert await ask(db.superuser, "select current_user::text") == "postgres"
        assert await ask(db.owner, "select current_user::text") == "sanzi_owner"
        assert await ask(db.service, "select current_user::text") == "sanzi_service"


def test_a_socket_that_had_to_lie_elsewhere_is_cleared_away(tmp_path: Path) -> None:
    with embedded(tmp_path / ("very-long-" * 15)) as db:
        socket = Path(unquote(urlsplit(db.service).query).removeprefix("host=").split("&")[0])
        assert not socket.is_relative_to(tmp_path)
        assert socket.stat().st_mode & 0o777 == 0o700
    assert not socket.exists()


async def test_nobody_gets_in_without_a_password_nor_over_the_network(used: Path) -> None:
    with embedded(used) as db:
        assert db.superuser
        secret = home.Home(used).secrets()["postgres"]
        assert secret in db.superuser
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(db.superuser.replace(secret, "guess"))
        assert await ask(db.superuser, "show listen_addresses") == ""
        assert await ask(db.superuser, "select bool_and(auth_method = 'scram-sha-256') from pg_hba_file_rules")
        assert secret not in repr(db)
    for private, mode in {"passwords.json": 0o600, "postgres": 0o700, "run": 0o700, "postgres.log": 0o600}.items():
        assert (used / private).stat().st_mode & 0o777 == mode


async def test_the_server_is_durable_and_reads_chinese(used: Path) -> None:
    with embedded(used) as db:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert await ask(db.service, f"show {name}") == "on"
        assert await ask(db.service, "select lower('ÄB 三资') || length('三资')") == "äb 三资2"
        assert await ask(db.service, "show server_encoding") == "UTF8"


async def test_no_values_reach_the_log(used: Path) -> None:
    with embedded(used) as db:
        assert db.superuser
        with pytest.raises(asyncpg.UniqueViolationError):
            await ask(
                db.superuser,
                "create table person (number text primary key)",
                "insert into person values ('440525190001010000'), ('440525190001010000') returning 1",
            )
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await ask(db.superuser, "select ('440525190001010000' || 'X')::bigint")
    log = (used / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "440525190001010000" not in log


@pytest.mark.skipif(not IS_ROOT, reason="an ordinary user runs the server as themselves")
def test_root_hands_the_server_over_with_no_more_rights_than_it_needs(used: Path) -> None:
    with embedded(used):  # below pytest's own directory, which is private
        assert owner(postmaster(used)) != 0
        assert capabilities(postmaster(used)) in {1 << CAP_DAC_READ_SEARCH, 1 << CAP_DAC_OVERRIDE}
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        account = account_for(Path(open_to_all) / "postgres")
        assert account
        assert account.capability is None


@pytest.mark.skipif(not IS_ROOT, reason="an ordinary user runs the server as themselves")
def test_the_programs_of_postgresql_find_each_other_where_only_root_may_enter(tmp_path: Path) -> None:
    """They ask with access(2), which by default heeds no capability. So it is in a clone below /root."""
    program = tmp_path / "private" / "program"
    program.parent.mkdir(mode=0o700)
    program.touch(mode=0o755)
    account = account_for(program)
    assert account
    assert account.capability is not None
    run(["/usr/bin/test", "-x", str(program)], account=account)
    with pytest.raises(subprocess.CalledProcessError):
        run(["/usr/bin/test", "-x", str(program)], account=Account(account.uid, account.gid))


@pytest.mark.skipif(not IS_ROOT, reason="only root can be someone else")
async def test_root_may_use_what_an_ordinary_user_made(tmp_path: Path) -> None:
    place = Place.of_ordinary_user(tmp_path / "data")
    assert place.account
    with place.program() as program:
        with embedded(place.directory) as joined:
            assert joined.superuser == program.address
        program.end()
    with embedded(place.directory):
        assert owner(postmaster(place.directory)) == place.account.uid
    with place.program() as program:
        assert await ask(program.address, "select 1") == 1


@pytest.mark.skipif(not IS_ROOT, reason="root may write anywhere")
def test_an_ordinary_user_is_told_when_the_directory_is_not_theirs(used: Path) -> None:
    account = account_for(used / "postgres", Path(sys.executable).resolve())
    process = Place(used, account).spawn()
    _, complaint = process.communicate()
    assert process.returncode != 0
    assert "DirectoryDenied" in complaint
    assert str(used) in complaint


def test_a_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DirectoryDenied, match="--data-dir") as refused, embedded(tmp_path / "data"):
        pass
    assert str(tmp_path / "data") in refused.value.message(Language.ZH)


def test_a_dead_servers_pid_may_belong_to_another_process_now(used: Path) -> None:
    """As ever when a container starts again: its processes get the same few numbers."""
    other = subprocess.Popen(["sleep", "60"])
    lines = [str(other.pid), str(used / "postgres"), "1700000000", "5432", str(used / "run"), "", "  1 2", "ready   "]
    (used / "postgres/postmaster.pid").write_text("\n".join(lines) + "\n")
    (used / "run/.s.PGSQL.5432.lock").write_text("\n".join(lines) + "\n")
    try:
        with embedded(used):
            assert postmaster(used) != other.pid
    finally:
        other.kill()
        other.wait()


def test_a_holder_that_does_not_answer_is_named(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.store.embedded.supervisor.PATIENCE", 0.2)
    with (used / "server.lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(DirectoryBusy, match="another process") as refused, embedded(used):
            pass
    assert str(used) in refused.value.message(Language.ZH)


def test_a_server_started_by_hand_is_left_alone(used: Path) -> None:
    command = [binary("postgres"), "-D", str(used / "postgres"), "-k", str(used / "run"), "-c", "listen_addresses="]
    by_hand = subprocess.Popen(
        launched(command, account_for(used / "postgres", Path(binary("postgres")))), stderr=subprocess.DEVNULL
    )
    try:
        eventually(home.Home(used).is_ready)
        with pytest.raises(DirectoryBusy, match=str(by_hand.pid)), embedded(used):
            pass
        assert by_hand.poll() is None
    finally:
        by_hand.terminate()
        by_hand.wait()


def test_another_major_version_is_refused(used: Path) -> None:
    (used / "postgres/PG_VERSION").write_text("16\n")
    with pytest.raises(OtherMajor, match=r"PostgreSQL 16.*PostgreSQL 18"), embedded(used):
        pass
    assert not processes(used)


def test_a_server_that_will_not_start_says_why(used: Path) -> None:
    with (used / "postgres/postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = much\n")
    with pytest.raises(ServerFailed, match="shared_buffers") as refused, embedded(used):
        pass
    assert str(used / "postgres.log") in refused.value.message(Language.ZH)
    assert not processes(used)


async def test_lost_passwords_are_replaced(used: Path) -> None:
    lost = (used / "passwords.json").read_text()
    (used / "passwords.json").unlink()
    with embedded(used) as db:
        assert await ask(db.service, "select 1") == 1
    assert (used / "passwords.json").read_text() != lost
