"""How long a round lasts: pause it, go on, give it more time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dialogs.authority import coordinator_of, moved_on
from dialogs.calendar import WorkCalendar
from dialogs.messages import Button, Buttons, Field, FieldErrors, Form, Reply, Text
from dialogs.rounds.closing import refresh_all
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.plan import DAY_WORDS, MOST_DAYS
from dialogs.rounds.running import running_round, steered
from dialogs.rounds.starting import plan_timers
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, rounds
from storage.tables import Round, RoundState


@rounds_dialog.act("pause")
def pause(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """No questions and no reminders until the coordinator goes on; answers are still welcome."""
    return _pause(turn, steered(turn, argument, RoundState.OPEN))


@rounds_dialog.command("pause", ("ta pause",), "", alone=True)
def pause_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _pause(turn, running_round(turn))


def _pause(turn: Turn, found: Round) -> Reply | None:
    say = turn.say
    if found.paused_at is None:
        found = rounds.change(turn.db, found.id, paused_at=turn.now)
        turn.audit("round.paused", f"round:{found.id}", found.collaboration_id)
        refresh_all(turn, found)
    button = Button(
        rounds_dialog.id("resume", f"r{found.id}"), say.t("Go on"), "primary", typed="fortsett"
    )
    return turn.notice(
        say.t(
            "The round is paused: no questions and no reminders come, and it does not close. "
            "Answers are still welcome."
        ),
        Buttons((button,)),
    )


@rounds_dialog.act("resume")
def resume(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Go on; the time of the pause is added to the closing time."""
    return _resume(turn, steered(turn, argument, RoundState.OPEN))


@rounds_dialog.command(
    "resume", ("fortsett", "hald fram", "gå videre", "gå vidare", "go on"), "", alone=True
)
def resume_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _resume(turn, running_round(turn))


def _resume(turn: Turn, found: Round) -> Reply | None:
    if found.paused_at is None:
        return turn.notice(turn.say.t("The round is not paused."))
    home = collaborations.the(turn.db, found.collaboration_id)
    calendar = turn.calendar(home.id)
    lost = calendar.working_days_between(
        calendar.local_date(found.paused_at), calendar.local_date(turn.now)
    )
    closes_at = _later(calendar, found, lost)
    found = rounds.change(turn.db, found.id, paused_at=None, closes_at=closes_at)
    turn.audit("round.resumed", f"round:{found.id}", home.id)
    plan_timers(turn, found, calendar)
    refresh_all(turn, found)
    return turn.notice(
        turn.say.t("The round goes on. It closes {moment}.", moment=turn.say.moment(closes_at))
    )


def _later(calendar: WorkCalendar, found: Round, days: int) -> datetime:
    """The closing time so many working days later, at the same time of day."""
    return calendar.closing_time(found.closes_at, days) if days else found.closes_at


@rounds_dialog.show("extend")
def extend_form(view: View, argument: str) -> Reply:
    """How many working days more?"""
    found = round_of(view, argument)
    coordinator_of(view, found.collaboration_id)
    if found.state != RoundState.OPEN:
        raise moved_on(view)
    say = view.say
    label = say.t("How many working days more?")
    return Form(
        view.language,
        rounds_dialog.id("extend", argument),
        say.t("Extend the round"),
        (Field("days", label, "text", "2", max_length=2),),
        say.t("Extend"),
        say.t("Cancel"),
        (Text(say.t("It closes {moment} now.", moment=say.moment(found.closes_at)), "muted"),),
    )


@rounds_dialog.submit("extend")
def extend_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """So many working days more."""
    found = steered(turn, argument, RoundState.OPEN)
    days = str(sent.get("days") or "").strip()
    if not (days.isdecimal() and 1 <= int(days) <= MOST_DAYS):
        return FieldErrors({"days": turn.say.t("Write a number from 1 to {n}.", n=MOST_DAYS)})
    return _extend(turn, found, int(days))


@rounds_dialog.command("extend", ("forleng", "utvid"), "", takes=DAY_WORDS)
def extend_command(turn: Turn, rest: str) -> Reply | None:
    """`forleng 2`: two working days more."""
    found = running_round(turn)
    words = rest.split()
    if not words:
        return extend_form(turn, f"r{found.id}")
    if not (words[0].isdecimal() and 1 <= int(words[0]) <= MOST_DAYS):
        raise Refusal(turn.say.t("Write a number from 1 to {n}.", n=MOST_DAYS))
    return _extend(turn, found, int(words[0]))


def _extend(turn: Turn, found: Round, days: int) -> Reply | None:
    home = collaborations.the(turn.db, found.collaboration_id)
    calendar = turn.calendar(home.id)
    closes_at = _later(calendar, found, days)
    found = rounds.change(turn.db, found.id, closes_at=closes_at)
    turn.audit("round.extended", f"round:{found.id}", home.id)
    plan_timers(turn, found, calendar)
    turn.refresh("round", "start", f"r{found.id}")
    return turn.notice(turn.say.t("The round closes {moment}.", moment=turn.say.moment(closes_at)))
