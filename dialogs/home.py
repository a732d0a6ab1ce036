"""Hello, menu, help and stop: what Samspill says when nothing else is meant."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.dialog import Command, Dialog, Turn, View
from dialogs.language import LANGUAGES, Translator, n_
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Element,
    Fact,
    Facts,
    Message,
    Notice,
    Option,
    Reply,
    Text,
)
from dialogs.rounds.offer import round_buttons
from dialogs.rounds.running import list_of_parts
from storage import conversations, people, places, rounds
from storage.engine import Db
from storage.tables import AskedState, Place, Role, RoundState

LANGUAGE_NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}


def _no_scope(db: Db, argument: str) -> int | None:
    return None


home = Dialog("home", _no_scope)


@home.act("menu")
def menu(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What can be done here now, as buttons; nobody has to learn a word."""
    return turn.notice(*_menu(turn))


def _menu(view: View) -> list[Element]:
    say = view.say
    mine = people.collaborations_of(view.db, view.me.id)
    row: list[Button] = []
    if rounds.waits_for(view.db, view.me.id):
        row.append(
            Button("round:bring:", say.t("Answer what waits for me"), "primary", typed="svar")
        )
    for each in mine[:5]:
        member = people.membership(view.db, view.me.id, each.id)
        if member is not None and Role.COORDINATOR in member.roles:
            label = (
                say.t("Start a round")
                if len(mine) == 1
                else f"{say.t('Start a round')}: {each.name}"
            )
            row.append(Button(f"round:setup:c{each.id}", label, opens=True, typed="runde"))
    row.append(Button("setup:new:", say.t("Set up a collaboration"), opens=True, typed="nytt"))
    if mine:
        row.append(Button("home:status:", say.t("Status"), opens=True, typed="status"))
    row.append(Button("home:help:", say.t("Help"), opens=True, typed="hjelp"))
    return [
        Text(
            say.t("I am Samspill. I ask, show and remember while you work something out together.")
        ),
        Text(say.t("What would you like to do?")),
        Buttons(tuple(row)),
    ]


@home.show("help")
def help_shown(view: View, argument: str) -> Notice:
    """What Samspill is and every word it knows."""
    return view.notice(*_help(view))


@home.command("help", ("hjelp", "hjelp!", "?"), n_("what I can do, and how"))
def help_command(turn: Turn, rest: str) -> Reply | None:
    """Works whatever waits."""
    return turn.notice(*_help(turn))


def _help(view: View) -> list[Element]:
    say = view.say
    menu = [each for each in view.words if each.help]
    facts = tuple(Fact(_word(view, each), say.t(each.help)) for each in menu)
    return [
        Text(say.t("How Samspill works"), "heading"),
        Text(
            say.t(
                "A coordinator starts a round. Each question gets one post, and its thread belongs "
                "to that question. You answer by a button, a form, or by writing «answer» to me. "
                "Every ask says who will see the answer. «Don't know» is a full answer."
            )
        ),
        Text(say.t("Words you can write to me"), "heading"),
        Facts(facts),
        Text(
            say.t(
                "While a round runs, «next», «open» and «finish» steer it. "
                "«change», «withdraw» and «more» are about your latest answer."
            )
        ),
        Text(
            say.t(
                "In a channel: write @Samspill and the word. In a direct message: just the word."
            ),
            "muted",
        ),
    ]


def _word(view: View, command: Command) -> str:
    """The word as it is written in the reader's language: Norwegian comes first in `words`."""
    if view.language == "en" or len(command.words) == 1:
        return command.name
    return command.words[1]


@home.command("stop", ("stopp", "avbryt", "cancel"), n_("let go of what waits here"))
def stop(turn: Turn, rest: str) -> Reply | None:
    """Works whatever waits."""
    place = turn.place
    if place is not None and conversations.stop(turn.db, turn.me.id, place.id):
        return turn.notice(
            turn.say.t(
                "All right. I am not waiting for anything from you here now. "
                "Write «answer» to go on later."
            )
        )
    return turn.notice(turn.say.t("Nothing was waiting."))


@home.tells("installed")
def installed(turn: Turn, rest: str) -> Reply | None:
    """A friendly hello in a channel that says how to begin."""
    place = turn.place
    if place is None:
        return None
    if place.removed_at is not None:
        places.come_back(turn.db, place.id)
    message = turn.message(*_hello(turn, place.collaboration_id))
    turn.post(place, message, f"hello:{turn.event_key}", owner=("home", ""))
    return None


