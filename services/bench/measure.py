"""Interleaved rounds of us and a reference, and the medians that they give.

A ratio says more than a rate: whatever else the machine is doing meets both sides. So the sides take short turns, swap
who goes first, and the ratio is the median of those of the rounds. One turn of each before them warms up and is not
counted; every other is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import harmonic_mean, median

Side = Callable[[], Awaitable[float]]
"""Takes one turn and says at what rate it went, in units per second. What it prepares is not part of the rate."""
Tell = Callable[["Case"], None]
"""Called with every case as soon as it is known."""


@dataclass(frozen=True, slots=True)
class Case:
    """One result. `ratio` is our rate over the reference's: higher is better."""

    case: str
    ratio: float
    reference: str
    rounds: int
    detail: dict[str, float | str]


async def compare(
    name: str, reference: str, unit: str, ours: Side, theirs: Side, rounds: int, *, turns: int = 1
) -> Case:
    """Measure both sides in turn, so many turns to a round; a side does the same work in each of its turns."""
    await ours()
    await theirs()
    rates: list[tuple[float, float]] = []
    for number in range(rounds):
        pairs = [await _pair(ours, theirs, ours_first=(number + turn) % 2 == 0) for turn in range(turns)]
        our_rates, their_rates = zip(*pairs, strict=True)
        rates.append((harmonic_mean(our_rates), harmonic_mean(their_rates)))
    ratios = sorted(our / their for our, their in rates)
    return Case(
        case=name,
        ratio=round(median(ratios), 3),
        reference=reference,
        rounds=rounds,
        detail={
            "unit": unit,
            "ours": round(median(our for our, _ in rates), 1),
            "reference": round(median(their for _, their in rates), 1),
            "lowest_ratio": round(ratios[0], 3),
            "highest_ratio": round(ratios[-1], 3),
        },
    )


async def _pair(ours: Side, theirs: Side, *, ours_first: bool) -> tuple[float, float]:
    if ours_first:
        our_rate = await ours()
        return our_rate, await theirs()
    their_rate = await theirs()
    return await ours(), their_rate
