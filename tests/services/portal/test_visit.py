"""Language, letters and links."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.shared.errors import Language
from services.portal import formats
from services.portal.visit import Size, Visit, preferred


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.5, zh-Hans", "zh"),
        ("fr, en;q=0.3", "en"),
        ("fr, *", "zh"),
        ("en;q=0", "zh"),
        ("en;q=many", "zh"),
        (",;q=,,", "zh"),
    ],
)
def test_the_browser_s_language(accept: str, language: str) -> None:
    assert preferred(accept) == language


def test_links_keep_what_was_chosen_and_nothing_else() -> None:
    visit = Visit("/v/1", {"vouchers": "all"}, Language.EN, True, Size.LARGE, frozenset())
    assert visit.to("/") == "/?lang=en&size=large"
    assert visit.here(size="normal") == "/v/1?lang=en&size=normal&vouchers=all"
    assert visit.here(vouchers="") == "/v/1?lang=en&size=large"
    plain = Visit("/v/<b>", {}, Language.EN, False, Size.NORMAL, frozenset())
    assert plain.to("/") == "/"
    assert plain.here() == "/v/%3Cb%3E"


def test_formats() -> None:
    assert [formats.money(n) for n in (0, -5, 123_456_789)] == ["0.00", "−0.05", "1,234,567.89"]
    assert formats.day(date(2025, 4, 3), "zh") == "2025年4月3日"
    assert formats.day(date(2025, 4, 3), "en") == "3 April 2025"
    late = datetime(2025, 4, 3, 17, 5, tzinfo=UTC)
    assert formats.moment(late, "zh") == "2025年4月4日 01:05", "the day is Beijing's"
    assert formats.period("2025-Q1", "en") == "first quarter of 2025"
    assert [formats.period(text, "zh") for text in ("2025-03", "2025")] == ["2025年3月", "2025"]
    assert formats.title_parts("2025年第一季度收支情况", "2025-Q1") == ["2025年第一季度", "收支情况"]
    assert formats.title_parts("公开", "2025-Q1") == ["公开"]
    assert formats.spaced("0123456789") == "01234567 89"
