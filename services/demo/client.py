"""A GraphQL client over HTTP that sends the project's own operation documents, as a web or mobile front end would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4, uuid5

import httpx

from services.demo.people import PASSWORD, Person

_COMMANDS = UUID("5c3f1a9e-0b5e-4c27-9d8a-6f1f6d1c2b7a")

JSON = dict[str, Any]


class GraphQLFailed(Exception):
    """The answer has errors; `codes` are their stable codes."""

    def __init__(self, errors: list[JSON]) -> None:
        self.codes = [error.get("extensions", {}).get("code", "") for error in errors]
        super().__init__("; ".join(f"{error['message']} {error.get('path', '')}" for error in errors))


class Refused(Exception):
    """A mutation was refused; `payload` is all that it answered."""

    def __init__(self, payload: JSON) -> None:
        self.payload, self.code = payload, payload["error"]["code"]
        super().__init__(f"{payload['error']['message']} [{self.code}]")


class Client:
    """A visitor; `as_` gives the same connection as somebody who has signed in."""

    def __init__(self, address: str, token: str | None = None, http: httpx.AsyncClient | None = None) -> None:
        self.address, self._token = address, token
        self._http = http or httpx.AsyncClient(
            base_url=address,
            timeout=300,
            trust_env=False,  # no proxy between us and our own machine
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def as_(self, person: Person) -> Client:
        """Signed in, acting in the office that the person holds."""
        granted = await self.change("SignIn", str(uuid4()), login=person.full_login, password=PASSWORD)
        signed_in = Client(self.address, granted["session"]["accessToken"], self._http)
        offices = (await signed_in.ask("Viewer"))["viewer"]["member"]["offices"]
        term = next(each["id"] for each in offices if each["office"] == person.office.name)
        chosen = await signed_in.change("ChooseOffice", str(uuid4()), term=term)
        return Client(self.address, chosen["accessToken"], self._http)

    async def ask(self, operation: str, **variables: Any) -> JSON:
        """The data of a query. Raises GraphQLFailed."""
        body = self._body(operation, variables)
        return _data(await self._http.post("/graphql", headers=self._headers, json=body))

    async def change(self, operation: str, key: str, **fields: Any) -> JSON:
        """The payload of a mutation. `key` names the command: with the same key it is carried out once.

        Raises GraphQLFailed, Refused.
        """
        return _payload(await self.ask(operation, input={"commandId": command_id(key), **fields}))

    async def upload(self, operation: str, key: str, file: Path, **fields: Any) -> JSON:
        """The same with a file as the input's field `file` (GraphQL multipart request). Raises as `change`."""
        body = self._body(operation, {"input": {"commandId": command_id(key), **fields, "file": None}})
        answer = await self._http.post(
            "/graphql",
            headers=self._headers,
            data={"operations": json.dumps(body), "map": json.dumps({"0": ["variables.input.file"]})},
            files={"0": (file.name, await asyncio.to_thread(file.read_bytes))},
        )
        return _payload(_data(answer))

    async def page(self, path: str) -> httpx.Response:
        return await self._http.get(path)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _body(self, operation: str, variables: Mapping[str, Any]) -> JSON:
        return {"query": _document(operation), "operationName": operation, "variables": dict(variables)}


@cache
def _document(operation: str) -> str:
    """The text of one of our operations: inside the gateway's package in a wheel, beside it in a checkout."""
    gateway = find_spec("gateway")  # only found: this package knows the gateway over HTTP alone
    assert gateway
    assert gateway.origin
    package = Path(gateway.origin).parent
    inside, beside = package / "operations", package.parent / "operations"
    return ((inside if inside.is_dir() else beside) / f"{operation}.graphql").read_text(encoding="utf-8")


def command_id(key: str) -> str:
    """The id of the command that the story knows by this name."""
    return str(uuid5(_COMMANDS, key))


def _data(answer: httpx.Response) -> JSON:
    content: JSON = answer.json()
    if errors := content.get("errors"):
        raise GraphQLFailed(errors)
    data: JSON = content["data"]
    return data


def _payload(data: JSON) -> JSON:
    payload: JSON = next(iter(data.values()))
    if payload.get("error"):
        raise Refused(payload)
    return payload
