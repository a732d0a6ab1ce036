"""Calling a round off, and opening a finished one again."""

from __future__ import annotations

from dialogs.authority import coordinator_of, moved_on
from dialogs.choosing import the_collaboration
from dialogs.messages import Button, Buttons, Notice, Reply, Text
from dialogs.rounds.closing import refresh_all
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.forgetting import forget_who
from dialogs.rounds.plan import DAYS
from dialogs.rounds.respondents import takes_late_answers
from dialogs.rounds.running import done_elsewhere, running_round, steered
from dialogs.rounds.starting import plan_timers
from dialogs.turn import Refusal, Turn, View
from storage import answers, collaborations, freshening, proposals, rounds
from storage.tables import AskedState, Pace, Round, RoundState, Whose


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
    return _cancel(turn, steered(turn, argument, RoundState.OPEN))


@rounds_dialog.command("call it off", ("avlys nå", "avlys no"), "", alone=True)
def cancel_now_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _cancel(turn, running_round(turn))


def _cancel(turn: Turn, found: Round) -> Reply | None:
    found = rounds.change(turn.db, found.id, state=RoundState.CANCELLED, closed_at=turn.now)
    turn.audit("round.cancelled", f"round:{found.id}", found.collaboration_id)
    questions = rounds.all_questions(turn.db, found.id)
    proposals.drop_all(turn.db, [each.id for each in questions])
    for asked in questions:
        if asked.state != AskedState.OPENED:  # some answer on Mondays, before it is asked
            answers.erase_all(turn.db, asked.id)
        freshening.beginning(turn.db, "round", "proposal", f"q{asked.id},", found.collaboration_id)
    if found.whose == Whose.ANONYMOUS:
        found = forget_who(turn, found)
    refresh_all(turn, found)
    return turn.notice(turn.say.t("The round has been called off."))


@rounds_dialog.act("reopen")
def reopen(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Open a finished round again; an anonymous one stays closed."""
    return _reopen(turn, steered(turn, argument, RoundState.CLOSED))


@rounds_dialog.command(
    "reopen", ("gjenåpne", "opne igjen", "åpne igjen", "gjenopne"), "", alone=True
)
def reopen_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed: the round that was run last."""
    home = the_collaboration(turn)
    coordinator_of(turn, home.id)
    found, say = rounds.latest(turn.db, home.id), turn.say
    if found is not None and found.state == RoundState.CANCELLED:
        name = say.pick(found.name)
        raise Refusal(say.t("«{name}» was called off. It cannot be opened again.", name=name))
    if found is not None and found.state == RoundState.OPEN:
        raise Refusal(say.t("The round is not finished: it runs now."))
    if found is None:
        raise Refusal(say.t("There is no finished round to open again."))
    return _reopen(turn, found) or done_elsewhere(turn)


def _reopen(turn: Turn, found: Round) -> Reply | None:
    say = turn.say
    if not takes_late_answers(found):
        raise Refusal(say.t("An anonymous round cannot be opened again."))
    if rounds.running(turn.db, found.collaboration_id) is not None:
        raise Refusal(say.t("A round is running. Finish it before you start another."))
    home = collaborations.the(turn.db, found.collaboration_id)
    calendar = turn.calendar(home.id)
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
                rounds.ask(turn.db, asked.id, AskedState.ASKED, turn.now)
    plan_timers(turn, found, calendar)
    refresh_all(turn, found)
    return turn.notice(
        say.t("The round is open again. It closes {moment}.", moment=say.moment(closes_at))
    )
