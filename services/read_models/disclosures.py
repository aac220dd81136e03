"""Disclosures: those in the making, for the village's offices; those published, for everyone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.disclosure.disclosure import Disclosure, Figure, Stage
from domain.shared.events import Envelope
from domain.shared.identity import TenantKey
from services.read_models.change import Change, New, Set
from services.store.db import Db


def project(event: Envelope) -> Iterator[Change]:
    match event.payload:
        case Disclosure.Drafted() as it:
            yield New(
                "disclosure",
                id=event.stream,
                item=it.item,
                period=it.period,
                edition=it.edition,
                title=it.title,
                stage=Stage.DRAFTED,
                as_of=it.as_of,
                figures=it.figures,
                drafted_by=it.drafted_by,
                published_on=None,
            )
        case Disclosure.Redrafted() as it:
            yield Set(
                "disclosure",
                id=event.stream,
                stage=Stage.DRAFTED,
                as_of=it.as_of,
                figures=it.figures,
                drafted_by=it.drafted_by,
            )
        case Disclosure.Reviewed():
            yield Set("disclosure", id=event.stream, stage=Stage.REVIEWED)
        case Disclosure.Returned():
            yield Set("disclosure", id=event.stream, stage=Stage.RETURNED)
        case Disclosure.Signed():
            yield Set("disclosure", id=event.stream, stage=Stage.SIGNED)
        case Disclosure.Published() as it:
            yield Set("disclosure", id=event.stream, stage=Stage.PUBLISHED, published_on=it.on)
        case Disclosure.Filed():
            yield Set("disclosure", id=event.stream, stage=Stage.FILED)


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """One edition of one item of one period; `as_of` is the position of the log at which its figures were taken."""

    id: UUID
    item: str
    period: str
    edition: int
    title: str
    stage: Stage
    as_of: int
    figures: tuple[Figure, ...]
    drafted_by: UUID
    published_on: date | None
    position: int
    since: datetime
    recorded_at: datetime


_COLUMNS = (
    "id, item, period, edition, title, stage, as_of, figures, drafted_by, published_on, position, since, recorded_at"
)
_PUBLIC = "stage in ('published', 'filed')"


class Disclosures:
    def __init__(self, db: Db) -> None:
        self._db = db

    async def by_ids(self, key: TenantKey, ids: Sequence[UUID], *, public: bool) -> list[DisclosureRow]:
        """These disclosures; with `public`, only what is published."""
        return await self._fetch(key, public, "id = any ($3)", list(ids))

    async def of_village(
        self, key: TenantKey, *, public: bool, item: str | None = None, period: str | None = None
    ) -> list[DisclosureRow]:
        """Newest period and edition first; with `public`, only what is published."""
        return await self._fetch(
            key, public, "($3::text is null or item = $3) and ($4::text is null or period = $4)", item, period
        )

    async def _fetch(self, key: TenantKey, public: bool, where: str, *values: object) -> list[DisclosureRow]:
        async with self._db.scope(key.district, [key.tenant]) as connection:
            rows = await connection.fetch(
                f"""select {_COLUMNS} from sanzi_read.disclosure
                     where district_id = $1 and tenant_id = $2 and {_PUBLIC if public else "true"} and {where}
                     order by period desc, edition desc, item""",
                key.district,
                key.tenant,
                *values,
            )
        return [_row(row) for row in rows]


def _row(row: Any) -> DisclosureRow:
    values: dict[str, Any] = dict(row)
    values["figures"] = msgspec.json.decode(values["figures"], type=tuple[Figure, ...])
    values["stage"] = Stage(values["stage"])
    return DisclosureRow(**values)
