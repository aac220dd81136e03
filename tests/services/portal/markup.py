"""Reads a page as a strict reader would: what is open must be closed, what is named must exist."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
IMPLIED = frozenset({"p", "ul", "ol", "dl", "section", "table", "form", "h1", "h2", "h3", "details", "div", "nav"})
"""What may not stand inside a paragraph: a browser would close it without a word."""


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None
    line: int
    children: list[Element] = field(default_factory=list)
    content: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.content).strip()

    def find(self, tag: str) -> list[Element]:
        """All elements of that tag below, in order."""
        found: list[Element] = []
        for child in self.children:
            found += [child] * (child.tag == tag) + child.find(tag)
        return found

    def within(self, tag: str) -> bool:
        return self.parent is not None and (self.parent.tag == tag or self.parent.within(tag))


class Reader(HTMLParser):
    """Raises AssertionError on the first tag that is not balanced."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._open = Element("", {}, None, 0)
        self.feed(page)
        self.close()
        assert self._open is self.root, f"<{self._open.tag}> of line {self._open.line} is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"line {self.getpos()[0]}: an attribute twice in <{tag}>"
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open, self.getpos()[0])
        assert not (tag in IMPLIED and element.within("p")), f"line {element.line}: <{tag}> inside <p>"
        self._open.children.append(element)
        self._open.content.append(element)
        if tag not in VOID:
            self._open = element

    def handle_endtag(self, tag: str) -> None:
        assert self._open.tag == tag, f"line {self.getpos()[0]}: </{tag}> closes <{self._open.tag}>"
        assert self._open.parent is not None
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        self._open.content.append(data)


def read(page: str) -> Element:
    assert page.startswith("<!doctype html>\n")
    return Reader(page).root
