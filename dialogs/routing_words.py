"""Where typed words go: to a command, to what waits for them, or to whose thread they stand in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialogs import choosing
from dialogs.dialog import Dialog
from dialogs.events import Commanded, Deleted, Edited, Said
from dialogs.messages import Reply
from dialogs.registry import Registry, Words, fold
from dialogs.route import HOME, Route, Run
from dialogs.turn import Turn
from storage import collaborations, conversations, heard, invitations, outbox, rounds
from storage.engine import Db
from storage.tables import Conversation, Person, Place

ROUND = "round"  # the dialog that keeps what was typed in answer to it


def command(
    db: Db, event: Commanded, person: Person, place: Place | None, registry: Registry
) -> Route:
    """A slash command; an unknown word shows what can be done."""
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


def direct(
    db: Db, event: Said, person: Person, place: Place | None, registry: Registry, now: datetime
) -> Route:
    """Words in a direct message: a command, else for what waits, if that takes them."""
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


def changed(
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


def said(
    db: Db,
    event: Said | Edited | Deleted,
    person: Person,
    place: Place | None,
    registry: Registry,
) -> Route | None:
    """What is written in a channel: a command where Samspill is named, else to the dialog under
    whose message it stands; None when it is neither."""
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
