"""The server as a program: its address, a busy port, and how it stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from domain.shared.errors import Language
from gateway.server import CannotListen, PortBusy, listen

PROGRAM = """
import asyncio
from litestar import Litestar, get
from gateway.server import serve

@get("/slow")
async def slow() -> str:
    print("asked", flush=True)
    await asyncio.sleep(0.5)
    return "done"

async def closed() -> None:
    print("closed", flush=True)

async def main() -> None:
    application = Litestar([slow], on_shutdown=[closed], logging_config=None)
    await serve(application, "127.0.0.1", 0, lambda address: print(address, flush=True))
    print("returned", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_it_finishes_what_is_under_way_and_returns(which: signal.Signals) -> None:
    """The caller goes on after a signal: it has a database to close."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert program.stdout
        address = program.stdout.readline().strip()
        client = subprocess.Popen(
            [sys.executable, "-c", f"import httpx; print(httpx.get('{address}/slow').text)"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout.readline().strip() == "asked"
        os.kill(program.pid, which)
        answer, _ = client.communicate(timeout=20)
        rest, errors = program.communicate(timeout=20)
        assert answer.strip() == "done"
        assert rest.split() == ["closed", "returned"]
        assert (program.returncode, errors) == (0, "")
    finally:
        program.kill()
        program.wait()


def test_a_busy_port_is_refused_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortBusy) as caught:
            listen("127.0.0.1", port)
    assert str(port) in caught.value.message(Language.ZH)
    assert "已被其他程序占用" in caught.value.message(Language.ZH)
    assert "choose another port" in caught.value.message(Language.EN)
    listen("127.0.0.1", port).close()


@pytest.mark.parametrize(("host", "port"), [("203.0.113.1", 0), ("no.such.host.invalid", 0), ("127.0.0.1", 70_000)])
def test_an_address_that_is_not_ours_is_refused(host: str, port: int) -> None:
    with pytest.raises(CannotListen) as caught:
        listen(host, port)
    assert not isinstance(caught.value, PortBusy)
    assert host in str(caught.value)
