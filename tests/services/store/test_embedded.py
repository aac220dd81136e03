"""The embedded server, through everything that may befall it: started, joined, killed on either side."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.programs import IS_ROOT, Place, ask, ask_until_up, eventually, lives, processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module", params=["root", "ordinary"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """As root in a directory that nobody else may enter, and as an ordinary user in their own; used once."""
    directory = tmp_path_factory.mktemp(request.param) / "data"
    if request.param == "root" and not IS_ROOT:
        pytest.skip("needs root")
    place = Place.of_ordinary_user(directory) if request.param == "ordinary" else Place(directory, None)
    with place.program() as program:
        program.end()
    return place


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    return made.copy(tmp_path / "data")


@pytest.fixture
def untouched(made: Place, tmp_path: Path) -> Place:
    """A place without a cluster yet."""
    return Place.of_ordinary_user(tmp_path / "data") if made.account else Place(tmp_path / "data", None)


async def test_data_stays_and_no_process_does(place: Place) -> None:
    with place.program() as first:
        await ask(first.address, "create table kept (id int)", "insert into kept values (7) returning id")
        family = processes(place.directory)
        assert {first.postmaster, first.keeper} <= family
        first.end()
        assert not processes(place.directory)
        assert not any(lives(pid) for pid in family)
    with place.program() as second:
        assert await ask(second.address, "select id from kept") == 7


async def test_a_killed_server_is_started_again(place: Place) -> None:
    with place.program() as program:
        await ask(program.address, "create table kept (id int)", "insert into kept values (7) returning id")
        killed = program.postmaster
        os.kill(killed, signal.SIGKILL)
        assert await ask_until_up(program.address, "select id from kept") == 7
        assert program.postmaster != killed
        program.end()
        assert not processes(place.directory)


async def test_a_killed_program_leaves_no_server_and_the_next_one_starts(place: Place) -> None:
    with place.program() as program:
        await ask(program.address, "create table kept (id int)", "insert into kept values (7) returning id")
        os.kill(program.process.pid, signal.SIGKILL)
        eventually(lambda: not processes(place.directory))
    with place.program() as program:
        assert await ask(program.address, "select id from kept") == 7


async def test_the_next_program_need_not_wait_for_the_orphan_to_end(place: Place) -> None:
    with place.program() as program:
        killed = program.postmaster
        os.kill(program.process.pid, signal.SIGKILL)
        with place.program() as other:
            eventually(lambda: not lives(killed))
            assert await ask_until_up(other.address, "select 1") == 1


def test_a_killed_keeper_takes_the_server_along(place: Place) -> None:
    with place.program() as program:
        os.kill(program.keeper, signal.SIGKILL)
        eventually(lambda: not processes(place.directory))
        program.end()
    with place.program() as program:
        assert program.postmaster


async def test_everything_killed_at_once(place: Place) -> None:
    with place.program() as program:
        await ask(program.address, "create table kept (id int)", "insert into kept values (7) returning id")
        for pid in (program.process.pid, program.keeper, program.postmaster):
            os.kill(pid, signal.SIGKILL)
        assert (place.directory / "postgres/postmaster.pid").exists()
    with place.program() as program:
        assert await ask(program.address, "select id from kept") == 7


async def test_interrupting_the_program_does_not_reach_the_server(place: Place) -> None:
    with place.program() as program:
        os.killpg(program.process.pid, signal.SIGINT)
        assert program.process.stdout
        assert program.process.stdout.readline().strip() == "interrupted"
        assert await ask(program.address, "select 1") == 1
        program.end()
        assert not processes(place.directory)


def test_terminating_the_program_ends_the_server(place: Place) -> None:
    with place.program() as program:
        program.process.terminate()
        eventually(lambda: not processes(place.directory))
        assert "database system is shut down" in (place.directory / "postgres.log").read_text()


async def test_a_second_program_joins_and_leaves_the_server_running(place: Place) -> None:
    with place.program() as first:
        with place.program(joining=True) as second:
            assert second.postmaster == first.postmaster
            assert second.address == first.address
            second.end()
        assert await ask(first.address, "select 1") == 1


def test_programs_that_start_together_share_one_server(untouched: Place) -> None:
    together = [untouched.spawn() for _ in range(3)]
    try:
        outputs = [process.stdout for process in together]
        addresses = {output.readline().strip() for output in outputs if output}
        assert len(addresses) == 1
        assert "" not in addresses
        servers = [
            pid for pid in processes(untouched.directory) if b"launch.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        assert len(servers) == 1
    finally:
        for process in together:
            process.kill()
            process.wait()
        eventually(lambda: not processes(untouched.directory))


def test_a_first_start_that_was_killed_is_done_again(untouched: Place) -> None:
    process = untouched.spawn()
    eventually((untouched.directory / "postgres.new/base").exists)
    process.kill()
    process.wait()
    assert not (untouched.directory / "postgres").exists()
    with untouched.program() as program:
        assert program.postmaster
