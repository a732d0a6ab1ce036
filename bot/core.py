"""Samspill as a whole, without a way in: turns, delivery, clock and jobs, put together."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Callable
from datetime import timedelta
from random import Random, SystemRandom

from bot.channel import Channel
from bot.chat import Hub
from bot.clock import Tick, Ticker
from bot.delivery import Delivery, Hooks
from bot.jobs import JobWorker
from bot.metrics import Metrics
from bot.own_turns import OwnTurns
from bot.seeing import Seer
from bot.time import Clock
from bot.turns import Turns
from bot.workers import Workers
from dialogs.all import registry
from dialogs.calendar import WorkCalendar
from dialogs.events import Event
from dialogs.language import LANGUAGES, Translator
from dialogs.messages import Reply
from dialogs.packs.library import Packs
from storage import inbox, jobs, links, sending
from storage.engine import Database, Db
from storage.secrets import Vault

INBOX_KEPT = timedelta(days=30)  # longer than any sender repeats an event


class Samspill:
    """Everything that runs, without a way in: edges call `take`, channels are the ways out."""

    def __init__(
        self,
        database: Database,
        packs: Callable[[], Packs],
        clock: Clock,
        vault: Vault,
        *,
        random: Random | None = None,
        site: str = "",
    ) -> None:
        """`site` is where people reach the pages, as in SAMSPILL_BASE_URL."""
        self.database = database
        self.clock = clock
        self.workers = Workers(database)
        self.hub = Hub(self.workers)
        self.metrics = Metrics()
        self.metrics.subscribers(lambda: self.hub.listening)
        self.random = random or SystemRandom()
        self.seer = Seer(database, registry(), packs, clock, site=site)
        self.turns = Turns(self.seer, vault, self.random)
        self.own_turns = OwnTurns(self.seer, self.random)
        self._due = self.metrics.timers(self.own_turns.due)
        self.jobs = JobWorker(
            self.workers,
            self.metrics.job(self.seer.compute),
            self.metrics.job(self.own_turns.finish, last=True),
            clock,
            self.random,
        )
        self.delivery: Delivery | None = None
        self._ticker: Ticker | None = None
        self._delivering: asyncio.Task[None] | None = None
        self._stirred = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    # --- the way in ---------------------------------------------------------------------------

    async def take(self, event: Event) -> Reply | None:
        """One event, in a worker thread; returns once its turn has committed."""
        run = self.workers.look if self.seer.showing(event) else self.workers.turn
        with self.metrics.turn(type(event).__name__):
            return await run(self.turns.handle, event)

    # --- running ------------------------------------------------------------------------------

    def connect(self, channels: dict[str, Channel]) -> None:
        """Name the ways out."""
        hooks = Hooks(count=self.metrics.delivered, landed=self.turns.landed)
        self.delivery = Delivery(
            self.workers, channels, self.seer.make, self.clock, self.random, hooks=hooks
        )

    def start(self) -> None:
        """Begin to deliver and to tick, on the running loop."""
        if self.delivery is None:
            raise RuntimeError("connect channels first")
        if self.database.is_sqlite:
            self._take_over()
        self._loop = asyncio.get_running_loop()
        self.turns.committed = self.own_turns.committed = self._committed
        self._delivering = asyncio.create_task(self.delivery.run(), name="delivery")
        self._ticker = Ticker(
            {
                Tick.PLAN: self.plan,
                Tick.DRAIN: self._sweep,
                Tick.JOBS: self._do_jobs,
                Tick.HOUSEKEEPING: self._keep_house,
            }
        )
        self._ticker.start()

    async def stop(self) -> None:
        """Finish what is under way and let go of the database."""
        if self._ticker is not None:
            await self._ticker.stop()
        if self.delivery is not None and self._delivering is not None:
            self.delivery.stop()
            await self._delivering
        self.workers.close()

    @property
    def alive(self) -> bool:
        """Whether the loops run."""
        return self._delivering is not None and not self._delivering.done()

    def warm(self) -> None:
        """Do before the first turn what would make it slow: calendars, packs, wording."""
        WorkCalendar()
        self.seer.packs()
        for language in LANGUAGES:
            Translator(language).moment(self.clock.now())
        gc.collect()
        gc.freeze()  # what is there for good: to look through it stops everything for 0.1 s
        gc.set_threshold(10_000)  # turns leave few circles: to look for them often costs 3 %

    async def plan(self) -> None:
        """Do all that is due by the clock."""
        while (await self.workers.run(self._due)).more:
            pass

    def _take_over(self) -> None:
        """End the leases of a process that died: on SQLite no other can live (`one_process`)."""
        with self.database.write() as db:
            sending.release_all(db, self.clock.wall())
            jobs.release_all(db)

    def _committed(self, has_jobs: bool) -> None:
        """A turn is done: once it is committed, send its rows at once and do its jobs."""
        if self.delivery is not None:
            self.delivery.wake()
        loop = self._loop
        if has_jobs and loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(self._begin_jobs)

    def _begin_jobs(self) -> None:
        if not self._stirred.is_set():
            self._stirred.set()
            task = asyncio.create_task(self._do_jobs())
            task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _do_jobs(self) -> None:
        self._stirred.clear()
        await self.jobs.drain()

    async def _sweep(self) -> None:
        await self.workers.run(self.turns.landed, None)
        if self.delivery is not None:
            self.delivery.wake()

    async def _keep_house(self) -> None:
        await self.workers.write(self._forget)

    def _forget(self, db: Db) -> None:
        inbox.forget(db, self.clock.now() - INBOX_KEPT)
        links.forget(db, self.clock.now())
