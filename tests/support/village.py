"""A small district made through the bus: two townships, three villages, people in their offices, books, vouchers.

async with wired(database, tmp_path) as services:
    scene = await build_scene(services)
    voucher = await scene.draft_voucher()
    await scene.run(ReviewVoucher(voucher, "属实"), scene.people["director"])
    token = await scene.token(scene.people["secretary"])
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from domain.ledger.posting import Posting
from domain.shared.identity import Acting, Level, Office, TenantKey
from domain.shared.money import Fen
from services.bus import Origin, Outcome
from services.handlers.disclosures import (
    DraftDisclosure,
    PublishDisclosure,
    ReviewDisclosure,
    SignDisclosure,
)
from services.handlers.ledger import ClosePeriod, OpenBooks
from services.handlers.tenancy import GiveOffice, ImportDivisions, OpenDistrict, RegisterMember
from services.handlers.vouchers import DraftVoucher, PostVoucher, ReviewVoucher, SignVoucher
from services.imports.divisions import Division
from services.wiring import Services
from services.work import Place, System

SINCE = date(2025, 1, 1)
DISTRICT_CODE, TOWNSHIP_CODE, VILLAGE_CODE = "445203", "445203112", "445203112212"
NEIGHBOUR_CODE, FAR_CODE = "445203112201", "445203113201"

DIVISIONS = (
    Division(TOWNSHIP_CODE, "新亨镇", "新亨镇", Level.TOWNSHIP, DISTRICT_CODE),
    Division("445203113", "玉滘镇", "玉滘镇", Level.TOWNSHIP, DISTRICT_CODE),
    Division(VILLAGE_CODE, "凤光村村民委员会", "凤光村", Level.VILLAGE, TOWNSHIP_CODE),
    Division(NEIGHBOUR_CODE, "硕联村村民委员会", "硕联村", Level.VILLAGE, TOWNSHIP_CODE),
    Division(FAR_CODE, "桥头村村民委员会", "桥头村", Level.VILLAGE, "445203113"),
)

PEOPLE: dict[str, tuple[str, Office, str]] = {
    "admin": ("林区管", Office.DISTRICT_ADMINISTRATOR, DISTRICT_CODE),
    "inspector": ("许巡察", Office.INSPECTOR, DISTRICT_CODE),
    "accountant": ("黄会计", Office.TOWNSHIP_ACCOUNTANT, TOWNSHIP_CODE),
    "reviewer": ("谢审核", Office.TOWNSHIP_REVIEWER, TOWNSHIP_CODE),
    "clerk": ("陈晓岚", Office.CLERK, VILLAGE_CODE),
    "director": ("林建国", Office.COMMITTEE_DIRECTOR, VILLAGE_CODE),
    "committee": ("吴秀英", Office.COMMITTEE_MEMBER, VILLAGE_CODE),
    "secretary": ("陈志强", Office.SECRETARY, VILLAGE_CODE),
    "head": ("陈永发", Office.VILLAGE_HEAD, VILLAGE_CODE),
    "neighbour_clerk": ("郑丽华", Office.CLERK, NEIGHBOUR_CODE),
    "neighbour_director": ("郑海生", Office.COMMITTEE_DIRECTOR, NEIGHBOUR_CODE),
    "neighbour_secretary": ("郑伟民", Office.SECRETARY, NEIGHBOUR_CODE),
    "far_accountant": ("杨远山", Office.TOWNSHIP_ACCOUNTANT, "445203113"),
}
"""Key: name, office, code of the tenant in which it is held."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in office. `acting` is what commands take as their actor."""

    name: str
    acting: Acting

    @property
    def member(self) -> UUID:
        return self.acting.member


