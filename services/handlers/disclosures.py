"""Disclosures: draft from the ledger, review, return, sign, publish, file."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.disclosure.disclosure import Disclosure, Figure, NothingToDisclose, PeriodStillOpen, Source
from domain.ledger.statement import FUNDS, STATEMENTS, Entry, Line, Statement
from domain.shared.calendar import Quarter
from policies.accounts.chart import chart
from policies.catalogue.items import item_for
from services.bus import handles
from services.handlers.ledger import books_of
from services.read_models.ledger import quarter_entries
from services.work import Work


@dataclass(frozen=True, slots=True)
class DraftDisclosure:
    """Take an item's figures of a quarter (2025-Q1) from the books; after a return, take them again."""

    item: str
    period: str
    edition: int = 1


@handles(DraftDisclosure, "disclosure", "draft")
async def draft_disclosure(command: DraftDisclosure, work: Work) -> None:
    """Raises UnknownItem, NotAPeriod, PeriodStillOpen, EditionOutOfTurn, NothingToDisclose, WrongStage."""
    item = item_for(command.item, work.place.level)
    quarter = Quarter.parse(command.period)
    books = await books_of(work)
    for month in quarter.months:
        if not books.is_closed(month) and month >= books.first:
            raise PeriodStillOpen(month=month, field="period")
    if quarter.months[2] < books.first:
        raise NothingToDisclose(period=quarter, field="period")
    figures, as_of = await _figures(STATEMENTS[item.statement], quarter, books.chart, work)
    editions = f"disclosure/{item.item}/{quarter}/"
    stream = work.key.stream(f"{editions}{command.edition}")
    disclosure = await work.find(Disclosure, stream)
    if disclosure is None:
        disclosure = Disclosure.draft(
            id=stream,
            by=work.member,
            item=item.item,
            period=str(quarter),
            edition=command.edition,
            title=item.titled(quarter.zh),
            as_of=as_of,
            figures=figures,
            before=await work.find(Disclosure, work.key.stream(f"{editions}{command.edition - 1}")),
        )
    else:
        disclosure.redraft(by=work.member, as_of=as_of, figures=figures)
    work.save(disclosure)


@dataclass(frozen=True, slots=True)
class ReviewDisclosure:
    disclosure: UUID
    opinion: str


@handles(ReviewDisclosure, "disclosure", "review")
async def review_disclosure(command: ReviewDisclosure, work: Work) -> None:
    disclosure = await _disclosure(command.disclosure, "review", work)
    disclosure.review(by=work.member, opinion=command.opinion)
    work.save(disclosure)


@dataclass(frozen=True, slots=True)
class ReturnDisclosure:
    disclosure: UUID
    reason: str


@handles(ReturnDisclosure, "disclosure", "return")
async def return_disclosure(command: ReturnDisclosure, work: Work) -> None:
    disclosure = await _disclosure(command.disclosure, "return", work)
    disclosure.send_back(by=work.member, reason=command.reason)
    work.save(disclosure)


@dataclass(frozen=True, slots=True)
class SignDisclosure:
    disclosure: UUID


@handles(SignDisclosure, "disclosure", "sign")
async def sign_disclosure(command: SignDisclosure, work: Work) -> None:
    disclosure = await _disclosure(command.disclosure, "sign", work)
    disclosure.sign(by=work.member)
    work.save(disclosure)


@dataclass(frozen=True, slots=True)
class PublishDisclosure:
    disclosure: UUID


@handles(PublishDisclosure, "disclosure", "publish")
async def publish_disclosure(command: PublishDisclosure, work: Work) -> None:
    disclosure = await _disclosure(command.disclosure, "publish", work)
    disclosure.publish(by=work.member, on=work.today)
    work.save(disclosure)


@dataclass(frozen=True, slots=True)
class FileDisclosure:
    """The township takes a published disclosure on file (备案)."""

    disclosure: UUID


@handles(FileDisclosure, "disclosure", "file")
async def file_disclosure(command: FileDisclosure, work: Work) -> None:
    disclosure = await _disclosure(command.disclosure, "file", work)
    disclosure.file(by=work.member)
    work.save(disclosure)


async def _disclosure(stream: UUID, action: str, work: Work) -> Disclosure:
    """The disclosure, if whose hands it went through allow the caller this action."""
    disclosure = await work.load(Disclosure, stream)
    work.authorize("disclosure", action, drafter=disclosure.drafted_by, reviewer=disclosure.reviewed_by)
    return disclosure


async def _figures(
    statement: Statement, quarter: Quarter, chart_version: str, work: Work
) -> tuple[tuple[Figure, ...], int]:
    """The figures of a quarter, and the position at which they were taken: closed months change no more."""
    async with work.reading() as connection:
        entries, opening, head = await quarter_entries(connection, work.key, quarter, FUNDS)
    lines = statement(
        [
            Entry(e.voucher_id, f"{e.month}/{e.number}", e.occurred_on, e.summary, e.account, e.debit, e.credit)
            for e in entries
        ],
        opening_funds=opening,
        chart=chart(chart_version),
    )
    return tuple(map(_figure, lines)), head


def _figure(line: Line) -> Figure:
    return Figure(
        section=line.section,
        account=line.account,
        name=line.name,
        amount=line.amount,
        sources=tuple(
            Source(part.voucher, part.number, part.occurred_on, part.summary, part.amount) for part in line.parts
        ),
    )
