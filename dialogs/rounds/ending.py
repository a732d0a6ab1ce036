"""How a round ends, and what can be done about it: finish, pause, extend, call off, open again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dialogs.authority import coordinator_of, moved_on
from dialogs.calendar import WorkCalendar
from dialogs.choosing import the_collaboration
from dialogs.dialog import Refusal, Turn, View
from dialogs.messages import Button, Buttons, Element, Field, FieldErrors, Form, Notice, Reply, Text
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.forgetting import forget_who
from dialogs.rounds.opening import enough, open_answers
from dialogs.rounds.plan import DAYS, MOST_DAYS
from dialogs.rounds.respondents import takes_late_answers
from dialogs.rounds.running import done_elsewhere, running_round
from dialogs.rounds.starting import nothing_left, plan_timers
from dialogs.rounds.summary import sum_up
from storage import answers, people, rounds
from storage.tables import AskedState, Pace, Round, RoundState, Whose


def _steered(turn: Turn, argument: str, state: RoundState) -> Round:
    """The round, if the presser coordinates it and it is in that state."""
    found = round_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    if found.state != state:
        raise moved_on(turn)
    return found


# --- finishing --------------------------------------------------------------------------------


@rounds_dialog.act("close")
def close_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator finishes the round; where something is left, they are asked first."""
    found = round_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    return _finish_or_ask(turn, found)


@rounds_dialog.command(
    "finish", ("ferdig", "avslutt runden", "avslutt runda", "lukk"), "", alone=True
)
def finish_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _finish_or_ask(turn, running_round(turn))


