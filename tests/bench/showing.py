"""`open-…` and `summary-…`: what grows with the number of answers, in absolute times."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bot.core import Samspill
from dialogs.events import Actor, Pressed, Where
from storage import jobs, rounds
from tests.bench.rows import Row, at_most
from tests.bench.sizes import Sizes
from tests.bench.world import PLATFORM, TENANT, Home, World, room_of, user_of

QUESTIONS = 8


def measure(folder: Path, sizes: Sizes) -> list[Row]:
    """The turn that opens many answers, the pages it makes, and a summary of a large round."""
    opened = asyncio.run(_open(folder / "open.db", sizes.opened))
    summed = asyncio.run(_sum_up(folder / "summary.db", sizes.summed_up, sizes.repeats))
    return [
        at_most(f"open-{sizes.opened}", "ms", opened),
        at_most(f"summary-{sizes.summed_up}", "ms", summed),
    ]


def _answered(file: Path, members: int) -> tuple[World, Home, list[int]]:
    world = World(file)
    (home,) = world.settle(1, members)
    (asked,) = world.ask([home], QUESTIONS)
    with world.database.read() as db:
        kinds = [(each.id, each.type) for each in rounds.questions(db, 1)]
    world.answer(home, kinds)
    return world, home, asked


async def _open(file: Path, members: int) -> list[float]:
    """Milliseconds that each press on "open the answers" holds the one writer."""
    world, home, asked = _answered(file, members)
    core = world.core()
    core.warm()
    leader = home.members[0]
    actor = Actor(PLATFORM, TENANT, user_of(leader), "Kari", "nb")
    place = room_of(home.channels[0])
    where = Where(PLATFORM, TENANT, place, name=place)
    took = []
    for each in asked:
        event = Pressed(f"open-{each}", world.clock.now(), actor, where, f"round:open:q{each}")
        begun = perf_counter()
        await core.take(event)
        took.append((perf_counter() - begun) * 1000)
    await _end(core, world)
    return took[1:] or took  # the first one builds the statements


async def _sum_up(file: Path, count: int, repeats: int) -> Sequence[float]:
    """Milliseconds from a job that is due to its result in the outbox."""
    world, _, asked = _answered(file, -(-count // QUESTIONS))
    with world.database.write() as db:
        for each in asked:
            rounds.opened(db, each)
    core = world.core()
    core.warm()
    took = []
    for _ in range(repeats):
        with world.database.write() as db:
            jobs.enqueue(db, "summary:1", "round", "summary", "r1")
        begun = perf_counter()
        if await core.jobs.drain() != 1:
            raise RuntimeError("the summary was not worked out")
        took.append((perf_counter() - begun) * 1000)
    await _end(core, world)
    return took


async def _end(core: Samspill, world: World) -> None:
    await core.stop()
    world.database.close()
