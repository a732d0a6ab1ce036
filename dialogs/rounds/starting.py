"""Starting a round: its draft, its timers, and its next question in all its places."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dialogs.calendar import WorkCalendar
from dialogs.reminding import round_reminders
from dialogs.rounds.announcing import show_start
from dialogs.rounds.asking import row_of, show_question
from dialogs.rounds.conditions import can_ever_be_asked, next_question
from dialogs.rounds.opening import open_when_all_have
from dialogs.rounds.plan import Plan
from dialogs.rounds.respondents import PSEUDONYM_KEY_BYTES
from dialogs.rounds.sight import in_thread
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, memberships, places, rounds, timers
from storage.tables import (
    COORDINATORS,
    Asked,
    AskedState,
    Collaboration,
    Pace,
    Place,
    Round,
    RoundState,
    Whose,
)


def prepare(turn: Turn, home: Collaboration, plan: Plan, name: dict[str, str]) -> Round:
    """A draft of a part's round."""
    return draft(
        turn,
        home,
        part_id=plan.part.id,
        audience=plan.part.audience,
        name=name,
        way=plan.way,
        pace=plan.pace,
        whose=plan.whose,
        days=plan.lasts,
        questions=[row_of(turn, plan.part, question) for question in plan.part.questions],
    )


def draft(turn: Turn, home: Collaboration, **plan: Any) -> Round:
    """A draft of a round (what `storage.rounds.create` is told of it), which nobody sees yet."""
    made = rounds.create(turn.db, collaboration_id=home.id, now=turn.now, **plan)
    turn.audit("round.drafted", f"round:{made.id}", home.id)
    return made


def begin(turn: Turn, made: Round) -> Round:
    """Start a draft in its places and ask what is to be asked now."""
    home = collaborations.the(turn.db, made.collaboration_id)
    if rounds.running(turn.db, home.id) is not None:
        raise Refusal(turn.say.t("A round is running. Finish it before you start another."))
    questions = rounds.questions(turn.db, made.id)
    if not can_ever_be_asked(turn, made, questions):
        raise Refusal(
            turn.say.t(
                "None of these questions can be asked yet: they follow from what you have answered "
                "or agreed in another round. Choose another part first."
            )
        )
    there = _places(turn, made, home)
    calendar = turn.calendar(home.id)
    found = rounds.change(
        turn.db,
        made.id,
        state=RoundState.OPEN,
        opened_at=turn.now,
        closes_at=calendar.closing_time(turn.now, made.days),
        pseudonym_key=turn.random.randbytes(PSEUDONYM_KEY_BYTES)
        if made.whose == Whose.ANONYMOUS
        else None,
    )
    turn.audit("round.started", f"round:{found.id}", home.id)
    for place in there:
        rounds.add_place(turn.db, found.id, place.id)
        show_start(turn, found, place)
    plan_timers(turn, found, calendar)
    if found.pace == Pace.SELF:
        for asked in questions:
            rounds.ask(turn.db, asked.id, AskedState.ASKED, turn.now)
    else:
        ask_next(turn, found)
    return found


def started(view: View, audience: str) -> str:
    """What the coordinator is told once a round runs."""
    if audience == COORDINATORS:
        return view.say.t("The round has started. The coordinators have got a message.")
    return view.say.t("The round has started in your channels.")


def _places(turn: Turn, made: Round, home: Collaboration) -> list[Place]:
    """Where the round is: the collaboration's channels, or its coordinators' direct messages."""
    if made.audience == COORDINATORS:
        asked = memberships.coordinators(turn.db, home.id)
        return [places.direct_of(turn.db, each) for each in asked]
    channels = places.channels_of(turn.db, home.id)
    if not channels:
        raise Refusal(
            turn.say.t(
                "There is no channel yet. Invite Samspill to one and write "
                "«@Samspill use {code}» there.",
                code=home.id,
            )
        )
    return channels


# --- time -------------------------------------------------------------------------------------


def plan_timers(turn: Turn, found: Round, calendar: WorkCalendar) -> None:
    """What is due of a round from now on: reminders, its end, and a daily round's questions. A new
    closing time makes a new timetable, with timers of its own."""
    number = found.timetable + 1
    rounds.change(turn.db, found.id, timetable=number)
    argument = f"r{found.id}"
    due = [
        (f"remind:{argument},{each.kind}", "remind", f"{argument},{each.kind}", each.at)
        for each in round_reminders(turn.now, found.closes_at, calendar)
    ]
    due.append((f"close:{argument}", "close", argument, found.closes_at))
    if found.pace == Pace.DAILY:
        for day, at in enumerate(_daily(turn, found, calendar), start=1):
            due.append((f"daily:{argument},{day}", "daily", argument, at))
    timers.plan(
        turn.db,
        [
            {
                "occurrence": f"round:{name}:{number}",
                "dialog": "round",
                "action": action,
                "argument": argument,
                "collaboration_id": found.collaboration_id,
                "due_at": at,
            }
            for name, action, argument, at in due
        ],
    )


def _daily(turn: Turn, found: Round, calendar: WorkCalendar) -> list[datetime]:
    """The mornings on which a question comes: each working day after today, for those that wait
    when today's has been asked. Each question gets its day: who answers on Mondays needs it."""
    waiting = [
        each for each in rounds.questions(turn.db, found.id) if each.state == AskedState.WAITING
    ]
    fresh = all(each.asked_at is None for each in rounds.questions(turn.db, found.id))
    at = turn.now
    mornings: list[datetime] = []
    for index, asked in enumerate(waiting):
        if index or not fresh:
            at = next_morning(calendar, at)
            mornings.append(at)
        rounds.set_day(turn.db, asked.id, calendar.local_date(at))
    return mornings


def next_morning(calendar: WorkCalendar, after: datetime) -> datetime:
    """When people are at work again, on a later day."""
    today = calendar.local_date(after)
    at = calendar.next_working_moment(after + timedelta(hours=1))
    while calendar.local_date(at) <= today:
        at = calendar.next_working_moment(at + timedelta(hours=1))
    return at


# --- questions --------------------------------------------------------------------------------


def ask_next(turn: Turn, found: Round) -> Asked | None:
    """Ask the next question whose condition is met, in all places; None when there is none."""
    questions = rounds.questions(turn.db, found.id)
    following = next_question(turn, found, questions)
    if following is None:
        return None
    openly = in_thread(following, found)
    rounds.ask(turn.db, following.id, AskedState.OPENED if openly else AskedState.ASKED, turn.now)
    turn.audit("question.asked", f"asked:{following.id}", found.collaboration_id)
    for place in rounds.places(turn.db, found.id):
        show_question(turn, found, following, place)
    for each in questions:
        if each.asked_at is not None and each.id != following.id:
            turn.refresh("round", "question", f"q{each.id}")
    open_when_all_have(turn, following, found)  # those who answer on Mondays may have been last
    return following


def nothing_left(view: View, found: Round) -> bool:
    """Whether every question that can be asked has been."""
    return next_question(view, found, rounds.questions(view.db, found.id)) is None
