"""Which dialog an event belongs to: pure reading, no writing, so that it can be asked twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dialogs.buttons import parse
from dialogs.dialog import Dialog, Refusal, Turn
from dialogs.events import (
    Commanded,
    Deleted,
    Edited,
    Event,
    Installed,
    Pressed,
    Removed,
    Said,
    Submitted,
)
from dialogs.messages import Reply
from dialogs.registry import Registry, Words
from storage import conversations, outbox
from storage.engine import Db
from storage.tables import Conversation, Person, Place

Run = Callable[[Turn], Reply | None]

ALWAYS = ("stop", "help")  # commands that work whatever waits
HOME = "home"  # the dialog that greets and answers what nobody else does


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event goes. `target` names it, so that two routes can be compared."""

    target: str
    collaboration_id: int | None
    run: Run

    def goes_elsewhere(self, other: Route) -> bool:
        """Whether two routes differ in what they would do or to which collaboration."""
        return (self.target, self.collaboration_id) != (other.target, other.collaboration_id)


def route(
    db: Db, event: Event, person: Person, place: Place | None, registry: Registry, now: datetime
) -> Route | None:
    """The handler for an event, or None when it is none of our business."""
    match event:
        case Pressed():
            return _press(db, event, registry)
        case Submitted():
            return _submit(db, event, registry)
        case Commanded():
            return _command(registry, event.text, place)
        case Installed():
            return _home(registry, "installed", place)
        case Removed():
            return _home(registry, "removed", place)
        case Said() if event.where.direct:
            return _direct(db, event, person, place, registry, now)
        case Said() | Edited() | Deleted():
            return _said(db, event, place, registry)
    return None


def shows(event: Event, registry: Registry) -> tuple[Dialog, str, str] | None:
    """The dialog, action and argument when a press only shows something; else None."""
    if not isinstance(event, Pressed) or (found := parse(event.button)) is None:
        return None
    dialog = registry.dialogs.get(found.dialog)
    if dialog is None or found.action not in dialog.shows:
        return None
    return dialog, found.action, found.argument


def _moved_on(turn: Turn) -> Reply | None:
    raise Refusal(turn.say.t("This has moved on. Write «help» to see what you can do now."))


def _press(db: Db, event: Pressed, registry: Registry) -> Route:
    found = parse(event.button)
    dialog = registry.dialogs.get(found.dialog) if found else None
    if found is None or dialog is None or found.action not in dialog.acts:
        return Route("moved on", None, _moved_on)
    act = dialog.acts[found.action]
    return Route(
        event.button,
        dialog.scope(db, found.argument),
        lambda turn: act(turn, found.argument, event.value),
    )


def _submit(db: Db, event: Submitted, registry: Registry) -> Route:
    found = parse(event.form)
    dialog = registry.dialogs.get(found.dialog) if found else None
    if found is None or dialog is None or found.action not in dialog.submits:
        return Route("moved on", None, _moved_on)
    submit = dialog.submits[found.action]
    return Route(
        event.form,
        dialog.scope(db, found.argument),
        lambda turn: submit(turn, found.argument, event.values),
    )


def _command(registry: Registry, text: str, place: Place | None) -> Route:
    words = registry.words(text)
    if words is None:
        return _home(registry, "menu", place)
    return _run(words, place)


def _run(words: Words, place: Place | None) -> Route:
    return Route(
        f"command {words.command.name}",
        place.collaboration_id if place else None,
        lambda turn: words.command.run(turn, words.rest),
    )


def _home(registry: Registry, action: str, place: Place | None) -> Route:
    act = registry.dialogs[HOME].acts[action]
    return Route(
        f"{HOME} {action}",
        place.collaboration_id if place else None,
        lambda turn: act(turn, "", None),
    )


def _direct(
    db: Db, event: Said, person: Person, place: Place | None, registry: Registry, now: datetime
) -> Route:
    waits = conversations.waiting(db, person.id, place.id, now) if place else None
    words = registry.words(event.text)
    alone = words is not None and (not words.rest or words.command.name in (*ALWAYS, "join"))
    if words is not None and (waits is None or alone):
        return _run(words, place)
    if waits is not None and (step := _waiting(waits, event, registry)) is not None:
        return step
    return _home(registry, "menu", place)


def _waiting(waits: Conversation, event: Said, registry: Registry) -> Route | None:
    dialog = registry.dialogs.get(waits.dialog)
    if dialog is None or waits.step not in dialog.waits:
        return None
    step = dialog.waits[waits.step]
    return Route(
        f"waiting {waits.id}",
        waits.collaboration_id,
        lambda turn: step(turn, waits, event.text),
    )


def _said(
    db: Db, event: Said | Edited | Deleted, place: Place | None, registry: Registry
) -> Route | None:
    named = isinstance(event, Said) and event.named
    if isinstance(event, Said) and named and (words := registry.words(event.text)) is not None:
        return _run(words, place)
    thread = event.where.thread
    ours = outbox.said_as(db, place.id, thread) if place and thread else None
    dialog = registry.dialogs.get(ours.dialog) if ours else None
    if ours is not None and dialog is not None and dialog.hears is not None:
        hears, argument = dialog.hears, ours.argument
        return Route(
            f"thread {ours.id}", ours.collaboration_id, lambda turn: hears(turn, argument, event)
        )
    return _home(registry, "menu", place) if named else None
