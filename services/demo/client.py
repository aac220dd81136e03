"""A GraphQL client over HTTP that sends the project's own operation documents, as a web or mobile front end would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from services.demo.people import PASSWORD, Person

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"


class GraphQLFailed(Exception):
    """The answer has errors; `codes` are their stable codes."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        self.codes = [error.get("extensions", {}).get("code", "") for error in errors]
        super().__init__("; ".join(f"{error['message']} {error.get('path', '')}" for error in errors))


class Client:
    """One connection to the server; `as_` gives the same as somebody who has signed in."""

    def __init__(self, address: str, token: str | None = None, http: httpx.AsyncClient | None = None) -> None:
        self.address, self._token = address, token
        self._http = http or httpx.AsyncClient(base_url=address, timeout=120)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def as_(self, person: Person) -> Client:
        """Signed in, acting in the office that the person holds."""
        granted = (await self.send("SignIn", input=_input(login=person.full_login, password=PASSWORD)))["signIn"]
        signed_in = Client(self.address, granted["accessToken"], self._http)
        viewer = (await signed_in.send("Viewer"))["viewer"]
        term = next(t for t in viewer["terms"] if t["office"] == person.office.name)
        chosen = (await signed_in.send("ChooseOffice", input=_input(term=term["id"])))["chooseOffice"]
        return Client(self.address, chosen["accessToken"], self._http)

    async def send(self, operation: str, **variables: Any) -> dict[str, Any]:
        """The data of one operation. Raises GraphQLFailed."""
        return self._data(await self._http.post("/graphql", headers=self._headers, json=self._body(operation, variables)))

    async def upload(self, operation: str, file: Path, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The same with `file` as the variable `input.file` (GraphQL multipart request)."""
        body = self._body(operation, {"input": {**variables, "file": None}})
        answer = await self._http.post(
            "/graphql",
            headers=self._headers,
            data={"operations": json.dumps(body), "map": json.dumps({"0": ["variables.input.file"]})},
            files={"0": (file.name, file.read_bytes())},
        )
        return self._data(answer)

    async def page(self, path: str) -> httpx.Response:
        return await self._http.get(path)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _body(self, operation: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        query = (OPERATIONS / f"{operation}.graphql").read_text(encoding="utf-8")
        return {"query": query, "operationName": operation, "variables": dict(variables)}

    def _data(self, answer: httpx.Response) -> dict[str, Any]:
        content: dict[str, Any] = answer.json()
        if errors := content.get("errors"):
            raise GraphQLFailed(errors)
        data: dict[str, Any] = content["data"]
        return data


def _input(**fields: Any) -> dict[str, Any]:
    """A mutation's input, with a command id of its own."""
    return {"commandId": str(uuid4()), **fields}
