"""Puts the access policy before every guarded field, in one place for all resolvers, and looks at every text given.

A resolver of a guarded type cannot be reached without the action that `permissions.py` names for it; none has to
remember to ask. Other types are values that only a guarded field gives out. A refusal is raised: of a query it becomes
an error of the answer (masking.py), of a mutation the `error` of its payload.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, Protocol, cast

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, default_field_resolver

from domain.shared.errors import DomainError
from gateway import texts
from gateway.context import Context
from gateway.payloads import Payload
from gateway.permissions import PERMISSIONS, Asked, Permission, Public

Resolve = Callable[..., Any]


class Guarded(Protocol):
    """An object whose fields are guarded: the path of the tenant it belongs to, and whether it was published."""

    @property
    def path(self) -> str: ...
    @property
    def is_published(self) -> bool: ...


def install(schema: GraphQLSchema, payloads: dict[str, type[Payload]]) -> None:
    """Guard every field of the schema; `payloads` names what each mutation answers.

    Raises KeyError for a field of a guarded type that has no permission: such a schema must not be served.
    """
    for name, found in schema.type_map.items():
        if not isinstance(found, GraphQLObjectType) or name.startswith("__"):
            continue
        rows = PERMISSIONS.get(name)
        for field_name, field in found.fields.items():
            resolve = field.resolve or default_field_resolver
            if field.args:
                resolve = _reading(resolve)
            if rows is not None:
                resolve = _asking(resolve, rows[field_name])
            if name == "Mutation":
                field.resolve = _answering(resolve, payloads[field_name])
            else:
                field.resolve = resolve


def _reading(resolve: Resolve) -> Resolve:
    """The resolver, reached only with texts that can be kept and shown."""

    def read(source: object, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        texts.check(arguments)
        return resolve(source, info, **arguments)

    return read


def _asking(resolve: Resolve, permission: Permission | Public) -> Resolve:
    """The resolver, reached only by whom the policy allows."""
    if isinstance(permission, Public) or permission.asked is not Asked.FIELD:
        return resolve

    def ask(source: Guarded, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        context = cast(Context, info.context)
        act = permission.published if permission.published and source.is_published else permission.act
        if context.known(permission.obj, act, source.path):
            return resolve(source, info, **arguments)
        return _after(context.require(permission.obj, act, source.path), resolve, source, info, arguments)

    return ask


async def _after(
    asked: Awaitable[None], resolve: Resolve, source: object, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]
) -> Any:
    await asked
    result = resolve(source, info, **arguments)
    return await result if isawaitable(result) else result


def _answering(resolve: Resolve, payload: type[Payload]) -> Resolve:
    """A refusal becomes the `error` of the mutation's payload."""

    async def run(source: object, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        try:
            result = resolve(source, info, **arguments)
            return await result if isawaitable(result) else result
        except DomainError as error:
            return payload.refused(error, info.context.language)

    return run
