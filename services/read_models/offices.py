"""People and the offices they hold: who may act as what, today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain.shared.events import Envelope
from domain.shared.identity import Acting, Level, Office, TenantKey
from domain.tenancy.bench import Bench
from domain.tenancy.member import Member
from services.read_models.change import Change, New, Set
from services.store.db import Connection, Db


def project(event: Envelope) -> Iterator[Change]:
    match event.payload:
        case Member.Registered() as it:
            yield New("member", id=event.stream, name=it.name, phone=it.phone, id_number=it.id_number, erased=False)
        case Member.Erased():
            yield Set("member", id=event.stream, erased=True)
        case Bench.Given() as it:
            yield _term(it.term, it.member, it.office, it.starts, it.ends, None)
        case Bench.Delegated() as it:
            yield _term(it.delegation, it.member, it.office, it.starts, it.ends, it.term)
        case Bench.Ended() as it:
            yield Set("office_term", id=it.term, ends=it.on)


def _term(
    term: UUID, member: UUID, office: Office, starts: date, ends: date | None, delegated_by: UUID | None
) -> Change:
    return New(
        "office_term", id=term, member_id=member, office=office, starts=starts, ends=ends, delegated_by=delegated_by
    )


@dataclass(frozen=True, slots=True)
class TermRow:
    """One office held in one tenant; `path`, `code` and `tenant_name` are those of the tenant."""

    id: UUID
    tenant_id: UUID
    member_id: UUID
    office: Office
    starts: date
    ends: date | None
    delegated_by: UUID | None
    path: str
    level: Level
    code: str
    tenant_name: str

    @property
    def acting(self) -> Acting:
        return Acting(self.member_id, self.office, self.tenant_id, self.path, self.id)

    def runs_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person; name, phone and ID number are sealed texts (services/identity/sealing.py)."""

    district_id: UUID
    id: UUID
    name: str
    phone: str | None
    id_number: str | None
    erased: bool


_TERMS = """select o.id, o.tenant_id, o.member_id, o.office, o.starts, o.ends, o.delegated_by,
                   t.path, t.level, t.code, t.short_name as tenant_name
              from sanzi_read.office_term o
              join sanzi_read.tenant t on t.district_id = o.district_id and t.id = o.tenant_id
             where o.district_id = $1 and"""


class Offices:
    """Reads who holds what; who holds an office is public (S2.21, V.B2), the personal data are sealed."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def of_member(self, district: UUID, member: UUID) -> list[TermRow]:
        """Every term of a person in the district, past ones too."""
        return await self._terms(district, "o.member_id = $2 order by o.starts, o.id", member)

    async def of_tenant(self, key: TenantKey) -> list[TermRow]:
        return await self._terms(key.district, "o.tenant_id = $2 order by o.starts, o.office, o.id", key.tenant)

    async def term(self, district: UUID, term: UUID) -> TermRow | None:
        found = await self._terms(district, "o.id = $2", term)
        return found[0] if found else None

    async def held(self, district: UUID, term: UUID) -> TermRow | None:
        """The same, unless whoever holds it was erased: in their name nobody acts any more."""
        erased = "select from sanzi_read.member m where m.district_id = $1 and m.id = o.member_id and m.erased"
        found = await self._terms(district, f"o.id = $2 and not exists ({erased})", term)
        return found[0] if found else None

    async def members(self, district: UUID, ids: list[UUID]) -> list[MemberRow]:
        async with self._db.scope(district, [district]) as connection:
            rows = await connection.fetch(
                """select district_id, id, name, phone, id_number, erased from sanzi_read.member
                    where district_id = $1 and tenant_id = $1 and id = any ($2)""",
                district,
                ids,
            )
        return [MemberRow(**row) for row in rows]

    async def _terms(self, district: UUID, where: str, value: object) -> list[TermRow]:
        async with self._db.scope(district) as connection:
            return [_term_row(row) for row in await connection.fetch(f"{_TERMS} {where}", district, value)]


def _term_row(row: Any) -> TermRow:
    values: dict[str, Any] = dict(row)
    values["office"], values["level"] = Office(values["office"]), Level(values["level"])
    return TermRow(**values)


async def member_exists(connection: Connection, district: UUID, member: UUID) -> bool:
    """Is this person registered in the district and not erased? For a connection in the district's scope."""
    return bool(
        await connection.fetchval(
            "select exists (select from sanzi_read.member where district_id = $1 and id = $2 and not erased)",
            district,
            member,
        )
    )
