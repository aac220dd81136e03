"""The register of divisions, people, and the offices they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from domain.shared.errors import NotFound
from domain.shared.identity import Level, Office
from domain.tenancy.bench import Bench
from domain.tenancy.member import Member, NameMissing
from domain.tenancy.tenant import DistrictOpenAlready, Tenant
from services.bus import handles
from services.imports.divisions import Division
from services.read_models.offices import member_exists
from services.work import Work

REGISTER = (Tenant.Registered, Tenant.Recoded, Tenant.Merged)


@dataclass(frozen=True, slots=True)
class OpenDistrict:
    """Begin a district's register, in the district's own log."""

    code: str
    name: str
    short_name: str
    since: date


@handles(OpenDistrict, "tenant", "import")
async def open_district(command: OpenDistrict, work: Work) -> None:
    """Raises DistrictOpenAlready, CodeMalformed."""
    if opened := await work.find(Tenant, work.key.district):
        raise DistrictOpenAlready(code=opened.code, field="code")
    work.save(
        Tenant.register(
            id=work.key.district,
            level=Level.DISTRICT,
            code=command.code,
            name=command.name,
            short_name=command.short_name,
            parent=None,
            since=command.since,
        )
    )


@dataclass(frozen=True, slots=True)
class ImportDivisions:
    """Enter townships, villages and communities; those whose code is known already stay as they are."""

    divisions: tuple[Division, ...]
    since: date


@handles(ImportDivisions, "tenant", "import")
async def import_divisions(command: ImportDivisions, work: Work) -> None:
    """Parents stand before their children. Raises CodeMalformed, NotFound for an unknown parent."""
    known, head = await work.register_codes()
    work.based_on(head)
    entered: dict[str, Tenant] = {}
    for division in command.divisions:
        if division.code in known:
            continue
        if division.parent in known and division.parent not in entered:
            entered[division.parent] = await work.load(Tenant, known[division.parent])
        if division.parent not in entered:
            raise NotFound(what=f"上级单位 {division.parent}", field="divisions")
        entered[division.code] = Tenant.register(
            id=work.new_id(division.code),
            level=division.level,
            code=division.code,
            name=division.name,
            short_name=division.short_name,
            parent=entered[division.parent],
            since=command.since,
        )
    work.save(*entered.values(), unless=REGISTER)


@dataclass(frozen=True, slots=True)
class RenameTenant:
    tenant: UUID
    name: str
    short_name: str
    since: date


@handles(RenameTenant, "tenant", "rename")
async def rename_tenant(command: RenameTenant, work: Work) -> None:
    tenant = await work.load(Tenant, command.tenant)
    tenant.rename(name=command.name, short_name=command.short_name, since=command.since)
    work.save(tenant)


@dataclass(frozen=True, slots=True)
class RecodeTenant:
    """Another division code; the tenant, its log and its offices stay what they are."""

    tenant: UUID
    code: str
    since: date


@handles(RecodeTenant, "tenant", "recode")
async def recode_tenant(command: RecodeTenant, work: Work) -> None:
    """Raises NotFound, TenantClosed, CodeMalformed, CodeTaken."""
    known, head = await work.register_codes()
    work.based_on(head)
    tenant = await work.load(Tenant, command.tenant)
    parent = await work.load(Tenant, tenant.parent) if tenant.parent else None
    taken = known.get(command.code, tenant.id) != tenant.id
    tenant.recode(code=command.code, parent=parent, taken=taken, since=command.since)
    work.save(tenant, unless=REGISTER)


@dataclass(frozen=True, slots=True)
class MergeTenants:
    """End `tenant` in favour of `into`."""

    tenant: UUID
    into: UUID
    since: date


@handles(MergeTenants, "tenant", "merge")
async def merge_tenants(command: MergeTenants, work: Work) -> None:
    """Raises NotFound, TenantClosed, MergeUnfit. Two tenants merged into each other at one moment: only one is."""
    tenant = await work.load(Tenant, command.tenant)
    into = await work.load(Tenant, command.into)
    tenant.merge(into=into, since=command.since)
    work.save(tenant, unless=(Tenant.Merged,))


@dataclass(frozen=True, slots=True)
class RegisterMember:
    """Enter a person in the district. The fields marked personal are sealed before anything is recorded."""

    name: str = field(metadata={"personal": True})
    phone: str = field(default="", metadata={"personal": True})
    id_number: str = field(default="", metadata={"personal": True})


@handles(RegisterMember, "member", "register")
async def register_member(command: RegisterMember, work: Work) -> None:
    """Raises NameMissing."""
    if not command.name.strip():
        raise NameMissing(field="name")
    member = work.new_id("member")
    given = {"name": command.name, "phone": command.phone, "id_number": command.id_number}
    sealed = await work.seal(member, {name: text for name, text in given.items() if text})
    work.save(
        Member.register(id=member, name=sealed["name"], phone=sealed.get("phone"), id_number=sealed.get("id_number"))
    )


@dataclass(frozen=True, slots=True)
class EraseMember:
    """Record that a person is erased; the caller then destroys the key."""

    member: UUID


@handles(EraseMember, "member", "erase")
async def erase_member(command: EraseMember, work: Work) -> None:
    member = await work.load(Member, command.member)
    member.erase()
    work.save(member)


@dataclass(frozen=True, slots=True)
class GiveOffice:
    """Appoint a person in the tenant that the command is for, from `starts` to `ends`, both inclusive."""

    member: UUID
    office: Office
    starts: date
    ends: date | None = None


@handles(GiveOffice, "office", "appoint")
async def give_office(command: GiveOffice, work: Work) -> None:
    """Raises TenantClosed, NotFound for an unknown person, and as Bench.give."""
    await work.require_open()
    await _require_member(command.member, work)
    bench = await _bench(work)
    bench.give(
        term=work.new_id("term"),
        member=command.member,
        office=command.office,
        starts=command.starts,
        ends=command.ends,
    )
    work.save(bench)


@dataclass(frozen=True, slots=True)
class EndOffice:
    term: UUID
    on: date
    reason: str


@handles(EndOffice, "office", "end")
async def end_office(command: EndOffice, work: Work) -> None:
    bench = await _bench(work)
    bench.end(term=command.term, on=command.on, reason=command.reason)
    work.save(bench)


@dataclass(frozen=True, slots=True)
class DelegateOffice:
    """Let another person act in one's own office for a while."""

    term: UUID
    member: UUID
    starts: date
    ends: date


@handles(DelegateOffice)
async def delegate_office(command: DelegateOffice, work: Work) -> None:
    bench = await _bench(work)
    work.authorize("office", "delegate", subject=bench.term(command.term).member)
    await _require_member(command.member, work)
    bench.delegate(
        term=command.term,
        delegation=work.new_id("delegation"),
        member=command.member,
        starts=command.starts,
        ends=command.ends,
    )
    work.save(bench)


async def _bench(work: Work) -> Bench:
    stream = work.key.stream("bench")
    return await work.find(Bench, stream) or Bench.open(id=stream, level=work.place.level)


async def _require_member(member: UUID, work: Work) -> None:
    async with work.reading() as connection:
        if not await member_exists(connection, work.key.district, member):
            raise NotFound(what="人员", field="member")
