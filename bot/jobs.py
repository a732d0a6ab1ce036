"""Does jobs: takes one by lease, computes it off the writer thread, has its result written."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from bot.retry import next_try
from bot.time import Clock
from bot.workers import Workers
from storage import jobs
from storage.engine import Db
from storage.jobs import ClaimedJob

log = logging.getLogger("samspill.jobs")

LIMIT = 8  # attempts: some two minutes
Compute = Callable[[ClaimedJob], dict[str, Any]]
Finish = Callable[[ClaimedJob, dict[str, Any]], None]


class JobWorker:
    """Works through the jobs that are due, one after the other.

    `compute` runs in a reader thread and opens its own snapshot. `finish` runs as a writing turn:
    it calls `storage.jobs.settle` first and writes nothing when that says False.
    """

    def __init__(
        self,
        workers: Workers,
        compute: Compute,
        finish: Finish,
        clock: Clock,
        rng: Random,
        lease: timedelta = timedelta(minutes=5),
    ) -> None:
        self._workers = workers
        self._compute = compute
        self._finish = finish
        self._clock = clock
        self._rng = rng
        self._lease = lease
        self._one = asyncio.Lock()

    async def drain(self) -> int:
        """Do jobs until none is due; how many were taken."""
        taken = 0
        async with self._one:
            while (job := await self._workers.write(self._claim)) is not None:
                taken += 1
                await self._do(job)
        return taken

    def _claim(self, db: Db) -> ClaimedJob | None:
        return jobs.claim(db, secrets.token_hex(8), self._clock.wall(), self._lease)

    async def _do(self, job: ClaimedJob) -> None:
        if job.attempts > LIMIT:  # the last attempt never came back
            await self._give_up(job, "lease")
            return
        try:
            async with asyncio.timeout(self._lease.total_seconds() / 2):
                result = await self._workers.look(self._compute, job)
            await self._workers.run(self._finish, job, result)
        except Exception as error:  # noqa: BLE001 - a dialog may raise anything; it is tried again
            await self._failed(job, type(error).__name__)

    async def _failed(self, job: ClaimedJob, error: str) -> None:
        wait = next_try(job.attempts, self._rng, LIMIT)
        if wait is None:
            await self._give_up(job, error)
            return
        log.warning("a job failed and is tried again", extra=_about(job, error))
        await self._workers.write(jobs.put_off, job, self._clock.wall() + wait)

    async def _give_up(self, job: ClaimedJob, error: str) -> None:
        log.error("a job is given up", extra=_about(job, error))
        await self._workers.write(jobs.give_up, job, error)


def _about(job: ClaimedJob, error: str) -> dict[str, Any]:
    return {"job": job.id, "action": f"{job.dialog}:{job.action}", "error": error}
