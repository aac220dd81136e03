"""Interleaved rounds of us and a reference, and the medians that they give.

A ratio says more than a rate: whatever else the machine is doing meets both sides. So the sides take turns, change who
goes first, and the ratio is the median of those of the rounds. One round of each before them warms up and is not
counted; every other round is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

Side = Callable[[], Awaitable[float]]
"""Runs one round and says at what rate it went, in units per second. What it prepares is not part of the rate."""
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


async def compare(name: str, reference: str, unit: str, ours: Side, theirs: Side, rounds: int) -> Case:
    """Measure both sides in turn."""
    await ours()
    await theirs()
    rates: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            their_rate = await theirs()
            our_rate = await ours()
        else:
            our_rate = await ours()
            their_rate = await theirs()
        rates.append((our_rate, their_rate))
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
