"""The explorer in a real browser that has no network: under its own policy it shows itself, asks, and answers."""

from __future__ import annotations

import json

from services.wiring import Services
from tests.gateway.plumbing.listening import eventually, served
from tests.gateway.plumbing.probe import app
from tests.support.chromium import browser

ENTER = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "modifiers": 2}


async def test_a_query_is_run_from_the_keyboard(services: Services) -> None:
    async with served(app(services)) as address, browser() as chromium:
        page = await chromium.open(f"{address}/graphql", width=390)
        await page.evaluate('document.getElementById("query").value = "query Q($t: String!) { echo(text: $t) }"')
        await page.evaluate("""document.getElementById("variables").value = '{"t": "凭证"}'""")
        await page.evaluate('document.getElementById("query").focus()')
        for kind in ("keyDown", "keyUp"):
            await page.send("Input.dispatchKeyEvent", type=kind, **ENTER)

        async def answered() -> bool:
            return bool(await page.evaluate('document.getElementById("answer").textContent'))

        await eventually(answered)
        shown = json.loads(await page.evaluate('document.getElementById("answer").textContent'))
        assert shown == {"data": {"echo": "凭证"}}
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        labels = '[...document.querySelectorAll("textarea, input")].map(each => each.labels.length)'
        assert await page.evaluate(labels) == [1, 1, 1]
        fetched = await page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
        assert set(fetched) <= {f"{address}/graphql", f"{address}/favicon.ico"}
