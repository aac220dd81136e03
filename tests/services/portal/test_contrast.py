"""Contrast of every pair of colours that meet, from the style sheet itself (WCAG 2: 4.5 for text, 3 for lines)."""

from __future__ import annotations

import re

import pytest

from services.portal.rendering import style

COLOURS = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", style()))
TEXT = [(ink, ground) for ink in ("ink", "soft", "pine", "seal") for ground in ("paper", "card", "band")]


def ratio(one: str, other: str) -> float:
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_measure_itself() -> None:
    assert (luminance("#ffffff"), luminance("#000000")) == (1.0, 0.0)
    assert luminance("#777777") == pytest.approx(0.1845, abs=0.0005)


@pytest.mark.parametrize(("ink", "ground"), [*TEXT, ("card", "pine")])
def test_text(ink: str, ground: str) -> None:
    assert ratio(ink, ground) >= 5.5


@pytest.mark.parametrize("ground", ["paper", "card", "band"])
def test_focus_ring(ground: str) -> None:
    assert ratio("focus", ground) >= 3


def test_no_colour_but_these() -> None:
    """A colour written elsewhere in the sheet would escape this test; only black on paper is allowed in print."""
    body = style().split("}", 1)[1]
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", body)) <= {"#000"}
    assert set(re.findall(r"var\(--(\w+)\)", style())) <= COLOURS.keys()


def test_letters_are_large() -> None:
    base = re.search(r"html \{ font-size: ([\d.]+)%", style())
    assert base
    assert float(base[1]) / 100 * 16 >= 18
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)rem", style())]
    assert min(sizes) >= 0.9