@rounds_dialog.act("close_now")
def close_now(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """They meant it."""
    found = round_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    return _finish(turn, found)


@rounds_dialog.command("complete", ("fullfør", "gjer ferdig"), "", alone=True)
def complete_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _finish(turn, running_round(turn))


def _finish_or_ask(turn: Turn, found: Round) -> Reply | None:
    left = _left(turn, found) if found.state == RoundState.OPEN else []
    if not left:
        return _finish(turn, found)
    say = turn.say
    button = Button(
        rounds_dialog.id("close_now", f"r{found.id}"),
        say.t("Yes, finish the round"),
        "danger",
        typed="fullfør",
    )
    return turn.notice(
        *left,
        Text(say.t("Nothing changes until you press the button."), "muted"),
        Buttons((button,)),
    )


def _left(view: View, found: Round) -> list[Element]:
    """What would be cut short if the round was finished now."""
    say = view.say
    questions = rounds.questions(view.db, found.id)
    waiting = sum(each.state == AskedState.WAITING for each in questions)
    said: list[Element] = []
    if waiting and not nothing_left(view, found):
        said.append(
            Text(
                say.tn(
                    "{n} question has not been asked.",
                    "{n} questions have not been asked.",
                    waiting,
                )
            )
        )
    few = [
        each.position
        for each in questions
        if each.state == AskedState.ASKED and not answers.counts(view.db, each.id)[0]
    ]
    if few:
        numbers = say.listing([str(each) for each in few])
        said.append(
            Text(
                say.tn(
                    "Nobody has answered question {numbers}.",
                    "Nobody has answered questions {numbers}.",
                    len(few),
                    numbers=numbers,
                )
            )
        )
    if said and found.whose == Whose.ANONYMOUS:
        said.append(Text(say.t("An anonymous round cannot be opened again.")))
    return said


def _finish(turn: Turn, found: Round) -> Reply | None:
    if found.state != RoundState.OPEN:
        return turn.notice(turn.say.t("The round is finished."))
    finish(turn, found, by_clock=False)
    return turn.notice(turn.say.t("The round is finished. The summary is on its way."))


@rounds_dialog.due("close", whenever=True)
def close_due(turn: Turn, arguments: list[str]) -> None:
    """Rounds whose time is over; one that is paused, or has got more time, goes on."""
    for argument in arguments:
        found = round_of(turn, argument)
        on = found.state == RoundState.OPEN and found.paused_at is None
        if on and found.closes_at <= turn.now:
            finish(turn, found, by_clock=True)


def finish(turn: Turn, found: Round, *, by_clock: bool) -> None:
    """Close: open what is still hidden (by the clock only when enough have answered), forget who
    said what in an anonymous round, and sum up."""
    anonymous = found.whose == Whose.ANONYMOUS
    found = rounds.change(turn.db, found.id, state=RoundState.CLOSED, closed_at=turn.now)
    turn.audit("round.closed", f"round:{found.id}", found.collaboration_id)
    if anonymous:
        found = forget_who(turn, found)
    for asked in rounds.questions(turn.db, found.id):
        hidden = asked.state == AskedState.ASKED
        if hidden and (anonymous or not by_clock or enough(turn, asked)):
            open_answers(turn, asked, found)
    refresh_all(turn, found)
    sum_up(turn, found)


def refresh_all(turn: Turn, found: Round) -> None:
    """The round's posts show how it stands now."""
    turn.refresh("round", "start", f"r{found.id}")
    for asked in rounds.questions(turn.db, found.id):
        if asked.asked_at is not None:
            turn.refresh("round", "question", f"q{asked.id}")


# --- pausing ----------------------------------------------------------------------------------


@rounds_dialog.act("pause")
def pause(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """No questions and no reminders until the coordinator goes on; answers are still welcome."""
    return _pause(turn, _steered(turn, argument, RoundState.OPEN))


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
    return _resume(turn, _steered(turn, argument, RoundState.OPEN))


@rounds_dialog.command("resume", ("fortsett", "hald fram"), "", alone=True)
def resume_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _resume(turn, running_round(turn))


def _resume(turn: Turn, found: Round) -> Reply | None:
    if found.paused_at is None:
        return turn.notice(turn.say.t("The round is not paused."))
    home = people.collaboration(turn.db, found.collaboration_id)
    calendar = WorkCalendar(home.country, home.zone)
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


# --- more time --------------------------------------------------------------------------------


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
    found = _steered(turn, argument, RoundState.OPEN)
    days = str(sent.get("days") or "").strip()
    if not (days.isdecimal() and 1 <= int(days) <= MOST_DAYS):
        return FieldErrors({"days": turn.say.t("Write a number from 1 to {n}.", n=MOST_DAYS)})
    return _extend(turn, found, int(days))


@rounds_dialog.command("extend", ("forleng", "utvid"), "")
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
    home = people.collaboration(turn.db, found.collaboration_id)
    calendar = WorkCalendar(home.country, home.zone)
    closes_at = _later(calendar, found, days)
    found = rounds.change(turn.db, found.id, closes_at=closes_at)
    turn.audit("round.extended", f"round:{found.id}", home.id)
    plan_timers(turn, found, calendar)
    turn.refresh("round", "start", f"r{found.id}")
    return turn.notice(turn.say.t("The round closes {moment}.", moment=turn.say.moment(closes_at)))


# --- calling off, opening again ---------------------------------------------------------------


@rounds_dialog.show("cancel")
def cancel_ask(view: View, argument: str) -> Notice:
    """Calling a round off: what it means, and a button that does it."""
    found = round_of(view, argument)
    coordinator_of(view, found.collaboration_id)
    if found.state != RoundState.OPEN:
        raise moved_on(view)
    return _ask_to_cancel(view, found)


@rounds_dialog.command("call off", ("avlys",), "", alone=True)
def cancel_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _ask_to_cancel(turn, running_round(turn))


def _ask_to_cancel(view: View, found: Round) -> Notice:
    say = view.say
    button = Button(
        rounds_dialog.id("cancel_now", f"r{found.id}"),
        say.t("Yes, call it off"),
        "danger",
        typed="avlys nå",
    )
    return view.notice(
        say.t(
            "Do you want to call the round off? Nothing more is asked or opened, and there is no "
            "summary. Answers that have not been opened are erased."
        ),
        Text(say.t("Nothing changes until you press the button."), "muted"),
        Buttons((button,)),
    )


@rounds_dialog.act("cancel_now")
def cancel_now(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """They meant it."""
    return _cancel(turn, _steered(turn, argument, RoundState.OPEN))


@rounds_dialog.command("call it off", ("avlys nå", "avlys no"), "", alone=True)
def cancel_now_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _cancel(turn, running_round(turn))


def _cancel(turn: Turn, found: Round) -> Reply | None:
    found = rounds.change(turn.db, found.id, state=RoundState.CANCELLED, closed_at=turn.now)
    turn.audit("round.cancelled", f"round:{found.id}", found.collaboration_id)
    for asked in rounds.all_questions(turn.db, found.id):
        if asked.state == AskedState.ASKED:
            answers.erase_all(turn.db, asked.id)
    if found.whose == Whose.ANONYMOUS:
        found = forget_who(turn, found)
    refresh_all(turn, found)
    return turn.notice(turn.say.t("The round has been called off."))


@rounds_dialog.act("reopen")
def reopen(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Open a finished round again; an anonymous one stays closed."""
    return _reopen(turn, _steered(turn, argument, RoundState.CLOSED))


@rounds_dialog.command(
    "reopen", ("gjenåpne", "opne igjen", "åpne igjen", "gjenopne"), "", alone=True
)
def reopen_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed: the round that was run last."""
    home = the_collaboration(turn)
    coordinator_of(turn, home.id)
    found = rounds.latest(turn.db, home.id)
    if found is None or found.state != RoundState.CLOSED:
        raise Refusal(turn.say.t("There is no finished round to open again."))
    return _reopen(turn, found) or done_elsewhere(turn)


def _reopen(turn: Turn, found: Round) -> Reply | None:
    say = turn.say
    if not takes_late_answers(found):
        raise Refusal(say.t("An anonymous round cannot be opened again."))
    if rounds.running(turn.db, found.collaboration_id) is not None:
        raise Refusal(say.t("A round is running. Finish it before you start another."))
    home = people.collaboration(turn.db, found.collaboration_id)
    calendar = WorkCalendar(home.country, home.zone)
    closes_at = calendar.closing_time(turn.now, min(found.days, DAYS))
    found = rounds.change(
        turn.db,
        found.id,
        state=RoundState.OPEN,
        closes_at=closes_at,
        closed_at=None,
        paused_at=None,
    )
    turn.audit("round.reopened", f"round:{found.id}", home.id)
    if found.pace == Pace.SELF:
        for asked in rounds.questions(turn.db, found.id):
            if asked.asked_at is None:
                rounds.set_state(turn.db, asked.id, AskedState.ASKED, turn.now)
    plan_timers(turn, found, calendar)
    refresh_all(turn, found)
    return turn.notice(
        say.t("The round is open again. It closes {moment}.", moment=say.moment(closes_at))
    )
