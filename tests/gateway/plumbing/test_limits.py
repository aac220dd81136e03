"""Each limit with a document just below and just above it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from graphql import parse

from gateway.limits import LIST, PAGE, Size, size_of
from services.wiring import Services
from tests.gateway.plumbing.probe import DEVELOPMENT, app, ask, client, codes, probe

SCHEMA = probe()._schema


def size(document: str) -> Size:
    return size_of(SCHEMA, parse(document))


def nested(levels: int) -> str:
    """A document of that depth."""
    return "{ item " + "{ inner " * (levels - 2) + "{ name }" + " }" * (levels - 2) + " }"


async def test_depth(services: Services) -> None:
    application = app(services, replace(DEVELOPMENT, max_depth=12))
    assert "errors" not in await ask(application, nested(12))
    assert codes(await ask(application, nested(13))) == ["QUERY_TOO_DEEP"]


async def test_depth_through_fragments(services: Services) -> None:
    application = app(services, replace(DEVELOPMENT, max_depth=4))
    fragments = "fragment A on Item { inner { ...B } } fragment B on Item { inner { name } }"
    assert "errors" not in await ask(application, "{ item { ...A } } " + fragments)
    assert codes(await ask(application, "{ item { inner { ...A } } } " + fragments)) == ["QUERY_TOO_DEEP"]


async def test_aliases(services: Services) -> None:
    application = app(services, replace(DEVELOPMENT, max_aliases=30))
    assert "errors" not in await ask(application, "{" + " ".join(f"a{n}: echo" for n in range(30)) + "}")
    assert codes(await ask(application, "{" + " ".join(f"a{n}: echo" for n in range(31)) + "}")) == [
        "QUERY_TOO_MANY_ALIASES"
    ]


async def test_tokens(services: Services) -> None:
    application = app(services, replace(DEVELOPMENT, max_tokens=100))
    assert "errors" not in await ask(application, "{" + " echo" * 98 + "}")
    assert codes(await ask(application, "{" + " echo" * 99 + "}")) == ["QUERY_TOO_LONG"]


async def test_cost(services: Services) -> None:
    document = "{ items(first: 100) { nodes { name } } }"
    cost = 1 + 100 * (1 + 1)
    assert size(document).cost == cost
    assert "errors" not in await ask(app(services, replace(DEVELOPMENT, max_cost=cost)), document)
    assert codes(await ask(app(services, replace(DEVELOPMENT, max_cost=cost - 1)), document)) == ["QUERY_TOO_COSTLY"]


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ("{ echo echo }", 2),
        ("{ items(first: 7) { nodes { name } } }", 1 + 7 * 2),
        ("query($n: Int!) { items(first: $n) { nodes { name } } }", 1 + PAGE * 2),
        ("{ items { nodes { name } } }", 1 + PAGE * 2),
        ("{ items(first: -7) { nodes { name } } }", 1 + 7 * 2),
        ("{ item { list { name } } }", 1 + 1 + LIST),
        ("{ items(first: 5) { nodes { list { list { name } } } } }", 1 + 5 * (1 + 1 + LIST * (1 + LIST))),
        ("{ ...on Query { echo } __typename }", 1),
    ],
)
def test_the_formula_of_cost(document: str, cost: int) -> None:
    assert size(document).cost == cost


def test_fragments_that_double_each_other_are_counted_in_full_and_at_once() -> None:
    chain = " ".join(
        f"fragment F{n} on Item {{ a: inner {{ ...F{n + 1} }} b: inner {{ ...F{n + 1} }} }}" for n in range(60)
    )
    found = size("{ item { ...F0 } } fragment F60 on Item { name } " + chain)
    assert found.aliases == 2**61 - 2
    assert found.depth == 62


def test_fragments_in_a_circle_end() -> None:
    assert (
        size("{ item { ...A } } fragment A on Item { inner { ...B } } fragment B on Item { inner { ...A } }").depth == 3
    )


async def test_nesting_that_cannot_be_parsed_is_refused_like_depth(services: Services) -> None:
    for document in (nested(400), "{ echo(text: " + "[" * 900 + "]" * 900 + ") }"):
        assert codes(await ask(app(services), document)) == ["QUERY_TOO_DEEP"]


async def test_a_long_chain_of_fragments_is_refused_like_depth(services: Services) -> None:
    chain = " ".join(f"fragment F{n} on Item {{ inner {{ ...F{n + 1} }} }}" for n in range(170))
    answer = await ask(app(services), "{ item { ...F0 } } fragment F170 on Item { name } " + chain)
    assert set(codes(answer)) == {"QUERY_TOO_DEEP"}


async def test_the_refusal_is_in_the_language_of_the_caller(services: Services) -> None:
    application = app(services, replace(DEVELOPMENT, max_depth=3))
    chinese = await ask(application, nested(5))
    english = await ask(application, nested(5), {"accept-language": "en-GB,en;q=0.9"})
    assert chinese["errors"][0]["message"] == "查询嵌套 5 层，最多允许 3 层"
    assert english["errors"][0]["message"] == "The document is nested 5 levels deep; at most 3 are allowed."


async def test_a_document_seen_before_is_refused_again(services: Services) -> None:
    application = app(services, replace(DEVELOPMENT, max_depth=3))
    for _ in range(3):
        assert codes(await ask(application, nested(5))) == ["QUERY_TOO_DEEP"]


async def test_batches_are_refused(services: Services) -> None:
    async with client(app(services)) as http:
        answer = await http.post("/graphql", json=[{"query": "{ echo }"}, {"query": "{ echo }"}])
    assert answer.status_code == 400
    assert codes(answer.json()) == ["BATCH_REFUSED"]
