"""A small schema that behaves and misbehaves as a test needs, around the real subscription; and ways to ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import strawberry
from graphql import GraphQLError
from litestar import Litestar
from strawberry.file_uploads import Upload
from strawberry.schema.config import StrawberryConfig

from domain.shared.errors import BadInput
from gateway.app import create_app
from gateway.context import Info
from gateway.exchange import current
from gateway.settings import Mode, Settings
from gateway.subscriptions import Subscription
from services.wiring import Services

DEVELOPMENT = Settings(mode=Mode.DEVELOPMENT)
PRODUCTION = Settings()
NO_DOCUMENTS = Path("nowhere")
SECRET = "陈晓岚 13800138000"
"""What must never reach a log or a client."""


@strawberry.type
class Item:
    name: str = "项目"

    @strawberry.field
    def inner(self) -> Item:
        return Item()

    @strawberry.field
    def list(self) -> list[Item]:
        return [Item()]


@strawberry.type
class ItemConnection:
    @strawberry.field
    def nodes(self) -> list[Item]:
        return [Item()]


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, text: str = "") -> str:
        return text

    @strawberry.field
    def item(self) -> Item:
        return Item()

    @strawberry.field
    def items(self, first: int = 20) -> ItemConnection:  # noqa: ARG002
        return ItemConnection()

    @strawberry.field
    def boom(self, text: str = "") -> str | None:  # noqa: ARG002
        raise RuntimeError("a bug of ours: postgres://secret")

    @strawberry.field
    def detail(self) -> str | None:
        raise RuntimeError(f"duplicate key\nDETAIL:  Key (name)=({SECRET}) already exists.")

    @strawberry.field
    def refused(self) -> str | None:
        raise BadInput(field="month", field_name="month", value="2025-13", expected="write 2025-12")

    @strawberry.field
    def coded(self) -> str | None:
        raise GraphQLError("说明", extensions={"code": "OF_A_RESOLVER", "field": "x"})

    @strawberry.field
    def request(self, info: Info) -> str:
        return f"{info.context.request_id} {current().address}"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def sign_in(self, login: str) -> str:
        return login

    @strawberry.mutation
    async def upload(self, file: Upload, files: list[Upload] | None = None) -> str:
        given: list[Any] = [file, *(files or [])]
        sizes = [len(await each.read()) for each in given]
        return " ".join(map(str, sizes))


def probe(extensions: Sequence[Any] = ()) -> strawberry.Schema:
    return strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        extensions=list(extensions),
        config=StrawberryConfig(disable_field_suggestions=False),
    )


def app(services: Services, settings: Settings = DEVELOPMENT, documents: Path | None = None) -> Litestar:
    return create_app(services, settings, schema=probe, documents=documents or NO_DOCUMENTS)


@asynccontextmanager
async def client(application: Litestar, address: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application, client=(address, 40000), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://sanzi.test") as made:
        yield made


async def ask(
    application: Litestar, query: str, headers: dict[str, str] | None = None, **fields: Any
) -> dict[str, Any]:
    """The answer to a query sent as text."""
    async with client(application) as http:
        answer = await http.post("/graphql", json={"query": query, **fields}, headers=headers)
    found: dict[str, Any] = answer.json()
    return found


def codes(answer: dict[str, Any]) -> list[str]:
    """The codes of an answer's errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", [])]