def _hello(view: View, collaboration_id: int | None) -> list[Element]:
    say = view.say
    elements: list[Element] = [
        Text(say.t("Hello! I am Samspill."), "heading"),
        Text(
            say.t(
                "I help people from several organisations to think together: I ask questions and "
                "keep the answers, so that you can look at them again."
            )
        ),
    ]
    helping = Button("home:help:", say.t("Help"), opens=True, typed="hjelp")
    if collaboration_id is None:
        new = Button(
            "setup:new:", say.t("Set up a collaboration"), "primary", opens=True, typed="nytt"
        )
        elements.append(Buttons((new, helping)))
        code = say.t("Have you got a code? Write «@Samspill join CODE».")
        return [*elements, Text(code, "muted")]
    found = people.collaboration(view.db, collaboration_id)
    parties = [each.name for each in people.organisations(view.db, collaboration_id)]
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


@home.tells("removed")
def removed(turn: Turn, rest: str) -> Reply | None:
    """Samspill was taken out of a channel: nothing is sent there any more."""
    if turn.place is not None:
        places.remove(turn.db, turn.place.id, turn.now)
        turn.audit("place.removed", f"place:{turn.place.id}", turn.place.collaboration_id)
    return None


# --- status -----------------------------------------------------------------------------------


@home.show("status")
def status_shown(view: View, argument: str) -> Notice:
    """Where the collaborations stand."""
    return view.notice(*_status(view))


@home.command("status", ("status", "stand"), n_("where we are now"))
def status_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return turn.notice(*_status(turn))


def _status(view: View) -> list[Element]:
    say = view.say
    mine = people.collaborations_of(view.db, view.me.id)
    here = view.place.collaboration_id if view.place else None
    shown = [each for each in mine if here is None or each.id == here]
    if not shown:
        return [
            Text(
                say.t("You are in no collaboration yet. Write «new» to set one up, or «join CODE».")
            )
        ]
    elements: list[Element] = []
    for each in shown:
        parties = [one.name for one in people.organisations(view.db, each.id)]
        channels = places.channels_of(view.db, each.id)
        facts = [
            Fact(say.t("Organisations"), say.listing(parties)),
            Fact(
                say.t("Channels"),
                say.listing(_names(channels)) if channels else say.t("none yet"),
            ),
            Fact(say.t("Round"), _round_line(view, each.id)),
        ]
        waiting = len(rounds.waits_for(view.db, view.me.id, each.id))
        if waiting:
            facts.append(
                Fact(say.t("For you"), say.tn("{n} question waits", "{n} questions wait", waiting))
            )
        elements += [Text(each.name, "heading"), Facts(tuple(facts))]
    return elements


def _names(channels: Sequence[Place]) -> list[str]:
    """What channels are called; with their workspace where two are called the same."""
    names = [each.name or each.channel for each in channels]
    return [
        name if names.count(name) == 1 else f"{name} ({each.tenant})"
        for name, each in zip(names, channels, strict=True)
    ]


def _round_line(view: View, collaboration_id: int) -> str:
    say = view.say
    found = rounds.latest(view.db, collaboration_id)
    if found is None:
        return say.t("none yet")
    name = say.pick(found.name)
    if found.state == RoundState.CLOSED and found.closed_at is not None:
        return say.t("{name}, finished {day}", name=name, day=say.day(found.closed_at))
    questions = rounds.questions(view.db, found.id)
    asked = sum(each.state != AskedState.WAITING for each in questions)
    return say.t(
        "{name}: {n} of {total} questions asked, closes {moment}",
        name=name,
        n=asked,
        total=len(questions),
        moment=say.moment(found.closes_at),
    )


# --- language ---------------------------------------------------------------------------------


@home.command("language", ("språk",), n_("choose your language"))
def language_command(turn: Turn, rest: str) -> Reply | None:
    """Choose by a press, or by writing the language's name."""
    wanted = rest.strip().casefold()
    for code in LANGUAGES:
        if wanted in (code, LANGUAGE_NAMES[code].casefold()):
            return choose_language(turn, "", code)
    options = tuple(Option(code, LANGUAGE_NAMES[code]) for code in LANGUAGES)
    return turn.notice(Choice(home.id("language"), turn.say.t("Your language"), options))


@home.act("language")
def choose_language(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Everything said privately to this person is in this language from now on."""
    if value not in LANGUAGES:
        return menu(turn, "", None)
    people.set_language(turn.db, turn.me.id, value)
    say = Translator(value, turn.say.zone)
    return Notice(Message(value, (Text(say.t("From now on I write English to you.")),)))


@home.command("parts", ("tema", "runder"), "")
def parts_command(turn: Turn, rest: str) -> Reply | None:
    """The parts that can be asked, numbered."""
    return turn.notice(*list_of_parts(turn))
