"""What the stories of conclusions have in common."""

from __future__ import annotations

from datetime import timedelta

from storage.tables import (
    Audit,
    Conclusion,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    PROBLEM,
    SAME,
    answers,
    kept,
    trial,
)

ARRIVED = "This is what we arrived at"
WORDS = "Vi eier problemet sammen."
BETTER = "Vi eier problemet sammen, og Elveby tar det første steget."
MONTHS = timedelta(days=92)


async def opened(cast: dict[str, Player]) -> None:
    """A trial round whose first question has answers that the coordinator opened."""
    await trial(cast["kari"])
    await open_first(cast)


async def open_first(cast: dict[str, Player], words: str = "Slik ser vi det.") -> None:
    """Two answer the first question, and the coordinator opens."""
    await answers(cast["amina"], words)
    await cast["kari"].presses("Don't know", on=PROBLEM)
    await cast["kari"].writes("åpne")


async def scaled(cast: dict[str, Player], steps: dict[str, str]) -> None:
    """The next question is the scale, and these answer it; then it is opened."""
    await cast["kari"].writes("neste")
    for name, step in steps.items():
        await cast[name].presses(step, on=SAME)
    await cast["kari"].writes("åpne")


def stands(stage: Stage) -> str | None:
    found = kept(stage, Conclusion)
    return found[-1].text if found else None


def audited(stage: Stage, start: str) -> list[str]:
    return [each.what for each in kept(stage, Audit) if each.what.startswith(start)]
