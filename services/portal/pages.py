"""The pages: load little, answer 304 before loading more, then render."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import quote

from litestar import Response

from policies.catalogue.items import catalogue
from services.portal import places, rendering
from services.portal.people import holders, names
from services.portal.places import Branch
from services.portal.statements import Statement, hands, last_round, statutes
from services.portal.visit import Visit
from services.read_models.disclosures import DisclosureRow
from services.read_models.heads import Head, Heads
from services.read_models.tenants import TenantRow
from services.wiring import Services

_POSITION = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_COPIED = re.compile(r"[0-9a-f]{8,64}", re.ASCII)


class Portal:
    """Each method answers one kind of address."""

    def __init__(self, services: Services, heads: Heads) -> None:
        self._services, self._heads = services, heads

    async def index(self, visit: Visit) -> Response[bytes]:
        """Every village of the one district; of several districts first the districts."""
        districts = await self._services.tenants.districts()
        if len(districts) == 1:
            return await self._places(visit, districts[0])
        etag = rendering.tag(visit, _digest(districts))
        return rendering.unchanged(visit, etag) or rendering.page(visit, "index.html", etag=etag, districts=districts)

    async def place(self, visit: Visit, code: str) -> Response[bytes]:
        """A village's page, or the list of those below a township or district."""
        place = await places.find(self._services, code)
        if place is None:
            return rendering.not_found(visit)
        if place.code != code:
            return rendering.moved(visit, f"/v/{place.code}")
        if place.level not in places.VILLAGES:
            return await self._places(visit, place)
        return await self._village(visit, place)

    async def check(self, visit: Visit, code: str) -> Response[bytes]:
        """The hash that stands at a position, so that one copied by hand long ago can be held against it."""
        village = await self._find_village(code)
        if village is None:
            return rendering.not_found(visit)
        if village.code != code:
            return rendering.moved(visit, f"/v/{village.code}/check")
        etag, head = await self._etag(visit, village)
        if same := rendering.unchanged(visit, etag):
            return same
        position = visit.own.get("position", "").strip()
        copied = re.sub(r"\s", "", visit.own.get("hash", "")).lower()
        at = await self._heads.hash_at(village.key, int(position)) if _POSITION.fullmatch(position) else None
        return rendering.page(
            visit,
            "check.html",
            etag=etag,
            village=village,
            above=await places.way_to(self._services, village),
            head=head,
            position=position,
            copied=copied,
            readable=bool(_COPIED.fullmatch(copied)),
            hash=at.hex() if at else "",
        )

    async def disclosure(self, visit: Visit, code: str, item: str, period: str) -> Response[bytes]:
        """A published disclosure, the latest edition unless another is asked for."""
        nameable = item.isprintable() and period.isprintable()  # PostgreSQL takes no NUL, no name has one
        village = await self._find_village(code) if nameable else None
        if village is None:
            return rendering.not_found(visit)
        if village.code != code:
            return rendering.moved(visit, f"/v/{village.code}/{quote(item)}/{quote(period)}")
        etag, head = await self._etag(visit, village)
        if same := rendering.unchanged(visit, etag):
            return same
        editions = await self._editions(village, item, period)
        wanted = visit.own.get("edition", "")
        shown = next((one for one in editions if str(one.edition) == wanted), None) if wanted else _first(editions)
        if shown is None:
            return rendering.not_found(visit)
        steps, above = await asyncio.gather(
            self._services.approvals.of(village.key, [shown.id]), places.way_to(self._services, village)
        )
        steps = last_round(steps)
        named = await names(self._services, village.district_id, (step.member_id for step in steps))
        rule = catalogue().get(item)
        return rendering.page(
            visit,
            "disclosure.html",
            etag=etag,
            village=village,
            above=above,
            shown=shown,
            editions=editions,
            statement=Statement.of(shown.figures),
            hands=hands(steps, named),
            rule=rule,
            statutes=statutes(rule.basis) if rule else [],
            head=head,
            all_open=visit.own.get("vouchers") == "all",
        )

    def nowhere(self, visit: Visit) -> Response[bytes]:
        """An address below /v/ that can mean nothing."""
        return rendering.not_found(visit)

    async def _village(self, visit: Visit, village: TenantRow) -> Response[bytes]:
        etag, head = await self._etag(visit, village)
        if same := rendering.unchanged(visit, etag):
            return same
        above, people, disclosures = await asyncio.gather(
            places.way_to(self._services, village),
            holders(self._services, village.key, places.today(self._services)),
            self._services.disclosures.of_village(village.key, public=True),
        )
        return rendering.page(
            visit,
            "village.html",
            etag=etag,
            village=village,
            above=above,
            people=people,
            periods=_by_period(disclosures),
            head=head,
        )

    async def _places(self, visit: Visit, root: TenantRow) -> Response[bytes]:
        """The villages of a district or township: all of it stands in the district's log."""
        heads = await self._heads.of(root.district_id, [root.district_id])
        etag = rendering.tag(visit, heads[root.district_id].position)
        if same := rendering.unchanged(visit, etag):
            return same
        branches = await places.branches(self._services, root)
        return rendering.page(
            visit,
            "places.html",
            etag=etag,
            root=root,
            above=await places.way_to(self._services, root),
            branches=branches,
            villages=_count(branches),
        )

    async def _find_village(self, code: str) -> TenantRow | None:
        place = await places.find(self._services, code)
        return place if place and place.level in places.VILLAGES else None

    async def _etag(self, visit: Visit, village: TenantRow) -> tuple[str, Head | None]:
        """The ETag of all that a village shows, and the head of its log.

        Names and their erasure stand in the district's log; terms of office begin and end with the day, without an
        event.
        """
        heads = await self._heads.of(village.district_id, [village.id, village.district_id])
        mine, district = heads.get(village.id), heads.get(village.district_id)
        positions = (mine.position if mine else 0, district.position if district else 0)
        return rendering.tag(visit, *positions, f"{places.today(self._services):%Y%m%d}"), mine

    async def _editions(self, village: TenantRow, item: str, period: str) -> list[DisclosureRow]:
        return await self._services.disclosures.of_village(village.key, public=True, item=item, period=period)


def _first(rows: Sequence[DisclosureRow]) -> DisclosureRow | None:
    return rows[0] if rows else None


def _by_period(rows: Sequence[DisclosureRow]) -> list[tuple[str, list[tuple[DisclosureRow, Statement]]]]:
    """The newest period first; of each item the latest edition."""
    latest: dict[tuple[str, str], DisclosureRow] = {}
    for row in rows:
        latest.setdefault((row.period, row.item), row)
    by_item = sorted(latest.values(), key=lambda row: row.item)
    newest = sorted(by_item, key=lambda row: row.period, reverse=True)
    return [
        (period, [(row, Statement.of(row.figures)) for row in group])
        for period, group in groupby(newest, key=lambda row: row.period)
    ]


def _count(branches: Sequence[Branch]) -> int:
    return sum(len(branch.villages) for branch in branches)


def _digest(rows: object) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
