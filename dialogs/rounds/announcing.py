"""The post that a round begins with: what it is, whose the answers are, how long it lasts."""

from __future__ import annotations

from dialogs.arrived import shown as arrived
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Fact,
    Facts,
    Message,
    Text,
)
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.privacy import privacy_of
from dialogs.turn import Turn, View
from storage import collaborations, rounds
from storage.tables import Pace, Place, Round, RoundState, Way, Whose


def show_start(turn: Turn, found: Round, place: Place) -> None:
    """Post or refresh the starting post in a place."""
    turn.live(
        place,
        "round",
        "start",
        f"r{found.id}",
        collaboration=found.collaboration_id,
        rank=10,
    )


@rounds_dialog.live("start")
def start_message(view: View, argument: str) -> Message:
    """What the round is, who sees the answers, how long it lasts."""
    found = rounds.one(view.db, int(argument[1:]))
    assert found is not None
    say = view.say
    home = collaborations.the(view.db, found.collaboration_id)
    count = len(rounds.steps(view.db, found.id))
    parties = [each.name for each in collaborations.organisations(view.db, home.id)]
    name = say.pick(found.name)
    label, moment = _when(view, found)
    elements: list[Element] = [
        Text(name, "heading"),
        *(Text(each) for each in _how(view, found)),
        *arrived.at_start(view, found),
        Facts(
            (
                Fact(say.t("Collaboration"), home.name),
                Fact(say.t("Organisations"), say.some(parties)),
                Fact(say.t("Questions"), str(count)),
                Fact(say.t("Visible to"), say.t("stands with each question")),
                Fact(label, moment),
            )
        ),
        Text(
            say.t(
                "Answers are working notes. Anyone may ask for access to them (innsyn). "
                "«Don't know» is a full answer."
            ),
            "muted",
        ),
        Buttons(tuple(_start_row(view, found))),
    ]
    return view.message(*elements, summary=say.t("Round: {name}", name=name))


def _when(view: View, found: Round) -> tuple[str, str]:
    say = view.say
    match found.state:
        case RoundState.CLOSED:
            return say.t("Closed"), say.moment(found.closed_at or found.closes_at)
        case RoundState.CANCELLED:
            return say.t("Called off"), say.moment(found.closed_at or found.closes_at)
    if found.paused_at is not None:
        return say.t("Paused"), say.moment(found.paused_at)
    return say.t("Closes"), say.moment(found.closes_at)


def _start_row(view: View, found: Round) -> list[Button]:
    say, argument = view.say, f"r{found.id}"
    row: list[Button] = []
    if found.state == RoundState.OPEN and found.pace == Pace.SELF:
        walk = rounds_dialog.id("walk", argument)
        row.append(Button(walk, say.t("Answer the questions"), "primary", typed="svar"))
    if found.state == RoundState.OPEN:
        row.append(Button("home:help:", say.t("How does this work?"), opens=True, typed="hjelp"))
    steer = rounds_dialog.id("steer", argument)
    row.append(Button(steer, say.t("For the coordinator"), opens=True, typed="runde"))
    return row


def _how(view: View, found: Round) -> list[str]:
    """How the round goes: when questions come, what becomes of the answers, whose they are."""
    return [each for each in (_pace(view, found), _way(view, found), _whose(view, found)) if each]


def _pace(view: View, found: Round) -> str:
    match found.pace:
        case Pace.DAILY:
            return view.say.t("One question comes each working day.")
        case Pace.SELF:
            return view.say.t("You walk through the questions privately, when it suits you.")
    return ""


def _way(view: View, found: Round) -> str:
    say = view.say
    if found.way == Way.THREAD:
        return say.t("Write your answers in each question's thread, where all can read them.")
    if not privacy_of(found).before_close:
        return say.t("First you answer each on your own. The answers are shown when it closes.")
    return say.t(
        "First you answer each on your own. Then the answers are opened together, and you talk."
    )


def _whose(view: View, found: Round) -> str:
    say = view.say
    match found.whose:
        case Whose.ONE_EACH:
            return say.t(
                "Each organisation gives one answer: somebody proposes, colleagues agree, and one "
                "of you gives it."
            )
        case Whose.BY_HOUSE:
            return say.t(
                "Answers stand under the organisation's name. If you are alone in yours here, "
                "others will know it is you."
            )
        case Whose.ANONYMOUS:
            return say.t(
                "The round is anonymous: nobody can see who answered what, and when it has closed, "
                "nothing can be changed, erased or added."
            )
    return ""
