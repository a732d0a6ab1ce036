"""The composition root: the one place that names the concrete classes and ties them together."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Callable
from datetime import timedelta
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channel import Channel
from bot.chat import ChatChannel, Hub, Site
from bot.chat import setup as set_up_chat
from bot.clock import Tick, Ticker
from bot.delivery import Delivery, Hooks
from bot.http import AccessLogger, database_checks, routes, secure
from bot.jobs import JobWorker
from bot.metrics import Metrics
from bot.own_turns import OwnTurns
from bot.seeing import Seer
from bot.settings import Settings, not_listening
from bot.time import Clock, SystemClock
from bot.turns import Turns
from bot.workers import Workers
from dialogs.all import registry
from dialogs.calendar import WorkCalendar
from dialogs.events import Event
from dialogs.language import LANGUAGES, Translator
from dialogs.messages import Reply
from dialogs.packs.library import Packs
from dialogs.packs.loader import Library
from storage import inbox, jobs, links, sending
from storage.engine import Database, Db
from storage.lockfile import one_process
from storage.schema import DatabaseKind, claim_kind, require_current
from storage.secrets import Vault

if TYPE_CHECKING:
    from bot.slack.room import Slack

log = logging.getLogger("samspill")

INBOX_KEPT = timedelta(days=30)


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


async def until_stopped(library: Library) -> None:
    """Wait for the operator or the system to end us; SIGHUP reads the packs anew."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, reload, library))
    await stopped.wait()


def reload(library: Library) -> None:
    """Read the packs anew; when there are faults the old ones stay, and the faults are told."""
    faults = library.reload()
    for fault in faults:
        log.error("a pack has a fault, the old packs stay", extra={"fault": str(fault)})
    if not faults:
        log.info("the packs were read anew")


async def listen(
    app: web.Application, host: str, port: int, access_log: logging.Logger | None = log
) -> web.AppRunner:
    """Serve `app`; SettingsError when it cannot listen there."""
    runner = web.AppRunner(
        app, access_log=access_log, access_log_class=AccessLogger, shutdown_timeout=5
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise not_listening(port, error) from error
    return runner


def site(core: Samspill) -> web.Application:
    """What every process serves: whether it lives, whether it is ready, what it counted."""

    async def delivering() -> bool:
        return core.alive

    app = web.Application(middlewares=[secure])
    checks = {**database_checks(core.database, core.workers), "delivery": delivering}
    app.add_routes(routes(checks, core.metrics.text))
    return app


def slack_of(settings: Settings, core: Samspill, vault: Vault) -> Slack | None:
    """Slack, where it is set up; its libraries are not read otherwise."""
    token = settings.slack_bot_token.get_secret_value()
    if not (token or settings.slack_client_id):
        return None
    from bot.slack.installations import Record
    from bot.slack.room import Access, Slack

    access = Access(
        bot_token=token,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        api=settings.slack_api_url,
        site=settings.base_url,
    )
    return Slack(access, core.take, Record(core.workers, vault, core.clock.now))


async def serve(settings: Settings) -> None:
    """Run Samspill until it is stopped; the errors of settings, schema and lock tell what to do."""
    with one_process(settings.database_url):
        database = Database(settings.database_url)
        try:
            require_current(database)
            claim_kind(database, DatabaseKind.RECORD)
            library = Library(settings.packs)
            vault = Vault(settings.secret_key.get_secret_value())
            core = Samspill(
                database, lambda: library.current, SystemClock(), vault, site=settings.base_url
            )
            core.warm()
            app = site(core)
            set_up_chat(
                app,
                workers=core.workers,
                hub=core.hub,
                take=core.take,
                now=core.clock.now,
                files=core.seer.file,
                site=Site(settings.base_url, settings.proxies),
            )
            channels: dict[str, Channel] = {
                "web": ChatChannel("web", core.workers, core.hub, core.clock.now)
            }
            slack = slack_of(settings, core, vault)
            if slack is not None:
                app.add_routes(slack.routes())
                channels["slack"] = slack.channel
            core.connect(channels)
            runner = await listen(app, settings.host, settings.port)
            core.start()
            if slack is not None:
                await slack.start()
            log.info("serving", extra={"host": settings.host, "port": settings.port})
            try:
                await until_stopped(library)
            finally:
                await runner.cleanup()
                if slack is not None:
                    await slack.stop()
                await core.stop()
        finally:
            database.close()
