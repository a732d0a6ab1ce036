"""First words: Samspill comes to a channel or to a person, somebody writes what it does not
understand or hands it what it cannot take; and it is taken out again."""

from __future__ import annotations

from dialogs.home import ECHOED, home, menu_of, menu_row, what_next
from dialogs.messages import Button, Buttons, Element, Reply, Text
from dialogs.naming import one_line
from dialogs.rounds.offer import round_buttons
from dialogs.speaking import language_command, names_language
from dialogs.turn import Turn, View
from storage import collaborations, outbox, places


@home.tells("installed")
def installed(turn: Turn, rest: str) -> Reply | None:
    """A friendly hello, in a channel or to a person alone, that says how to begin."""
    place = turn.place
    if place is None:
        return None
    if place.removed_at is not None:
        places.come_back(turn.db, place.id)
    alone = place.person_id is not None
    hello = hello_alone(turn) if alone else _hello(turn, place.collaboration_id)
    message = turn.message(*hello)
    turn.post(place, message, f"hello:{turn.event_key}", owner=("home", ""))
    return None


def who_i_am(view: View) -> list[Element]:
    """Who Samspill is, to somebody who has not met it."""
    say = view.say
    return [
        Text(say.t("Hello! I am Samspill."), "heading"),
        Text(
            say.t(
                "I help people from several organisations to think together: I ask questions and "
                "keep the answers, so that you can look at them again."
            )
        ),
    ]


def hello_alone(view: View) -> list[Element]:
    """To one person: what this conversation is for."""
    say = view.say
    elements = who_i_am(view)
    mine = [each.name for each in collaborations.of(view.db, view.me.id)]
    if mine:
        names = say.listing([f"«{name}»" for name in mine])
        elements.append(Text(say.t("You are part of {names}.", names=names)))
    return [
        *elements,
        Text(
            say.t(
                "Here you write to me alone: answer questions when they come, or write «help» to "
                "see what I can do."
            )
        ),
        Buttons(tuple(menu_row(view))),
    ]


def _hello(view: View, collaboration_id: int | None) -> list[Element]:
    say = view.say
    elements = who_i_am(view)
    helping = Button("home:help:", say.t("Help"), opens=True, typed="hjelp")
    if collaboration_id is None:
        new = Button(
            "setup:new:", say.t("Set up a collaboration"), "primary", opens=True, typed="nytt"
        )
        elements.append(Buttons((new, helping)))
        code = say.t("Do you have a code? Write «@Samspill join CODE».")
        return [*elements, Text(code, "muted")]
    found = collaborations.the(view.db, collaboration_id)
    parties = [each.name for each in collaborations.organisations(view.db, collaboration_id)]
    return [
        *elements,
        Text(
            say.t(
                "This channel belongs to «{name}», where {organisations} work together.",
                name=found.name,
                organisations=say.listing(parties),
            )
        ),
        *round_buttons(view, collaboration_id),
        Buttons((helping,)),
    ]


@home.tells("moved")
def moved(turn: Turn, before: str) -> Reply | None:
    """The channel had another id `before`: all that is known of it goes on here."""
    here = turn.place
    known = places.of_channel(turn.db, here.platform, before) if here is not None else None
    if here is not None and known is not None and places.follow(turn.db, known, here):
        turn.audit("place.moved", f"place:{known.id}", known.collaboration_id)
    return None


@home.tells("removed")
def removed(turn: Turn, rest: str) -> Reply | None:
    """Samspill was taken out of a channel: nothing is sent there any more."""
    if turn.place is not None:
        places.remove(turn.db, turn.place.id, turn.now)
        turn.audit("place.removed", f"place:{turn.place.id}", turn.place.collaboration_id)
    return None


@home.tells("unknown")
def unknown(turn: Turn, rest: str) -> Reply | None:
    """Words that mean nothing here: say so first, then what can be done. A language's name asks for
    it. Whoever takes part in nothing and writes to Samspill for the first time is greeted, whatever
    else they write."""
    say, written, place = turn.say, one_line(rest), turn.place
    if names_language(written):
        return language_command(turn, written)
    new = (
        place is not None
        and place.person_id is not None
        and not (outbox.anything(turn.db, place.id) or collaborations.of(turn.db, turn.me.id))
    )
    if new:
        return turn.notice(*hello_alone(turn))
    if not written:
        return menu_of(turn)
    known = say.t("I did not understand «{words}».", words=written)
    return turn.notice(
        known if len(written) <= ECHOED else say.t("I did not understand that."),
        *what_next(turn),
    )


@home.tells("handed")
def handed(turn: Turn, rest: str) -> Reply | None:
    """Somebody handed a message over where nothing asks for one."""
    say = turn.say
    helping = Button("home:help:", say.t("Help"), opens=True, typed="hjelp")
    return turn.notice(
        say.t(
            "I can take a message as an answer when it stands in the thread under a question of "
            "mine. Nothing has been kept."
        ),
        Buttons((helping,)),
    )
