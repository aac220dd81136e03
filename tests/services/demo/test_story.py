"""The story as people read it: every step says what it saw, and one that was killed goes on where it stopped."""

from __future__ import annotations

import re
import signal

import pytest

from services.demo.building import BUILDING
from services.demo.checks import CHECKS
from services.demo.client import command_id
from services.demo.people import APPOINTED
from services.demo.story import StoryFailed, expect, grouped
from tests.services.conftest import Told

STEPS = (*BUILDING, *CHECKS)


def seen(told: Told, part: str) -> list[str]:
    """The lines of the step whose title has this part."""
    [step] = [step for step in told.story.out.split("▸ ") if part in step.partition("\n")[0]]
    return [line.strip() for line in step.splitlines()[1:] if line.startswith("  ")]


def test_the_whole_story_holds_after_a_first_telling_was_killed(told: Told) -> None:
    assert told.interrupted.status == -signal.SIGKILL
    assert "▸ 6/8" in told.interrupted.out
    assert told.story.status == 0, told.story.err
    assert told.story.err == ""
    assert told.story.out.rstrip().endswith(f"✓ {len(STEPS)} 步全部成立 / all {len(STEPS)} steps held")


def test_every_step_is_numbered_named_in_both_languages_and_says_what_it_saw(told: Told) -> None:
    for number, step in enumerate(STEPS, 1):
        assert f"▸ {number}/{len(STEPS)} {step.title}\n" in told.story.out
        assert re.search(r"[一-鿿].* / [A-Z]", step.title)
        assert seen(told, step.title)


def test_amounts_are_shown_with_thousands_separators(told: Told) -> None:
    amounts = re.findall(r"(?<![\d.,])-?[\d,]+\.\d\d(?![\d.])(?= 元| \+| −| =)", told.story.out)
    assert len(amounts) >= 10
    for amount in amounts:
        assert amount == grouped(amount.replace(",", ""))


def test_who_was_appointed_before_the_kill_is_appointed_once(told: Told) -> None:
    given = [line for line in seen(told, "Offices with terms") if " 任" in line]
    assert [line.split()[0] for line in given] == [person.name for person in APPOINTED]


def test_the_returned_voucher_is_revised_once_though_told_twice(told: Told) -> None:
    [history] = [line for line in seen(told, "The inspector's replay") if "的历史" in line]
    titles = [each.partition("（")[0] for each in history.partition("：")[2].split(" → ")]
    assert titles == ["填制凭证", "退回凭证", "修改凭证", "审核凭证", "签批凭证", "凭证入账"]


def test_the_past_is_shown_by_business_date_by_recorded_time_and_by_position(told: Told) -> None:
    views = [line for line in seen(told, "The inspector's replay") if line.startswith("截至")]
    assert [view[2:6] for view in views] == ["业务日期", "凭证 2", "账本位置", "账本位置"]
    turnovers = [float(view.rpartition("各 ")[2].removesuffix(" 元").replace(",", "")) for view in views]
    assert turnovers[1] < turnovers[0] < turnovers[3]
    assert turnovers[2] < turnovers[3]


def test_what_must_hold_stops_the_story_when_it_does_not() -> None:
    expect([1], "something")
    with pytest.raises(StoryFailed, match="nothing was found"):
        expect([], "nothing was found")


@pytest.mark.parametrize(
    ("yuan", "shown"), [("0.00", "0.00"), ("1234.50", "1,234.50"), ("-5691852.55", "-5,691,852.55")]
)
def test_amounts_are_grouped(yuan: str, shown: str) -> None:
    assert grouped(yuan) == shown


def test_a_command_has_the_same_id_in_every_telling() -> None:
    assert command_id("district") == command_id("district") != command_id("year")
