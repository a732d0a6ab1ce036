"""How it looks: what a question offers, its conclusion in the thread, and actions as facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dialogs.arrived.dialog import arrived, concludes, promised
from dialogs.authority import number
from dialogs.language import Translator
from dialogs.messages import Button, Buttons, Element, Fact, Facts, Message, Quote, Text
from dialogs.questions.days import day_with_year
from dialogs.turn import Turn, View
from storage import actions, conclusions, outbox, rounds
from storage.actions import Promised
from storage.tables import ActionState, Asked, Place, Round

MOST = 15  # actions with buttons in one message, or in a starting post


def elements(view: View, asked: Asked, found: Round) -> list[Element]:
    """What a question's post and its opened answers offer once the answers are open to all."""
    if not concludes(asked, found):
        return []
    label = view.say.t("This is what we arrived at")
    write = arrived.id("write", f"q{asked.id}")
    return [Buttons((Button(write, label, opens=True, typed="konklusjon"),))]


def show(turn: Turn, asked: Asked, found: Round) -> None:
    """Post or refresh what was arrived at, in the question's thread in every place."""
    for place in rounds.places(turn.db, found.id):
        _show_in(turn, asked, found, place)
    turn.refresh("round", "summary", f"r{found.id}")


def show_in(turn: Turn, asked: Asked, found: Round, place: Place) -> None:
    """The same in a channel that came later, if anything was arrived at."""
    if conclusions.of(turn.db, asked.id) is not None:
        _show_in(turn, asked, found, place)


def _show_in(turn: Turn, asked: Asked, found: Round, place: Place) -> None:
    question = outbox.live_row(turn.db, "round", "question", f"q{asked.id}", place.id)
    if question is None:
        return  # the channel came in later, and this question was never asked there
    turn.live(
        place,
        "arrived",
        "conclusion",
        f"q{asked.id}",
        root=question.id,
        collaboration=found.collaboration_id,
        rank=40,
    )


@arrived.live("conclusion")
def conclusion_message(view: View, argument: str) -> Message | None:
    """What was arrived at on a question, what was promised with it, and when it is asked again."""
    asked_id = number(view, argument, "q")
    found = conclusions.shown(view.db, asked_id)
    if found is None:
        return None
    say = view.say
    title = say.t("This is what we arrived at")
    made: list[Element] = [
        Text(title, "heading"),
        Quote(found.text),
        Text(signed(say, found.by, day_with_year_of(view, found.at)), "muted"),
    ]
    own = actions.promised_on(view.db, asked_id)
    if own:
        made += [Text(say.t("What we promised to do"), "heading"), promises(say, own)]
    if found.again_at is not None:
        when = day_with_year_of(view, found.again_at)
        made.append(Text(say.t("We ask again on {day}.", day=when), "muted"))
    row = [
        Button(
            arrived.id("write", f"q{asked_id}"), say.t("Correct it"), opens=True, typed="konklusjon"
        ),
        Button(promised.id("add", f"q{asked_id}"), say.t("Add an action"), opens=True),
    ]
    if found.wordings > 1:
        label = say.t("Show earlier wordings")
        row.append(Button(arrived.id("earlier", f"q{asked_id}"), label, opens=True))
    return view.message(*made, Buttons(tuple(row)), summary=title)


def signed(say: Translator, by: str | None, day: str) -> str:
    """Who wrote it, and when."""
    if by is None:
        return say.t("Written on {day}", day=day)
    return say.t("Written by {name} on {day}", name=by, day=day)


def day_with_year_of(view: View, at: datetime) -> str:
    """An instant's day as people write it."""
    local = at.astimezone(ZoneInfo(view.say.zone)).date()
    return day_with_year(local.isoformat(), view.say)


def promises(say: Translator, found: Sequence[Promised]) -> Facts:
    """Actions: what, who, by when, how it stands."""
    return Facts(tuple(promise(say, each) for each in found))


def promise(say: Translator, each: Promised) -> Fact:
    """One action; nothing says that it is late."""
    states = {
        ActionState.OPEN: say.t("still open"),
        ActionState.DONE: say.t("finished"),
        ActionState.DROPPED: say.t("no longer relevant"),
    }
    who = each.who or say.t("nobody named yet")
    parts = [who]
    if each.by_when is not None:
        parts.append(say.t("by {day}", day=day_with_year(each.by_when.isoformat(), say)))
    parts.append(states[ActionState(each.state)])
    return Fact(f"{each.number}. {each.text}", " · ".join(parts))


def at_start(view: View, found: Round) -> list[Element]:
    """What had been promised when a round began and was open then, as it stands now."""
    own = actions.open_at(view.db, found.collaboration_id, found.opened_at)
    if not own:
        return []
    say = view.say
    more = len(own) - MOST
    made: list[Element] = [
        Text(say.t("What you promised each other"), "heading"),
        promises(say, own[:MOST]),
    ]
    if more > 0:
        made.append(Text(say.t("{n} more: write «actions».", n=more), "muted"))
    return made
