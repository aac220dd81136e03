"""What is not public stays in the village: asked for through every field of the schema, and through every mutation.

The documents are generated from the schema, the markers stand in everything that the village keeps to itself. The
village's own clerk is the control: asked the same way, the markers do appear.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLObjectType

from domain.ledger.posting import Posting
from domain.shared.money import Fen
from gateway.context import context_for
from gateway.ids import Kind, NodeId
from gateway.permissions import MUTATION, PERMISSIONS, Asked, Permission
from gateway.schema import schema
from policies.access.enforcer import AccessPolicy
from services.bus import HANDLERS
from services.handlers.disclosures import DraftDisclosure
from services.handlers.ledger import OpenAccount
from services.handlers.vouchers import DraftVoucher, PostVoucher, ReviewVoucher, SignVoucher
from services.store.settings import Database
from services.wiring import wired
from tests.support.documents import Asking, every_field, public
from tests.support.gateway import Answer, Client, Town, disclosure, gateway_of, member, tenant, term, voucher
from tests.support.village import Scene, build_scene

POLICY = AccessPolicy.load()
MARKERS = ("机密摘要", "机密往来", "机密附件", "机密科目", "机密意见", "9876.54", "2025年第二季度", "13800138000")
"""Of vouchers in no published disclosure, a sub-account, a review's opinion, a draft disclosure, a phone."""
REFUSALS = {"UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"}
OWN = {("idle", "setPassword"), ("other_admin", "importDivisions")}
STRANGERS = ("visitor", "idle", "neighbour_clerk", "neighbour_director", "far_accountant", "other_admin")


@dataclass(frozen=True)
class Secrets:
    """The village with something to hide, and who must not see it."""

    town: Town
    clients: dict[str, Client]
    ids: dict[str, str]


@pytest.fixture(scope="module")
async def secrets(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Secrets]:
    directory = tmp_path_factory.mktemp("keys")
    async with wired(module_database, directory) as services, gateway_of(services) as visitor:
        scene = await build_scene(services)
        other = await build_scene(services, "445299")
        town, there = Town(scene, visitor), Town(other, visitor)
        clients = {
            name: await town.as_(name) for name in ("clerk", "neighbour_clerk", "neighbour_director", "far_accountant")
        }
        clients |= {"visitor": visitor, "idle": await town.as_("clerk", office=False)}
        clients["other_admin"] = await there.as_("admin")
        yield Secrets(town, clients, await _hide(scene))


async def _hide(scene: Scene) -> dict[str, str]:
    await scene.open_books()
    published = await scene.published_disclosure()
    await scene.run(OpenAccount("51509", "机密科目"), scene.people["accountant"])
    lines = (
        Posting("51509", debit=Fen(987_654), summary="机密摘要", counterparty="机密往来", evidence="机密附件"),
        Posting("102", credit=Fen(987_654), summary="机密摘要", counterparty="机密往来", evidence="机密附件"),
    )
    hidden = (await scene.run(DraftVoucher(date(2025, 5, 6), "机密摘要", lines), scene.people["clerk"])).streams[0]
    await scene.run(ReviewVoucher(hidden, "机密意见"), scene.people["director"])
    posted = (await scene.run(DraftVoucher(date(2025, 5, 7), "机密摘要", lines), scene.people["clerk"])).streams[0]
    waiting = await scene.draft_voucher(on=date(2025, 8, 1), summary="机密摘要")
    await scene.post(posted)
    await _finish(scene, hidden)
    await scene.close("2025-04", "2025-05", "2025-06")
    draft = (await scene.run(DraftDisclosure("V.C1", "2025-Q2"), scene.people["clerk"])).streams[0]
    return {
        "Tenant": tenant(scene.village),
        "Voucher": voucher(scene.village, hidden),
        "Disclosure": disclosure(scene.village, draft),
        "Member": member(scene, "clerk"),
        "OfficeTerm": term(scene, "clerk"),
        "published": disclosure(scene.village, published),
        "waiting": voucher(scene.village, waiting),
        "posted": voucher(scene.village, posted),
    }


async def _finish(scene: Scene, reviewed: Any) -> None:
    await scene.run(SignVoucher(reviewed), scene.people["secretary"])
    await scene.run(PostVoucher(reviewed), scene.people["accountant"])


ASKINGS = [
    asking
    for name in ("Tenant", "Voucher", "Disclosure", "Member")
    for asking in every_field(schema._schema, name, POLICY)
]


def document(asking: Asking, id: str) -> str:
    return f'{{ node(id: "{id}") {{ ... on {asking.type} {{ {asking.selection} }} }} }}'


def shown(answer: Answer) -> str:
    return json.dumps([answer.data, answer.errors], ensure_ascii=False)


