"""Decisions that others overtake at the worst moment: after what they read, before they are appended.

    with overtaken(lambda: scene.close("2025-01")) as overtaking:
        await scene.run(overtaking(DraftVoucher(...)), clerk)

The handler of the command itself runs; only then, and so often as `times` says, does something else come in between.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.bus import HANDLERS, Handler
from services.work import Work


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The command that is overtaken; a wrapper, so that others of its kind are not."""

    command: object


@contextmanager
def overtaken(meanwhile: Callable[[], Awaitable[object]], times: int = 1) -> Iterator[Callable[[object], Overtaken]]:
    """Wraps a command such that `meanwhile` runs between its first `times` decisions and their append."""
    left = times

    async def handle(command: Overtaken, work: Work) -> None:
        nonlocal left
        await HANDLERS[type(command.command)].handle(command.command, work)
        if left:
            left -= 1
            await meanwhile()

    HANDLERS[Overtaken] = Handler(None, handle)
    try:
        yield Overtaken
    finally:
        del HANDLERS[Overtaken]
