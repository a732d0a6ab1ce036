"""The way in: one event, one transaction. Claim, route, lock, let the dialog work, commit, reply.

`Turns.handle` is synchronous and runs in a worker thread. Edges acknowledge an event only after it
returned; what a dialog said is in the outbox by then, and delivery is woken.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy.exc import DBAPIError

from bot.time import Clock
from dialogs.buttons import parse
from dialogs.dialog import Refusal, Turn, View, translator
from dialogs.events import (
    Actor,
    Deleted,
    Edited,
    Event,
    Pressed,
    Said,
    Submitted,
    Where,
)
from dialogs.messages import Button, Buttons, Form, Message, Notice, Reply, Text
from dialogs.packs.models import Packs
from dialogs.registry import Registry
from dialogs.routing import Route, route, shows
from storage import inbox, outbox, people, places, timers
from storage.engine import Database, Db, is_conflict, lock_rows
from storage.secrets import Vault
from storage.tables import Job, Outbox, Person, Place, Timer

log = logging.getLogger("samspill.turns")

TRIES = 4  # the first and three more
HOLD = timedelta(minutes=10)
TIMERS_AT_ONCE = 1000


class Rerun(Exception):
    """The route changed while we waited for our locks: begin again."""


class Turns:
    """Everything that happens to Samspill goes through here."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        packs: Callable[[], Packs],
        clock: Clock,
        vault: Vault,
        random: Random,
    ) -> None:
        self._database = database
        self._registry = registry
        self._packs = packs
        self._clock = clock
        self._vault = vault
        self._random = random
        self.committed: Callable[[], None] = lambda: None  # set by the composition root

    # --- events -------------------------------------------------------------------------------

    def handle(self, event: Event) -> Reply | None:
        """Take one event; what to show whoever caused it, if anything.

        Raises what the database raises when it cannot be taken: then nothing is acknowledged.
        """
        if (shown := shows(event, self._registry)) is not None:
            return self._show(event, *shown)
        try:
            return self._often(lambda: self._take(event))
        except Refusal as refusal:
            return self._refuse(event, refusal.text)

    def _show(self, event: Event, dialog: Any, action: str, argument: str) -> Reply | None:
        with self._database.read() as db:
            actor = event.actor
            person = people.by_identity(db, actor.platform, actor.tenant, actor.user)
            place = _known_place(db, event.where)
            view = View(
                db, self._clock.now(), self._packs(), person, place, _say(db, person, place, event)
            )
            try:
                reply: Reply = dialog.shows[action](view, argument)
            except Refusal as refusal:
                reply = view.notice(refusal.text)
            reply = _fit(reply, view, event.where)
        if isinstance(reply, Notice) and not event.where.can_notice:
            notice = reply
            self._often(lambda: self._write_notice(event, lambda _: notice))
            return None
        return reply

    def _take(self, event: Event) -> Reply | None:
        with self._database.write() as db:
            source = event.where.platform
            if not inbox.claim(db, source, event.id, self._clock.now()):
                return self._again(db, event)
            person, place = self._meet(db, event)
            found = self._locked(db, event, person, place)
            if found is None:
                self._hold(db, event, place)
                return None
            turn = self._turn(db, event, person, place, found)
            reply = self._private(turn, event, found.run(turn))
        self.committed()
        return reply

    def _meet(self, db: Db, event: Event) -> tuple[Person, Place | None]:
        actor, where, now = event.actor, event.where, self._clock.now()
        person = people.meet(db, actor.platform, actor.tenant, actor.user, actor.name, now)
        if where.direct:
            place = places.meet(
                db, where.platform, where.tenant, where.channel, person_id=person.id
            )
        else:
            place = places.meet(
                db, where.platform, where.tenant, where.channel, name=where.name
            )
        return person, place

    def _locked(
        self, db: Db, event: Event, person: Person, place: Place | None
    ) -> Route | None:
        now = self._clock.now()
        found = route(db, event, person, place, self._registry, now)
        if found is None or self._database.is_sqlite:
            return found
        lock_rows(db, [found.collaboration_id] if found.collaboration_id else [], [person.id])
        db.expire_all()
        again = route(db, event, person, place, self._registry, now)
        if again is None or (again.target, again.collaboration_id) != (
            found.target,
            found.collaboration_id,
        ):
            raise Rerun
        return again

    def _turn(
        self, db: Db, event: Event, person: Person, place: Place | None, found: Route
    ) -> Turn:
        return Turn(
            db=db,
            now=self._clock.now(),
            packs=self._packs(),
            person=person,
            place=place,
            say=_say(db, person, place, event, found.collaboration_id),
            at=event.at,
            event_key=f"{event.where.platform}:{event.id}",
            random=self._random,
            source=getattr(event, "message", None),
        )

    def _private(self, turn: Turn, event: Event, reply: Reply | None) -> Reply | None:
        """A reply as it can be given here; a notice that cannot becomes a direct message."""
        if reply is None:
            return None
        fitted = _fit(reply, turn, event.where)
        if isinstance(fitted, Notice) and (event.where.direct or not event.where.can_notice):
            self._post_notice(turn, fitted.message)
            return None
        return fitted

    def _post_notice(self, turn: Turn, message: Message) -> None:
        place = turn.place
        if place is None or place.person_id != turn.me.id:
            place = places.direct_of(turn.db, turn.me.id)
        if place is None:
            place = self._open_direct(turn)
        turn.post(place, message, f"notice:{turn.event_key}")

    def _open_direct(self, turn: Turn) -> Place:
        platform, tenant, user = people.first_identity(turn.db, turn.me.id)
        return places.meet(turn.db, platform, tenant, user, person_id=turn.me.id)

    def _refuse(self, event: Event, text: str) -> Reply | None:
        return self._often(lambda: self._write_notice(event, lambda view: view.notice(text)))

    def _write_notice(self, event: Event, build: Callable[[View], Notice]) -> Reply | None:
        """Give a notice in a turn of its own: after a refusal, or where a reader cannot post."""
        with self._database.write() as db:
            new = inbox.claim(db, event.where.platform, event.id, self._clock.now())
            person, place = self._meet(db, event)
            turn = self._turn(db, event, person, place, Route("notice", None, lambda _: None))
            notice = build(turn)
            reply = self._private(turn, event, notice) if new else notice
        self.committed()
        return reply

    def _again(self, db: Db, event: Event) -> Reply | None:
        """A duplicate: nothing is done, and a press or form gets its answer by a read."""
        if not isinstance(event, Pressed | Submitted):
            return None
        actor = event.actor
        person = people.by_identity(db, actor.platform, actor.tenant, actor.user)
        place = _known_place(db, event.where)
        say = _say(db, person, place, event)
        view = View(db, self._clock.now(), self._packs(), person, place, say)
        found = parse(event.button if isinstance(event, Pressed) else event.form)
        dialog = self._registry.dialogs.get(found.dialog) if found else None
        if found and dialog and found.action in dialog.agains:
            return dialog.agains[found.action](view, found.argument)
        return view.notice(say.t("I have this already."))

    # --- held events --------------------------------------------------------------------------

    def _hold(self, db: Db, event: Event, place: Place | None) -> None:
        """Keep a thread message whose question may be on its way; forget all else."""
        if not isinstance(event, Said | Edited | Deleted) or event.where.thread is None:
            return
        if place is not None and outbox.underway(db, place.id):
            sealed = self._vault.seal(_dump(event))
            inbox.hold(db, event.where.platform, event.id, place.id, sealed)

    def landed(self, place_id: int | None) -> None:
        """A post landed (or time passed): route what was held for it, drop what is too old."""
        with self._database.read() as db:
            waiting = [(row.id, row.at) for row in inbox.held(db, place_id)]
        for inbox_id, at in waiting:
            self._often(lambda i=inbox_id, a=at: self._release(i, a))  # type: ignore[misc]

    def _release(self, inbox_id: int, at: datetime) -> None:
        try:
            with self._database.write() as db:
                row = inbox.one(db, inbox_id)
                if row is None or row.held is None:
                    return
                event = _load(self._vault.open(row.held))
                person, place = self._meet(db, event)
                found = self._locked(db, event, person, place)
                if found is not None:
                    turn = self._turn(db, event, person, place, found)
                    reply = found.run(turn)
                    if isinstance(reply, Notice):
                        self._post_notice(turn, reply.message)
                if found is not None or self._clock.now() - at > HOLD:
                    inbox.let_go(db, inbox_id)
            self.committed()
        except (InvalidToken, Refusal):
            with self._database.write() as db:
                inbox.let_go(db, inbox_id)

    # --- time and jobs ------------------------------------------------------------------------

    def due(self) -> int:
        """Do what is due now, a batch at a time; how many timers were taken."""
        return self._often(self._due_batch)

    def _due_batch(self) -> int:
        with self._database.write() as db:
            now = self._clock.now()
            due, skipped = timers.claim_due(db, now, TIMERS_AT_ONCE)
            ids = [each.collaboration_id for each in due if each.collaboration_id]
            lock_rows(db, ids, [])
            for (dialog, action), batch in _grouped(due).items():
                handler = self._registry.dialogs[dialog].dues[action]
                handler(self._own_turn(db, now, f"timer:{batch[0].id}"), batch_arguments(batch))
        for each in skipped:
            log.warning("skipped a late timer", extra={"timer": each.occurrence})
        if due:
            self.committed()
        return len(due)

    def compute(self, job: Job) -> dict[str, Any]:
        """Do a job's long part on a read snapshot."""
        compute, _ = self._registry.dialogs[job.dialog].computes[job.action]
        with self._database.read() as db:
            now = self._clock.now()
            say = translator(None, None, None)
            return compute(View(db, now, self._packs(), None, None, say), job.argument)

    def finish(self, job: Job, result: dict[str, Any]) -> None:
        """Write a job's result in a short turn."""
        self._often(lambda: self._finish(job, result))

    def _finish(self, job: Job, result: dict[str, Any]) -> None:
        dialog = self._registry.dialogs[job.dialog]
        _, finish = dialog.computes[job.action]
        with self._database.write() as db:
            scope = dialog.scope(db, job.argument)
            lock_rows(db, [scope] if scope else [], [])
            turn = self._own_turn(db, self._clock.now(), f"job:{job.key}:{job.wanted}")
            finish(turn, job.argument, result)
        self.committed()

    def _own_turn(self, db: Db, now: datetime, key: str) -> Turn:
        say = translator(None, None, None)
        return Turn(db, now, self._packs(), None, None, say, now, key, self._random)

    # --- showing for delivery -----------------------------------------------------------------

    def render(self, db: Db, row: Outbox, place: Place) -> Message | None:
        """A live message from the record, in its place's language; None takes it away."""
        home = people.collaboration(db, row.collaboration_id) if row.collaboration_id else None
        person = people.person(db, place.person_id) if place.person_id else None
        say = translator(person, place, home)
        view = View(db, self._clock.now(), self._packs(), person, place, say)
        return self._registry.dialogs[row.dialog].lives[row.live or ""](view, row.argument)

    # --- running again ------------------------------------------------------------------------

    def _often(self, work: Callable[[], Any]) -> Any:
        """Run a whole turn, again after a conflict: it has no outside effect."""
        for left in range(TRIES - 1, -1, -1):
            try:
                return work()
            except Rerun:
                if not left:
                    raise
            except DBAPIError as error:
                if not left or not is_conflict(error):
                    raise
        raise AssertionError("unreachable")


