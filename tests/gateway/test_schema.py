"""The committed contract, and the documents that our own clients send."""

from __future__ import annotations

from pathlib import Path

import pytest
from eventsourcing.utils import get_topic
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    parse,
    validate,
)

from domain.aggregates import EVENTS
from gateway.event_names import EVENT_NAMES
from gateway.permissions import PERMISSIONS, Permission
from gateway.schema import CONTRACT, schema
from tests.support.gateway import OPERATIONS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(OPERATIONS.glob("*.graphql"))
TYPES = {name: found for name, found in schema._schema.type_map.items() if not name.startswith("__")}


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert CONTRACT.read_text(encoding="utf-8") == schema.as_str() + "\n", "run: python -m gateway.schema"


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_every_document_fits_the_schema_and_bears_the_name_of_its_file(file: Path) -> None:
    document = parse(file.read_text(encoding="utf-8"))
    assert validate(schema._schema, document) == []
    (operation,) = document.definitions
    assert operation.name.value == file.stem  # type: ignore[attr-defined]


def test_every_document_is_sent_by_a_test_or_the_demonstration() -> None:
    sources = [*ROOT.glob("tests/**/*.py"), *ROOT.glob("services/demo/**/*.py")]
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    assert [file.stem for file in DOCUMENTS if f'"{file.stem}"' not in text] == []


def test_every_mutation_has_a_document() -> None:
    mutations = {f"{name[0].upper()}{name[1:]}" for name in TYPES["Mutation"].fields}  # type: ignore[attr-defined]
    assert mutations <= {file.stem for file in DOCUMENTS}


def test_every_mutation_takes_one_input_with_a_command_id_and_answers_with_an_error() -> None:
    mutation = TYPES["Mutation"]
    assert isinstance(mutation, GraphQLObjectType)
    for name, field in mutation.fields.items():
        assert list(field.args) == ["input"], name
        given, payload = get_named_type(field.args["input"].type), get_named_type(field.type)
        assert isinstance(given, GraphQLInputObjectType)
        assert isinstance(payload, GraphQLObjectType)
        assert str(given.fields["commandId"].type) == "UUID!", name
        assert str(payload.fields["error"].type) == "UserError", name
        assert str(payload.fields["position"].type) == "Int", name


def test_what_can_be_refused_can_be_null() -> None:
    """The refusal of one field must not take its neighbours, whom the caller may have, with it."""
    reach = {
        "Tenant": ("tenant", "read"),
        "Voucher": ("voucher", "read"),
        "Disclosure": ("disclosure", "read_published"),
    }
    everyone = {("tenant", "read"), ("office", "read"), ("disclosure", "read_published")}
    for name, reached in reach.items():
        found = TYPES[name]
        assert isinstance(found, GraphQLObjectType)
        for field, permission in PERMISSIONS[name].items():
            assert isinstance(permission, Permission)
            if (permission.obj, permission.published or permission.act) not in {reached, *everyone}:
                assert not isinstance(found.fields[field].type, GraphQLNonNull), f"{name}.{field}"


def test_everything_is_described() -> None:
    kinds = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)
    plumbing = {"edges", "node", "cursor", "pageInfo", "voucher", "language"}
    silent = [
        f"{name}.{field}"
        for name, found in TYPES.items()
        if isinstance(found, kinds)
        for field, defined in found.fields.items()
        if not defined.description and field not in plumbing
    ]
    assert silent == []
    assert [name for name, found in TYPES.items() if isinstance(found, GraphQLEnumType) and not found.description] == []


def test_every_event_has_a_name_in_both_languages() -> None:
    assert set(EVENT_NAMES) == set(map(get_topic, EVENTS))
    assert all(zh and en for zh, en in EVENT_NAMES.values())
