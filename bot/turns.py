"""The way in: one event, one transaction. Claim, route, lock, let the dialog work, commit, reply.

`Turns.handle` is synchronous and runs in a worker thread. Edges acknowledge an event only after it
returned; what a dialog said is in the outbox by then, and delivery is woken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

from cryptography.fernet import InvalidToken

from bot.holding import seal, unseal
from bot.parties import Parties, Rerun, nobody_guessed, parties
from bot.seeing import Seer, fit, speaking
from bot.workers import retried
from dialogs.buttons import parse
from dialogs.events import Commanded, Deleted, Edited, Event, Handed, Pressed, Said, Submitted
from dialogs.messages import FieldErrors, Message, Notice, Reply
from dialogs.turn import Refusal, Turn, View
from storage import inbox, jobs, outbox, places
from storage.engine import Db, undoable
from storage.secrets import Vault

log = logging.getLogger("samspill.turns")

HOLD = timedelta(minutes=10)
_ANSWERED = Pressed | Submitted | Commanded | Handed  # a duplicate too


class _RollBack(Exception):
    """What the turn wrote is not kept, not even that the event came. It was none of our business,
    and who merely talks where Samspill is, or was erased, is not in the record. Or a form has
    faults: sent in once more as it is, it is the same event, and was not taken."""

    def __init__(self, reply: Reply | None = None) -> None:
        super().__init__("rolled back")
        self.reply = reply


class Turns:
    """Everything that happens to Samspill goes through here."""

    def __init__(self, seer: Seer, vault: Vault, random: Random) -> None:
        self._seer = seer
        self._database = seer.database
        self._clock = seer.clock
        self._vault = vault
        self._random = random
        # Set by the composition root; told whether there is a job to do.
        self.committed: Callable[[bool], None] = lambda _: None

    def handle(self, event: Event) -> Reply | None:
        """Take one event; what to show whoever caused it, if anything.

        Raises what the database raises when it cannot be taken: then nothing is acknowledged.
        """
        if self._seer.showing(event):
            return self._show(event)
        try:
            return retried(lambda: self._take(event), Rerun)
        except _RollBack as rolled_back:
            return rolled_back.reply
        except Refusal as refusal:
            if isinstance(event, Submitted) and event.values and not refusal.elements:
                return FieldErrors({"": refusal.text})  # the form stays, with all that was typed
            said = (refusal.text, *refusal.elements)
            return self._notice(event, lambda view: view.notice(*said))

    def _show(self, event: Event) -> Reply | None:
        reply = self._seer.show(event)
        if isinstance(reply, Notice) and not event.where.can_notice:
            return self._notice(event, lambda _: reply)
        return reply

    def _take(self, event: Event) -> Reply | None:
        with self._database.write() as db:
            if not inbox.claim(db, event.where.platform, event.id, self._clock.now()):
                return self._again(db, event)
            found = self._parties(db, event)
            if found.route is None:
                if not self._hold(db, event, found) and found.new:
                    raise _RollBack
                return None
            turn = self._turn(db, event, found)
            reply = self._private(turn, event, found.route.run(turn))
            if isinstance(reply, FieldErrors):
                raise _RollBack(reply)
        self.committed(jobs.enqueued(db))
        return reply

    def _parties(self, db: Db, event: Event) -> Parties:
        locks = not self._database.is_sqlite
        return parties(db, event, self._seer.registry, self._clock.now(), locks=locks)

    def _turn(self, db: Db, event: Event, found: Parties) -> Turn:
        person, place = found.person, found.place
        home = found.route.collaboration_id if found.route else None
        return Turn(
            db,
            self._clock.now(),
            self._seer.packs(),
            person,
            place,
            speaking(db, person, place, event, home),
            tuple(self._seer.registry.commands),
            site=self._seer.site,
            at=event.at,
            event_key=f"{event.where.platform}:{event.id}",
            random=self._random,
        )

    def _private(self, turn: Turn, event: Event, reply: Reply | None) -> Reply | None:
        """A reply as it can be given here; a notice that cannot becomes a direct message."""
        if reply is None:
            return None
        fitted = fit(reply, turn, event.where)
        if not isinstance(fitted, Notice):
            return fitted
        passing = not fitted.kept and event.where.can_notice
        posts = _posts_notices(event) and not passing
        if posts or (fitted.lasting and turn.me.text_receipts):
            _post_notice(turn, fitted.message)
        return None if posts else fitted

    def _notice(self, event: Event, build: Callable[[View], Notice]) -> Reply | None:
        """Give a notice in a turn of its own: after a refusal, or where a reader cannot post."""
        return retried(lambda: self._write_notice(event, build), Rerun)

    def _write_notice(self, event: Event, build: Callable[[View], Notice]) -> Reply | None:
        with self._database.write() as db:
            # A duplicate of what is answered is refused anew, not told that it was taken.
            new = isinstance(event, _ANSWERED) or inbox.claim(
                db, event.where.platform, event.id, self._clock.now()
            )
            turn = self._turn(db, event, self._parties(db, event))
            notice = build(turn)
            reply = self._private(turn, event, notice) if new else _once_more(event, notice)
        self.committed(jobs.enqueued(db))
        return reply

    def _again(self, db: Db, event: Event) -> Reply | None:
        """A duplicate: nothing is done, and a press or form gets its answer by a read.

        A command is told that it was done: silence would look like a failure. A code that it
        brought is kept as a hash and cannot be said again, nor is its content kept for that: who
        did not get it writes the word once more, which is a new event and makes a new code.
        """
        if not isinstance(event, _ANSWERED):
            return None
        view = self._seer.view_of(db, event)
        if isinstance(event, Commanded | Handed):
            return _once_more(event, view.notice(view.say.t("I already have this.")))
        found = parse(event.button if isinstance(event, Pressed) else event.form)
        dialog = self._seer.registry.dialogs.get(found.dialog) if found else None
        if found and dialog and found.action in dialog.agains:
            return _once_more(event, dialog.agains[found.action](view, found.argument))
        return _once_more(event, view.notice(view.say.t("I already have this.")))

    # --- held events --------------------------------------------------------------------------

    def _hold(self, db: Db, event: Event, parties: Parties) -> bool:
        """Keep a thread message whose question may be on its way; whether it is kept."""
        place, person = parties.place, parties.person
        if not isinstance(event, Said | Edited | Deleted) or event.where.thread is None:
            return False
        if person is None or not outbox.underway(db, place.id):
            return False
        if parties.new:
            nobody_guessed(event)
        sealed = seal(event, self._vault)
        inbox.hold(db, event.where.platform, event.id, place.id, person.id, sealed)
        return True

    def landed(self, place_id: int | None) -> None:
        """A post landed (or time passed, None): route what was held for it, drop what is old."""
        with self._database.read() as db:
            waiting = [(row.id, row.at) for row in inbox.held(db, place_id)]
        for inbox_id, at in waiting:
            old = self._clock.now() - at > HOLD
            try:
                retried(partial(self._release, inbox_id, old=old), Rerun)
            except InvalidToken:
                self._let_go(inbox_id)
            except Exception as error:  # noqa: BLE001 - it holds up nothing behind it
                about = {"inbox": inbox_id, "error": type(error).__name__, "dropped": old}
                log.error("could not route what was held", extra=about)
                if old:
                    self._let_go(inbox_id)
        if waiting:
            self.committed(True)

    def _release(self, inbox_id: int, *, old: bool) -> None:
        with self._database.write() as db:
            row = inbox.one(db, inbox_id)
            if row is None or row.held is None:
                return
            event = unseal(row.held, self._vault)
            found = self._parties(db, event)
            if found.route is None and not old:
                return
            if not inbox.let_go(db, inbox_id) or found.route is None:
                return  # another thread took it while we waited for our locks, or it is nobody's
            turn = self._turn(db, event, found)
            reply: Reply | None
            try:
                with undoable(db):
                    reply = found.route.run(turn)
            except Refusal as refusal:
                reply = turn.notice(refusal.text, *refusal.elements)
            if isinstance(reply, Notice):
                _post_notice(turn, reply.message)

    def _let_go(self, inbox_id: int) -> None:
        with self._database.write() as db:
            inbox.let_go(db, inbox_id)


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
    owner = ("", turn.about[0] if turn.about else "")
    turn.post(place, message, f"notice:{turn.event_key}", owner=owner)
