"""The policy as a page that people read: `uv run python -m policies.access.matrix` rewrites matrix.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path

from domain.shared.identity import Office
from policies.access.conditions import CONDITIONS
from policies.access.enforcer import AccessPolicy
from policies.access.validate import ANYONE, Rule

PAGE = Path(__file__).with_name("matrix.md")
INTRODUCTION = """\
# Who may do what

Generated from `policy.csv` by `uv run python -m policies.access.matrix`; edit that file, not this page.

- **here**: in the very tenant in which the office is held
- **here and below**: in that tenant and in all below it
- **always**: everyone, visitors included
- an empty cell: not allowed
- *never*: whoever this names is refused, whatever office they hold
"""


def page(rules: Iterable[Rule]) -> str:
    """The whole page in Markdown: one table of office × action for each object, in the order of the policy."""
    tables: dict[str, list[Rule]] = {}
    for rule in rules:
        tables.setdefault(rule.object, []).append(rule)
    return "\n".join([INTRODUCTION, *(line for name, rows in tables.items() for line in _table(name, rows))])


def _table(name: str, rules: list[Rule]) -> Iterator[str]:
    actions = list(dict.fromkeys(rule.action for rule in rules))
    yield f"## {name}\n"
    yield _row("", *actions)
    yield _row(*("---" for _ in range(len(actions) + 1)))
    for office in (ANYONE, *Office):
        cells = [_cell(rule for rule in rules if (rule.office, rule.action) == (office, action)) for action in actions]
        if any(allowed for allowed, _ in cells):
            yield _row(_title(office), *(allowed for allowed, _ in cells))
        if any(refused for _, refused in cells):
            yield _row(f"*never* ({_title(office)})", *(refused for _, refused in cells))
    yield ""


def _cell(rules: Iterable[Rule]) -> tuple[str, str]:
    """What is allowed and what is refused, in words."""
    allowed: list[str] = []
    refused: list[str] = []
    for rule in rules:
        (allowed if rule.effect == "allow" else refused).append(_words(rule))
    return "; ".join(allowed), "; ".join(refused)


def _words(rule: Rule) -> str:
    where = {"self": "here", "tree": "here and below", "any": "always"}[rule.scope]
    if rule.condition == "-":
        return where
    who = cleandoc(CONDITIONS[rule.condition].__doc__ or rule.condition)
    return who if rule.scope == "any" else f"{where}: {who}"


def _title(office: str) -> str:
    return "anyone" if office == ANYONE else f"{Office(office).zh} {Office(office).en}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(AccessPolicy.load().rules), encoding="utf-8")


if __name__ == "__main__":
    main()
