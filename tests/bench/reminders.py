"""`reminders-…`: due reminders claimed and enqueued, beside APScheduler firing as many jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # noqa: TID251 - it is the floor
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: TID251
from sqlalchemy import create_engine, event, func
from sqlmodel import col, select

from storage.tables import Outbox
from tests.bench.rows import Row, at_most, time_against
from tests.bench.sizes import Sizes
from tests.bench.world import World
from tests.fakes import FakeClock

TIMES = 20  # as fast as the floor
BLOCKED = 50.0  # milliseconds, at most
MEMBERS = 25  # of each collaboration, as the design thinks of a round: they read the same words


def measure(folder: Path, sizes: Sizes) -> list[Row]:
    """Time and longest block of the event loop for as many reminders as jobs; then for many."""
    times: list[tuple[float, float]] = []
    blocks: list[tuple[float, float]] = []
    for number in range(sizes.repeats):
        ours = asyncio.run(_ours(folder / f"ours-{number}.db", sizes.reminders))
        floor = asyncio.run(_floor(folder / f"floor-{number}.db", sizes.reminders))
        times.append((ours[0], floor[0]))
        blocks.append((ours[1] * 1000, floor[1] * 1000))
    many = asyncio.run(_ours(folder / "many.db", sizes.many_reminders))
    blocked = time_against(f"reminders-{sizes.reminders}-loop-blocked", "ms", blocks)
    return [
        time_against(f"reminders-{sizes.reminders}", "s", times, TIMES),
        Row(
            blocked.name,
            blocked.unit,
            blocked.value,
            blocked.floor,
            blocked.ratio,
            BLOCKED,
            blocked.value <= BLOCKED,
        ),
        at_most(f"reminders-{sizes.many_reminders}", "s", [many[0]]),
        at_most(f"reminders-{sizes.many_reminders}-loop-blocked", "ms", [many[1] * 1000]),
    ]


async def _ours(file: Path, count: int) -> tuple[float, float]:
    """All that is due is claimed, and a message to each person stands in the outbox."""
    world = World(file, FakeClock())  # a Monday morning: at night nobody is reminded
    members = min(MEMBERS, count)
    homes = world.settle(count // members + 2, members)
    ids = world.rounds_in_bulk(homes)
    core = world.core()
    core.warm()
    world.remind(homes[:2], ids[:2])
    await core.plan()  # the first ones build the statements, as the floor's first job does
    world.remind(homes[2:], ids[2:])
    took, blocked = await _watched(core.plan)
    count = len(homes) * members
    with world.database.read() as db:
        posts = select(func.count()).select_from(Outbox).where(col(Outbox.kind) == "post")
        enqueued = db.exec(posts).one()
    await core.stop()
    world.database.close()
    if enqueued != count:
        raise RuntimeError(f"{enqueued} of {count} reminders were enqueued")
    return took, blocked


async def _floor(file: Path, count: int) -> tuple[float, float]:
    """As many jobs of APScheduler's own store, each of which only counts."""
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def connected(connection: object, _: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]
        connection.execute("PRAGMA busy_timeout=5000")  # type: ignore[attr-defined]

    scheduler = AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        executors={"default": AsyncIOExecutor()},
        timezone=UTC,
        job_defaults={"misfire_grace_time": 3600},
    )
    scheduler.start(paused=True)

    async def fire(jobs: int) -> tuple[float, float]:
        due = datetime.now(UTC) - timedelta(seconds=30)
        for _ in range(jobs):
            scheduler.add_job(_fire, "date", run_date=due)
        left.expected, left.none = jobs, asyncio.Event()

        async def all_of_them() -> None:
            scheduler.resume()
            await left.none.wait()

        took = await _watched(all_of_them)
        scheduler.pause()
        return took

    await fire(1)
    took = await fire(count)
    scheduler.shutdown(wait=False)
    engine.dispose()
    return took


class _Left:
    """How many jobs have not fired yet, and when none is left."""

    expected: int
    none: asyncio.Event


left = _Left()


async def _fire() -> None:
    """What a job of the floor does; APScheduler finds it by its name."""
    left.expected -= 1
    if not left.expected:
        left.none.set()


async def _watched(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds that `work` took, and the longest that the event loop did nothing else meanwhile."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, perf_counter() - before - 0.001)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0.01)
    begun = perf_counter()
    await work()
    took = perf_counter() - begun
    await asyncio.sleep(0.005)
    beating.cancel()
    return took, longest
