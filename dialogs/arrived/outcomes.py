"""What a summary shows besides answers: what was arrived at, what was promised, then and now."""

from __future__ import annotations

from dialogs.arrived import movement
from dialogs.arrived.shown import promises
from dialogs.messages import Element, Quote, Text
from dialogs.questions.content import content
from dialogs.turn import View
from storage import actions, conclusions, rounds
from storage.tables import Round


def in_summary(view: View, found: Round) -> list[Element]:
    """Each of the three as far as there is something, with its heading."""
    return [*_arrived_at(view, found), *_promised(view, found), *movement.in_summary(view, found)]


def _arrived_at(view: View, found: Round) -> list[Element]:
    say, kept = view.say, conclusions.in_round(view.db, found.id)
    if not kept:
        return []
    made: list[Element] = [Text(say.t("This is what we arrived at"), "heading")]
    for each in kept:
        question = rounds.asked(view.db, each.asked_id)
        if question is not None:
            title = f"{question.position}. {say.pick(content(question).text)}"
            made += [Text(title), Quote(each.text)]
    return made


def _promised(view: View, found: Round) -> list[Element]:
    own = actions.promised_in(view.db, found.id)
    if not own:
        return []
    return [Text(view.say.t("What we promised to do"), "heading"), promises(view.say, own)]
