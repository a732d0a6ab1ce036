"""The way out: claims what is due in the outbox, sends it, records what came of it.

One loop. Each round is one short write transaction that records all that has finished and claims
what has become due; between rounds the claimed rows are sent side by side. Nothing is kept in
memory that the outbox lacks: whatever stops us, leases run out and the rows are taken up again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from bot.channel import Channel
from bot.retry import next_try
from bot.sender import Render, Sender
from bot.settling import Happened, Moment, Tried, Unsent, counted, decide
from bot.time import Clock
from bot.workers import Workers
from storage import claiming, sending
from storage.engine import Db
from storage.sending import Change, Claimed, Claims, Pace
from storage.tables import Reason, Sending
from storage.troubles import named

log = logging.getLogger("samspill.delivery")

# Seconds after a round for nothing: most turns wake us and have nothing due. While they go on doing
# so it grows, up to what nobody who reads along would notice.
BREATH = 0.02
LONGEST_BREATH = 0.1


@dataclass(frozen=True)
class Hooks:
    """What others want to know.

    `count` is told what happened on which platform. `landed` runs in a writer thread when a post
    has landed, or never will, in a place where held events wait for it.
    """

    count: Callable[[Happened, str], None] = lambda *_: None
    landed: Callable[[int], None] = lambda *_: None


@dataclass(frozen=True)
class Limits:
    """How long a lease lasts, how many rows are ours at a time, how many are sent side by side."""

    lease: timedelta = timedelta(minutes=1)
    batch: int = 100
    at_once: int = 32

    @property
    def patience(self) -> timedelta:
        """How long a row may wait for its turn, and each call may take: both calls fit a lease."""
        return self.lease / 4


@dataclass(frozen=True)
class _Round:
    """What one write transaction did."""

    claims: Claims
    held: list[int]
    recorded: int
    next_at: datetime | None

    @property
    def empty(self) -> bool:
        """Whether it was for nothing."""
        return not (self.recorded or self.claims.rows or self.claims.dropped)


@dataclass
class _Going:
    """What a running loop holds; it goes with the loop."""

    loop: asyncio.AbstractEventLoop
    stir: asyncio.Event
    slots: asyncio.Semaphore
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    flying: int = 0
    done: list[Tried] = field(default_factory=list)
    continuous: bool = False


class Delivery:
    """Sends the outbox through the channels. One loop at a time in an object; any number of
    objects and processes on one PostgreSQL database."""

    def __init__(
        self,
        workers: Workers,
        channels: Mapping[str, Channel],
        render: Render,
        clock: Clock,
        rng: Random,
        *,
        hooks: Hooks | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._workers = workers
        self._channels = channels
        self._clock = clock
        self._rng = rng
        self._hooks = hooks or Hooks()
        self._limits = limits or Limits()
        self._sender = Sender(workers, channels, render, self._limits.patience)
        self._paces = {
            name: Pace(channel.abilities.find, channel.abilities.post_gap)
            for name, channel in channels.items()
        }
        self._going: _Going | None = None
        self._stopping = False

    # --- what others call ---------------------------------------------------------------------

    def wake(self) -> None:
        """Something was enqueued: look at once. May be called from any thread. A loop that is
        stirred has yet to look, and is not woken again: of many turns only the first does it."""
        going = self._going
        if going is not None and not going.stir.is_set():
            with suppress(RuntimeError):  # the loop has closed: the next start looks anyway
                going.loop.call_soon_threadsafe(going.stir.set)

    def stop(self) -> None:
        """Let `run` return once what is on its way has been recorded; for good."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Deliver until `stop`; survives a database that is away for a while."""
        going = self._begin(continuous=True)
        failures, breath = 0, BREATH
        try:
            while not self._stopping:
                try:
                    done = await self._round(going)
                except SQLAlchemyError as error:
                    failures += 1
                    log.error("the outbox is out of reach", extra={"error": named(error)})
                    await self._rest(going, next_try(min(failures, 9), self._rng))
                    continue
                failures = 0
                if not self._again(going, done):
                    if done.empty:
                        await asyncio.sleep(breath)
                    again = done.empty and going.stir.is_set()
                    breath = min(2 * breath, LONGEST_BREATH) if again else BREATH
                    await self._rest(going, self._until(done.next_at))
            await self._land_all(going)
        finally:
            self._going = None

    async def drain(self) -> None:
        """Deliver until nothing is due. While `run` is going, it is woken instead."""
        if self._going is not None and self._going.continuous:
            self.wake()
            return
        going = self._begin(continuous=False)
        try:
            while True:
                done = await self._round(going)
                if self._again(going, done):
                    continue
                if not going.tasks:
                    return
                await going.stir.wait()
        finally:
            self._going = None

    # --- one round ----------------------------------------------------------------------------

    def _begin(self, *, continuous: bool) -> _Going:
        if self._going is not None:
            raise RuntimeError("delivery is going already")
        self._going = _Going(
            asyncio.get_running_loop(),
            asyncio.Event(),
            asyncio.Semaphore(self._limits.at_once),
            continuous=continuous,
        )
        return self._going

    async def _round(self, going: _Going) -> _Round:
        """Record what has finished and claim what is due, in one transaction; send the claimed."""
        going.stir.clear()
        finished, going.done = going.done, []
        changes = [self._decide(each) for each in finished]
        room = 0 if self._stopping else self._limits.batch - going.flying
        try:
            done = await self._workers.write(self._commit, changes, room)
        except BaseException:
            going.done = finished + going.done  # nothing of it is written
            raise
        self._tell(finished, changes, done)
        for place_id in done.held:
            self._start(going, self._land(place_id))
        for row in done.claims.rows:
            going.flying += 1
            self._start(going, self._fly(going, row))
        return done

    def _commit(self, db: Db, changes: list[Change], room: int) -> _Round:
        recorded = sending.record(db, changes)
        landed = {each.row.place_id for each in changes if each.row.posts and each.over}
        held = sending.held_places(db, sorted(landed)) if landed else []
        wall = self._clock.wall()
        claims = Claims([], [], more=False)
        if room > 0:
            claims = claiming.claim(
                db,
                self._paces,
                secrets.token_hex(8),
                wall=wall,
                now=self._clock.now(),
                lease=self._limits.lease,
                limit=room,
            )
        next_at = None if claims.more else sending.next_due_at(db, wall)
        return _Round(claims, held, recorded, next_at)

    def _decide(self, done: Tried) -> Change:
        gap = self._channels[done.row.platform].abilities.edit_gap
        at = Moment(self._clock.wall(), self._clock.now(), gap)
        return decide(done, at, self._rng)

    async def _fly(self, going: _Going, row: Claimed) -> None:
        """Send one row, unless we are stopping or its lease would not last."""
        try:
            async with going.slots:
                late = self._clock.wall() > row.leased_until - 3 * self._limits.patience
                untried = late or self._stopping
                done = Tried(row, Unsent(), row.sent) if untried else await self._sender.send(row)
            going.done.append(done)
        finally:
            going.flying -= 1

    async def _land(self, place_id: int) -> None:
        try:
            await self._workers.run(self._hooks.landed, place_id)
        except Exception as error:  # noqa: BLE001 - what was held stays held, delivery goes on
            about = {"place": place_id, "error": type(error).__name__}
            log.error("could not route what was held", extra=about)

    # --- waiting ------------------------------------------------------------------------------

    def _start(self, going: _Going, work: Coroutine[None, None, None]) -> None:
        task = going.loop.create_task(work)
        going.tasks.add(task)

        def ended(ended: asyncio.Task[None]) -> None:
            going.tasks.discard(ended)
            going.stir.set()

        task.add_done_callback(ended)

    def _again(self, going: _Going, done: _Round) -> bool:
        """Whether the next round has something to do already."""
        return bool(going.done) or (done.claims.more and going.flying < self._limits.batch)

    def _until(self, next_at: datetime | None) -> timedelta | None:
        return None if next_at is None else next_at - self._clock.wall()

    async def _rest(self, going: _Going, longest: timedelta | None) -> None:
        """Sleep until something stirs, at the longest for so long."""
        seconds = None if longest is None else max(longest.total_seconds(), 0)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await going.stir.wait()

    async def _land_all(self, going: _Going) -> None:
        """Wait for what is on its way (each call has its time-out) and record it."""
        while going.tasks:
            await asyncio.wait(going.tasks)
        if going.done:
            await self._round(going)

    # --- telling ------------------------------------------------------------------------------

    def _tell(self, finished: list[Tried], changes: list[Change], done: _Round) -> None:
        for each, change in zip(finished, changes, strict=True):
            platform = each.row.platform
            self._hooks.count(counted(each, change), platform)
            if change.state in (Sending.REFUSED, Sending.GONE):
                self._tell_end(each.row.id, platform, change.state, change.reason)
        for dropped in done.claims.dropped:
            refused = dropped.reason == Reason.DOUBT
            state = Sending.REFUSED if refused else Sending.GONE
            self._hooks.count(Happened.REFUSED if refused else Happened.GONE, dropped.platform)
            self._tell_end(dropped.id, dropped.platform, state, dropped.reason)
        if done.recorded < len(changes):
            log.warning("leases ran out", extra={"rows": len(changes) - done.recorded})
            self._hooks.count(Happened.LOST, "")

    def _tell_end(self, row_id: int, platform: str, state: Sending, reason: str | None) -> None:
        level = logging.ERROR if state == Sending.REFUSED else logging.INFO
        about = {"outbox": row_id, "platform": platform, "reason": reason}
        log.log(level, "given up" if state == Sending.REFUSED else "gone", extra=about)
