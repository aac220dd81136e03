"""What strangers write into texts, cursors and times is refused by name, and never an internal error."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLInputObjectType, GraphQLObjectType, get_named_type

from gateway import texts
from gateway.schema import schema
from gateway.texts import TextTooLong, TextUnfit
from tests.support.gateway import Client, Town, tenant
from tests.support.village import VILLAGE_CODE

LINES: tuple[dict[str, str], ...] = (
    {"account": "101", "debit": "1.00", "evidence": "收据1"},
    {"account": "102", "credit": "1.00", "evidence": "收据1"},
)


async def _draft(client: Client, town: Town, summary: str, **first: str) -> dict[str, Any]:
    village, postings = tenant(town.scene.village), [{**LINES[0], **first}, LINES[1]]
    answer = await client.do(
        "DraftVoucher", village=village, occurredOn="2025-03-01", summary=summary, postings=postings
    )
    return answer.refused


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ufeff"])
async def test_a_character_that_cannot_be_shown_is_refused_by_name(town: Town, character: str) -> None:
    clerk = await town.as_("clerk")
    refused = await _draft(clerk.speaking("en"), town, f"办公{character}费")
    assert (refused["code"], refused["path"]) == ("BAD_INPUT", ["input", "summary"])
    assert f"U+{ord(character):04X}" in refused["message"]
    refused = await _draft(clerk, town, "办公费", evidence=f"收据{character}1")
    assert (refused["code"], refused["path"]) == ("BAD_INPUT", ["input", "postings", "0", "evidence"])


async def test_a_text_that_is_too_long_is_refused_with_its_limit(town: Town) -> None:
    refused = await _draft(await town.as_("clerk"), town, "长" * 201)
    assert (refused["code"], refused["path"]) == ("BAD_INPUT", ["input", "summary"])
    assert "201" in refused["message"]
    assert "200" in refused["message"]


async def test_a_login_that_postgresql_cannot_keep_is_no_internal_error(town: Town) -> None:
    for login in ("a\x00@445203", "a@\x00"):
        refused = (await town.visitor.do("SignIn", login=login, password="x")).refused
        assert (refused["code"], refused["path"]) == ("BAD_INPUT", ["input", "login"])


@pytest.mark.parametrize(
    "question",
    [
        'tenant(code: "\\u0000") { id }',
        f'tenant(code: "{VILLAGE_CODE}") {{ disclosures(item: "\\u0000") {{ edges {{ cursor }} }} }}',
    ],
)
async def test_a_query_with_such_a_character_is_refused(town: Town, question: str) -> None:
    assert (await town.visitor.ask(f"{{ {question} }}")).code == "BAD_INPUT"


def _cursor(*parts: str) -> str:
    return urlsafe_b64encode("|".join(parts).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "field",
    [
        f'vouchers(after: "{_cursor(chr(0), "1")}") {{ edges {{ cursor }} }}',
        f'vouchers(after: "{_cursor("2025-01", "9" * 15)}") {{ edges {{ cursor }} }}',
        f'history(after: "{_cursor("9" * 15)}") {{ edges {{ cursor }} }}',
        'accountDetail(account: "101", from: "2025-01", to: "2025-02", '
        f'after: "{_cursor("2025-01-01", "2147483648", "1")}") {{ name }}',
    ],
)
async def test_a_made_up_cursor_is_unknown(town: Town, field: str) -> None:
    clerk = await town.as_("clerk")
    assert (await clerk.ask(f'{{ tenant(code: "{VILLAGE_CODE}") {{ {field} }} }}')).code == "CURSOR_UNKNOWN"


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "0004-02-29T00:00:00", "9999-12-31T23:59:59-14:00", "9996-02-29T00:00:00Z"],
)
async def test_moments_at_the_ends_of_the_calendar_are_only_early_or_late(town: Town, moment: str) -> None:
    clerk = await town.as_("clerk")
    field = f'trialBalance(from: "2025-01", to: "2025-02", asOf: {{ recordedAt: "{moment}" }}) {{ position }}'
    found = (await clerk.ask(f'{{ tenant(code: "{VILLAGE_CODE}") {{ {field} }} }}')).one
    assert found["trialBalance"]["position"] >= 0


async def test_no_voucher_takes_a_number_in_a_month_that_cannot_be_written(town: Town) -> None:
    """It would stand in the way of every import."""
    clerk, village = await town.as_("clerk"), tenant(town.scene.village)
    given: dict[str, Any] = {"village": village, "summary": "办公费", "postings": list(LINES)}
    for day in ("3000-01-01", "9999-12-31"):
        refused = (await clerk.do("DraftVoucher", occurredOn=day, **given)).refused
        assert (refused["code"], refused["path"]) == ("PERIOD_INVALID", ["input", "occurredOn"])
    for year in (3000, 2**31 - 1, -1):
        refused = (await clerk.do("ImportVouchers", village=village, year=year, file=("a.csv", b"x"))).refused
        assert (refused["code"], refused["path"]) == ("PERIOD_INVALID", ["input", "year"])


def test_remarks_may_have_lines_and_secrets_have_rules_of_their_own() -> None:
    texts.check({"input": {"opinion": "属实。\n同意入账。" * 100, "password": "\x00" * 9_999, "file": object()}})
    with pytest.raises(TextUnfit):
        texts.check({"input": {"summary": "一\n二"}})
    with pytest.raises(TextUnfit):
        texts.check({"input": {"opinion": "\u202e"}})
    with pytest.raises(TextTooLong):
        texts.check({"input": {"lines": [{"summary": "x"}, {"summary": "x" * 201}]}})


def test_arguments_named_like_ids_are_ids() -> None:
    """What is left out of the check as an id must be one, or a text would slip by under its name."""
    inputs = [field.args for root in ("Query", "Mutation", "Tenant") for field in _fields(root).values()]
    inputs += [found.fields for found in schema._schema.type_map.values() if isinstance(found, GraphQLInputObjectType)]
    named = {(name, get_named_type(given.type).name) for each in inputs for name, given in each.items()}
    assert {type for name, type in named if name in texts.IDS} == {"ID"}
    assert {name for name, type in named if type == "ID"} == texts.IDS


def _fields(root: str) -> dict[str, GraphQLField]:
    found = schema._schema.type_map[root]
    assert isinstance(found, GraphQLObjectType)
    fields: dict[str, GraphQLField] = found.fields
    return fields
