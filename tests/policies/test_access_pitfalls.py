"""Ways in which Casbin, or its user, can let somebody through; each is shut."""

from __future__ import annotations

import logging
from dataclasses import replace
from uuid import UUID

import pytest

from domain.shared.errors import Forbidden, Unauthenticated
from domain.shared.identity import Office
from policies.access.conditions import CONDITIONS
from policies.access.enforcer import NO_TENANT, VISITOR, AccessPolicy, Holding, Resource, Subject
from policies.access.validate import parse

MEMBER, OTHER = UUID(int=1), UUID(int=2)
VILLAGE = "/d1/t1/v1/"
HERE = Resource(VILLAGE)


def acting(office: Office, path: str = VILLAGE) -> Subject:
    return Subject(MEMBER, frozenset({Holding(office, path)}))


@pytest.fixture(scope="module")
def policy() -> AccessPolicy:
    return AccessPolicy.load()


def broken(_subject: Subject, _resource: Resource) -> bool:
    raise KeyError("no such fact")


@pytest.mark.parametrize(
    "row",
    [
        "p, voucher, read, clerk, self, broken, allow",
        "p, voucher, read, *, any, broken, allow",
        "p, voucher, read, *, any, broken, deny",
        "p, voucher, read, clerk, self, broken, deny",
    ],
)
@pytest.mark.parametrize("broken_row_first", [True, False])
def test_a_condition_that_raises_denies(row: str, broken_row_first: bool, caplog: pytest.LogCaptureFixture) -> None:
    conditions = {**CONDITIONS, "broken": broken}
    good = "p, voucher, read, clerk, self, -, allow"
    rows = [row, good] if broken_row_first else [good, row]
    policy = AccessPolicy(parse("\n".join(rows), conditions), conditions)
    assert not policy.allows("voucher", "read", acting(Office.CLERK), HERE)
    assert "voucher.read" in caplog.text
    assert str(MEMBER) not in caplog.text


def test_a_deny_outweighs_allows_before_and_after_it() -> None:
    allow = "p, voucher, sign, secretary, self, -, allow"
    deny = "p, voucher, sign, *, any, is_drafter, deny"
    also = "p, voucher, sign, secretary, tree, -, allow"
    own = replace(HERE, drafter=MEMBER)
    for rows in ((deny, allow, also), (allow, deny, also), (allow, also, deny)):
        policy = AccessPolicy(parse("\n".join(rows)))
        assert not policy.allows("voucher", "sign", acting(Office.SECRETARY), own)
        assert policy.allows("voucher", "sign", acting(Office.SECRETARY), replace(HERE, drafter=OTHER))


def test_what_no_rule_knows_is_refused_to_everyone(policy: AccessPolicy) -> None:
    for office in Office:
        for path in (VILLAGE, "/d1/t1/", "/d1/"):
            assert not policy.allows("voucher", "approve", acting(office, path), HERE)
            assert not policy.allows("nothing", "read", acting(office, path), HERE)
            assert not policy.allows("", "", acting(office, path), HERE)


def test_a_number_that_begins_alike_is_another_tenant(policy: AccessPolicy) -> None:
    accountant = acting(Office.TOWNSHIP_ACCOUNTANT, "/d1/t1/")
    assert policy.allows("voucher", "read", accountant, HERE)
    assert not policy.allows("voucher", "read", accountant, Resource("/d1/t10/v1/"))
    assert not policy.allows("voucher", "read", accountant, Resource("/d1/"))


@pytest.mark.parametrize("path", ["", "/d1/t1", "d1/t1/", "/d1//t1/", "//"])
def test_a_path_without_its_slashes_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="tenant path"):
        Resource(path)
    with pytest.raises(ValueError, match="tenant path"):
        Holding(Office.CLERK, path)


def test_no_office_is_held_above_every_tenant() -> None:
    assert Resource(NO_TENANT).path == NO_TENANT
    with pytest.raises(ValueError, match="above every tenant"):
        Holding(Office.DISTRICT_ADMINISTRATOR, NO_TENANT)


def test_offices_belong_to_a_member() -> None:
    with pytest.raises(ValueError, match="name the member"):
        Subject(None, frozenset({Holding(Office.SECRETARY, VILLAGE)}))


def test_offices_passed_as_text_do_not_match_by_substring(policy: AccessPolicy) -> None:
    text = Subject(MEMBER, "not-a-clerk")  # type: ignore[arg-type]
    assert not policy.allows("voucher", "draft", text, HERE)


def test_a_visitor_is_asked_to_sign_in_and_an_officer_is_told_what_is_refused(policy: AccessPolicy) -> None:
    policy.require("disclosure", "read_published", VISITOR, HERE)
    policy.require("voucher", "draft", acting(Office.CLERK), HERE)
    with pytest.raises(Unauthenticated):
        policy.require("voucher", "draft", VISITOR, HERE)
    with pytest.raises(Unauthenticated):
        policy.require("voucher", "draft", Subject(MEMBER, frozenset()), HERE)
    with pytest.raises(Forbidden) as refusal:
        policy.require("voucher", "draft", acting(Office.SECRETARY), HERE)
    assert refusal.value.facts == {"object": "voucher", "action": "draft"}


def test_a_visitor_is_nobody_and_therefore_not_the_one_unnamed(policy: AccessPolicy) -> None:
    """None is not equal to None: an unknown hand is not the visitor's."""
    for act in ("read", "read_private", "set_password"):
        assert not policy.allows("member", act, VISITOR, Resource(VILLAGE, subject=None))
        assert not policy.allows("member", act, Subject(MEMBER, frozenset()), Resource(VILLAGE, subject=None))


def test_casbin_logs_nothing_of_a_request_even_when_its_loggers_are_woken(
    policy: AccessPolicy, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """logging.config.dictConfig(), which a web server calls as it starts, takes back `disabled`."""
    for name in ("casbin", "casbin.enforcer", "casbin.policy", "casbin.role"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
    caplog.set_level(logging.DEBUG)
    assert not policy.allows("voucher", "sign", acting(Office.CLERK), replace(HERE, drafter=MEMBER))
    assert policy.allows("voucher", "draft", acting(Office.CLERK), HERE)
    assert caplog.records == []
