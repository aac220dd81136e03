"""Who may do what, stated a second time by hand and compared with the policy for every office, action and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

import casbin
import pytest

from domain.shared.identity import Office
from policies.access import matrix
from policies.access.conditions import CONDITIONS
from policies.access.enforcer import HERE, AccessPolicy, Holding, Resource, Subject, has_role
from policies.access.validate import Rule

CALLER, OTHER = UUID(int=1), UUID(int=2)
VILLAGE = "/d1/t10/v10/"
ABOVE = {VILLAGE, "/d1/t10/", "/d1/"}
BEGINS_ALIKE = ("/d1/t1/", "/d1/t10/v1/", "/d1/t100/", "/d1/t10/v100/", "/d10/")
ELSEWHERE = (*BEGINS_ALIKE, "/d1/t10/v2/", "/d1/t10/v10/g1/", "/d2/", "/d2/t10/v10/", "/t10/", "/v10/")
PLACES = (*sorted(ABOVE), *ELSEWHERE)

COMMITTEE = {Office.COMMITTEE_DIRECTOR, Office.COMMITTEE_MEMBER}
ORGANS = COMMITTEE | {Office.CLERK, Office.SECRETARY, Office.VILLAGE_HEAD}
TOWNSHIP = {Office.TOWNSHIP_ACCOUNTANT, Office.TOWNSHIP_REVIEWER}
OVERSEERS = TOWNSHIP | {Office.RESIDENT_CADRE, Office.INSPECTOR, Office.DISTRICT_ADMINISTRATOR}


@dataclass(frozen=True)
class Expected:
    """`here`: offices that do it in their own tenant; `below`: those that also reach down; `own`: hands that open it
    to whoever they are; `never`: hands that close it to whoever they are."""

    here: frozenset[Office] = frozenset()
    below: frozenset[Office] = frozenset()
    everyone: bool = False
    members: bool = False
    own: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def allows(self, office: Office | None, place: str, hand: str | None) -> bool:
        if hand in self.never:
            return False
        if self.everyone or self.members or hand in self.own:
            return True
        return (office in self.here and place == VILLAGE) or (office in self.below and place in ABOVE)


def expect(
    here: set[Office] | Office | None = None,
    below: set[Office] | Office | None = None,
    own: str = "",
    never: str = "",
    *,
    everyone: bool = False,
    members: bool = False,
) -> Expected:
    def offices(given: set[Office] | Office | None) -> frozenset[Office]:
        return frozenset({given} if isinstance(given, Office) else given or ())

    hands = frozenset(own.split()), frozenset(never.split())
    return Expected(offices(here), offices(below), everyone, members, *hands)


EVERYONE = expect(everyone=True)
MEMBERS = expect(members=True)
DISTRICT = expect(below=Office.DISTRICT_ADMINISTRATOR)
CLERK = expect(Office.CLERK)
READERS = expect(ORGANS, OVERSEERS)
REVIEW = expect(COMMITTEE, never="drafter")
SIGN = expect(Office.SECRETARY, never="drafter reviewer")
KEEP_BOOKS = expect(below=Office.TOWNSHIP_ACCOUNTANT, never="drafter signer")
CHART = expect(below=Office.TOWNSHIP_ACCOUNTANT)
DISTRICT_OR_OWN = replace(DISTRICT, own=frozenset({"subject"}))

TABLE: dict[str, dict[str, Expected]] = {
    "tenant": {"read": EVERYONE, "import": DISTRICT, "rename": DISTRICT, "recode": DISTRICT, "merge": DISTRICT},
    "member": {
        "register": expect(below={Office.DISTRICT_ADMINISTRATOR, Office.TOWNSHIP_REVIEWER}),
        "read": expect(
            COMMITTEE | {Office.CLERK, Office.SECRETARY},
            TOWNSHIP | {Office.DISTRICT_ADMINISTRATOR, Office.INSPECTOR},
            own="subject",
        ),
        "read_private": DISTRICT_OR_OWN,
        "erase": DISTRICT,
        "set_password": DISTRICT_OR_OWN,
    },
    "office": {"read": EVERYONE, "appoint": DISTRICT, "end": DISTRICT, "delegate": expect(own="subject")},
    "voucher": {
        **dict.fromkeys(("draft", "import", "revise", "withdraw", "reverse"), CLERK),
        "review": REVIEW,
        "sign": SIGN,
        "return": expect(COMMITTEE | {Office.SECRETARY}, Office.TOWNSHIP_ACCOUNTANT, never="drafter"),
        "post": KEEP_BOOKS,
        "read": READERS,
        "history": READERS,
    },
    "book": {"open": CHART, "close_period": CHART, "open_account": CHART, "read": READERS},
    "ledger": {
        "read": READERS,
        "as_of": READERS,
        "verify": expect(below={Office.INSPECTOR, Office.DISTRICT_ADMINISTRATOR}),
    },
    "log": {"read": READERS, "subscribe": READERS},
    "disclosure": {
        "draft": CLERK,
        "publish": CLERK,
        "review": REVIEW,
        "sign": SIGN,
        "return": expect(COMMITTEE | {Office.SECRETARY}, never="drafter"),
        "file": expect(below=Office.TOWNSHIP_REVIEWER),
        "read": expect(ORGANS, OVERSEERS | {Office.DEPARTMENT_OFFICER}),
        "read_published": EVERYONE,
    },
    "session": {"sign_in": EVERYONE, "choose_office": MEMBERS, "refresh": EVERYONE, "sign_out": MEMBERS},
}
ACTIONS = {(obj, act): expected for obj, acts in TABLE.items() for act, expected in acts.items()}


@dataclass(frozen=True)
class Case:
    """One question and its answer. A hand is the caller's; the other hands are someone else's, or unknown."""

    obj: str
    act: str
    subject: Subject
    resource: Resource
    allowed: bool


def cases(obj: str, act: str) -> Iterator[Case]:
    expected = ACTIONS[obj, act]
    others = Resource(VILLAGE, drafter=OTHER, reviewer=OTHER, signer=OTHER, subject=OTHER)
    resources = [
        (None, Resource(VILLAGE)),
        (None, others),
        ("drafter", replace(others, drafter=CALLER)),
        ("reviewer", replace(others, reviewer=CALLER)),
        ("signer", replace(others, signer=CALLER)),
        ("subject", replace(others, subject=CALLER)),
    ]
    for hand, resource in resources:
        for office in Office:
            for place in PLACES:
                caller = Subject(CALLER, frozenset({Holding(office, place)}))
                yield Case(obj, act, caller, resource, expected.allows(office, place, hand))
        no_office = Subject(CALLER, frozenset())
        yield Case(obj, act, no_office, resource, expected.allows(None, "", hand))
        yield Case(obj, act, Subject(None, frozenset()), resource, expected.everyone)


def wrong(policy: AccessPolicy, obj: str, act: str) -> Iterator[Case]:
    """The cases that the policy decides otherwise than the table."""
    for case in cases(obj, act):
        if policy.allows(obj, act, case.subject, case.resource) is not case.allowed:
            yield case


@pytest.fixture(scope="module")
def policy() -> AccessPolicy:
    return AccessPolicy.load()


def test_the_table_covers_every_action_and_no_other(policy: AccessPolicy) -> None:
    assert policy.actions == ACTIONS.keys()


@pytest.mark.parametrize(("obj", "act"), sorted(ACTIONS))
def test_every_office_in_every_place_decides_as_the_table_says(policy: AccessPolicy, obj: str, act: str) -> None:
    assert next(wrong(policy, obj, act), None) is None


@pytest.mark.parametrize("rule", AccessPolicy.load().rules, ids=lambda rule: f"line {rule.line}")
def test_no_row_can_be_left_out(policy: AccessPolicy, rule: Rule) -> None:
    """Every row is exercised: without it the policy no longer agrees with the table."""
    without = AccessPolicy(other for other in policy.rules if other.object == rule.object and other != rule)
    assert next(wrong(without, *rule.act), None) is not None


def test_compiled_and_divided_it_decides_as_stock_casbin_does(policy: AccessPolicy) -> None:
    """All rows in one enforcer, read by Casbin's own file adapter and walked by its own evaluator."""
    stock: Any = casbin.Enforcer(str(HERE / "model.conf"), str(HERE / "policy.csv"))
    stock.add_function("has_role", has_role)
    stock.add_function("cond", lambda name, subject, resource: CONDITIONS[name](subject, resource))
    sample = list(islice((case for pair in sorted(ACTIONS) for case in cases(*pair)), 0, None, 97))
    assert {case.allowed for case in sample} == {True, False}
    for case in sample:
        request = (case.obj, case.act, case.subject, case.resource)
        assert stock.enforce(*request) is policy.allows(*request) is case.allowed


def test_the_page_is_the_one_that_the_policy_gives(policy: AccessPolicy) -> None:
    assert matrix.PAGE.read_text(encoding="utf-8") == matrix.page(policy.rules), "run: python -m policies.access.matrix"
