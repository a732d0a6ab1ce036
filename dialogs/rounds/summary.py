"""The summary of a round: what we agree on, see differently, do not know, and could talk about.

The figures are worked out as a job; the words are rendered from the record each time, so that what
was erased is gone. Nothing here is a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dialogs.arrived import outcomes
from dialogs.language import Translator
from dialogs.messages import Divider, Element, Fact, Facts, Message, Text
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.figures import kept, work_out
from dialogs.rounds.findings import TITLES, Findings, Point, findings
from dialogs.turn import Turn, View
from storage import jobs, rounds, timers
from storage.tables import Round


def sum_up(turn: Turn, found: Round) -> None:
    """Have the summary worked out, or worked out again, outside the turn; the page for a meeting
    comes the working day after the round."""
    jobs.enqueue(turn.db, f"summary:{found.id}", "round", "summary", f"r{found.id}")
    if found.closed_at is not None:
        due_at = page_due_at(turn, found)
        page = {
            "occurrence": f"page:{found.id}:{due_at:%Y-%m-%d}",
            "dialog": "round",
            "action": "page",
            "argument": f"r{found.id}",
            "collaboration_id": found.collaboration_id,
            "due_at": due_at,
        }
        timers.plan(turn.db, [page])


def page_due_at(view: View, found: Round) -> datetime:
    """When the page for a meeting is made."""
    calendar = view.calendar(found.collaboration_id)
    return calendar.next_working_morning(found.closed_at or view.now)


def _finish(turn: Turn, argument: str, figures: dict[str, Any]) -> None:
    found = rounds.one(turn.db, int(argument[1:]))
    if found is None:
        return
    rounds.keep_figures(turn.db, found.id, figures)
    for place in rounds.places(turn.db, found.id):
        turn.live(
            place, "round", "summary", argument, collaboration=found.collaboration_id, rank=30
        )


rounds_dialog.job("summary", _finish)(work_out)


@rounds_dialog.live("summary")
def summary_message(view: View, argument: str) -> Message | None:
    """The summary in this place's language."""
    found = rounds.one(view.db, int(argument[1:]))
    assert found is not None
    figures = kept(found.figures)
    if figures is None:
        return None
    say, it = view.say, findings(view, found, figures)
    title = say.t("What the answers show: {name}", name=it.name)
    elements: list[Element] = [Text(title, "heading"), Text(it.who)]
    elements += told(say, it)
    elements += outcomes.in_summary(view, found)
    if it.readable:
        where = say.t("You will find the answers in each question's thread.")
        elements += [Divider(), Text(where, "muted")]
    if figures.people and found.closed_at is not None:
        day = say.day(page_due_at(view, found))
        page = say.t("A page for the meeting: in this thread from {day}.", day=day)
        elements.append(Text(page, "muted"))
    return view.message(*elements, summary=title)


def told(say: Translator, it: Findings) -> list[Element]:
    """The parts of a summary, each with its heading."""
    elements: list[Element] = []
    for part, points in it.parts.items():
        heading = TITLES[part]
        elements += [Text(say.t(heading), "heading"), *_points(points)]
    return elements


def _points(points: Sequence[Point]) -> list[Element]:
    """A line a question; one with a spread has its own list, and one of organisations."""
    elements: list[Element] = []
    for each in points:
        if not each.rows:
            elements.append(Text(each.line))
            continue
        elements.append(Text(each.title))
        if each.says:
            elements.append(Text(each.says, "muted"))
        elements += [
            Facts(tuple(Fact(row.label, row.value) for row in rows))
            for rows in (each.rows, each.houses)
            if rows
        ]
        if each.note:
            elements.append(Text(each.note, "muted"))
    return elements
