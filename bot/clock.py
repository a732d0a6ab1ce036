"""The only file with APScheduler: a handful of interval jobs in memory, and no business state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from storage.troubles import named

log = logging.getLogger("samspill.clock")

Work = Callable[[], Awaitable[object]]


class Tick(StrEnum):
    """What recurs."""

    PLAN = "plan"  # take due timers
    DRAIN = "drain"  # sweep the outbox
    JOBS = "jobs"  # work through the jobs
    HOUSEKEEPING = "housekeeping"  # drop what need not be kept


EVERY = {
    Tick.PLAN: timedelta(seconds=5),
    Tick.DRAIN: timedelta(seconds=10),
    Tick.JOBS: timedelta(seconds=2),
    Tick.HOUSEKEEPING: timedelta(minutes=10),
}


class Ticker:
    """Calls coroutine functions at intervals, on the event loop; none overlaps itself."""

    def __init__(self, work: Mapping[Tick, Work], every: Mapping[Tick, timedelta] = EVERY) -> None:
        self._work = dict(work)
        self._every = every
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> None:
        """Begin to tick on the running loop, at once: what was missed is in the record."""
        scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for tick, work in self._work.items():
            trigger = IntervalTrigger(seconds=self._every[tick].total_seconds(), timezone=UTC)
            scheduler.add_job(
                self._guarded(tick, work),
                trigger,
                id=tick,
                name=tick,
                next_run_time=datetime.now(UTC),
            )
        scheduler.start()
        self._scheduler = scheduler

    async def stop(self) -> None:
        """Begin nothing more, and wait for what runs: the scheduler itself would cancel it."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is None:
            return
        scheduler.pause()
        while self._running:
            await asyncio.wait(self._running)
        scheduler.shutdown(wait=False)

    def _guarded(self, tick: Tick, work: Work) -> Callable[[], Awaitable[None]]:
        """The scheduler logs an exception with its text, which may hold what people wrote."""

        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - the next tick tries again
                log.error("a tick failed", extra={"tick": str(tick), "error": named(error)})

        return run
