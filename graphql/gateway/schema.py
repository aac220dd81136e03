"""The schema: every context's queries and mutations put together, and the access policy put before them.

python -m gateway.schema     writes graphql/schema.graphql, the committed contract
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import WithStrawberryObjectDefinition

from gateway import guard
from gateway.book_mutations import BookMutation
from gateway.disclosure_mutations import DisclosureMutation
from gateway.member_mutations import MemberMutation
from gateway.nodes import NodeQuery
from gateway.office_mutations import OfficeMutation
from gateway.payloads import Payload
from gateway.people import Member, OfficeTerm
from gateway.scalars import SCALARS
from gateway.sign_in import SignInMutation
from gateway.subscriptions import Subscription
from gateway.tenant_mutations import TenantMutation
from gateway.tenants import Tenant, TenantQuery
from gateway.viewer import ViewerQuery
from gateway.voucher_approvals import VoucherApprovalMutation
from gateway.voucher_mutations import VoucherMutation

CONTRACT = Path(__file__).parent.parent / "schema.graphql"


@strawberry.type(description="Questions. 查询")
class Query(ViewerQuery, TenantQuery, NodeQuery):
    pass


@strawberry.type(description="Changes. 变更")
class Mutation(
    SignInMutation,
    TenantMutation,
    MemberMutation,
    OfficeMutation,
    BookMutation,
    VoucherMutation,
    VoucherApprovalMutation,
    DisclosureMutation,
):
    pass


def build_schema(extensions: Sequence[type[SchemaExtension] | Callable[[], SchemaExtension]] = ()) -> strawberry.Schema:
    """The schema that is served. Raises KeyError for a field that gateway/permissions.py does not know."""
    built = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=(Tenant, Member, OfficeTerm),
        extensions=list(extensions),
        config=StrawberryConfig(scalar_map=dict(SCALARS)),
    )
    guard.install(built._schema, _payloads(built.config.name_converter))
    return built


def _payloads(names: NameConverter) -> dict[str, type[Payload]]:
    """What each mutation answers, by its name in the schema."""
    definition = cast(type[WithStrawberryObjectDefinition], Mutation).__strawberry_definition__
    return {names.from_field(field): cast(type[Payload], field.type) for field in definition.fields}


schema = build_schema()

if __name__ == "__main__":
    CONTRACT.write_text(schema.as_str() + "\n", encoding="utf-8")
