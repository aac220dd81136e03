"""Documents generated from the schema, so that a field added tomorrow is asked for by the tests of today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from gateway.permissions import PERMISSIONS, Asked, Permission
from policies.access.enforcer import VISITOR, AccessPolicy, Resource

ARGUMENTS: Mapping[str, str] = {
    "Tenant.voucher.number": '"2025-01/1"',
    "Tenant.disclosure.item": '"V.C1"',
    "Tenant.disclosure.period": '"2025-Q1"',
    "Tenant.trialBalance.from": '"2025-01"',
    "Tenant.trialBalance.to": '"2025-12"',
    "Tenant.accountDetail.account": '"102"',
    "Tenant.accountDetail.from": '"2025-01"',
    "Tenant.accountDetail.to": '"2025-12"',
    "Tenant.ledgerDifference.between": "[{position: 1}, {position: 1000000}]",
}
"""What to say for the arguments that must be given. A new one has to be entered here."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One field of one type, selected with everything below it that a caller can be given at once."""

    type: str
    field: str
    selection: str


def public(type_name: str, field: str, policy: AccessPolicy) -> bool:
    """May a visitor have this field, wherever it is met? Fields of types without permissions are values."""
    permission = PERMISSIONS.get(type_name, {}).get(field)
    if not isinstance(permission, Permission):
        return True
    if permission.asked is Asked.RESOLVER:
        return type_name != "Member"
    return policy.allows(permission.obj, permission.published or permission.act, VISITOR, Resource("/"))


def every_field(schema: GraphQLSchema, type_name: str, policy: AccessPolicy) -> Iterator[Asking]:
    """Each field of a type in a selection of its own, so that the refusal of one hides no other."""
    found = schema.type_map[type_name]
    assert isinstance(found, GraphQLObjectType)
    for name, field in found.fields.items():
        yield Asking(type_name, name, _selected(schema, found, name, field, (type_name,), policy))


def _selected(
    schema: GraphQLSchema,
    owner: GraphQLObjectType,
    name: str,
    field: GraphQLField,
    above: tuple[str, ...],
    policy: AccessPolicy,
) -> str:
    required = [
        f"{argument}: {ARGUMENTS[f'{owner.name}.{name}.{argument}']}"
        for argument, given in field.args.items()
        if is_required_argument(given)
    ]
    arguments = f"({', '.join(required)})" if required else ""
    return f"{name}{arguments}{_below(schema, get_named_type(field.type), above, policy)}"


def _below(schema: GraphQLSchema, found: GraphQLNamedType, above: tuple[str, ...], policy: AccessPolicy) -> str:
    """All of a value; of guarded types met again only the id."""
    if is_leaf_type(found):
        return ""
    if isinstance(found, GraphQLInterfaceType) or above.count(found.name) > 0 or len(above) > 5:
        return " { __typename }"
    assert isinstance(found, GraphQLObjectType)
    fields = [
        _selected(schema, found, name, field, (*above, found.name), policy)
        for name, field in found.fields.items()
        if public(found.name, name, policy) or found.name not in PERMISSIONS
    ]
    return f" {{ {' '.join(['__typename', *fields])} }}"
