"""What a coordinator can do with a round: shown privately, from its starting post or by `runde`."""

from __future__ import annotations

from dialogs.authority import coordinator_of
from dialogs.messages import Button, Buttons, Element, Notice, Text
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.respondents import takes_late_answers
from dialogs.turn import View
from storage import rounds
from storage.tables import AskedState, Pace, Round, RoundState


@rounds_dialog.show("steer")
def steer(view: View, argument: str) -> Notice:
    """The coordinator's buttons for a round."""
    found = round_of(view, argument)
    coordinator_of(view, found.collaboration_id)
    return steering(view, found)


def steering(view: View, found: Round) -> Notice:
    """How the round stands, and what can be done with it now."""
    say = view.say
    row = _running(view, found) if found.state == RoundState.OPEN else _over(view, found)
    elements: list[Element] = [Text(say.pick(found.name), "heading"), Text(_state(view, found))]
    if row:
        elements.append(Buttons(tuple(row)))
    return view.notice(*elements)


def _state(view: View, found: Round) -> str:
    say = view.say
    match found.state:
        case RoundState.CLOSED:
            return say.t("The round is finished.")
        case RoundState.CANCELLED:
            return say.t("The round has been called off.")
    questions = rounds.questions(view.db, found.id)
    asked = sum(each.asked_at is not None for each in questions)
    line = say.t(
        "{n} of {total} questions asked. The round closes {moment}.",
        n=asked,
        total=len(questions),
        moment=say.moment(found.closes_at),
    )
    if found.paused_at is not None:
        line = say.t("The round is paused: no questions and no reminders come.") + " " + line
    return line


def _running(view: View, found: Round) -> list[Button]:
    say, argument = view.say, f"r{found.id}"
    questions = rounds.questions(view.db, found.id)
    row: list[Button] = []
    if any(each.state == AskedState.WAITING for each in questions):
        current = max((each.position for each in questions if each.asked_at), default=0)
        go_on = rounds_dialog.id("next", argument, current)
        row.append(Button(go_on, say.t("Next question"), typed="neste"))
    if any(each.state == AskedState.ASKED for each in questions) and found.pace != Pace.SELF:
        hidden = [each for each in questions if each.state == AskedState.ASKED]
        opens = rounds_dialog.id("open", f"q{hidden[-1].id}")
        row.append(Button(opens, say.t("Open the answers"), typed="åpne"))
    if found.paused_at is None:
        row.append(Button(rounds_dialog.id("pause", argument), say.t("Pause"), typed="pause"))
    else:
        row.append(Button(rounds_dialog.id("resume", argument), say.t("Go on"), typed="fortsett"))
    row.append(
        Button(rounds_dialog.id("extend", argument), say.t("Extend"), opens=True, typed="forleng")
    )
    row.append(
        Button(rounds_dialog.id("close", argument), say.t("Finish the round"), typed="ferdig")
    )
    row.append(
        Button(
            rounds_dialog.id("cancel", argument),
            say.t("Call off"),
            "danger",
            opens=True,
            typed="avlys",
        )
    )
    return row


def _over(view: View, found: Round) -> list[Button]:
    if found.state != RoundState.CLOSED or not takes_late_answers(found):
        return []
    reopens = rounds_dialog.id("reopen", f"r{found.id}")
    return [Button(reopens, view.say.t("Open the round again"), typed="gjenåpne")]
