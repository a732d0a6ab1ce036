"""What a dialog is: named handlers for presses, forms, words, timers and jobs, and the two things
they are given: a `View` to read with and a `Turn` to write with.

Handlers register on a `Dialog`; `dialogs/registry.py` names all dialogs. A handler reads and writes
through `storage` and says things through its turn; it never sends, sleeps or looks at the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from dialogs.buttons import button_id
from dialogs.codec import encode
from dialogs.events import Deleted, Edited, Said
from dialogs.language import Translator, known
from dialogs.messages import Element, File, Message, Notice, Reply, Text
from dialogs.packs.library import Packs
from storage import audit, freshening, memberships, outbox, people, places
from storage.engine import Db
from storage.tables import Collaboration, Conversation, Person, Place


class Refusal(Exception):
    """A plain sentence for the person; what the turn wrote so far is undone.

    The text is Samspill's own, never what somebody wrote.
    """

    def __init__(self, text: str, *elements: Element) -> None:
        """`elements` are what can be done instead."""
        super().__init__("refused")
        self.text = text
        self.elements = elements


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
        home = people.collaboration(self.db, collaboration) if collaboration else None
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
    return Translator(known(language), next((each for each in zones if each), "Europe/Oslo"))


T = TypeVar("T")
Act = Callable[[Turn, str, str | None], Reply | None]
Show = Callable[[View, str], Reply]
ShowT = TypeVar("ShowT", bound=Callable[[View, str], Reply])
Submit = Callable[[Turn, str, dict[str, Any]], Reply | None]
Heard = Callable[[Turn, str, Said | Edited | Deleted], Reply | None]
Wait = Callable[[Turn, Conversation, str], Reply | None]
Live = Callable[[View, str], Message | None]
Make = Callable[[View, str], File | None]
Due = Callable[[Turn, list[str]], None]
Compute = Callable[[View, str], dict[str, Any]]
Finish = Callable[[Turn, str, dict[str, Any]], None]
Run = Callable[[Turn, str], Reply | None]


@dataclass(frozen=True)
class Command:
    """A word people can write. `help` is its line in the menu; `words` are what may be typed.

    `alone` means that nothing may follow: "Ferdig snart?" is a sentence, "ferdig" a command.
    `everywhere`: it changes any collaboration that the writer has to do with, wherever written.
    `takes`: with a number and nothing but these words after it, it is a command whatever waits.
    `colon`: so it is with a colon after the word, or after the word and a number.
    """

    name: str
    words: tuple[str, ...]
    help: str
    run: Run
    alone: bool = False
    everywhere: bool = False
    takes: tuple[str, ...] | None = None
    colon: bool = False


class Dialog:
    """A named room of handlers. Arguments are strings as they stand in button ids."""

    def __init__(self, name: str, scope: Callable[[Db, str], int | None]) -> None:
        """`scope` tells which collaboration an argument belongs to (None: none)."""
        self.name = name
        self.scope = scope
        self.acts: dict[str, Act] = {}
        self.shows: dict[str, Show] = {}
        self.told: dict[str, Run] = {}
        self.submits: dict[str, Submit] = {}
        self.waits: dict[str, Wait] = {}
        self.lives: dict[str, Live] = {}
        self.files: dict[str, Make] = {}
        self.dues: dict[str, Due] = {}
        self.whenever: set[str] = set()
        self.alone: set[str] = set()
        self.everywhere: set[str] = set()
        self.computes: dict[str, tuple[Compute, Finish]] = {}
        self.agains: dict[str, Show] = {}
        self.commands: list[Command] = []
        self.hears: Heard | None = None

    def id(self, action: str, *arguments: object) -> str:
        """A button or form id of this dialog."""
        return button_id(self.name, action, *arguments)

    def act(self, action: str, *, everywhere: bool = False) -> Callable[[Act], Act]:
        """A press that writes; `everywhere`: in any collaboration that the presser has to do
        with."""
        if everywhere:
            self.everywhere.add(action)
        return _into(self.acts, action)

    def tells(self, event: str) -> Callable[[Run], Run]:
        """What the platform itself tells, such as "installed": nobody can press it."""
        return _into(self.told, event)

    def show(self, action: str) -> Callable[[ShowT], ShowT]:
        """A press that only shows: a form, a notice. Claims nothing, runs on a reader."""
        return _into(self.shows, action)  # type: ignore[return-value]

    def submit(self, action: str, *, everywhere: bool = False) -> Callable[[Submit], Submit]:
        """A form sent in. Has the id of the button that opened it."""
        if everywhere:
            self.everywhere.add(action)
        return _into(self.submits, action)

    def again(self, action: str) -> Callable[[ShowT], ShowT]:
        """What a repeated press or form gets to see: its answer, rebuilt by a read."""
        return _into(self.agains, action)  # type: ignore[return-value]

    def wait(self, step: str) -> Callable[[Wait], Wait]:
        """The next words of a person whom this dialog asked something in a direct message."""
        return _into(self.waits, step)

    def live(self, name: str) -> Callable[[Live], Live]:
        """Render a live message from the record; None takes it away."""
        return _into(self.lives, name)

    def file(self, name: str) -> Callable[[Make], Make]:
        """Make a file from the record; None sends none."""
        return _into(self.files, name)

    def due(
        self, action: str, *, whenever: bool = False, alone: bool = False
    ) -> Callable[[Due], Due]:
        """Timers that are due, by their arguments; several at a time. `whenever`: they are done
        however late it has become, where others are skipped. `alone`: they count something over
        all collaborations, so one such turn goes at a time in the whole installation."""
        if whenever:
            self.whenever.add(action)
        if alone:
            self.alone.add(action)
        return _into(self.dues, action)

    def job(self, action: str, finish: Finish) -> Callable[[Compute], Compute]:
        """Long work on a read snapshot; `finish` writes its result in a short turn."""

        def register(compute: Compute) -> Compute:
            self.computes[action] = (compute, finish)
            return compute

        return register

    def command(
        self,
        name: str,
        words: Iterable[str],
        help: str,
        *,
        alone: bool = False,
        everywhere: bool = False,
        takes: tuple[str, ...] | None = None,
        colon: bool = False,
    ) -> Callable[[Run], Run]:
        """A word people can write to Samspill; the rest as `Command` says."""

        def register(run: Run) -> Run:
            typed = (name, *words)
            self.commands.append(Command(name, typed, help, run, alone, everywhere, takes, colon))
            return run

        return register

    def heard(self, handler: Heard) -> Heard:
        """What is written in a thread under one of this dialog's messages."""
        self.hears = handler
        return handler


def _into(table: dict[str, T], name: str) -> Callable[[T], T]:
    def register(handler: T) -> T:
        table[name] = handler
        return handler

    return register
