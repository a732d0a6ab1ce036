"""What a dialog is: named handlers for presses, forms, words, timers and jobs.

Handlers register on a `Dialog`; `dialogs/registry.py` names all dialogs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from dialogs.buttons import button_id
from dialogs.events import Deleted, Edited, Handed, Said
from dialogs.messages import File, Message, Reply
from dialogs.scope import Scope
from dialogs.turn import Turn, View
from storage.engine import Db
from storage.tables import Conversation

T = TypeVar("T")
Act = Callable[[Turn, str, str | None], Reply | None]
Show = Callable[[View, str], Reply]
ShowT = TypeVar("ShowT", bound=Callable[[View, str], Reply])
Submit = Callable[[Turn, str, dict[str, Any]], Reply | None]
Heard = Callable[[Turn, str, Said | Edited | Deleted], Reply | None]
Takes = Callable[[Turn, str], bool]
Hand = Callable[[Turn, str, Handed], Reply | None]
Wait = Callable[[Turn, Conversation, str], Reply | None]
Fits = Callable[[Db, Conversation, str], bool]
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

    def __init__(self, name: str, scope: Scope) -> None:
        """`scope` tells which collaboration an argument belongs to (None: none)."""
        self.name = name
        self.scope = scope
        self.acts: dict[str, Act] = {}
        self.shows: dict[str, Show] = {}
        self.told: dict[str, Run] = {}
        self.submits: dict[str, Submit] = {}
        self.hands: dict[str, Hand] = {}
        self.waits: dict[str, Wait] = {}
        self.fits: dict[str, Fits] = {}
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
        self.takes: Takes | None = None

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

    def hand(self, purpose: str) -> Callable[[Hand], Hand]:
        """A message that was handed over under one of this dialog's messages, for a purpose."""
        return _into(self.hands, purpose)

    def again(self, action: str) -> Callable[[ShowT], ShowT]:
        """What a repeated press or form gets to see: its answer, rebuilt by a read."""
        return _into(self.agains, action)  # type: ignore[return-value]

    def wait(self, step: str, *, fits: Fits | None = None) -> Callable[[Wait], Wait]:
        """The next words of a person whom this dialog asked something in a direct message. `fits`:
        whether they can be meant for it; where only few words can, a command goes before others."""
        if fits is not None:
            self.fits[step] = fits
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

    def taken(self, handler: Takes) -> Takes:
        """Whether any words under one of its messages are for this dialog. Where they are not,
        words to Samspill that nobody understands are told so."""
        self.takes = handler
        return handler


def _into(table: dict[str, T], name: str) -> Callable[[T], T]:
    def register(handler: T) -> T:
        table[name] = handler
        return handler

    return register
