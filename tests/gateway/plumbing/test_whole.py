"""The application as it is served in production: the real schema, the real documents, a real socket."""

from __future__ import annotations

from uuid import uuid4

import httpx

from gateway import trusted
from gateway.app import create_app
from gateway.ids import tenant_id
from gateway.trusted import TrustedDocument
from services.wiring import Services
from tests.gateway.plumbing.listening import joined, served
from tests.gateway.plumbing.probe import PRODUCTION, codes
from tests.support.village import Scene


async def test_production_from_signing_in_to_watching_the_log(services: Services, scene: Scene) -> None:
    documents = {file.stem: file.read_bytes().decode() for file in trusted.folder().glob("*.graphql")}

    def known(name: str) -> dict[str, str]:
        return {"documentId": TrustedDocument(name, documents[name], ()).hash}

    login = await scene.enrol(scene.people["clerk"], "chenxl", "correct horse battery staple")
    async with served(create_app(services, PRODUCTION)) as address, httpx.AsyncClient(base_url=address) as http:
        refused = await http.post("/graphql", json={"query": "{ districts { name } }"})
        assert (refused.status_code, codes(refused.json())) == (400, ["DOCUMENT_NOT_TRUSTED"])
        given = {"input": {"commandId": str(uuid4()), "login": login, "password": "correct horse battery staple"}}
        signed = (await http.post("/graphql", json={**known("SignIn"), "variables": given})).json()
        assert signed["data"]["signIn"]["error"] is None, signed
        assert (await http.get("/readyz")).status_code == 200
        assert 'operation="SignIn"' in (await http.get("/metrics")).text
        token = await scene.token(scene.people["clerk"])
        async with joined(address, token) as subscriber:
            variables = {"tenant": str(tenant_id(scene.village.key)), "after": 0}
            await subscriber.send(type="subscribe", id="1", payload={**known("VillageLog"), "variables": variables})
            assert await subscriber.positions(1) == [1]
