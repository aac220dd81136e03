"""The approval trail: through whose hands, in which office, a voucher or a disclosure went, and what they said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.disclosure.disclosure import Disclosure
from domain.ledger.voucher import Voucher
from domain.shared.events import Envelope
from domain.shared.identity import Office, TenantKey
from services.read_models.change import Change, New
from services.store.db import Db


def project(event: Envelope) -> Iterator[Change]:
    match event.payload:
        case Voucher.Drafted() | Disclosure.Drafted() as it:
            yield _step(event, "drafted", it.drafted_by)
        case Voucher.Revised() as it:
            yield _step(event, "revised", it.revised_by)
        case Disclosure.Redrafted() as it:
            yield _step(event, "revised", it.drafted_by)
        case Voucher.Reviewed() | Disclosure.Reviewed() as it:
            yield _step(event, "reviewed", it.reviewed_by, it.opinion)
        case Voucher.Returned() | Disclosure.Returned() as it:
            yield _step(event, "returned", it.returned_by, it.reason)
        case Voucher.Signed() | Disclosure.Signed() as it:
            yield _step(event, "signed", it.signed_by)
        case Voucher.Withdrawn() as it:
            yield _step(event, "withdrawn", it.withdrawn_by, it.reason)
        case Voucher.Posted() as it:
            yield _step(event, "posted", it.posted_by)
        case Disclosure.Published() as it:
            yield _step(event, "published", it.published_by)
        case Disclosure.Filed() as it:
            yield _step(event, "filed", it.filed_by)


def _step(event: Envelope, step: str, member: UUID, note: str = "") -> Change:
    return New(
        "approval_step",
        subject_id=event.stream,
        version=event.version,
        step=step,
        member_id=member,
        office=event.meta.office,
        note=note,
    )


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
                """select subject_id, version, step, member_id, office, note, position, recorded_at
                     from sanzi_read.approval_step
                    where district_id = $1 and tenant_id = $2 and subject_id = any ($3) order by subject_id, version""",
                key.district,
                key.tenant,
                list(subjects),
            )
        return [_row(row) for row in rows]


def _row(row: Any) -> StepRow:
    values: dict[str, Any] = dict(row)
    values["office"] = Office(values["office"]) if values["office"] else None
    return StepRow(**values)
