"""The guard itself: nothing is served that the table of permissions does not know."""

from __future__ import annotations

from uuid import uuid4

import pytest
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, GraphQLString

from gateway import guard
from gateway.context import Context, context_for
from gateway.permissions import PERMISSIONS, Asked, Permission
from gateway.schema import build_schema
from tests.support.gateway import Town


def schema_with(type_name: str, field: str) -> GraphQLSchema:
    guarded = GraphQLObjectType(type_name, {field: GraphQLField(GraphQLString)})
    return GraphQLSchema(GraphQLObjectType("Query", {"node": GraphQLField(guarded)}))


@pytest.mark.parametrize("type_name", sorted(set(PERMISSIONS) - {"Query"}))
def test_a_field_without_a_permission_keeps_the_program_from_starting(type_name: str) -> None:
    with pytest.raises(KeyError, match="unheardOf"):
        guard.install(schema_with(type_name, "unheardOf"), {})


def test_every_field_that_the_guard_asks_for_refuses_before_its_resolver_runs() -> None:
    built = build_schema()._schema
    for name, rows in PERMISSIONS.items():
        found = built.type_map[name]
        assert isinstance(found, GraphQLObjectType)
        for field, permission in rows.items():
            if isinstance(permission, Permission) and permission.asked is Asked.FIELD:
                assert found.fields[field].resolve.__qualname__.startswith("_asking"), f"{name}.{field}"


async def visiting(town: Town, token: str | None) -> Context:
    authorization = f"Bearer {token}" if token else None
    return await context_for(town.scene.services, authorization, None, uuid4())


async def test_a_denial_is_not_kept_for_somebody_else(town: Town) -> None:
    """What was said about oneself, and before an office ended, must not answer for others, nor for later."""
    scene = town.scene
    path, clerk = scene.village.path, scene.people["clerk"]
    context = await visiting(town, await scene.token(clerk))
    district = scene.district.path
    assert not await context.may("member", "read_private", district)
    assert await context.may("member", "read_private", district, subject=clerk.member)
    assert not await context.may("member", "read_private", district, subject=scene.people["head"].member)
    assert await context.may("voucher", "read", path)
    assert not await context.may("voucher", "read", scene.neighbour.path)
    context.claim = None
    assert await context.may("voucher", "read", path)  # decided for this request
    context.look_again()
    assert not await context.may("voucher", "read", path)


async def test_a_public_question_looks_nobody_up(town: Town) -> None:
    context = await visiting(town, await town.scene.token(town.scene.people["clerk"]))
    await context.require("tenant", "read", town.scene.village.path)
    await context.require("disclosure", "read_published", town.scene.village.path)
    assert context.looked_up is None
    await context.require("voucher", "read", town.scene.village.path)
    assert context.looked_up is not None
