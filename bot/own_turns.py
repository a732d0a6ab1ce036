"""What Samspill does of its own accord: timers that are due, and what jobs have found out. Each is
a turn that nobody caused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, NamedTuple

from bot.retry import next_try
from bot.seeing import Seer
from bot.workers import retried
from dialogs.turn import Turn, translator
from storage import jobs, timers
from storage.engine import Db, lock
from storage.jobs import ClaimedJob
from storage.timers import DueTimer

log = logging.getLogger("samspill.turns")

ALL = 0  # nobody's id: locked as a person by a turn that counts what all persons got
TIMERS_AT_ONCE = 100  # in a turn: it may hold the one writer for some 50 ms


class Taken(NamedTuple):
    """So many timers were taken; `more`: others may be due by now."""

    timers: int
    more: bool


class OwnTurns:
    """Turns by the clock and by jobs; `bot.turns` takes what others do."""

    def __init__(self, seer: Seer, random: Random) -> None:
        self._seer = seer
        self._database = seer.database
        self._clock = seer.clock
        self._random = random
        # Set by the composition root; told whether there is a job to do.
        self.committed: Callable[[bool], None] = lambda _: None

    def due(self) -> Taken:
        """Do what is due now, one batch.

        When a batch fails, each of its timers gets a turn of its own: one that cannot be done
        holds up no other.
        """
        try:
            taken = retried(self._due_batch)
        except Exception as error:  # noqa: BLE001 - a dialog may raise anything
            log.warning("a batch of timers failed", extra={"error": type(error).__name__})
            taken = self._one_by_one()
        if taken.timers:
            self.committed(True)
        return taken

    def _one_by_one(self) -> Taken:
        with self._database.read() as db:
            now, wall = self._clock.now(), self._clock.wall()
            found = timers.due_ids(db, now, wall, TIMERS_AT_ONCE)
        for timer_id in found:
            try:
                retried(partial(self._due_batch, timer_id))
            except Exception as error:  # noqa: BLE001 - a dialog may raise anything
                self._timer_failed(timer_id, type(error).__name__)
        return Taken(len(found), more=bool(found))

    def _timer_failed(self, timer_id: int, error: str) -> None:
        """Try it again later, or give it up. It may be what closes a round, and nobody plans it
        anew: so it is tried as long as a message is."""
        about = {"timer": timer_id, "error": error}
        with self._database.write() as db:
            before = timers.failed_before(db, timer_id)
            if before is None:
                return
            wait = next_try(before + 1, self._random)
            if wait is not None:
                timers.put_off(db, timer_id, before + 1, self._clock.wall() + wait)
            else:
                timers.give_up(db, timer_id, before + 1, self._clock.now(), error)
        if wait is not None:
            log.warning("a timer failed and is tried again", extra=about)
        else:
            log.error("a timer is given up", extra=about)

    def _due_batch(self, only: int | None = None) -> Taken:
        with self._database.write() as db:
            now, wall = self._clock.now(), self._clock.wall()
            due, late = timers.claim_due(db, now, wall, TIMERS_AT_ONCE, only=only)
            due = due + [each for each in late if self._whenever(each)]
            skipped = [each for each in late if not self._whenever(each)]
            homes = [each.collaboration_id for each in due if each.collaboration_id]
            lock(db, homes, [ALL] if any(map(self._alone, due)) else [])
            for (dialog, action), batch in _grouped(due).items():
                handler = self._seer.registry.dialogs[dialog].dues[action]
                turn = self._own_turn(db, now, f"timer:{batch[0].id}")
                handler(turn, [each.argument for each in batch])
            count = len(due) + len(skipped)
            taken = Taken(count, more=count == TIMERS_AT_ONCE or timers.planned(db))
        for each in skipped:
            log.warning("skipped a timer that was too late", extra={"timer": each.occurrence})
        return taken

    def _whenever(self, timer: DueTimer) -> bool:
        """Whether it is done however late: a round that should have closed must close."""
        return timer.action in self._seer.registry.dialogs[timer.dialog].whenever

    def _alone(self, timer: DueTimer) -> bool:
        return timer.action in self._seer.registry.dialogs[timer.dialog].alone

    def finish(self, job: ClaimedJob, result: dict[str, Any]) -> None:
        """Write a job's result in a short turn."""
        retried(lambda: self._finish(job, result))
        self.committed(True)

    def _finish(self, job: ClaimedJob, result: dict[str, Any]) -> None:
        dialog = self._seer.registry.dialogs[job.dialog]
        _, finish = dialog.computes[job.action]
        with self._database.write() as db:
            scope = dialog.scope(db, job.argument)
            lock(db, [scope] if scope else [], [])
            if jobs.settle(db, job):
                turn = self._own_turn(db, self._clock.now(), f"job:{job.key}:{job.wanted}")
                finish(turn, job.argument, result)

    def _own_turn(self, db: Db, now: datetime, key: str) -> Turn:
        say = translator(None, None, None)
        packs, random = self._seer.packs(), self._random
        return Turn(db, now, packs, None, None, say, at=now, event_key=key, random=random)


def _grouped(due: list[DueTimer]) -> dict[tuple[str, str], list[DueTimer]]:
    groups: dict[tuple[str, str], list[DueTimer]] = {}
    for each in due:
        groups.setdefault((each.dialog, each.action), []).append(each)
    return groups
