"""`sanzi demo` as a server: what it prints is true, who it lets in, and how it ends."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.trusted import folder
from services.demo.people import EVERYONE, PASSWORD
from tests.services.conftest import Told
from tests.support.programs import lives, processes
from tests.support.sanzi import Running, free_port, running, sanzi

SIGN_IN = (folder() / "SignIn.graphql").read_text(encoding="utf-8")
END = "Ctrl-C 停止"


@pytest.fixture(scope="module")
def demo(told: Told) -> Iterator[Running]:
    """The demo on data that are there already."""
    with running(told.directory, "demo", "--data-dir", told.directory, "--port", free_port()) as server:
        server.says(END)
        yield server


def test_data_that_are_there_are_served_at_once(demo: Running) -> None:
    assert "▸" not in demo.out


def test_every_address_that_is_printed_answers(demo: Running) -> None:
    addresses = re.findall(r"http://\S+", demo.out)
    assert len(addresses) == 4
    for address in addresses:
        page = httpx.get(address, trust_env=False)
        assert page.status_code == 200, address
        assert "<html" in page.text


def test_every_login_that_is_printed_works(demo: Running) -> None:
    logins = re.findall(r"^ +(\w+@\d+) ", demo.out, re.MULTILINE)
    assert logins == [person.full_login for person in EVERYONE]
    assert PASSWORD in demo.out
    address = demo.says(r"(http://\S+?)/\s")[1]
    for number, login in enumerate(logins):
        command = f"00000000-0000-4000-8000-{number:012}"
        variables = {"input": {"commandId": command, "login": login, "password": PASSWORD}}
        answer = httpx.post(f"{address}/graphql", json={"query": SIGN_IN, "variables": variables}, trust_env=False)
        assert answer.json()["data"]["signIn"]["session"]["accessToken"], login


def test_a_second_demo_needs_another_port_and_shares_the_data(demo: Running, told: Told) -> None:
    port = demo.says(r"http://127.0.0.1:(\d+)/")[1]
    busy = sanzi("demo", "--data-dir", told.directory, "--port", port)
    assert (busy.status, busy.out) == (1, "")
    assert f"端口 {port} 已被其他程序占用" in busy.err
    second = Running("demo", "--data-dir", told.directory, "--port", free_port())
    try:
        second.says(END)
    finally:
        done = second.end()
    done.assert_plain()
    assert done.status == 0
    address = demo.says(r"(http://\S+?)/\s")[1]
    assert httpx.get(f"{address}/readyz", trust_env=False).status_code == 200, "the first one goes on"


def test_ctrl_c_ends_it_cleanly_and_leaves_no_process(demo: Running, told: Told) -> None:
    servers = processes(told.directory)
    assert servers
    done = demo.end(signal.SIGINT)
    done.assert_plain()
    assert (done.status, done.err) == (0, "")
    assert not processes(told.directory)
    assert not any(lives(each) for each in servers)


@pytest.mark.parametrize(("moment", "number"), [("cluster", signal.SIGTERM), ("building", signal.SIGINT)])
def test_it_may_be_stopped_before_it_is_built(tmp_path: Path, moment: str, number: int) -> None:
    directory = tmp_path / "data"
    with running(directory, "demo", "--data-dir", directory, "--port", free_port()) as server:
        if moment == "building":
            server.says("▸ 2/8")
        else:
            while not (directory / "postgres.new").exists():
                assert server.process.poll() is None
        done = server.end(number)
    done.assert_plain()
    assert done.status in {130, 128 + number}
    assert not processes(directory)
    assert done.err == ("已停止；再次运行会接着做 / stopped; run it again to go on\n" if moment == "building" else "")
