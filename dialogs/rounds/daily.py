"""Daily rounds: each working day its question, and on Mondays the week's for those who chose so."""

from __future__ import annotations

from datetime import date

from dialogs.messages import Button, Buttons, Message, Text
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.starting import ask_next
from dialogs.rounds.waits import waiting_for
from dialogs.turn import Turn, View
from storage import memberships, rounds
from storage.tables import Round, RoundState

MONDAY = 0


@rounds_dialog.due("daily")
def daily_due(turn: Turn, arguments: list[str]) -> None:
    """Ask today's question of the rounds that go on each working day."""
    for argument in arguments:
        found = rounds.one(turn.db, int(argument[1:]))
        if found is None or found.state != RoundState.OPEN or found.paused_at is not None:
            continue
        today = turn.calendar(found.collaboration_id).local_date(turn.now)
        if _asked_on(turn, found) < today:
            ask_next(turn, found)
        if today.weekday() == MONDAY:
            _send_the_weeks(turn, found, today)


def _asked_on(turn: Turn, found: Round) -> date:
    """The day of the question asked last; one day gets one question, however late timers come."""
    calendar = turn.calendar(found.collaboration_id)
    asked = [each.asked_at for each in rounds.questions(turn.db, found.id) if each.asked_at]
    return calendar.local_date(max(asked)) if asked else date.min


def _send_the_weeks(turn: Turn, found: Round, today: date) -> None:
    """Tell those who answer on Mondays that the week's questions are there."""
    for person in memberships.mondays(turn.db, found.collaboration_id):
        away = person.away_until is not None and person.away_until >= today
        key = f"monday:{found.id}:{today.isoformat()}:{person.id}"
        if not away:
            turn.tell(
                person.id,
                key,
                lambda view: _the_weeks(view, found),
                owner=("round", f"r{found.id}"),
                collaboration=found.collaboration_id,
            )


def _the_weeks(view: View, found: Round) -> Message:
    say = view.say
    count = sum(each.round_id == found.id for each in waiting_for(view, found.collaboration_id))
    name = say.pick(found.name)
    line = say.tn(
        "{n} question of «{name}» is waiting for you this week.",
        "{n} questions of «{name}» are waiting for you this week.",
        count,
        name=name,
    )
    button = Button("round:bring:", say.t("Answer now"), "primary", typed="svar")
    return view.message(Text(line), Buttons((button,)), summary=line)
