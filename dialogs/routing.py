"""Which dialog an event belongs to: pure reading, no writing, so that it can be asked twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dialogs.buttons import parse
from dialogs.dialog import Dialog
from dialogs.events import (
    Commanded,
    Deleted,
    Edited,
    Entered,
    Event,
    Handed,
    Installed,
    Moved,
    Opened,
    PersonEvent,
    PlatformEvent,
    Pressed,
    Said,
    Submitted,
)
from dialogs.messages import Reply
from dialogs.registry import Registry
from dialogs.route import HOME, Route
from dialogs.routing_words import changed, command, direct, said
from dialogs.turn import Refusal, Turn
from storage import collaborations, links, outbox, places
from storage.engine import Db
from storage.tables import Person, Place

WEB = "web"  # the dialog of personal links


def route(
    db: Db,
    event: Event,
    person: Person | None,
    place: Place | None,
    registry: Registry,
    now: datetime,
) -> Route | None:
    """The handler for an event, or None when it is none of our business."""
    if isinstance(event, PlatformEvent):
        return _told(db, event, place, registry)
    assert person is not None, "whoever does something is met before"
    return _done(db, event, person, place, registry, now)


def _done(
    db: Db,
    event: PersonEvent,
    person: Person,
    place: Place | None,
    registry: Registry,
    now: datetime,
) -> Route | None:
    match event:
        case Pressed():
            return _press(db, event, person, registry)
        case Submitted():
            return _submit(db, event, person, registry)
        case Commanded():
            return command(db, event, person, place, registry)
        case Handed():
            return _handed(db, event, place, registry)
        case Entered():
            return _entered(db, event, person, registry)
        case Said() if event.where.direct:
            return direct(db, event, person, place, registry, now)
        case Edited() | Deleted() if event.where.direct:
            return changed(db, event, person, place, registry, now)
        case Said() | Edited() | Deleted():
            return said(db, event, person, place, registry)
    return None


def shows(event: Event, registry: Registry) -> tuple[Dialog, str, str] | None:
    """The dialog, action and argument when an event only shows something; else None."""
    if isinstance(event, Opened):
        return registry.dialogs[HOME], "page", ""
    if not isinstance(event, Pressed) or (found := parse(event.button)) is None:
        return None
    dialog = registry.dialogs.get(found.dialog)
    if dialog is None or found.action not in dialog.shows:
        return None
    return dialog, found.action, found.argument


def _moved_on(turn: Turn) -> Reply | None:
    raise Refusal(turn.say.t("This has moved on. Write «help» to see what you can do now."))


def _press(db: Db, event: Pressed, person: Person, registry: Registry) -> Route:
    found = parse(event.button)
    dialog = registry.dialogs.get(found.dialog) if found else None
    if found is None or dialog is None or found.action not in dialog.acts:
        return Route("moved on", None, _moved_on)
    act = dialog.acts[found.action]
    return Route(
        event.button,
        dialog.scope(db, found.argument),
        lambda turn: act(turn, found.argument, event.value),
        _everywhere(db, dialog, found.action, person),
    )


def _everywhere(db: Db, dialog: Dialog, action: str, person: Person) -> tuple[int, ...]:
    return tuple(collaborations.touched_by(db, person.id)) if action in dialog.everywhere else ()


def _submit(db: Db, event: Submitted, person: Person, registry: Registry) -> Route:
    found = parse(event.form)
    dialog = registry.dialogs.get(found.dialog) if found else None
    if found is None or dialog is None or found.action not in dialog.submits:
        return Route("moved on", None, _moved_on)
    submit = dialog.submits[found.action]
    return Route(
        event.form,
        dialog.scope(db, found.argument),
        lambda turn: submit(turn, found.argument, event.values),
        _everywhere(db, dialog, found.action, person),
    )


def _handed(db: Db, event: Handed, place: Place | None, registry: Registry) -> Route:
    """To whose thread it stands in; elsewhere whoever handed it over is told where it belongs."""
    thread = event.where.thread
    ours = outbox.said_as(db, place.id, thread) if place and thread else None
    dialog = registry.dialogs.get(ours.dialog) if ours else None
    hand = dialog.hands.get(event.purpose) if dialog else None
    if ours is None or hand is None:
        run = registry.dialogs[HOME].told["handed"]
        home = place.collaboration_id if place else None
        return Route("handed", home, lambda turn: run(turn, event.purpose))
    return Route(
        f"handed {event.purpose} {ours.id}",
        ours.collaboration_id,
        lambda turn: hand(turn, ours.argument, event),
    )


def _told(db: Db, event: PlatformEvent, place: Place | None, registry: Registry) -> Route | None:
    told = registry.dialogs[HOME].told
    if isinstance(event, Moved):
        return _moved(db, event, told["moved"])
    name = "installed" if isinstance(event, Installed) else "removed"
    run = told[name]
    return Route(name, place.collaboration_id if place else None, lambda turn: run(turn, ""))


def _moved(db: Db, event: Moved, run: Callable[[Turn, str], Reply | None]) -> Route | None:
    """A new name is noted with every event; what stood under another id is to follow."""
    known = places.of_channel(db, event.where.platform, event.before) if event.before else None
    if known is None:
        return None
    return Route("moved", known.collaboration_id, lambda turn: run(turn, event.before))


def _entered(db: Db, event: Entered, person: Person, registry: Registry) -> Route:
    """Into the rooms of all collaborations that the person is in, or was invited to."""
    run = registry.dialogs[WEB].told["entered"]
    began = links.session(db, event.session)
    link = links.one(db, began.link_id) if began is not None else None
    mine = tuple(each.id for each in collaborations.of(db, person.id))
    return Route(
        f"entered {event.session}",
        link.collaboration_id if link is not None else None,
        lambda turn: run(turn, str(event.session)),
        mine,
    )
