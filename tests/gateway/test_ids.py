"""Global ids: opaque, of one spelling, and good for nothing when tampered with."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.identity import TenantKey
from gateway.ids import IdUnknown, Kind, NodeId
from tests.support.gateway import Town, disclosure, member, tenant, term, voucher

NODES = st.builds(NodeId, st.sampled_from(Kind), st.builds(TenantKey, st.uuids(), st.uuids()), st.uuids())
QUERY = "query($id: ID!) { node(id: $id) { id __typename } }"


@given(NODES)
def test_an_id_reads_as_what_was_written(node: NodeId) -> None:
    assert NodeId.parse(str(node)) == node
    assert str(node).replace("-", "").replace("_", "").isalnum()


@given(NODES, st.integers(min_value=0), st.characters(categories=["L", "N", "P"]))
def test_an_altered_id_is_another_or_none(node: NodeId, place: int, letter: str) -> None:
    text = str(node)
    place %= len(text)
    altered = text[:place] + letter + text[place + 1 :]
    try:
        found = NodeId.parse(altered)
    except IdUnknown:
        return
    assert (found == node) == (altered == text)
    assert str(found) == altered


@pytest.mark.parametrize("text", ["", "A", "=", "AQ==", "é", "0" * 66, "A" * 10_000, "Vm91Y2hlcjox", "\x00"])
async def test_nonsense_names_nothing(town: Town, text: str) -> None:
    clerk = await town.as_("clerk")
    assert (await clerk.ask(QUERY, {"id": text})).code == "NOT_FOUND"
    refused = (await clerk.do("DraftDisclosure", village=text, item="V.C1", period="2025-Q1")).refused
    assert (refused["code"], refused["path"]) == ("NOT_FOUND", ["input", "village"])


async def test_every_id_that_is_given_out_leads_back(town: Town) -> None:
    scene, clerk = town.scene, await town.as_("clerk")
    drafted = await scene.draft_voucher()
    await scene.post(drafted)
    await scene.close("2025-01", "2025-02", "2025-03")
    ids = {
        "Tenant": tenant(scene.village),
        "Voucher": voucher(scene.village, drafted),
        "Disclosure": disclosure(scene.village, await scene.signed_disclosure()),
        "Member": member(scene, "clerk"),
        "OfficeTerm": term(scene, "secretary"),
    }
    for name, id in ids.items():
        assert (await clerk.ask(QUERY, {"id": id})).one == {"id": id, "__typename": name}


async def test_an_id_put_together_by_hand_opens_nothing(town: Town) -> None:
    """Pieces of ids that are known, in every wrong combination."""
    scene, clerk = town.scene, await town.as_("neighbour_clerk")
    hidden = NodeId.parse(voucher(scene.village, await scene.draft_voucher()))
    own = scene.neighbour.key
    forged = [
        replace(hidden, key=own),  # another village's voucher in one's own
        replace(hidden, kind=Kind.DISCLOSURE),
        replace(hidden, kind=Kind.TENANT),
        replace(hidden, kind=Kind.TERM),
        replace(hidden, key=replace(own, district=uuid4())),
        replace(hidden, key=TenantKey(own.district, own.district)),
        replace(hidden, key=TenantKey(own.tenant, own.tenant)),
        hidden,
    ]
    for node in forged:
        answer = await clerk.ask(QUERY, {"id": str(node)})
        if node.kind is Kind.TENANT:
            assert answer.one == {"id": tenant(scene.village), "__typename": "Tenant"}  # the register is public
        else:
            assert answer.code in {"NOT_FOUND", "FORBIDDEN"}, node
    raw = urlsafe_b64decode(str(hidden) + "==")
    longer = urlsafe_b64encode(raw + b"\x00").rstrip(b"=").decode()
    for text in (longer, str(hidden) + "=", f" {hidden}", str(hidden).swapcase()):
        assert (await clerk.ask(QUERY, {"id": text})).code == "NOT_FOUND"
