"""What handlers are given: a `View` to read with and a `Turn` to write with, in which language.

A handler reads and writes through `storage` and says things through its turn; it never sends,
sleeps or looks at the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from dialogs.calendar import WorkCalendar
from dialogs.codec import encode
from dialogs.language import ZONE, Translator, known
from dialogs.messages import Element, Message, Notice, Text
from dialogs.packs.library import Packs
from storage import audit, collaborations, freshening, memberships, outbox, people, places
from storage.engine import Db
from storage.tables import Collaboration, Person, Place

if TYPE_CHECKING:
    from dialogs.dialog import Command


class Refusal(Exception):
    """A plain sentence for the person; what the turn wrote so far is undone.

    The text is Samspill's own, never what somebody wrote.
    """

    def __init__(self, text: str, *elements: Element) -> None:
        """`elements` are what can be done instead."""
        super().__init__("refused")
        self.text = text
        self.elements = elements


_calendar = cache(WorkCalendar)


@dataclass(frozen=True)
class View:
    """What a showing handler may use: a read-only database, the viewer, the place, the language."""

    db: Db
    now: datetime
    packs: Packs
    person: Person | None
    place: Place | None
    say: Translator
    words: tuple[Command, ...] = ()  # all that can be written
    meant: int | None = None  # the collaboration that was picked, where several were possible
    under: tuple[str, str] | None = None  # whose thread a command was written in: dialog, argument
    site: str = ""  # the address at which people reach Samspill's pages

    @property
    def language(self) -> str:
        """The language of `say`."""
        return self.say.language

    @property
    def me(self) -> Person:
        """The person who acts; everybody who writes has a row by then."""
        if self.person is None:
            raise Refusal(self.say.t("I do not know you yet. Write to me first."))
        return self.person

    def calendar(self, collaboration_id: int) -> WorkCalendar:
        """The working days and hours of a collaboration."""
        home = collaborations.the(self.db, collaboration_id)
        return _calendar(home.country, home.zone)

    def message(self, *elements: Element | str, summary: str = "") -> Message:
        """A message in this language; plain strings become paragraphs."""
        made = tuple(Text(each) if isinstance(each, str) else each for each in elements)
        return Message(self.language, made, summary)

    def notice(self, *elements: Element | str) -> Notice:
        """A private answer in this language."""
        return Notice(self.message(*elements))

    def confirmed(self, *elements: Element | str) -> Notice:
        """What became of an answer; it lasts for those who want receipts in text."""
        return Notice(self.message(*elements), lasting=True)


@dataclass(frozen=True)
class Turn(View):
    """What a writing handler may use; everything it does is in one transaction."""

    at: datetime = field(kw_only=True)  # the platform's time of the event
    event_key: str = field(
        kw_only=True
    )  # the event's own unique key, for keys of what is said because of it
    random: Random = field(repr=False, kw_only=True)
    # what the event turned out to be about, such as "q5": private replies are kept under it
    about: list[str] = field(default_factory=list, kw_only=True)

    def post(
        self,
        place: Place,
        message: Message,
        key: str,
        *,
        root: int | None = None,
        owner: tuple[str, str] = ("", ""),
        collaboration: int | None = None,
        rank: int = 50,
    ) -> int | None:
        """Say something once in a place (in the thread under outbox row `root`, if given).

        `owner` is (dialog, argument): who gets what is written in answer to it. None: said before.
        """
        return outbox.post(
            self.db,
            key=key,
            place_id=place.id,
            root_id=root,
            dialog=owner[0],
            argument=owner[1],
            collaboration_id=collaboration or place.collaboration_id,
            body=encode(message),
            rank=rank,
            now=self.now,
        )

    def tell(
        self,
        person_id: int,
        key: str,
        build: Callable[[View], Message],
        *,
        owner: tuple[str, str] = ("", ""),
        collaboration: int | None = None,
    ) -> int | None:
        """Say something privately to a person, in their language, where they can be reached."""
        place = places.direct_of(self.db, person_id)
        view = self.as_seen_by(person_id, place, collaboration)
        return self.post(place, build(view), key, owner=owner, collaboration=collaboration)

    def live(
        self,
        place: Place,
        dialog: str,
        name: str,
        argument: str,
        *,
        root: int | None = None,
        collaboration: int | None = None,
        rank: int = 50,
    ) -> int:
        """See to it that the place has this live message, and that it is fresh; its outbox id."""
        return outbox.live(
            self.db,
            place_id=place.id,
            root_id=root,
            dialog=dialog,
            name=name,
            argument=argument,
            collaboration_id=collaboration or place.collaboration_id,
            rank=rank,
            now=self.now,
        )

    def file(
        self,
        place: Place,
        dialog: str,
        name: str,
        argument: str,
        *,
        root: int | None = None,
        collaboration: int | None = None,
    ) -> None:
        """Send a file to the place once; it is made from the record when its turn comes."""
        outbox.file(
            self.db,
            place_id=place.id,
            root_id=root,
            dialog=dialog,
            name=name,
            argument=argument,
            collaboration_id=collaboration or place.collaboration_id,
            now=self.now,
        )

    def refresh(self, dialog: str, name: str, argument: str) -> None:
        """The record behind a live message changed: have it shown anew in every place."""
        freshening.one(self.db, dialog, name, argument)

    def audit(self, what: str, subject: str, collaboration_id: int | None) -> None:
        """Note that the record changed: never the content."""
        person_id = self.person.id if self.person else None
        audit.note(self.db, self.now, person_id, collaboration_id, what, subject)

    def as_seen_by(self, person_id: int, place: Place, collaboration: int | None) -> View:
        """The same moment seen by somebody else, in their language and zone."""
        person = people.person(self.db, person_id)
        home = collaborations.the(self.db, collaboration) if collaboration else None
        say = translator_for(self.db, person, place, home)
        return View(self.db, self.now, self.packs, person, place, say)


def translator_for(
    db: Db, person: Person | None, place: Place | None, collaboration: Collaboration | None
) -> Translator:
    """What somebody is spoken to in: their choice, else what their organisation has adopted, else
    the place's language, else the collaboration's."""
    house = None
    if person is not None and not person.language and collaboration is not None:
        house = memberships.house_language(db, person.id, collaboration)
    if house is None:
        return translator(person, place, collaboration)
    zones = [each.zone for each in (person, collaboration) if each is not None]
    return speaker([house], zones)


def translator(
    person: Person | None, place: Place | None, collaboration: Collaboration | None
) -> Translator:
    """The person's choice, else the place's language, else the collaboration's, else bokmål."""
    languages = [each.language for each in (person, place, collaboration) if each is not None]
    return speaker(languages, [each.zone for each in (person, collaboration) if each is not None])


def speaker(languages: Iterable[str | None], zones: Iterable[str | None]) -> Translator:
    """The first language and the first time zone that is one."""
    language = next((each for each in languages if each), None)
    return Translator(known(language), next((each for each in zones if each), ZONE))
