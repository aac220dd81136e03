"""Names of office holders, which are public while they serve (S2.21, V.B2), and nothing else about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.shared.identity import Office, TenantKey
from services.wiring import Services

ORDER = (
    Office.SECRETARY,
    Office.VILLAGE_HEAD,
    Office.COMMITTEE_DIRECTOR,
    Office.COMMITTEE_MEMBER,
    Office.CLERK,
    Office.GROUP_ACCOUNTANT,
    Office.RESIDENT_CADRE,
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an office since when; `name` is None where the person was erased."""

    office: Office
    name: str | None
    since: date
    until: date | None
    delegated: bool


async def names(services: Services, district: UUID, members: Iterable[UUID]) -> Mapping[UUID, str]:
    """The names of these people; whoever was erased is absent."""
    wanted = sorted(set(members))
    if not wanted:
        return {}
    rows = await services.offices.members(district, wanted)
    sealed = {row.id: {"name": row.name} for row in rows if not row.erased}
    opened = await services.sealing.open_many(district, sealed)
    return {id: name for id, values in opened.items() if (name := values["name"])}


async def holders(services: Services, key: TenantKey, day: date) -> list[Holder]:
    """Who holds which office of a village on a day, the secretary first."""
    terms = [term for term in await services.offices.of_tenant(key) if term.runs_on(day) and term.office in ORDER]
    terms.sort(key=lambda term: (ORDER.index(term.office), term.starts, str(term.id)))
    named = await names(services, key.district, (term.member_id for term in terms))
    return [
        Holder(term.office, named.get(term.member_id), term.starts, term.ends, term.delegated_by is not None)
        for term in terms
    ]
