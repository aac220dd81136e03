"""The story: from a district's table of divisions to a villager's page and an inspector's replay.

`BUILDING` makes the demo district, all of it through the API; every command has a fixed id, so that a building that was
interrupted goes on where it stopped. `CHECKS` then tries what must not be possible.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.demo.client import JSON, Client, GraphQLFailed, Refused
from services.demo.people import VILLAGE, Person
from services.store.settings import Database

DATA = Path(__file__).parent / "data"
DIVISIONS = DATA / "jiedong_divisions.csv"
FIRST_DAY = date(2024, 1, 1)
ITEM, QUARTER = "V.C1", "2025-Q1"


class StoryFailed(Exception):
    """Something that must hold did not."""


def expect(holds: object, what: str) -> None:
    """Raises StoryFailed."""
    if not holds:
        raise StoryFailed(what)


def grouped(yuan: str) -> str:
    """An amount as people read it: '1234.50' -> '1,234.50'."""
    return f"{Decimal(yuan):,.2f}"


class Story:
    """Who has signed in so far, and what was found. Access tokens last ten minutes, longer than any telling."""

    def __init__(self, visitor: Client, database: Database) -> None:
        self.visitor, self.database = visitor, database
        self.ids: dict[str, str] = {}
        self._clients: dict[str, Client] = {}

    async def person(self, who: Person) -> Client:
        if who.login not in self._clients:
            self._clients[who.login] = await self.visitor.as_(who)
        return self._clients[who.login]

    async def tenant_id(self, code: str) -> str:
        """The node id of the tenant with this code."""
        if code not in self.ids:
            self.ids[code] = (await self.visitor.ask("PublicTenant", code=code))["tenant"]["id"]
        return self.ids[code]

    async def vouchers(self, who: Person, **wanted: Any) -> list[JSON]:
        """All vouchers of the village that are wanted (month, stages), page by page."""
        client, after, found = await self.person(who), None, list[JSON]()
        while True:
            answer = await client.ask("Vouchers", code=VILLAGE, first=200, after=after, **wanted)
            page = answer["tenant"]["vouchers"]
            found += [edge["node"] for edge in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    async def refused(self, who: Person, operation: str, *codes: str, **fields: Any) -> str:
        """Try what must be refused with one of these codes; the message. Raises StoryFailed if it was carried out."""
        client = await self.person(who)
        try:
            payload = await client.change(operation, f"refused/{operation}/{sorted(fields.items())!r}", **fields)
            [error] = [each["error"] for each in payload.get("results", [{"error": None}])]
        except Refused as refusal:
            error = refusal.payload["error"]
        except GraphQLFailed as failure:
            error = {"code": failure.codes[0], "message": str(failure)}
        expect(error, f"{operation} by {who.office.en} was not refused")
        expect(error["code"] in codes, f"{operation} was refused with {error['code']}, not {codes}")
        return f"{error['message']} [{error['code']}]"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its title, and what it does, yielding what it saw. Raises StoryFailed, Refused, GraphQLFailed."""

    title: str
    run: Callable[[Story], AsyncIterator[str]]


async def is_built(visitor: Client) -> bool:
    """Has the building reached its end, a disclosure on file?"""
    tenant = (await visitor.ask("PublicDisclosure", code=VILLAGE, item=ITEM, period=QUARTER))["tenant"]
    return bool(tenant and tenant["disclosure"] and tenant["disclosure"]["stage"] == "FILED")
