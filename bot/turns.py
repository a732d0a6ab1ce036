"""The way in: one event, one transaction. Claim, route, lock, let the dialog work, commit, reply.

`Turns.handle` is synchronous and runs in a worker thread. Edges acknowledge an event only after it
returned; what a dialog said is in the outbox by then, and delivery is woken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from cryptography.fernet import InvalidToken
from sqlalchemy.exc import DBAPIError

from bot.holding import seal, unseal
from bot.seeing import Seer, fit, speaking
from dialogs.buttons import parse
from dialogs.dialog import Refusal, Turn, View, translator
from dialogs.events import Deleted, Edited, Event, Pressed, Said, Submitted
from dialogs.messages import Message, Notice, Reply
from dialogs.routing import Route, route
from storage import inbox, jobs, outbox, people, places, timers
from storage.engine import Db, is_conflict, lock_rows
from storage.jobs import ClaimedJob
from storage.secrets import Vault
from storage.tables import Person, Place
from storage.timers import DueTimer

log = logging.getLogger("samspill.turns")

TRIES = 4  # the first and three more
HOLD = timedelta(minutes=10)
TIMERS_AT_ONCE = 100  # in a turn: it may hold the one writer for some 50 ms
T = TypeVar("T")


class Rerun(Exception):
    """The route changed while we waited for our locks: begin again."""


@dataclass(frozen=True)
class Parties:
    """Who acts and where, with the route their event takes."""

    person: Person
    place: Place
    route: Route | None


class Turns:
    """Everything that happens to Samspill goes through here."""

    def __init__(self, seer: Seer, vault: Vault, random: Random) -> None:
        self._seer = seer
        self._database = seer.database
        self._clock = seer.clock
        self._vault = vault
        self._random = random
        self.committed: Callable[[], None] = lambda: None  # set by the composition root

    def handle(self, event: Event) -> Reply | None:
        """Take one event; what to show whoever caused it, if anything.

        Raises what the database raises when it cannot be taken: then nothing is acknowledged.
        """
        if self._seer.showing(event):
            return self._show(event)
        try:
            return self._often(lambda: self._take(event))
        except Refusal as refusal:
            said = (refusal.text, *refusal.elements)
            return self._often(lambda: self._write_notice(event, lambda view: view.notice(*said)))

    def _show(self, event: Event) -> Reply | None:
        reply = self._seer.show(event)
        if isinstance(reply, Notice) and not event.where.can_notice:
            return self._often(lambda: self._write_notice(event, lambda _: reply))
        return reply

    def _take(self, event: Event) -> Reply | None:
        with self._database.write() as db:
            if not inbox.claim(db, event.where.platform, event.id, self._clock.now()):
                return self._again(db, event)
            parties = self._parties(db, event)
            if parties.route is None:
                self._hold(db, event, parties.place)
                return None
            turn = self._turn(db, event, parties)
            reply = self._private(turn, event, parties.route.run(turn))
        self.committed()
        return reply

    def _parties(self, db: Db, event: Event) -> Parties:
        """Who, where and whereto; with the locks that the turn needs."""
        actor, where, now = event.actor, event.where, self._clock.now()
        person = people.meet(db, actor.platform, actor.tenant, actor.user, actor.name, now)
        place = places.meet(
            db,
            where.platform,
            where.tenant,
            actor.user if where.direct else where.channel,
            name="" if where.direct else where.name,
            person_id=person.id if where.direct else None,
        )
        found = route(db, event, person, place, self._seer.registry, now)
        if found is None or self._database.is_sqlite:
            return Parties(person, place, found)
        lock_rows(db, found.collaborations, [person.id])
        db.expire_all()
        again = route(db, event, person, place, self._seer.registry, now)
        if again is None or again.goes_elsewhere(found):
            raise Rerun
        return Parties(person, place, again)

    def _turn(self, db: Db, event: Event, parties: Parties) -> Turn:
        person, place = parties.person, parties.place
        home = parties.route.collaboration_id if parties.route else None
        return Turn(
            db,
            self._clock.now(),
            self._seer.packs(),
            person,
            place,
            speaking(db, person, place, event, home),
            tuple(self._seer.registry.menu),
            at=event.at,
            event_key=f"{event.where.platform}:{event.id}",
            random=self._random,
        )

    def _private(self, turn: Turn, event: Event, reply: Reply | None) -> Reply | None:
        """A reply as it can be given here; a notice that cannot becomes a direct message."""
        if reply is None:
            return None
        fitted = fit(reply, turn, event.where)
        if isinstance(fitted, Notice) and _posts_notices(event):
            _post_notice(turn, fitted.message)
            return None
        return fitted

    def _write_notice(self, event: Event, build: Callable[[View], Notice]) -> Reply | None:
        """Give a notice in a turn of its own: after a refusal, or where a reader cannot post."""
        with self._database.write() as db:
            new = inbox.claim(db, event.where.platform, event.id, self._clock.now())
            turn = self._turn(db, event, self._parties(db, event))
            notice = build(turn)
            reply = self._private(turn, event, notice) if new else _once_more(event, notice)
        self.committed()
        return reply

    def _again(self, db: Db, event: Event) -> Reply | None:
        """A duplicate: nothing is done, and a press or form gets its answer by a read."""
        if not isinstance(event, Pressed | Submitted):
            return None
        view = self._seer.view_of(db, event)
        found = parse(event.button if isinstance(event, Pressed) else event.form)
        dialog = self._seer.registry.dialogs.get(found.dialog) if found else None
        if found and dialog and found.action in dialog.agains:
            return _once_more(event, dialog.agains[found.action](view, found.argument))
        return _once_more(event, view.notice(view.say.t("I have this already.")))

    # --- held events --------------------------------------------------------------------------

    def _hold(self, db: Db, event: Event, place: Place) -> None:
        """Keep a thread message whose question may be on its way; forget all else."""
        if not isinstance(event, Said | Edited | Deleted) or event.where.thread is None:
            return
        if outbox.underway(db, place.id):
            sealed = seal(event, self._vault)
            inbox.hold(db, event.where.platform, event.id, place.id, sealed)

    def landed(self, place_id: int | None) -> None:
        """A post landed (or time passed, None): route what was held for it, drop what is old."""
        with self._database.read() as db:
            waiting = [row.id for row in inbox.held(db, place_id)]
        for inbox_id in waiting:
            try:
                self._often(lambda each=inbox_id: self._release(each))  # type: ignore[misc]
            except (InvalidToken, Refusal):
                with self._database.write() as db:
                    inbox.let_go(db, inbox_id)
        if waiting:
            self.committed()

    def _release(self, inbox_id: int) -> None:
        with self._database.write() as db:
            row = inbox.one(db, inbox_id)
            if row is None or row.held is None:
                return
            event = unseal(row.held, self._vault)
            parties = self._parties(db, event)
            if parties.route is not None:
                turn = self._turn(db, event, parties)
                reply = parties.route.run(turn)
                if isinstance(reply, Notice):
                    _post_notice(turn, reply.message)
            if parties.route is not None or self._clock.now() - row.at > HOLD:
                inbox.let_go(db, inbox_id)

    # --- time and jobs ------------------------------------------------------------------------

    def due(self) -> int:
        """Do what is due now, one batch; how many timers were taken."""
        taken = self._often(self._due_batch)
        if taken:
            self.committed()
        return taken

    def _due_batch(self) -> int:
        with self._database.write() as db:
            now = self._clock.now()
            due, late = timers.claim_due(db, now, TIMERS_AT_ONCE)
            due = due + [each for each in late if self._whenever(each)]
            skipped = [each for each in late if not self._whenever(each)]
            lock_rows(db, [each.collaboration_id for each in due if each.collaboration_id], [])
            for (dialog, action), batch in _grouped(due).items():
                handler = self._seer.registry.dialogs[dialog].dues[action]
                turn = self._own_turn(db, now, f"timer:{batch[0].id}")
                handler(turn, [each.argument for each in batch])
        for each in skipped:
            log.warning("skipped a timer that was too late", extra={"timer": each.occurrence})
        return len(due) + len(skipped)

    def _whenever(self, timer: DueTimer) -> bool:
        """Whether it is done however late: a round that should have closed must close."""
        return timer.action in self._seer.registry.dialogs[timer.dialog].whenever

    def finish(self, job: ClaimedJob, result: dict[str, Any]) -> None:
        """Write a job's result in a short turn."""
        self._often(lambda: self._finish(job, result))
        self.committed()

    def _finish(self, job: ClaimedJob, result: dict[str, Any]) -> None:
        dialog = self._seer.registry.dialogs[job.dialog]
        _, finish = dialog.computes[job.action]
        with self._database.write() as db:
            scope = dialog.scope(db, job.argument)
            lock_rows(db, [scope] if scope else [], [])
            if jobs.settle(db, job):
                turn = self._own_turn(db, self._clock.now(), f"job:{job.key}:{job.wanted}")
                finish(turn, job.argument, result)

    def _own_turn(self, db: Db, now: datetime, key: str) -> Turn:
        say = translator(None, None, None)
        packs, random = self._seer.packs(), self._random
        return Turn(db, now, packs, None, None, say, at=now, event_key=key, random=random)

    def _often(self, work: Callable[[], T]) -> T:
        """Run a whole turn, again after a conflict: it has no outside effect."""
        for _ in range(TRIES - 1):
            try:
                return work()
            except Rerun:
                continue
            except DBAPIError as error:
                if not is_conflict(error):
                    raise
        return work()


def _posts_notices(event: Event) -> bool:
    """Whether a private answer is a post in the direct conversation."""
    return event.where.direct or not event.where.can_notice


def _once_more(event: Event, reply: Reply) -> Reply | None:
    """A duplicate's answer; none where the first one stands as a post already."""
    return None if isinstance(reply, Notice) and _posts_notices(event) else reply


def _post_notice(turn: Turn, message: Message) -> None:
    place = turn.place
    if place is None or place.person_id != turn.me.id:
        place = places.direct_of(turn.db, turn.me.id)
    turn.post(place, message, f"notice:{turn.event_key}")


def _grouped(due: list[DueTimer]) -> dict[tuple[str, str], list[DueTimer]]:
    groups: dict[tuple[str, str], list[DueTimer]] = {}
    for each in due:
        groups.setdefault((each.dialog, each.action), []).append(each)
    return groups
