"""Reads policy.csv strictly: Casbin skips a line it does not understand and ignores an effect it does not know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from domain.shared.errors import DomainError
from domain.shared.identity import Office
from policies.access.conditions import CONDITIONS

ANYONE = "*"
OBJECTS = frozenset({"tenant", "member", "office", "voucher", "book", "ledger", "log", "disclosure", "session"})
OFFICES = frozenset(office.value for office in Office)
EFFECTS = frozenset({"allow", "deny"})
COLUMNS = ("p", "object", "action", "office", "scope", "condition", "effect")
_ACTION = re.compile(r"[a-z]+(_[a-z]+)*")


class PolicyInvalid(DomainError):
    """Access policy, line {line}: {column} is '{value}'; expected {expected}."""

    code = "ACCESS_POLICY_INVALID"
    zh = "权限策略第 {line} 行：{column} 为“{value}”；应为 {expected}"


class PolicyEmpty(DomainError):
    """The access policy holds no rule; nothing may start on an empty one."""

    code = "ACCESS_POLICY_EMPTY"
    zh = "权限策略没有任何规则，系统拒绝在空策略下启动"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: who (office, scope, condition) may, or with effect `deny` may never, do `action` to `object`.

    Scope `self` is the very tenant in which the office is held, `tree` that tenant and all below it; `any` goes with
    the office `*`, which is everyone including visitors.
    """

    line: int
    object: str
    action: str
    office: str
    scope: str
    condition: str
    effect: str

    @property
    def fields(self) -> tuple[str, str, str, str, str, str]:
        """The row as Casbin takes it, in the order of model.conf."""
        return self.object, self.action, self.office, self.scope, self.condition, self.effect

    @property
    def act(self) -> tuple[str, str]:
        return self.object, self.action


def parse(text: str, conditions: Collection[str] = CONDITIONS.keys()) -> tuple[Rule, ...]:
    """The rules of a policy in CSV. Raises PolicyEmpty, and PolicyInvalid for the first row that is not exact."""
    rules = tuple(_rows(text, conditions))
    if not rules:
        raise PolicyEmpty()
    _no_repeats(rules)
    _no_dead_actions(rules)
    return rules


def _rows(text: str, conditions: Collection[str]) -> Iterator[Rule]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        values = [value.strip() for value in line.split(",")]
        if len(values) != len(COLUMNS):
            raise PolicyInvalid(line=number, column="row", value=line, expected=", ".join(COLUMNS))
        yield _rule(number, values, conditions)


def _rule(number: int, values: list[str], conditions: Collection[str]) -> Rule:
    office = values[3]
    allowed: dict[str, Collection[str]] = {
        "p": {"p"},
        "object": OBJECTS,
        "office": OFFICES | {ANYONE},
        "scope": {"any"} if office == ANYONE else {"self", "tree"},
        "condition": conditions,
        "effect": EFFECTS,
    }
    for column, value in zip(COLUMNS, values, strict=True):
        if column == "action":
            if not _ACTION.fullmatch(value):
                raise PolicyInvalid(line=number, column=column, value=value, expected="lower_case_words")
        elif value not in allowed[column]:
            expected = " | ".join(sorted(allowed[column]))
            raise PolicyInvalid(line=number, column=column, value=value, expected=expected)
    return Rule(number, *values[1:])


def _no_repeats(rules: tuple[Rule, ...]) -> None:
    """Casbin refuses the whole batch on a repeated row; an allow and a deny for the same thing cancel out unseen."""
    seen: dict[tuple[str, ...], Rule] = {}
    for rule in rules:
        key = rule.fields[:-1]
        if key in seen:
            expected = f"no second rule for what line {seen[key].line} settles"
            raise PolicyInvalid(line=rule.line, column="row", value=", ".join(rule.fields), expected=expected)
        seen[key] = rule


def _no_dead_actions(rules: tuple[Rule, ...]) -> None:
    """An action that is only ever denied is a misspelt one, and its deny rule guards nothing."""
    living = {rule.act for rule in rules if rule.effect == "allow"}
    for rule in rules:
        if rule.act not in living:
            expected = f"an action of {rule.object} that some rule allows"
            raise PolicyInvalid(line=rule.line, column="action", value=rule.action, expected=expected)
