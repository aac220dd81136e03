"""A real browser, headless and cut off from the network, driven over its debugging protocol.

async with browser() as chromium:
    page = await chromium.open("http://127.0.0.1:8000/", width=320)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Self

import pytest
from websockets.asyncio.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
PATIENCE = 30.0


class Page:
    """One tab, of a given width."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._ids = socket, count(1)

    async def send(self, method: str, **params: object) -> dict[str, Any]:
        """One command of the protocol, and its result. Events in between are dropped."""
        number = next(self._ids)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(await asyncio.wait_for(self._socket.recv(), PATIENCE))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    async def show(self, url: str, *, width: int, height: int = 800) -> Self:
        """Load an address and wait until it is laid out."""
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True
        )
        shown = await self.send("Page.navigate", url=url)
        assert not shown.get("errorText"), (url, shown)
        for _ in range(200):
            with suppress(AssertionError):  # between two documents there is nothing to ask
                if await self.evaluate(f"location.href === {json.dumps(url)} && document.readyState") == "complete":
                    return self
            await asyncio.sleep(0.05)
        raise TimeoutError(url)

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = await self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def picture(self) -> bytes:
        """The whole page as PNG."""
        taken = await self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(taken["data"])

    async def pdf(self) -> bytes:
        """The page as it prints on A4."""
        printed = await self.send("Page.printToPDF", preferCSSPageSize=True)
        return base64.b64decode(printed["data"])


class Chromium:
    def __init__(self, port: str) -> None:
        self._port = port
        self._sockets: list[ClientConnection] = []

    async def open(self, url: str, *, width: int, height: int = 800) -> Page:
        """A new tab on an address."""
        socket = await connect(f"ws://127.0.0.1:{self._port}", max_size=None, proxy=None)
        self._sockets.append(socket)
        root = Page(socket)
        target = await root.send("Target.createTarget", url="about:blank")
        own = await connect(
            f"ws://127.0.0.1:{self._port.split('/')[0]}/devtools/page/{target['targetId']}", max_size=None, proxy=None
        )
        self._sockets.append(own)
        return await Page(own).show(url, width=width, height=height)

    async def close(self) -> None:
        for socket in self._sockets:
            await socket.close()


def executable() -> str:
    """Where the browser is. In CI, as root on Debian, it is installed; elsewhere its absence skips the test."""
    if found := _found():
        return found
    if os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
        wanted = ["chromium", "fonts-noto-cjk"]
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted], check=True, env=quiet)
        if found := _found():
            return found
    pytest.skip("no chromium here; install it, or run as root on Debian with CI=true")


def _found() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@asynccontextmanager
async def browser() -> AsyncIterator[Chromium]:
    """A browser with a profile of its own; nothing is left of either afterwards."""
    program, profile = executable(), Path(tempfile.mkdtemp(prefix="chromium-"))
    process = await asyncio.create_subprocess_exec(
        program,
        *QUIET,
        f"--user-data-dir={profile}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        chromium = Chromium(await _address(profile))
        try:
            yield chromium
        finally:
            await chromium.close()
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        shutil.rmtree(profile, ignore_errors=True)


async def _address(profile: Path) -> str:
    """Port and path under which the browser listens, as it writes them into its profile."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(FileNotFoundError, ValueError):
                port, path = (profile / "DevToolsActivePort").read_text().split()
                return port + path
            await asyncio.sleep(0.05)
