"""Which dialog an event belongs to: pure reading, no writing, so that it can be asked twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from dialogs import choosing
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
from dialogs.registry import Registry, Words, fold
from dialogs.turn import Refusal, Turn
from storage import collaborations, conversations, heard, invitations, links, outbox, places, rounds
from storage.engine import Db
from storage.tables import Conversation, Person, Place

Run = Callable[[Turn], Reply | None]

ROUND = "round"  # the dialog that keeps what was typed in answer to it
WEB = "web"  # the dialog of personal links
HOME = "home"  # the dialog that greets and answers what nobody else does


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event goes. `target` names it, so that two routes can be compared.

    `others` are collaborations that it may change besides: a word typed in a direct message can
    mean any of the writer's.
    """

    target: str
    collaboration_id: int | None
    run: Run
    others: tuple[int, ...] = ()

    @property
    def collaborations(self) -> list[int]:
        """All that this turn has to have for itself."""
        own = [self.collaboration_id] if self.collaboration_id is not None else []
        return sorted({*own, *self.others})

    def goes_elsewhere(self, other: Route) -> bool:
        """Whether two routes differ in what they would do or to which collaborations."""
        return (self.target, self.collaborations) != (other.target, other.collaborations)


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
            return _command(db, registry, event, person, place)
        case Handed():
            return _handed(db, event, place, registry)
        case Entered():
            return _entered(db, event, person, registry)
        case Said() if event.where.direct:
            return _direct(db, event, person, place, registry, now)
        case Edited() | Deleted() if event.where.direct:
            return _changed(db, event, person, place, registry, now)
        case Said() | Edited() | Deleted():
            return _said(db, event, person, place, registry)
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


def _command(
    db: Db, registry: Registry, event: Commanded, person: Person, place: Place | None
) -> Route:
    words = registry.words(event.text)
    if words is None:
        return _unknown(registry, place, event.text)
    return _run(db, words, person, place)


def _run(
    db: Db,
    words: Words,
    person: Person,
    place: Place | None,
    under: tuple[str, str] | None = None,
) -> Route:
    home = place.collaboration_id if place else None
    return Route(
        f"command {words.command.name}",
        home,
        lambda turn: choosing.run(replace(turn, under=under), words.command, words.rest),
        tuple(collaborations.touched_by(db, person.id))
        if home is None or words.command.everywhere
        else (),
    )


def _unknown(registry: Registry, place: Place | None, text: str) -> Route:
    """No word, or none that we know: what can be done here."""
    run = registry.dialogs[HOME].told["unknown"]
    home = place.collaboration_id if place else None
    return Route("menu", home, lambda turn: run(turn, text))


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


def _direct(
    db: Db, event: Said, person: Person, place: Place | None, registry: Registry, now: datetime
) -> Route:
    waits = conversations.waiting(db, person.id, place.id, now) if place else None
    words = registry.words(event.text)
    if waits is not None and fold(event.text) in map(fold, waits.data.get("own", ())):
        words = None  # it means something to what waits
    if words is not None and (
        waits is None or _alone(db, words, now) or not _can_mean(db, waits, event.text, registry)
    ):
        return _run(db, words, person, place)
    if waits is not None and (step := _waiting(db, waits, event, registry)) is not None:
        return step
    return _unknown(registry, place, event.text)


def _alone(db: Db, words: Words, now: datetime) -> bool:
    """Whether words are a command though something waits: "hjelp til de etterlatte" answers it,
    "tiltak 2 ferdig" and "tiltak: …" do not."""
    if words.plain:
        return True
    return words.command.name == "join" and invitations.by_code(db, words.rest, now) is not None


def _can_mean(db: Db, waits: Conversation, text: str, registry: Registry) -> bool:
    """Whether words can be meant for what waits: a yes or no, or a name on a list, takes no others,
    so that "folk inviter Åse" is not read as one's organisation."""
    dialog = registry.dialogs.get(waits.dialog)
    fits = dialog.fits.get(waits.step) if dialog is not None else None
    return fits is None or fits(db, waits, text)


def _waiting(db: Db, waits: Conversation, event: Said, registry: Registry) -> Route | None:
    dialog = registry.dialogs.get(waits.dialog)
    if dialog is None:
        return None
    name, home = f"waiting {waits.id}", waits.collaboration_id
    if waits.step in dialog.waits:
        step = dialog.waits[waits.step]
        others = tuple(collaborations.touched_by(db, waits.person_id)) if home is None else ()
        return Route(name, home, lambda turn: step(turn, waits, event.text), others)
    if dialog.hears is None or "asked" not in waits.data:
        return None
    hears, argument = dialog.hears, f"q{waits.data['asked']}"
    return Route(name, home, lambda turn: hears(turn, argument, event))


def _changed(
    db: Db,
    event: Edited | Deleted,
    person: Person,
    place: Place | None,
    registry: Registry,
    now: datetime,
) -> Route | None:
    """A change of what was typed directly: to whoever heard it, else to what waits, for it may have
    come before the message itself."""
    if place is None:
        return None
    known = heard.of_message(db, place.id, event.message)
    waits = conversations.waiting(db, person.id, place.id, now)
    if known is not None:
        asked_id, home = known.asked_id, rounds.collaboration_of_asked(db, known.asked_id)
    elif waits is not None and waits.dialog == ROUND and "asked" in waits.data:
        asked_id, home = int(waits.data["asked"]), waits.collaboration_id
    else:
        return None
    hears, argument = registry.dialogs[ROUND].hears, f"q{asked_id}"
    if hears is None:
        return None
    return Route(f"changed {argument}", home, lambda turn: hears(turn, argument, event))


def _said(
    db: Db,
    event: Said | Edited | Deleted,
    person: Person,
    place: Place | None,
    registry: Registry,
) -> Route | None:
    named = isinstance(event, Said) and event.named
    thread = event.where.thread
    ours = outbox.said_as(db, place.id, thread) if place and thread else None
    if isinstance(event, Said) and named and (words := registry.words(event.text)) is not None:
        under = (ours.dialog, ours.argument) if ours is not None else None
        return _run(db, words, person, place, under)
    dialog = registry.dialogs.get(ours.dialog) if ours else None
    if ours is not None and dialog is not None and dialog.hears is not None:
        unknown = None
        if isinstance(event, Said) and named:
            unknown = _unknown(registry, place, event.text).run
        return Route(
            f"thread {ours.id}",
            ours.collaboration_id,
            _under(dialog, ours.argument, event, unknown),
        )
    if isinstance(event, Said) and named:
        return _unknown(registry, place, event.text)
    return None


def _under(
    dialog: Dialog, argument: str, event: Said | Edited | Deleted, unknown: Run | None
) -> Run:
    """What is written under a message; silence would look as if a mistyped word had been done."""
    hears, takes = dialog.hears, dialog.takes
    assert hears is not None

    def run(turn: Turn) -> Reply | None:
        reply = hears(turn, argument, event)
        if reply is not None or unknown is None or (takes is not None and takes(turn, argument)):
            return reply
        return unknown(turn)

    return run
