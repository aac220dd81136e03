"""Every page, in both languages: well formed, in order for a screen reader, and without anything from elsewhere."""

from __future__ import annotations

import itertools
import re

import pytest

from policies.catalogue.items import catalogue
from services.portal.texts import TEXTS

from .conftest import QUARTER, VILLAGE, Portal
from .markup import Element, read

PAGES = (
    "/",
    "/v/445203",
    "/v/445203112",
    VILLAGE,
    f"{VILLAGE}/check",
    f"{VILLAGE}/check?position=3&hash=0123abcd",
    f"{VILLAGE}/check?position=999999&hash=zz",
    QUARTER,
    f"{QUARTER}?vouchers=all&size=huge",
    "/v/445203112201",
    "/v/000000000000",
)
LANGUAGES = {"zh": "zh-CN", "en": "en"}


@pytest.fixture(params=PAGES)
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_form(shared: Portal, path: str, language: str) -> None:
    answer = await shared.get(path, accept_language=language)
    root = read(answer.text)
    _head(root, LANGUAGES[language])
    _headings(root)
    _tables(root)
    _fields(root)
    assert len({e.attributes["id"] for e in _all(root) if "id" in e.attributes}) == sum(
        "id" in e.attributes for e in _all(root)
    )
    assert not re.search(r"None|Undefined|\{\{|\{%", answer.text)


async def test_nothing_runs_and_nothing_comes_from_elsewhere(shared: Portal, path: str, language: str) -> None:
    answer = await shared.get(path, accept_language=language)
    root = read(answer.text)
    assert not root.find("script")
    assert not root.find("img")
    for element in _all(root):
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"], element
        for name in ("href", "src", "action"):
            target = element.attributes.get(name, "/")
            assert re.match(r"/(?!/)|#|data:image/svg", target), target
    assert not re.search(r"url\(|@import|expression", root.find("style")[0].text)
    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert "script-src" not in policy[0]


async def test_links_lead_somewhere_and_keep_the_looks(shared: Portal) -> None:
    seen, waiting = set[str](), ["/?size=large&lang=en"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        root = read(await shared.page(path))
        assert root.find("html")[0].attributes["lang"] == ("en" if "lang=en" in path else "zh-CN")
        links = [link.attributes["href"] for link in root.find("main")[0].find("a")]
        assert all("size=large" in link for link in links), path
        waiting += sorted({link for link in links if link not in seen})
    assert any(path.startswith(QUARTER) for path in seen)


def test_every_text_is_in_both_languages_and_every_item_can_be_told() -> None:
    for key, (zh, en) in TEXTS.items():
        assert re.search(r"[一-鿿]", zh), key
        assert en, key
        assert sorted(re.findall(r"\{(\w+)\}", zh)) == sorted(re.findall(r"\{(\w+)\}", en)), key
    for item in catalogue().values():
        assert f"every.{item.period}" in TEXTS


def _all(root: Element) -> list[Element]:
    return [element for child in root.children for element in [child, *_all(child)]]


def _head(root: Element, language: str) -> None:
    html = root.find("html")[0]
    assert html.attributes["lang"] == language
    assert len(root.find("title")) == 1
    assert root.find("title")[0].text
    assert "width=device-width" in next(
        meta.attributes["content"] for meta in root.find("meta") if meta.attributes.get("name") == "viewport"
    )
    first = root.find("body")[0].find("a")[0]
    target = next(e for e in _all(root) if e.attributes.get("id") == first.attributes["href"].removeprefix("#"))
    assert target.tag == "main", "the skip link comes first and leads to the content"


def _headings(root: Element) -> None:
    levels = [int(e.tag[1]) for e in _all(root) if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    assert all(e.text for e in _all(root) if re.fullmatch(r"h[1-6]|summary|a|button", e.tag))
    for name in ("header", "main", "footer"):
        assert len(root.find(name)) == 1


def _tables(root: Element) -> None:
    for table in root.find("table"):
        assert table.children[0].tag == "caption"
        assert table.children[0].text
        assert all(th.attributes.get("scope") in {"col", "row"} for th in table.find("th"))


def _fields(root: Element) -> None:
    labelled = {label.attributes["for"] for label in root.find("label") if label.text}
    shown = [one for one in root.find("input") if one.attributes.get("type") != "hidden"]
    assert {one.attributes["id"] for one in shown} == labelled
    assert all(nav.attributes.get("aria-label") for nav in root.find("nav"))
