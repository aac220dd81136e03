"""In a real browser: nothing sticks out of a small phone, letters grow, paper carries the notice and no more."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from litestar import Litestar

from services.portal.app import routes
from tests.support.chromium import Chromium, browser

from .conftest import QUARTER, VILLAGE, Portal

PAGES = ("/", VILLAGE, f"{VILLAGE}/check", f"{VILLAGE}/check?position=5", QUARTER, f"{QUARTER}?vouchers=all")

STICKING_OUT = """[...document.querySelectorAll('main *, header *, footer *')].filter(element => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element)
    return box.width > 1 && style.visibility !== 'hidden' && (box.right > 321 || box.left < -1)
}).map(element => element.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
async def address(shared: Portal) -> AsyncIterator[str]:
    """The portal on a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = Litestar(routes(shared.services), openapi_config=None, logging_config=None)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving
    listener.close()


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Chromium]:
    async with browser() as found:
        yield found


@pytest.mark.parametrize("size", ["normal", "large", "huge"])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_nothing_sticks_out_of_a_small_phone(chromium: Chromium, address: str, size: str, lang: str) -> None:
    for path in PAGES:
        url = f"{address}{path}{'&' if '?' in path else '?'}size={size}&lang={lang}"
        page = await chromium.open(url, width=320)
        assert await page.evaluate(STICKING_OUT) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") == 320, path


async def test_nothing_sticks_out_of_its_box_on_a_desk(chromium: Chromium, address: str) -> None:
    page = await chromium.open(f"{address}{QUARTER}?vouchers=all", width=1280)
    outside = """[...document.querySelectorAll('section *')].filter(element => {
        const box = element.getBoundingClientRect(), around = element.closest('section').getBoundingClientRect()
        return box.width > 1 && (box.right > around.right + 1 || box.left < around.left - 1)
    }).map(element => element.outerHTML.slice(0, 80))"""
    assert await page.evaluate(outside) == []


async def test_letters_are_large_and_grow(chromium: Chromium, address: str) -> None:
    measured = []
    for size in ("normal", "large", "huge"):
        page = await chromium.open(f"{address}{QUARTER}?size={size}", width=390)
        measured.append(float((await page.evaluate("getComputedStyle(document.body).fontSize")).removesuffix("px")))
    assert measured[0] >= 18
    assert measured == sorted(set(measured))


async def test_a_figure_opens_by_keyboard_where_no_script_runs(chromium: Chromium, address: str) -> None:
    page = await chromium.open(f"{address}{QUARTER}", width=390)
    await page.evaluate("document.querySelector('summary').focus()")
    for kind in ("keyDown", "keyUp"):
        await page.send("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r")
    assert await page.evaluate("document.querySelector('details').open") is True
    assert "收商铺租金" in await page.evaluate("document.querySelector('details').innerText")


async def test_focus_is_seen_and_the_skip_link_appears(chromium: Chromium, address: str) -> None:
    page = await chromium.open(f"{address}{VILLAGE}", width=390)
    for kind in ("rawKeyDown", "keyUp"):
        await page.send("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert await page.evaluate("document.activeElement.className") == "skip"
    assert await page.evaluate("document.activeElement.getBoundingClientRect().left >= 0") is True
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


async def test_paper_carries_the_notice_and_no_navigation(chromium: Chromium, address: str) -> None:
    page = await chromium.open(f"{address}{QUARTER}?lang=zh", width=900)
    await page.send("Emulation.setEmulatedMedia", media="print")
    shown = await page.evaluate("document.body.innerText")
    for wanted in ("凤光村", "2025年第一季度", "收支情况", "12,345.67", "盖章", "林建国"):
        assert wanted in shown
    for unwanted in ("English", "字号", "全部村居", "看 1 张凭证", "展开全部凭证"):
        assert unwanted not in shown
    assert (await page.pdf()).startswith(b"%PDF")


async def test_the_page_asks_for_nothing_else_and_nothing_is_refused(chromium: Chromium, address: str) -> None:
    page = await chromium.open(f"{address}{QUARTER}", width=390)
    assert await page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)") == []
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 245, 233)"
