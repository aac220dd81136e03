"""Decides who may do what, where: a small static policy in Casbin over facts that the caller passes in.

The policy is compiled once at start. A decision costs some tens of microseconds; it touches no database and no clock.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import casbin
from casbin.effect.default_effectors import AllowAndDenyEffector

from domain.shared.errors import Forbidden, Unauthenticated
from policies.access.conditions import CONDITIONS, Condition
from policies.access.request import NO_TENANT, VISITOR, Holding, Resource, Subject
from policies.access.validate import ANYONE, PolicyEmpty, PolicyInvalid, Rule, parse

__all__ = [
    "NO_TENANT",
    "VISITOR",
    "AccessPolicy",
    "Holding",
    "PolicyEmpty",
    "PolicyInvalid",
    "Resource",
    "Subject",
    "has_role",
]

HERE = Path(__file__).parent
_log = logging.getLogger(__name__)

# Casbin logs the attributes of every refused request, personal data included. A level survives a later
# logging.config.dictConfig(), such as uvicorn's, which takes back `disabled` from loggers that exist already.
logging.getLogger("casbin").setLevel(logging.CRITICAL + 1)


def has_role(subject: Subject, role: str, scope: str, resource: Resource) -> bool:
    """Does the caller hold the office `role` in the resource's tenant or, with scope `tree`, in one above it?"""
    if role == ANYONE:
        return True
    return any(
        holding.office == role
        and (holding.path == resource.path or (scope == "tree" and holding.reaches(resource.path)))
        for holding in subject.holdings
    )


class AccessPolicy:
    """The access policy in force. Immutable, safe to share between threads and tasks."""

    rules: tuple[Rule, ...]
    actions: frozenset[tuple[str, str]]
    """All (object, action) pairs that the policy knows; anything else is refused."""

    def __init__(self, rules: Iterable[Rule], conditions: Mapping[str, Condition] = CONDITIONS) -> None:
        """Rules as `parse` gives them. Raises PolicyEmpty."""
        self.rules = tuple(rules)
        if not self.rules:
            raise PolicyEmpty()
        # A rule can match only requests for its own object and action, so each pair has an enforcer of its own:
        # a decision reads about ten rows, not the whole policy.
        by_act: defaultdict[tuple[str, str], list[Rule]] = defaultdict(list)
        for rule in self.rules:
            by_act[rule.act].append(rule)
        self._enforcers = {act: _enforcer(rows, conditions) for act, rows in by_act.items()}
        self.actions = frozenset(self._enforcers)

    @classmethod
    def load(cls) -> Self:
        """The policy beside this file. Raises PolicyEmpty, PolicyInvalid (naming the line)."""
        return cls(parse((HERE / "policy.csv").read_text(encoding="utf-8")))

    def allows(self, obj: str, act: str, subject: Subject, resource: Resource) -> bool:
        """May the caller do this? Whatever goes wrong while deciding is a no, and is logged without the request."""
        enforcer = self._enforcers.get((obj, act))
        if enforcer is None:
            return False
        try:
            return enforcer.enforce(obj, act, subject, resource) is True
        except Exception:
            _log.exception("access decision failed, refused: %s.%s", obj, act)
            return False

    def require(self, obj: str, act: str, subject: Subject, resource: Resource) -> None:
        """Raises Unauthenticated where no office is acted in, Forbidden where the office does not reach."""
        if self.allows(obj, act, subject, resource):
            return
        if not subject.holdings:
            raise Unauthenticated()
        raise Forbidden(object=obj, action=act)


def _enforcer(rules: list[Rule], conditions: Mapping[str, Condition]) -> Any:
    """A Casbin enforcer of these rules; Casbin is not typed."""
    enforcer: Any = casbin.Enforcer(str(HERE / "model.conf"))
    if not isinstance(enforcer.eft, AllowAndDenyEffector):
        raise RuntimeError("model.conf: the effect must ask for an allow and bear no deny; others allow by default")
    enforcer.add_function("has_role", has_role)
    enforcer.add_function("cond", lambda name, subject, resource: conditions[name](subject, resource))
    if not enforcer.add_policies([list(rule.fields) for rule in rules]):
        raise RuntimeError("Casbin took none of the rules; is one repeated?")
    # Casbin parses and walks the matcher anew for every request; compiled once, a decision takes a fifth of the time.
    # Should a later Casbin not call this hook any more, it decides the same, only slower.
    matcher = _Matcher(enforcer)
    enforcer._get_expression = lambda *_: matcher
    return enforcer


class _Matcher:
    """The matcher of model.conf as code that sees its own functions and the request, and no builtins."""

    __slots__ = ("_code", "_functions")

    def __init__(self, enforcer: Any) -> None:
        source = enforcer.model["m"]["m"].value
        if "eval(" in source:
            raise RuntimeError("model.conf: eval() would let a row of the policy run as code")
        self._code = compile(enforcer._get_expression(source).expr.strip(), "model.conf", "eval")
        self._functions: dict[str, Any] = {**enforcer.fm.get_functions(), "__builtins__": {}}

    def eval(self, names: Mapping[str, object]) -> object:
        """The name is Casbin's. The code comes from model.conf in this package, never from a request."""
        return eval(self._code, self._functions, names)  # noqa: S307
