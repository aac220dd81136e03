"""Postings (分录): the lines of a voucher, and the rules that every set of lines must keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from domain.shared.errors import DomainError
from domain.shared.money import ZERO, Fen, yuan

MAX_AMOUNT = Fen(10**14)  # a thousand billion yuan: above it a figure is a slip of the keyboard


class TooFewLines(DomainError):
    """A voucher needs at least two lines; it has {count}."""

    code = "VOUCHER_TOO_FEW_LINES"
    zh = "一张凭证至少要有两条分录，当前只有 {count} 条"


class OneSide(DomainError):
    """Line {line}: exactly one of debit ({debit}) and credit ({credit}) must be above zero."""

    code = "POSTING_ONE_SIDE"
    zh = "第 {line} 条分录：借方（{debit}）与贷方（{credit}）必须且只能填写一方，且大于零"


class Unbalanced(DomainError):
    """Debits ({debit} yuan) and credits ({credit} yuan) differ by {difference} yuan."""

    code = "VOUCHER_UNBALANCED"
    zh = "借方合计 {debit} 元与贷方合计 {credit} 元不相等，相差 {difference} 元；请核对分录"


class EvidenceMissing(DomainError):
    """Line {line} names no evidence; give the number of the invoice, receipt or slip."""

    code = "EVIDENCE_MISSING"
    zh = "第 {line} 条分录没有附件号；请填写发票、收据或单据编号（不得白条入账）"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line: money, in fen, on one side of one account. `evidence` is the number of the document behind it."""

    account: str
    debit: Fen = ZERO
    credit: Fen = ZERO
    summary: str = ""
    counterparty: str = ""
    evidence: str = ""

    @property
    def opposite(self) -> Posting:
        """The same money on the other side."""
        return replace(self, debit=self.credit, credit=self.debit)


Postings = tuple[Posting, ...]


def at_least_two(postings: Postings) -> Iterable[DomainError]:
    """Double entry (有借必有贷)."""
    if len(postings) < 2:
        yield TooFewLines(count=len(postings), field="postings")


def one_side_each(postings: Postings) -> Iterable[DomainError]:
    """A line is a debit or a credit, above zero and below what a slip of the keyboard makes."""
    for line, posting in enumerate(postings, start=1):
        sides = sorted((posting.debit, posting.credit))
        if sides[0] != 0 or not 0 < sides[1] <= MAX_AMOUNT:
            yield OneSide(
                line=line, debit=yuan(posting.debit), credit=yuan(posting.credit), field=f"postings.{line - 1}"
            )


def balanced(postings: Postings) -> Iterable[DomainError]:
    """借贷必相等 (会计制度, 财会〔2023〕14号)."""
    debit, credit = sum(p.debit for p in postings), sum(p.credit for p in postings)
    if debit != credit:
        yield Unbalanced(debit=yuan(debit), credit=yuan(credit), difference=yuan(abs(debit - credit)), field="postings")


def with_evidence(postings: Postings) -> Iterable[DomainError]:
    """No entry on a blank slip (白条, S2.29)."""
    for line, posting in enumerate(postings, start=1):
        if not posting.evidence.strip():
            yield EvidenceMissing(line=line, field=f"postings.{line - 1}.evidence")


RULES: tuple[Callable[[Postings], Iterable[DomainError]], ...] = (
    at_least_two,
    one_side_each,
    balanced,
    with_evidence,
)


def check(postings: Postings) -> None:
    """Raises the first rule that the lines break."""
    for rule in RULES:
        for error in rule(postings):
            raise error
