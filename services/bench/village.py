"""A village with a published quarter, made through the bus: what the public page of the benchmark shows."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from domain.ledger.posting import Posting
from domain.shared.calendar import Month, Quarter
from domain.shared.identity import Acting, Level, Office, TenantKey
from services.bus import Origin
from services.demo.year import YEAR, generate_year
from services.handlers.disclosures import DraftDisclosure, PublishDisclosure, ReviewDisclosure, SignDisclosure
from services.handlers.ledger import ClosePeriod, OpenBooks
from services.handlers.tenancy import GiveOffice, ImportDivisions, OpenDistrict, RegisterMember
from services.handlers.vouchers import DraftVoucher, PostVoucher, ReviewVoucher, SignVoucher
from services.imports.divisions import Division
from services.imports.vouchers import VoucherEntry
from services.wiring import Services
from services.work import Place, System

DISTRICT, TOWNSHIP, VILLAGE = "440101", "440101101", "440101101201"
ITEM, QUARTER = "V.C1", Quarter(YEAR, 1)
_SINCE = date(YEAR, 1, 1)
_PEOPLE = {
    Office.CLERK: ("陈晓岚", VILLAGE),
    Office.COMMITTEE_DIRECTOR: ("林建国", VILLAGE),
    Office.SECRETARY: ("陈志强", VILLAGE),
    Office.TOWNSHIP_ACCOUNTANT: ("黄会计", TOWNSHIP),
}


class Builder:
    """Carries out what it takes, each command by the person whose office it is."""

    def __init__(self, services: Services) -> None:
        self._services = services
        district = uuid4()
        self._root = Place(TenantKey(district, district), f"/{district}/", Level.DISTRICT)
        self._village = self._root
        self._people: dict[Office, Acting] = {}

    async def build(self) -> None:
        """The district, the people, the first quarter's vouchers of the demo year, and their disclosure."""
        await self._settle()
        for entry in generate_year():
            if Month.of(entry.occurred_on) in QUARTER.months:
                await self._post(entry)
        for month in QUARTER.months:
            await self._run(ClosePeriod(str(month)), Office.TOWNSHIP_ACCOUNTANT)
        disclosure = await self._run(DraftDisclosure(ITEM, str(QUARTER)), Office.CLERK)
        await self._run(ReviewDisclosure(disclosure, "账实相符，同意公开"), Office.COMMITTEE_DIRECTOR)
        await self._run(SignDisclosure(disclosure), Office.SECRETARY)
        await self._run(PublishDisclosure(disclosure), Office.CLERK)

    async def _settle(self) -> None:
        divisions = (
            Division(TOWNSHIP, "桂岭镇", "桂岭镇", Level.TOWNSHIP, DISTRICT),
            Division(VILLAGE, "凤光村村民委员会", "凤光村", Level.VILLAGE, TOWNSHIP),
        )
        await self._run(OpenDistrict(DISTRICT, "测试区", "测试区", _SINCE), place=self._root)
        await self._run(ImportDivisions(divisions, _SINCE), place=self._root)
        for office, (name, code) in _PEOPLE.items():
            member = await self._run(RegisterMember(name), place=self._root)
            place = await self._place(code)
            await self._run(GiveOffice(member, office, _SINCE), place=place)
            [term] = await self._services.offices.of_member(self._root.key.district, member)
            self._people[office] = term.acting
        self._village = await self._place(VILLAGE)
        await self._run(OpenBooks(str(QUARTER.months[0])))

    async def _post(self, entry: VoucherEntry) -> None:
        lines = tuple(
            Posting(line.account, line.debit, line.credit, line.summary, line.counterparty, line.evidence)
            for line in entry.lines
        )
        voucher = await self._run(DraftVoucher(entry.occurred_on, entry.summary, lines), Office.CLERK)
        await self._run(ReviewVoucher(voucher, "属实"), Office.COMMITTEE_DIRECTOR)
        await self._run(SignVoucher(voucher), Office.SECRETARY)
        await self._run(PostVoucher(voucher), Office.TOWNSHIP_ACCOUNTANT)

    async def _place(self, code: str) -> Place:
        row = await self._services.tenants.by_code(code)
        assert row is not None, f"division {code} was imported just now"
        return Place(row.key, row.path, row.level)

    async def _run(self, command: object, office: Office | None = None, place: Place | None = None) -> UUID:
        """The first stream that the command changed. Without an office the system itself does it."""
        actor = self._people[office] if office else System()
        origin = Origin(uuid4(), uuid4(), "cli")
        outcome = await self._services.bus.execute(command, place or self._village, actor, origin)
        return outcome.streams[0]
