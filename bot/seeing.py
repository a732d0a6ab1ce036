"""Reading without writing: forms and notices for a press, live messages for delivery, jobs.

All of it runs on reader connections and claims nothing, so it never waits behind a writer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.time import Clock
from dialogs.events import Event, Where
from dialogs.language import Translator
from dialogs.messages import Button, Buttons, File, Form, Message, Notice, Reply, Text
from dialogs.packs.library import Packs
from dialogs.registry import Registry
from dialogs.routing import shows
from dialogs.turn import Refusal, View, translator, translator_for
from storage import collaborations, memberships, outbox, people, places
from storage.engine import Database, Db
from storage.jobs import ClaimedJob
from storage.tables import Kind, Outbox, Person, Place


class Seer:
    """Builds views and runs what only reads."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        packs: Callable[[], Packs],
        clock: Clock,
        *,
        site: str = "",
    ) -> None:
        self.database = database
        self.registry = registry
        self.packs = packs
        self.clock = clock
        self.site = site

    def view(self, db: Db, person: Person | None, place: Place | None, say: Translator) -> View:
        """What somebody sees from somewhere, now."""
        words = tuple(self.registry.commands)
        now, packs = self.clock.now(), self.packs()
        return View(db, now, packs, person, place, say, words, site=self.site)

    def view_of(self, db: Db, event: Event) -> View:
        """What whoever caused an event sees; neither they nor the place need be known."""
        person, place = whereabouts(db, event)
        return self.view(db, person, place, speaking(db, person, place, event))

    def showing(self, event: Event) -> bool:
        """Whether an event only shows something."""
        return shows(event, self.registry) is not None

    def show(self, event: Event) -> Reply:
        """The form, page or notice that an event asks for."""
        found = shows(event, self.registry)
        assert found is not None
        dialog, action, argument = found
        with self.database.read() as db:
            view = self.view_of(db, event)
            try:
                reply = dialog.shows[action](view, argument)
            except Refusal as refusal:
                reply = view.notice(refusal.text, *refusal.elements)
            return fit(reply, view, event.where)

    def render(self, db: Db, row: Outbox, place: Place) -> Message | None:
        """A live message from the record, in its place's language; None takes it away."""
        if _has_left(db, row, place):
            return None
        view = self._read_in(db, row, place)
        return self.registry.dialogs[row.dialog].lives[row.live or ""](view, row.argument)

    def make(self, db: Db, row: Outbox, place: Place) -> Message | File | None:
        """Whatever is made from the record when it is sent: a live message or a file."""
        if row.kind != Kind.FILE:
            return self.render(db, row, place)
        if _has_left(db, row, place):
            return None
        view = self._read_in(db, row, place)
        return self.registry.dialogs[row.dialog].files[row.live or ""](view, row.argument)

    def file(self, db: Db, key: str) -> File | None:
        """A file that was sent, made anew from the record as it is now."""
        row = outbox.with_key(db, key)
        if row is None or row.kind != Kind.FILE:
            return None
        made = self.make(db, row, places.place(db, row.place_id))
        return made if isinstance(made, File) else None

    def _read_in(self, db: Db, row: Outbox, place: Place) -> View:
        home = collaborations.the(db, row.collaboration_id) if row.collaboration_id else None
        person = people.person(db, place.person_id) if place.person_id else None
        if home is None and person is not None:  # in what they read everywhere else
            home = collaborations.latest_of(db, person.id)
        return self.view(db, person, place, translator_for(db, person, place, home))

    def compute(self, job: ClaimedJob) -> dict[str, Any]:
        """A job's long part, on a read snapshot."""
        compute, _ = self.registry.dialogs[job.dialog].computes[job.action]
        with self.database.read() as db:
            return compute(self.view(db, None, None, translator(None, None, None)), job.argument)


def _has_left(db: Db, row: Outbox, place: Place) -> bool:
    """Whether it is for somebody alone who is not in its collaboration any more."""
    if place.person_id is None or row.collaboration_id is None:
        return False
    return memberships.of(db, place.person_id, row.collaboration_id) is None


def whereabouts(db: Db, event: Event) -> tuple[Person | None, Place | None]:
    """Who acts, if we have met, and where, if we have been there."""
    actor, where = event.actor, event.where
    here = (where.platform, where.tenant, channel_of(event))
    if actor is None:
        return None, places.find(db, *here)
    return places.find_with(db, (actor.platform, actor.tenant, actor.user), here)


def channel_of(event: Event) -> str:
    """Where an event happened: with somebody alone it is always their own conversation."""
    return event.actor.user if event.where.direct and event.actor else event.where.channel


def speaking(
    db: Db,
    person: Person | None,
    place: Place | None,
    event: Event,
    collaboration_id: int | None = None,
) -> Translator:
    """The language to answer an event in: chosen, else the place's, else the collaboration's; the
    platform's guess only when nothing of that is known."""
    home_id = collaboration_id or (place.collaboration_id if place else None)
    home = collaborations.the(db, home_id) if home_id else None
    chosen = (person and person.language) or (place and place.language)
    if home is None and not chosen and person is not None:
        home = collaborations.latest_of(db, person.id)
    guessed = event.actor.language if event.actor is not None else None
    if home is None and not chosen and guessed:
        return translator(Person(name="", language=guessed), None, None)  # type: ignore[call-arg]
    return translator_for(db, person, place, home)


def fit(reply: Reply, view: View, where: Where) -> Reply:
    """A form where none can open becomes a notice with the button that opens it."""
    if not isinstance(reply, Form) or where.can_open:
        return reply
    button = Button(reply.id, reply.title, "primary", opens=True)
    press = Text(view.say.t("Press the button."))
    return Notice(Message(reply.language, (*reply.intro, press, Buttons((button,)))))