def hidden_in(answer: Answer) -> list[str]:
    return [marker for marker in MARKERS if marker in shown(answer)]


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("asking", ASKINGS, ids=lambda one: f"{one.type}.{one.field}")
async def test_no_field_tells_a_stranger(secrets: Secrets, asking: Asking, who: str) -> None:
    if who == "idle" and asking.type == "Member":
        pytest.skip("it is their own record")
    answer = await secrets.clients[who].ask(document(asking, secrets.ids[asking.type]))
    assert hidden_in(answer) == []
    if asking.type != "Tenant" or not public(asking.type, asking.field, POLICY):
        assert answer.code in REFUSALS, shown(answer)
        assert answer.data is not None
        assert answer.data["node"] in (None, {asking.field: None})


async def test_the_village_itself_does_see_them(secrets: Secrets) -> None:
    """Else the markers would prove nothing."""
    found: set[str] = set()
    for asking in ASKINGS:
        answer = await secrets.clients["clerk"].ask(document(asking, secrets.ids[asking.type]))
        found.update(hidden_in(answer))
        allowed = asking.field != "verification"  # the inspectors'
        assert (answer.errors == []) is allowed, (asking, answer.errors)
    assert found == {*MARKERS}


async def test_a_published_disclosure_names_its_vouchers_without_leading_to_them(secrets: Secrets) -> None:
    for asking in every_field(schema._schema, "Disclosure", POLICY):
        answer = await secrets.clients["visitor"].ask(document(asking, secrets.ids["published"]))
        assert hidden_in(answer) == []
        assert bool(answer.errors) is (asking.field == "history"), (asking, answer.errors)
    figures = (await secrets.clients["visitor"].run("Disclosure", id=secrets.ids["published"])).one["figures"]
    links = [source["voucher"] for figure in figures for source in figure["sources"]]
    assert links
    assert not any(links)


async def test_remarks_of_a_published_disclosure_are_for_the_offices(secrets: Secrets) -> None:
    public_trail = (await secrets.clients["visitor"].run("Disclosure", id=secrets.ids["published"])).one["trail"]
    own_trail = (await secrets.clients["clerk"].run("Disclosure", id=secrets.ids["published"])).one["trail"]
    assert [step["note"] for step in public_trail] == [None] * 4
    assert [step["note"] for step in own_trail] == [None, "属实", None, None]


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("kind", [Kind.VOUCHER, Kind.DISCLOSURE, Kind.MEMBER])
async def test_what_may_not_be_seen_looks_like_what_is_not_there(secrets: Secrets, kind: Kind, who: str) -> None:
    if who == "idle" and kind is Kind.MEMBER:
        pytest.skip("it is their own record")
    real = secrets.ids[kind.name.title()]
    key = NodeId.parse(real).key
    unknown = str(NodeId(kind, key, uuid4()))
    client = secrets.clients[who]
    answers = [await client.ask(f'{{ node(id: "{id}") {{ id }} }}') for id in (real, unknown)]
    for answer in answers:
        del answer.errors[0]["extensions"]["requestId"]
    assert answers[0] == answers[1]
    assert answers[0].code in REFUSALS


def inputs(ids: dict[str, str], scene: Scene) -> dict[str, dict[str, Any]]:
    """For every mutation an input about the village that its own office could send. A new mutation must be added."""
    village, there = {"village": ids["Tenant"]}, {"tenant": ids["Tenant"]}
    one, many = {"voucher": ids["waiting"]}, {"vouchers": [ids["waiting"], ids["Voucher"]]}
    item, line = {"disclosure": ids["Disclosure"]}, {"account": "102", "debit": "1.00", "evidence": "1"}
    file = {"file": None}
    return {
        "setPassword": {"member": ids["Member"], "new": "gao-guo-da-shu-2025"},
        "importDivisions": {**file, "since": "2025-01-01"},
        "recodeTenant": {**there, "code": "445203112299", "since": "2025-06-01"},
        "renameTenant": {**there, "name": "改名村", "shortName": "改名村", "since": "2025-06-01"},
        "mergeTenants": {**there, "into": tenant(scene.neighbour), "since": "2025-06-01"},
        "registerMember": {**there, "name": "新人"},
        "eraseMember": {"member": ids["Member"]},
        "giveOffice": {**there, "member": ids["Member"], "office": "SECRETARY", "from": "2025-01-01"},
        "endOffice": {"term": ids["OfficeTerm"], "on": "2025-06-01", "reason": "测试"},
        "delegateOffice": {
            "term": ids["OfficeTerm"],
            "member": ids["Member"],
            "from": "2025-06-01",
            "to": "2025-06-02",
        },
        "openBooks": {**village, "firstMonth": "2025-01"},
        "openAccount": {**village, "account": "51101", "name": "甲"},
        "closePeriod": {**village, "month": "2025-07"},
        "draftVoucher": {**village, "occurredOn": "2025-08-01", "summary": "甲", "postings": [line, line]},
        "importVouchers": {**village, **file, "year": 2025},
        "reviewVouchers": many,
        "returnVouchers": {**many, "reason": "甲"},
        "signVouchers": many,
        "postVouchers": many,
        "reviseVoucher": {**one, "summary": "甲", "postings": [line, line]},
        "withdrawVoucher": {**one, "reason": "甲"},
        "reverseVoucher": {"voucher": ids["posted"], "occurredOn": "2025-08-01", "reason": "甲"},
        "draftDisclosure": {**village, "item": "V.C1", "period": "2025-Q1", "edition": 2},
        "reviewDisclosure": item,
        "returnDisclosure": {**item, "reason": "甲"},
        "signDisclosure": item,
        "publishDisclosure": item,
        "fileDisclosure": item,
    }


