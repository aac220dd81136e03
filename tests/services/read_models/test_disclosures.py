"""What the public sees of disclosures, and what the village's offices see."""

from __future__ import annotations

from datetime import date

from domain.disclosure.disclosure import Disclosure, Stage
from services.handlers.disclosures import (
    DraftDisclosure,
    FileDisclosure,
    PublishDisclosure,
    ReviewDisclosure,
    SignDisclosure,
)
from tests.support.village import Scene


async def test_the_public_sees_an_edition_from_its_publication_on(scene: Scene) -> None:
    key, disclosures, people = scene.village.key, scene.services.disclosures, scene.people
    await scene.post(await scene.draft_voucher(), await scene.draft_voucher(on=date(2025, 4, 2)))
    await scene.close(*(f"2025-{month:02d}" for month in range(1, 7)))

    async def seen() -> list[tuple[str, int, Stage]]:
        return [(row.period, row.edition, row.stage) for row in await disclosures.of_village(key, public=True)]

    first = (await scene.run(DraftDisclosure("V.C1", "2025-Q1"), people["clerk"])).streams[0]
    for command, hand in (
        (ReviewDisclosure(first, "属实"), "director"),
        (SignDisclosure(first), "secretary"),
        (PublishDisclosure(first), "clerk"),
    ):
        assert await seen() == []
        assert await disclosures.by_ids(key, [first], public=True) == []
        assert len(await disclosures.by_ids(key, [first], public=False)) == 1
        await scene.run(command, people[hand])
    assert await seen() == [("2025-Q1", 1, Stage.PUBLISHED)]
    await scene.run(FileDisclosure(first), people["reviewer"])
    assert await seen() == [("2025-Q1", 1, Stage.FILED)]

    second = (await scene.run(DraftDisclosure("V.C1", "2025-Q1", edition=2), people["clerk"])).streams[0]
    await scene.run(DraftDisclosure("V.C1", "2025-Q2"), people["clerk"])
    assert await seen() == [("2025-Q1", 1, Stage.FILED)]
    every = await disclosures.of_village(key, public=False)
    assert [(row.period, row.edition) for row in every] == [("2025-Q2", 1), ("2025-Q1", 2), ("2025-Q1", 1)]
    assert (every[1].id, every[1].published_on) == (second, None)
    assert await disclosures.of_village(key, public=False, item="V.C9") == []
    assert await disclosures.of_village(scene.neighbour.key, public=False) == []
    assert await disclosures.by_ids(scene.neighbour.key, [first], public=False) == []


async def test_figures_come_back_as_they_were_drafted(scene: Scene) -> None:
    every = await scene.services.disclosures.of_village(scene.village.key, public=False)
    assert len(every) == 3
    for row in every:
        drafted = (await scene.services.log.of_stream(scene.village.key, row.id))[0].payload
        assert isinstance(drafted, Disclosure.Drafted)
        assert (row.figures, row.as_of) == (drafted.figures, drafted.as_of)
