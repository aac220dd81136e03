"""Rules of a voucher's lines, one by one, and of all of them together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger.posting import (
    MAX_AMOUNT,
    RULES,
    EvidenceMissing,
    OneSide,
    Posting,
    Postings,
    TooFewLines,
    Unbalanced,
    check,
)
from domain.shared.errors import DomainError
from domain.shared.money import ZERO, Fen

FINE = (Posting("511", debit=Fen(100), evidence="发票1"), Posting("102", credit=Fen(100), evidence="转账1"))

accounts = st.sampled_from(["101", "102", "11201", "501", "511"])
amounts = st.integers(1, 10**12).map(Fen)


@st.composite
def balanced_postings(draw: st.DrawFn) -> Postings:
    """Debits in any number, and the same money cut into credits in any number."""
    debits = draw(st.lists(amounts, min_size=1, max_size=6))
    whole = sum(debits)
    cuts = sorted(draw(st.sets(st.integers(1, whole - 1), max_size=4))) if whole > 1 else []
    credits = [Fen(end - start) for start, end in zip([0, *cuts], [*cuts, whole], strict=True)]
    lines = [Posting(draw(accounts), debit=amount, evidence="单据") for amount in debits]
    lines += [Posting(draw(accounts), credit=amount, evidence="单据") for amount in credits]
    return tuple(draw(st.permutations(lines)))


def broken(postings: Postings) -> type[DomainError] | None:
    try:
        check(postings)
    except DomainError as error:
        return type(error)
    return None


@given(balanced_postings())
def test_what_balances_passes_in_any_order(postings: Postings) -> None:
    check(postings)


@given(balanced_postings(), st.integers(0, 100), st.integers(1, 10**6))
def test_one_fen_more_on_one_line_is_refused(postings: Postings, which: int, more: int) -> None:
    line = postings[which % len(postings)]
    heavier = Posting(
        line.account,
        debit=Fen(line.debit + more) if line.debit else ZERO,
        credit=Fen(line.credit + more) if line.credit else ZERO,
        evidence=line.evidence,
    )
    changed = tuple(heavier if each is line else each for each in postings)
    with pytest.raises(Unbalanced):
        check(changed)


@given(balanced_postings())
def test_the_opposite_of_what_balances_balances_and_is_its_own_opposite(postings: Postings) -> None:
    opposite = tuple(posting.opposite for posting in postings)
    check(opposite)
    assert [p.debit for p in opposite] == [p.credit for p in postings]
    assert tuple(posting.opposite for posting in opposite) == postings


@pytest.mark.parametrize("postings", [(), FINE[:1]])
def test_fewer_than_two_lines_are_no_entry(postings: Postings) -> None:
    assert broken(postings) is TooFewLines


@pytest.mark.parametrize(
    ("debit", "credit"),
    [(0, 0), (1, 1), (-1, 0), (0, -1), (-5, 5), (MAX_AMOUNT + 1, 0), (0, MAX_AMOUNT + 1)],
)
def test_a_line_is_a_debit_or_a_credit_above_zero(debit: int, credit: int) -> None:
    with pytest.raises(OneSide) as refused:
        check((FINE[0], Posting("101", Fen(debit), Fen(credit), evidence="1"), FINE[1]))
    assert refused.value.field == "postings.1"
    assert "第 2 条分录" in refused.value.message()


def test_the_largest_amount_is_still_an_amount() -> None:
    check((Posting("511", debit=MAX_AMOUNT, evidence="1"), Posting("102", credit=MAX_AMOUNT, evidence="2")))


@pytest.mark.parametrize("evidence", ["", " ", "\t"])
def test_no_entry_on_a_blank_slip(evidence: str) -> None:
    with pytest.raises(EvidenceMissing) as refused:
        check((FINE[0], Posting("102", credit=Fen(100), evidence=evidence)))
    assert refused.value.field == "postings.1.evidence"


def test_the_difference_is_named_in_yuan() -> None:
    with pytest.raises(Unbalanced) as refused:
        check((FINE[0], Posting("102", credit=Fen(12_345), evidence="1")))
    assert refused.value.message() == "借方合计 1.00 元与贷方合计 123.45 元不相等，相差 122.45 元；请核对分录"


def test_each_rule_reports_what_it_finds_by_itself() -> None:
    """So that a form can show all faults at once, not only the first."""
    worst = (Posting("511", debit=Fen(3), credit=Fen(4)),)
    assert [type(error) for rule in RULES for error in rule(worst)] == [
        TooFewLines,
        OneSide,
        Unbalanced,
        EvidenceMissing,
    ]
