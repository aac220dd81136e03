"""A client of the real application over HTTP, in process: sends our own operation documents as a browser would."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx

from gateway.app import create_app
from gateway.ids import Kind, NodeId
from gateway.settings import Mode, Settings
from services.wiring import Services
from services.work import Place
from tests.support.village import Person, Scene

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
OPEN = Settings(
    mode=Mode.DEVELOPMENT, sign_ins_per_minute=100_000, max_depth=30, max_cost=10_000_000, max_tokens=100_000
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `one` is the only root field, whose errors are refusals."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]]

    @property
    def one(self) -> Any:
        assert not self.errors, self.errors
        assert self.data is not None
        (value,) = self.data.values()
        return value

    @property
    def payload(self) -> dict[str, Any]:
        """That of a mutation which was carried out."""
        assert self.one["error"] is None, self.one["error"]
        return dict(self.one)

    @property
    def refused(self) -> dict[str, Any]:
        """The error of a mutation which was refused; nothing else is in its payload."""
        error = self.one["error"]
        assert error is not None, self.one
        assert self.one["position"] is None
        return dict(error)

    @property
    def code(self) -> str:
        """The code of the only error of a query."""
        assert len(self.errors) == 1, self
        return str(self.errors[0]["extensions"]["code"])


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody at the gateway; a visitor without a token."""

    http: httpx.AsyncClient
    token: str | None = None
    language: str = "zh-CN"

    def speaking(self, language: str) -> Client:
        return replace(self, language=language)

    def bearing(self, token: str | None) -> Client:
        return replace(self, token=token)

    async def ask(self, document: str, variables: Mapping[str, Any] | None = None) -> Answer:
        """Any document."""
        body = {"query": document, "variables": variables or {}}
        return _answer(await self.http.post("/graphql", json=body, headers=self._headers))

    async def run(self, operation: str, **variables: Any) -> Answer:
        """One of our documents by name, with variables."""
        return await self.ask((OPERATIONS / f"{operation}.graphql").read_text(encoding="utf-8"), variables)

    async def do(self, operation: str, *, command: Any = None, file: Any = None, **given: Any) -> Answer:
        """One of our mutations; `given` is its input, `command` its UUID. A file, as name and content, is sent as a
        part of a multipart request."""
        given = {"commandId": str(command or uuid4()), **given}
        if file is None:
            return await self.run(operation, input=given)
        document = (OPERATIONS / f"{operation}.graphql").read_text(encoding="utf-8")
        operations = {"query": document, "variables": {"input": {**given, "file": None}}}
        parts = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.input.file"]})}
        return _answer(await self.http.post("/graphql", data=parts, files={"0": file}, headers=self._headers))

    @property
    def _headers(self) -> dict[str, str]:
        bearer = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return {"accept-language": self.language, **bearer}


def _answer(response: httpx.Response) -> Answer:
    assert response.status_code == httpx.codes.OK, response.text
    content = response.json()
    return Answer(content["data"], content.get("errors", []))


@dataclass(frozen=True, slots=True)
class Town:
    """A scene with its gateway: `as_("clerk")` is a client acting in that office."""

    scene: Scene
    visitor: Client

    async def as_(self, person: str | Person, *, office: bool = True) -> Client:
        who = self.scene.people[person] if isinstance(person, str) else person
        return self.visitor.bearing(await self.scene.token(who, office=office))


@asynccontextmanager
async def gateway_of(services: Services, settings: Settings = OPEN) -> AsyncIterator[Client]:
    """A visitor of the application on these services."""
    transport = httpx.ASGITransport(app=cast(Any, create_app(services, settings)))
    async with httpx.AsyncClient(transport=transport, base_url="http://sanzi.test") as http:
        yield Client(http)


def tenant(place: Place) -> str:
    """The global id of a tenant."""
    return str(NodeId(Kind.TENANT, place.key, place.key.tenant))


def voucher(place: Place, id: UUID) -> str:
    return str(NodeId(Kind.VOUCHER, place.key, id))


def disclosure(place: Place, id: UUID) -> str:
    return str(NodeId(Kind.DISCLOSURE, place.key, id))


def member(scene: Scene, person: str) -> str:
    return str(NodeId(Kind.MEMBER, scene.district.key, scene.people[person].member))


def term(scene: Scene, person: str) -> str:
    acting = scene.people[person].acting
    return str(NodeId(Kind.TERM, replace(scene.district.key, tenant=acting.tenant), acting.term))
