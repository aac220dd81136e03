"""Vouchers: draft or import, review, return, revise, withdraw, sign, post, reverse."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.ledger.books import Books
from domain.ledger.posting import Posting
from domain.ledger.voucher import Voucher
from domain.shared.calendar import FIRST_MONTH, LAST_MONTH, Month, NotAPeriod, months_of
from policies.accounts.chart import chart
from services.bus import handles
from services.handlers.ledger import books_of
from services.imports.vouchers import EntryLine, read_vouchers
from services.read_models.vouchers import next_number, taken_numbers
from services.work import Work

BOOKS = (Books.Closed, Books.AccountOpened)
NUMBERED = (*BOOKS, Voucher.Drafted)
"""What a new voucher's period, accounts and number rest on."""


@dataclass(frozen=True, slots=True)
class DraftVoucher:
    """Enter one voucher; it takes the next number of its month."""

    occurred_on: date
    summary: str
    postings: tuple[Posting, ...]


@handles(DraftVoucher, "voucher", "draft")
async def draft_voucher(command: DraftVoucher, work: Work) -> None:
    month = Month.of(command.occurred_on)
    books = await books_of(work)
    books.check(month, command.postings, chart(books.chart))
    voucher = Voucher.draft(
        id=work.new_id("voucher"),
        by=work.member,
        number=await _next_number(month, work),
        on=command.occurred_on,
        summary=command.summary,
        postings=command.postings,
    )
    work.save(voucher, unless=NUMBERED)


@dataclass(frozen=True, slots=True)
class ImportVouchers:
    """Draft every voucher of a spreadsheet, or none: the file has no error, or all of them are reported."""

    file_name: str
    data: bytes
    year: int


@handles(ImportVouchers, "voucher", "import")
async def import_vouchers(command: ImportVouchers, work: Work) -> None:
    """Raises NotAPeriod, ImportRefused with every error of every row."""
    if not FIRST_MONTH.year <= command.year <= LAST_MONTH.year:
        raise NotAPeriod(value=command.year, field="year")
    books = await books_of(work)
    standard = chart(books.chart)
    async with work.reading() as connection:
        taken, head = await taken_numbers(connection, work.key)
    work.based_on(head)
    entries = await asyncio.to_thread(
        read_vouchers,
        command.file_name,
        command.data,
        year=command.year,
        accounts=books.leaves(standard),
        closed=[month for month in months_of(command.year) if month < books.first or books.is_closed(month)],
        taken=taken,
    )
    for entry in entries:
        voucher = Voucher.draft(
            id=work.new_id(f"{entry.occurred_on:%Y-%m}/{entry.number}"),
            by=work.member,
            number=entry.number,
            on=entry.occurred_on,
            summary=entry.summary,
            postings=tuple(map(_posting, entry.lines)),
        )
        work.save(voucher, unless=NUMBERED)


@dataclass(frozen=True, slots=True)
class ReviewVoucher:
    voucher: UUID
    opinion: str


@handles(ReviewVoucher, "voucher", "review")
async def review_voucher(command: ReviewVoucher, work: Work) -> None:
    voucher = await _voucher(command.voucher, "review", work)
    voucher.review(by=work.member, opinion=command.opinion)
    work.save(voucher)


@dataclass(frozen=True, slots=True)
class ReturnVoucher:
    voucher: UUID
    reason: str


@handles(ReturnVoucher, "voucher", "return")
async def return_voucher(command: ReturnVoucher, work: Work) -> None:
    voucher = await _voucher(command.voucher, "return", work)
    voucher.send_back(by=work.member, reason=command.reason)
    work.save(voucher)


@dataclass(frozen=True, slots=True)
class ReviseVoucher:
    """Correct a returned voucher; its date and number stay."""

    voucher: UUID
    summary: str
    postings: tuple[Posting, ...]


@handles(ReviseVoucher, "voucher", "revise")
async def revise_voucher(command: ReviseVoucher, work: Work) -> None:
    voucher = await _voucher(command.voucher, "revise", work)
    books = await books_of(work)
    books.check(voucher.month, command.postings, chart(books.chart))
    voucher.revise(by=work.member, summary=command.summary, postings=command.postings)
    work.save(voucher, unless=BOOKS)


@dataclass(frozen=True, slots=True)
class WithdrawVoucher:
    voucher: UUID
    reason: str


@handles(WithdrawVoucher, "voucher", "withdraw")
async def withdraw_voucher(command: WithdrawVoucher, work: Work) -> None:
    voucher = await _voucher(command.voucher, "withdraw", work)
    voucher.withdraw(by=work.member, reason=command.reason)
    work.save(voucher)
    if voucher.reverses:
        original = await work.load(Voucher, voucher.reverses)
        original.drop_reversal(reversal=voucher.id)
        work.save(original)


@dataclass(frozen=True, slots=True)
class SignVoucher:
    voucher: UUID


@handles(SignVoucher, "voucher", "sign")
async def sign_voucher(command: SignVoucher, work: Work) -> None:
    voucher = await _voucher(command.voucher, "sign", work)
    voucher.sign(by=work.member)
    work.save(voucher)


@dataclass(frozen=True, slots=True)
class PostVoucher:
    voucher: UUID


@handles(PostVoucher, "voucher", "post")
async def post_voucher(command: PostVoucher, work: Work) -> None:
    """No month with an unposted voucher can be closed, so the period is open whenever there is something to post."""
    voucher = await _voucher(command.voucher, "post", work)
    voucher.post(by=work.member)
    work.save(voucher)


@dataclass(frozen=True, slots=True)
class ReverseVoucher:
    """Draft the opposite of a posted voucher, dated in an open period."""

    voucher: UUID
    on: date
    reason: str


@handles(ReverseVoucher, "voucher", "reverse")
async def reverse_voucher(command: ReverseVoucher, work: Work) -> None:
    original = await _voucher(command.voucher, "reverse", work)
    month = Month.of(command.on)
    (await books_of(work)).check_open(month)
    opposite = original.reverse(
        id=work.new_id("reversal"),
        by=work.member,
        number=await _next_number(month, work),
        on=command.on,
        reason=command.reason,
    )
    work.save(opposite, original, unless=NUMBERED)


async def _voucher(stream: UUID, action: str, work: Work) -> Voucher:
    """The voucher, if whose hands it went through allow the caller this action."""
    voucher = await work.load(Voucher, stream)
    work.authorize(
        "voucher", action, drafter=voucher.drafted_by, reviewer=voucher.reviewed_by, signer=voucher.signed_by
    )
    return voucher


async def _next_number(month: Month, work: Work) -> int:
    async with work.reading() as connection:
        number, head = await next_number(connection, work.key, month)
    work.based_on(head)
    return number


def _posting(line: EntryLine) -> Posting:
    return Posting(
        account=line.account,
        debit=line.debit,
        credit=line.credit,
        summary=line.summary,
        counterparty=line.counterparty,
        evidence=line.evidence,
    )