ABOUT_VILLAGES = [
    name for name, permission in MUTATION.items() if isinstance(permission, Permission) and permission.obj != "session"
]


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("name", ABOUT_VILLAGES)
async def test_no_mutation_of_a_stranger_changes_or_tells_anything(secrets: Secrets, name: str, who: str) -> None:
    if (who, name) in OWN:
        pytest.skip("it is about what is their own")
    scene, client = secrets.town.scene, secrets.clients[who]
    log = scene.services.log
    before = await log.head(scene.village.key), await log.head(scene.district.key)
    given = {"commandId": str(uuid4()), **inputs(secrets.ids, scene)[name]}
    operation = f"{name[0].upper()}{name[1:]}"
    answer = (
        await client.run(operation, input=given) if "file" not in given else await _with_file(client, operation, given)
    )
    assert (await log.head(scene.village.key), await log.head(scene.district.key)) == before
    assert hidden_in(answer) == []
    assert set(_codes(answer.one)) <= REFUSALS
    assert _codes(answer.one)


async def _with_file(client: Client, operation: str, given: dict[str, Any]) -> Answer:
    given = {key: value for key, value in given.items() if key not in {"file", "commandId"}}
    return await client.do(operation, file=("a.csv", b"code,name,level,parent_code\n"), **given)


def _codes(payload: dict[str, Any]) -> list[str]:
    results = payload.get("results") or []
    return [each["error"]["code"] for each in (payload, *results) if each["error"]]


@pytest.mark.parametrize("who", STRANGERS)
async def test_the_log_is_not_sent_to_strangers(secrets: Secrets, who: str) -> None:
    services = secrets.town.scene.services
    token = secrets.clients[who].token
    context = await context_for(services, f"Bearer {token}" if token else None, None, uuid4())
    document = "subscription($id: ID!) { villageLog(tenant: $id) { position } }"
    async for result in await schema.subscribe(document, {"id": secrets.ids["Tenant"]}, context):
        assert result.errors
        assert result.errors[0].original_error.code in REFUSALS  # type: ignore[union-attr]
        return
    pytest.fail("neither an entry nor a refusal")


def test_every_field_has_a_permission() -> None:
    for name, rows in PERMISSIONS.items():
        found = schema._schema.type_map[name]
        assert isinstance(found, GraphQLObjectType)
        assert set(found.fields) == set(rows), name


def test_every_type_that_leads_out_of_its_object_is_guarded() -> None:
    """A type whose fields load more than they were given must have permissions, or be named here with the reason."""
    nodes = {
        name
        for name, found in schema._schema.type_map.items()
        if isinstance(found, GraphQLObjectType) and "id" in found.fields
    }
    assert nodes - set(PERMISSIONS) == {
        "OfficeTerm",  # public throughout (S2.21)
        "VoucherResult",  # repeats the id that was given
    }


def test_every_action_of_the_policy_is_asked_for() -> None:
    asked = {
        (permission.obj, act)
        for rows in PERMISSIONS.values()
        for permission in rows.values()
        if isinstance(permission, Permission)
        for act in (permission.act, permission.published)
        if act
    }
    handled = {handler.permission for handler in HANDLERS.values() if handler.permission}
    assert POLICY.actions == asked | handled


def test_what_the_bus_asks_for_is_what_the_table_says() -> None:
    handled = {handler.permission for handler in HANDLERS.values()}
    for name, permission in MUTATION.items():
        if isinstance(permission, Permission) and permission.asked is Asked.BUS and permission.act != "delegate":
            assert (permission.obj, permission.act) in handled, name
