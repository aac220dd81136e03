"""Finding the way: which place a code means, where it lies, and what lies below it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.shared.identity import Level
from services.read_models.tenants import TenantRow
from services.wiring import Services
from services.work import BEIJING

_CODE = re.compile(r"\d{6}(\d{3}){0,2}", re.ASCII)
VILLAGES = frozenset({Level.VILLAGE, Level.COMMUNITY})


@dataclass(frozen=True, slots=True)
class Branch:
    """A township with its villages, in pinyin order."""

    township: TenantRow
    villages: list[TenantRow]


def today(services: Services) -> date:
    """The date in Beijing, by which terms run."""
    return services.clock().astimezone(BEIJING).date()


async def find(services: Services, code: str) -> TenantRow | None:
    """Whom a code means: who has it now, else who had it last; None for text that is no code at all."""
    if not _CODE.fullmatch(code):
        return None
    return await services.tenants.by_code(code) or await services.tenants.last_with_code(code)


async def way_to(services: Services, place: TenantRow) -> list[TenantRow]:
    """The divisions above a place, from the district down (区 > 镇 > 村, S2.39), then whom it was merged into."""
    ids = [UUID(part) for part in place.path.strip("/").split("/")[:-1]]
    wanted = [*ids, place.merged_into] if place.merged_into else ids
    rows = {row.id: row for row in (await services.tenants.by_ids(wanted) if wanted else [])}
    return [rows[id] for id in wanted]


async def branches(services: Services, root: TenantRow) -> list[Branch]:
    """The townships of a district, or the one township, with their villages.

    Left out are merged places, and what has no village: farms, estates, zones (coverage counts 辖有村庄的, S0.01).
    """
    rows = [row for row in await services.tenants.subtree(root) if row.merged_into is None]
    below: dict[UUID | None, list[TenantRow]] = defaultdict(list)
    for row in rows:
        if row.level in VILLAGES:
            below[row.parent_id].append(row)
    return [Branch(row, below[row.id]) for row in rows if row.level is Level.TOWNSHIP and below[row.id]]
