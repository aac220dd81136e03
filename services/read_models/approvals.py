"""The approval trail: through whose hands, in which office, a voucher or a disclosure went, and what they said.

It has no table of its own: it is the history of one stream, a few events that are read where they stand. What was
drafted can be long and says nothing of the hands, so it stays in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.domain import AggregateEvent
from eventsourcing.utils import get_topic

from domain.disclosure.disclosure import Disclosure
from domain.ledger.voucher import Voucher
from domain.shared.identity import Office, TenantKey
from services.store import codec
from services.store.db import Db

_STEPS: dict[type[AggregateEvent], str] = {
    Voucher.Drafted: "drafted",
    Voucher.Revised: "revised",
    Voucher.Reviewed: "reviewed",
    Voucher.Returned: "returned",
    Voucher.Signed: "signed",
    Voucher.Withdrawn: "withdrawn",
    Voucher.Posted: "posted",
    Disclosure.Drafted: "drafted",
    Disclosure.Redrafted: "revised",
    Disclosure.Reviewed: "reviewed",
    Disclosure.Returned: "returned",
    Disclosure.Signed: "signed",
    Disclosure.Published: "published",
    Disclosure.Filed: "filed",
}
_NOTED = (Voucher.Reviewed, Voucher.Returned, Voucher.Withdrawn, Disclosure.Reviewed, Disclosure.Returned)
"""Steps at which something is said."""

_NAMES = {get_topic(step): name for step, name in _STEPS.items()}
_NOTED_TOPICS = [get_topic(step) for step in _NOTED]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One hand: who did what, in which office, when; `note` is the opinion or the reason."""

    subject_id: UUID
    version: int
    step: str
    member_id: UUID
    office: Office | None
    note: str
    position: int
    recorded_at: datetime


class Approvals:
    def __init__(self, db: Db) -> None:
        self._db = db

    async def of(self, key: TenantKey, subjects: Sequence[UUID]) -> list[StepRow]:
        """The steps of these vouchers or disclosures, each in order."""
        async with self._db.scope(key.district, [key.tenant]) as connection:
            rows = await connection.fetch(
                """select stream_id, version, type, schema_version, meta, position, recorded_at,
                          case when type = any ($5) then data end as data
                     from sanzi.event
                    where district_id = $1 and tenant_id = $2 and stream_id = any ($3) and type = any ($4)
                    order by stream_id, version""",
                key.district,
                key.tenant,
                list(subjects),
                list(_NAMES),
                _NOTED_TOPICS,
            )
        return [_row(row) for row in rows]


def _row(row: Any) -> StepRow:
    meta = codec.decode_meta(row["meta"])
    assert meta.member is not None, "a step of an approval is always somebody's"
    return StepRow(
        subject_id=row["stream_id"],
        version=row["version"],
        step=_NAMES[row["type"]],
        member_id=meta.member,
        office=meta.office,
        note=_note(row) if row["data"] is not None else "",
        position=row["position"],
        recorded_at=row["recorded_at"],
    )


def _note(row: Any) -> str:
    event = codec.decode(
        row["type"], row["schema_version"], row["data"], stream=row["stream_id"], version=row["version"]
    )
    match event:
        case Voucher.Reviewed() | Disclosure.Reviewed():
            return event.opinion
        case Voucher.Returned() | Voucher.Withdrawn() | Disclosure.Returned():
            return event.reason
    return ""
