"""Before their day: the questions of a daily round that come on Monday to those who chose so."""

from __future__ import annotations

from datetime import date, timedelta

from dialogs.rounds.conditions import can_be_next
from dialogs.turn import View
from storage import rounds
from storage.tables import Asked, Round, RoundState


def this_weeks(view: View, found: Round) -> list[Asked]:
    """What the viewer may answer before it is asked: what this week brings, on the collaboration's
    calendar, as far as it is to be asked as things stand."""
    if view.person is None or not view.person.monday or found.state != RoundState.OPEN:
        return []
    sunday = _sunday(view.calendar(found.collaboration_id).local_date(view.now))
    coming = can_be_next(view, found, rounds.questions(view.db, found.id))
    return [each for each in coming if each.due_on is not None and each.due_on <= sunday]


def _sunday(day: date) -> date:
    """The last day of a day's week."""
    return day + timedelta(days=6 - day.weekday())
