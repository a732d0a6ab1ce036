"""`drain`: the outbox sent through a channel that answers at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter

from tests.bench.rows import Row, at_least
from tests.bench.sizes import Sizes
from tests.bench.world import PLATFORM, World
from tests.fakes import FakeChannel

BUDGET = 500
IN_A_PLACE = 5  # posts: they go one after the other, those of different places side by side


def measure(folder: Path, sizes: Sizes) -> list[Row]:
    """Posts with their content in the row; live messages that are rendered when sent."""
    posts = [
        asyncio.run(_posts(folder / f"posts-{n}.db", sizes.outbox)) for n in range(sizes.repeats)
    ]
    live = [
        asyncio.run(_live(folder / f"live-{n}.db", sizes.outbox // 4)) for n in range(sizes.repeats)
    ]
    return [
        at_least("drain", "rows/s", posts, BUDGET),
        at_least("drain-live", "rows/s", live),
    ]


async def _posts(file: Path, count: int) -> float:
    world = World(file)
    homes = world.settle(-(-count // (2 * IN_A_PLACE)), 1)
    world.say(count, [channel for home in homes for channel in home.channels])
    return await _drained(world, count)


async def _live(file: Path, count: int) -> float:
    world = World(file)
    homes = world.settle(-(-count // 8), 3)
    world.ask(homes, 4)
    return await _drained(world, len(homes) * 8)


async def _drained(world: World, count: int) -> float:
    core = world.core()
    core.warm()
    channel = FakeChannel(PLATFORM)
    core.connect({PLATFORM: channel})
    assert core.delivery is not None
    begun = perf_counter()
    await core.delivery.drain()
    took = perf_counter() - begun
    await core.stop()
    world.database.close()
    if len(channel.stands) != count:
        raise RuntimeError(f"{len(channel.stands)} of {count} rows were sent")
    return count / took
