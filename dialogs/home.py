"""Menu, help, status and stop: what Samspill says when nothing else is meant."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.dialog import Command, Dialog
from dialogs.language import n_
from dialogs.messages import Button, Buttons, Element, Fact, Facts, Notice, Reply, Text
from dialogs.reports.brief import brief_button
from dialogs.rounds.offering import list_of_parts
from dialogs.rounds.waits import waiting_for
from dialogs.scope import scope
from dialogs.turn import Turn, View
from storage import collaborations, conversations, memberships, places, rounds
from storage.tables import AskedState, Collaboration, Place, Role, RoundState

ECHOED = 40  # characters of unknown words that are said back

home = Dialog("home", scope("p"))


@home.act("menu")
def menu(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What can be done here now, as buttons; nobody has to learn a word."""
    return menu_of(turn)


@home.command("menu", ("meny", "hei", "hallo", "hello", "hi"), "", alone=True)
def menu_command(turn: Turn, rest: str) -> Reply | None:
    """The same, for whoever asks for it or greets."""
    return menu_of(turn)


def menu_of(view: View) -> Notice:
    """Who Samspill is, and what can be done here."""
    who = view.say.t(
        "I am Samspill. I ask, show and remember while you work something out together."
    )
    return view.notice(who, *what_next(view))


def what_next(view: View) -> tuple[Element, ...]:
    """What can be done here."""
    return Text(view.say.t("What would you like to do?")), Buttons(tuple(menu_row(view)))


def menu_row(view: View) -> list[Button]:
    """Buttons for what this person can do here: in a channel of a collaboration, with that one."""
    say, here = view.say, view.place.collaboration_id if view.place is not None else None
    mine = collaborations.of(view.db, view.me.id)
    row: list[Button] = []
    if waiting_for(view, here):
        row.append(
            Button("round:bring:", say.t("Answer what is waiting for me"), "primary", typed="svar")
        )
    row += _starts([each for each in mine if here in (None, each.id)], view)
    if here is None:
        row.append(Button("setup:new:", say.t("Set up a collaboration"), opens=True, typed="nytt"))
    elif here not in [each.id for each in mine]:
        row.append(Button(f"join:here:c{here}", say.t("Take part")))
    else:
        who = say.t("Who takes part")
        row.append(Button(f"people:all:c{here}", who, opens=True, typed="folk"))
        row.append(Button(f"action:list:c{here}", say.t("Actions"), opens=True, typed="tiltak"))
    if mine:
        row.append(Button("home:status:", say.t("Status"), opens=True, typed="status"))
    row.append(Button("me:page:", say.t("About me"), opens=True, typed="meg"))
    row.append(Button("home:help:", say.t("Help"), opens=True, typed="hjelp"))
    return row


def _starts(homes: Sequence[Collaboration], view: View) -> list[Button]:
    """A button for each that this person coordinates, to start a round there."""
    row, label = [], view.say.t("Start a round")
    for each in _coordinated(homes[:5], view):
        named = label if len(homes) == 1 else f"{label}: {each.name}"
        row.append(Button(f"round:setup:c{each.id}", named, opens=True, typed="runde"))
    return row


def _coordinated(homes: Sequence[Collaboration], view: View) -> list[Collaboration]:
    """Those of them that this person coordinates."""
    members = ((each, memberships.of(view.db, view.me.id, each.id)) for each in homes)
    return [each for each, member in members if member and Role.COORDINATOR in member.roles]


@home.show("help")
def help_shown(view: View, argument: str) -> Notice:
    """What Samspill is and the words that are of use to whoever asks."""
    return view.notice(*_help(view))


@home.command("help", ("hjelp", "hjelp!", "?"), n_("what I can do, and how"))
def help_command(turn: Turn, rest: str) -> Reply | None:
    """Works whatever waits."""
    return turn.notice(*_help(turn))


def _help(view: View) -> list[Element]:
    """What only members or coordinators can do is told to them."""
    say = view.say
    mine = collaborations.of(view.db, view.me.id) if view.person is not None else []
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
        *([_of_an_answer(view)] if mine else ()),
        *([_of_a_round(view)] if _coordinated(mine, view) else ()),
        Text(
            say.t(
                "In a channel: write @Samspill and the word. In a direct message: just the word."
            ),
            "muted",
        ),
    ]


def _of_an_answer(view: View) -> Text:
    return Text(
        view.say.t(
            "When you have answered: «change», «withdraw» and «more» are about your latest "
            "answer, and «deeper» asks more about it."
        )
    )


def _of_a_round(view: View) -> Text:
    return Text(
        view.say.t(
            "For coordinators: «trial» starts a round of three questions. While a round runs, "
            "«next», «open» and «finish» steer it, and «pause», «resume», «extend» and «call "
            "off» change when it goes. «reopen» opens a finished round again. «adopted "
            "language» decides the language of an organisation."
        )
    )


def _word(view: View, command: Command) -> str:
    """The word as it is written in the reader's language: Norwegian comes first in `words`."""
    if view.language == "en" or len(command.words) == 1:
        return command.name
    return command.words[1]


@home.command("stop", ("stopp", "avbryt", "cancel"), n_("let go of what is waiting here"))
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


# --- status -----------------------------------------------------------------------------------


@home.show("status")
def status_shown(view: View, argument: str) -> Notice:
    """Where the collaborations stand."""
    return view.notice(*status(view))


@home.command("status", ("status", "stand"), n_("where we are now"))
def status_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return turn.notice(*status(turn))


def status(view: View) -> list[Element]:
    """Where each collaboration of this person stands; in a channel, that one's."""
    say = view.say
    mine = collaborations.of(view.db, view.me.id)
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
        parties = [one.name for one in collaborations.organisations(view.db, each.id)]
        channels = places.channels_of(view.db, each.id)
        facts = [
            Fact(say.t("Organisations"), say.some(parties)),
            Fact(
                say.t("Channels"),
                say.listing(_names(channels)) if channels else say.t("none yet"),
            ),
            Fact(say.t("Round"), _round_line(view, each.id)),
        ]
        left = len(waiting_for(view, each.id))
        if left:
            facts.append(
                Fact(
                    say.t("For you"),
                    say.tn("{n} question is waiting", "{n} questions are waiting", left),
                )
            )
        elements += [Text(each.name, "heading"), Facts(tuple(facts)), *brief_button(view, each.id)]
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
    if found.state == RoundState.CANCELLED and found.closed_at is not None:
        return say.t("{name}, called off {day}", name=name, day=say.day(found.closed_at))
    questions = rounds.questions(view.db, found.id)
    asked = sum(each.state != AskedState.WAITING for each in questions)
    if found.paused_at is not None:
        return say.t(
            "{name}, {n} of {total} questions asked, paused since {moment}",
            name=name,
            n=asked,
            total=len(questions),
            moment=say.moment(found.paused_at),
        )
    return say.t(
        "{name}, {n} of {total} questions asked, closes {moment}",
        name=name,
        n=asked,
        total=len(questions),
        moment=say.moment(found.closes_at),
    )


@home.command("parts", ("tema", "runder"), "")
def parts_command(turn: Turn, rest: str) -> Reply | None:
    """The parts that can be asked, numbered."""
    return turn.notice(*list_of_parts(turn))