def batch_arguments(batch: list[Timer]) -> list[str]:
    """The arguments of timers that go to one handler."""
    return [each.argument for each in batch]


def _grouped(due: list[Timer]) -> dict[tuple[str, str], list[Timer]]:
    groups: dict[tuple[str, str], list[Timer]] = {}
    for each in due:
        groups.setdefault((each.dialog, each.action), []).append(each)
    return groups


def _known_place(db: Db, where: Where) -> Place | None:
    return places.find(db, where.platform, where.tenant, where.channel)


def _say(
    db: Db,
    person: Person | None,
    place: Place | None,
    event: Event,
    collaboration_id: int | None = None,
) -> Any:
    home_id = collaboration_id or (place.collaboration_id if place else None)
    home = people.collaboration(db, home_id) if home_id else None
    if home is None and not (person and person.language) and not (place and place.language):
        return translator(Person(name="", language=event.actor.language), None, None)
    return translator(person, place, home)


def _fit(reply: Reply, view: View, where: Where) -> Reply:
    """A form where none can open becomes a notice with the button that opens it."""
    if not isinstance(reply, Form) or where.can_open:
        return reply
    button = Button(reply.id, reply.title, "primary", opens=True)
    return Notice(
        Message(reply.language, (Text(view.say.t("Press the button.")), Buttons((button,))))
    )


def _dump(event: Said | Edited | Deleted) -> bytes:
    data = {"is": type(event).__name__, **asdict(event)}
    return json.dumps(data, default=lambda value: value.isoformat()).encode()


def _load(content: bytes) -> Event:
    data = json.loads(content)
    kind = {"Said": Said, "Edited": Edited, "Deleted": Deleted}[data.pop("is")]
    data["actor"] = Actor(**data["actor"])
    data["where"] = Where(**data["where"])
    for name in ("at", "said_at"):
        if name in data:
            data[name] = datetime.fromisoformat(data[name])
    made: Event = kind(**data)
    return made
