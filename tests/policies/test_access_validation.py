"""A policy that is not exact does not load, and says on which line it is wrong."""

from __future__ import annotations

import pytest

from domain.shared.errors import Language
from policies.access.enforcer import AccessPolicy
from policies.access.validate import PolicyEmpty, PolicyInvalid, parse

GOOD = "# drafting\np, voucher, draft, clerk, self, -, allow\n"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n"])
def test_an_empty_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyEmpty):
        parse(text)


def test_a_policy_of_no_rules_is_refused() -> None:
    with pytest.raises(PolicyEmpty):
        AccessPolicy([])


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("g, voucher, draft, clerk, self, -, allow", "p", "g"),
        ("p, vouchers, draft, clerk, self, -, allow", "object", "vouchers"),
        ("p, voucher, Draft, clerk, self, -, allow", "action", "Draft"),
        ("p, voucher, *, clerk, self, -, allow", "action", "*"),
        ("p, voucher, draft, clark, self, -, allow", "office", "clark"),
        ("p, voucher, draft, Clerk, self, -, allow", "office", "Clerk"),
        ("p, voucher, draft, clerk, below, -, allow", "scope", "below"),
        ("p, voucher, draft, clerk, any, -, allow", "scope", "any"),
        ("p, voucher, draft, *, tree, -, allow", "scope", "tree"),
        ("p, voucher, draft, clerk, self, is_author, allow", "condition", "is_author"),
        ("p, voucher, draft, clerk, self, , allow", "condition", ""),
        ("p, voucher, draft, clerk, self, -, Deny", "effect", "Deny"),
        ("p, voucher, draft, clerk, self, -, allow # why", "effect", "allow # why"),
        ("p, voucher, draft, clerk, self, -", "row", "p, voucher, draft, clerk, self, -"),
        ("p, voucher, draft, clerk, self, -, allow, x", "row", "p, voucher, draft, clerk, self, -, allow, x"),
        ("p，voucher，draft，clerk，self，-，allow", "row", "p，voucher，draft，clerk，self，-，allow"),
    ],
)
def test_a_mistyped_row_is_refused_with_its_line(row: str, column: str, value: str) -> None:
    with pytest.raises(PolicyInvalid) as refusal:
        parse(GOOD + row + "\n")
    facts = refusal.value.facts
    assert (facts["line"], facts["column"], facts["value"]) == (3, column, value)
    assert "line 3" in refusal.value.message(Language.EN)
    assert "第 3 行" in refusal.value.message(Language.ZH)


@pytest.mark.parametrize("effect", ["allow", "deny"])
def test_what_one_line_settles_no_second_line_may_settle(effect: str) -> None:
    with pytest.raises(PolicyInvalid) as refusal:
        parse(GOOD + f"p, voucher, draft, clerk, self, -, {effect}\n")
    assert refusal.value.facts["line"] == 3
    assert "line 2" in refusal.value.message(Language.EN)


def test_a_deny_for_a_misspelt_action_is_refused_because_it_would_guard_nothing() -> None:
    with pytest.raises(PolicyInvalid) as refusal:
        parse(GOOD + "p, voucher, drift, *, any, is_drafter, deny\n")
    assert (refusal.value.facts["line"], refusal.value.facts["value"]) == (3, "drift")


def test_a_good_policy_gives_its_rules_in_order() -> None:
    first, second = parse(GOOD + "p, voucher, draft, *, any, is_drafter, deny\n")
    assert first.fields == ("voucher", "draft", "clerk", "self", "-", "allow")
    assert (first.line, second.line) == (2, 3)