@dataclass(frozen=True, slots=True)
class Scene:
    """The district as built; `village` is where most tests play, `neighbour` lies beside it, `far` in another
    township."""

    services: Services
    district: Place
    township: Place
    village: Place
    neighbour: Place
    far: Place
    people: dict[str, Person]

    async def run(
        self,
        command: object,
        actor: Person | System | None = None,
        place: Place | None = None,
        command_id: UUID | None = None,
    ) -> Outcome:
        """Carry out a command for the village, or for `place`; without an actor as the system."""
        who = actor.acting if isinstance(actor, Person) else actor or System()
        return await self.services.bus.execute(command, place or self.village, who, origin(command_id))

    async def open_books(self, place: Place | None = None, first: str = "2025-01") -> None:
        await self.run(OpenBooks(first), System(), place)

    async def draft_voucher(
        self,
        amount: int = 120_000,
        on: date = date(2025, 1, 15),
        summary: str = "付村道维修款",
        by: str = "clerk",
        place: Place | None = None,
    ) -> UUID:
        """A voucher drafted by the clerk: 511 经营支出 paid from 102 银行存款; `amount` in fen. Needs open books."""
        command = DraftVoucher(on, summary, spending(amount))
        return (await self.run(command, self.people[by], place)).streams[0]

    async def post(self, *vouchers: UUID) -> None:
        """Review, sign and post drafts of the village."""
        for voucher in vouchers:
            await self.run(ReviewVoucher(voucher, "属实"), self.people["director"])
            await self.run(SignVoucher(voucher), self.people["secretary"])
            await self.run(PostVoucher(voucher), self.people["accountant"])

    async def close(self, *months: str) -> None:
        for month in months:
            await self.run(ClosePeriod(month), self.people["accountant"])

    async def signed_disclosure(self, period: str = "2025-Q1", item: str = "V.C1") -> UUID:
        """A disclosure of the village ready to be published; its months must be closed."""
        drafted = await self.run(DraftDisclosure(item, period), self.people["clerk"])
        disclosure = drafted.streams[0]
        await self.run(ReviewDisclosure(disclosure, "属实"), self.people["director"])
        await self.run(SignDisclosure(disclosure), self.people["secretary"])
        return disclosure

    async def published_disclosure(self, period: str = "2025-Q1") -> UUID:
        """Books opened must hold something in the period: posts one voucher, closes the quarter and publishes."""
        await self.post(await self.draft_voucher())
        await self.close("2025-01", "2025-02", "2025-03")
        disclosure = await self.signed_disclosure(period)
        await self.run(PublishDisclosure(disclosure), self.people["clerk"])
        return disclosure

    async def token(self, person: Person, *, office: bool = True) -> str:
        """An access token of that person in a new session, acting in the office unless `office` is False."""
        now = self.services.clock()
        grant = await self.services.sessions.open(self.district.key.district, person.member, at=now)
        if not office:
            return grant.access_token
        access = self.services.sign_in.read(grant.access_token)
        return await self.services.sessions.choose(replace(access), person.acting.term, at=now)

    async def enrol(self, person: Person, login: str, password: str) -> str:
        """Give a person a login; the whole of it, with the district's code."""
        await self.services.authenticator.enrol(
            self.district.key.district, person.member, login, password, at=self.services.clock()
        )
        return f"{login}@{DISTRICT_CODE}"


def spending(amount: int) -> tuple[Posting, ...]:
    """Two lines in fen: 511 经营支出 paid from 102 银行存款."""
    return (
        Posting("511", debit=Fen(amount), summary="付村道维修款", counterparty="宏达工程队", evidence="发票0001"),
        Posting("102", credit=Fen(amount), summary="付村道维修款", counterparty="宏达工程队", evidence="转账0001"),
    )


def origin(command_id: UUID | None = None) -> Origin:
    return Origin(command_id or uuid4(), uuid4(), "test")


async def build_scene(services: Services, district_code: str = DISTRICT_CODE) -> Scene:
    """A new district with its divisions and people. Another `district_code` makes another, apart from the first."""
    district = uuid4()
    root = Place(TenantKey(district, district), f"/{district}/", Level.DISTRICT)
    await services.bus.execute(OpenDistrict(district_code, "揭东区", "揭东区", SINCE), root, System(), origin())
    divisions = tuple(
        replace(d, code=_in(d.code, district_code), parent=_in(d.parent, district_code)) for d in DIVISIONS
    )
    await services.bus.execute(ImportDivisions(divisions, SINCE), root, System(), origin())
    places = {DISTRICT_CODE: root}
    for division in DIVISIONS:
        row = await services.tenants.by_code(_in(division.code, district_code))
        assert row is not None
        places[division.code] = Place(row.key, row.path, row.level)
    people = {
        key: await _appoint(services, root, places[code], name, office) for key, (name, office, code) in PEOPLE.items()
    }
    return Scene(
        services,
        root,
        places[TOWNSHIP_CODE],
        places[VILLAGE_CODE],
        places[NEIGHBOUR_CODE],
        places[FAR_CODE],
        people,
    )


async def _appoint(services: Services, root: Place, place: Place, name: str, office: Office) -> Person:
    registered = await services.bus.execute(
        RegisterMember(name, phone="13800138000", id_number="445203198001010018"), root, System(), origin()
    )
    member = registered.streams[0]
    await services.bus.execute(GiveOffice(member, office, SINCE), place, System(), origin())
    terms = await services.offices.of_member(root.key.district, member)
    return Person(name, terms[-1].acting)


def _in(code: str, district_code: str) -> str:
    return district_code + code[len(DISTRICT_CODE) :]
