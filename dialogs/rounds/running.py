"""Going on in a running round: the next question, and opening the answers; pressed or typed."""

from __future__ import annotations

from collections.abc import Callable

from dialogs.authority import coordinator_of, moved_on, part
from dialogs.choosing import the_collaboration
from dialogs.messages import Button, Buttons, Reply, Text
from dialogs.rounds.dialog import asked_of, round_of, rounds_dialog
from dialogs.rounds.opening import open_answers
from dialogs.rounds.privacy import privacy_of
from dialogs.rounds.starting import ask_next
from dialogs.rounds.summary import sum_up
from dialogs.turn import Refusal, Turn, View
from storage import counting, rounds
from storage.tables import Asked, AskedState, Round, RoundState


def running_round(view: View) -> Round:
    """The round that the coordinator who writes can steer; a refusal when there is none."""
    home = the_collaboration(view)
    found = rounds.running(view.db, home.id)
    if found is None:
        raise Refusal(view.say.t("No round is running. Write «round» to start one."))
    coordinator_of(view, home.id)
    return found


def steered(turn: Turn, argument: str, state: RoundState) -> Round:
    """The round, if the presser coordinates it and it is in that state."""
    found = round_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    if found.state != state:
        raise moved_on(turn)
    return found


def done_elsewhere(turn: Turn) -> Reply | None:
    """Whoever writes in a direct message does not see what happened in the channels."""
    if turn.place is None or turn.place.person_id is None:
        return None
    return turn.notice(turn.say.t("Done. Look in your channels."))


@rounds_dialog.act("next")
def next_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator goes on; a second press of the same button changes nothing."""
    found = round_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    from_position = part(turn, argument, 1)
    if found.state != RoundState.OPEN:
        return turn.notice(turn.say.t("The round is finished."))
    current = max(
        (each.position for each in rounds.questions(turn.db, found.id) if each.asked_at), default=0
    )
    if str(current) != from_position:
        return turn.notice(turn.say.t("The round has already moved on."))
    return _go_on(turn, found)


@rounds_dialog.command("next", ("neste", "vidare", "videre"), "", alone=True)
def next_command(turn: Turn, rest: str) -> Reply | None:
    """The next question, typed."""
    return _go_on(turn, running_round(turn)) or done_elsewhere(turn)


def _go_on(turn: Turn, found: Round) -> Reply | None:
    say = turn.say
    if ask_next(turn, found) is not None:
        if found.paused_at is None:
            return None
        resume = rounds_dialog.id("resume", f"r{found.id}")
        return turn.notice(
            say.t(
                "The question is asked. The round is still paused: no reminders come, and it does "
                "not close."
            ),
            Buttons((Button(resume, say.t("Go on"), "primary", typed="fortsett"),)),
        )
    button = Button(
        rounds_dialog.id("close", f"r{found.id}"),
        say.t("Finish the round"),
        "primary",
        typed="ferdig",
    )
    return turn.notice(say.t("There are no more questions to ask."), Buttons((button,)))


@rounds_dialog.act("open")
def open_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator opens the answers now."""
    asked, found = asked_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    if asked.state != AskedState.ASKED:
        return turn.notice(turn.say.t("The answers are already open."))
    return _open_or_ask(turn, asked, found)


@rounds_dialog.act("open_now")
def open_now(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """They meant it, though nobody has answered."""
    asked, found = asked_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    if asked.state != AskedState.ASKED:
        return turn.notice(turn.say.t("The answers are already open."))
    return _open(turn, asked, found)


@rounds_dialog.command("open", ("åpne", "opne", "åpne svarene", "opne svara"), "", alone=True)
def open_command(turn: Turn, rest: str) -> Reply | None:
    """Open the answers of the question that is on, typed."""
    return _typed(turn, _open_or_ask)


@rounds_dialog.command("open now", ("åpne nå", "opne no"), "", alone=True)
def open_now_command(turn: Turn, rest: str) -> Reply | None:
    """The same, though nobody has answered."""
    return _typed(turn, _open)


def _typed(turn: Turn, opens: Callable[[Turn, Asked, Round], Reply | None]) -> Reply | None:
    found = running_round(turn)
    hidden = [
        each for each in rounds.questions(turn.db, found.id) if each.state == AskedState.ASKED
    ]
    if not hidden:
        return turn.notice(turn.say.t("The answers are already open."))
    return opens(turn, hidden[-1], found) or done_elsewhere(turn)


def _open_or_ask(turn: Turn, asked: Asked, found: Round) -> Reply | None:
    """Opening cannot be undone: before anybody has answered, ask whether it is meant."""
    opens = privacy_of(found).before_close and found.state != RoundState.CANCELLED
    if not opens or counting.counts(turn.db, asked.id)[0]:
        return _open(turn, asked, found)
    say = turn.say
    button = Button(
        rounds_dialog.id("open_now", f"q{asked.id}"),
        say.t("Yes, open it now"),
        "danger",
        typed="åpne nå",
    )
    return turn.notice(
        say.t(
            "Nobody has answered question {n} yet. If you open it now, every answer is shown as it "
            "comes.",
            n=asked.position,
        ),
        Text(say.t("Nothing changes until you press the button."), "muted"),
        Buttons((button,)),
    )


def _open(turn: Turn, asked: Asked, found: Round) -> Reply | None:
    if found.state == RoundState.CANCELLED:
        return turn.notice(turn.say.t("The round has been called off."))
    if not privacy_of(found).before_close:
        return turn.notice(
            turn.say.t("This round is anonymous: its answers are shown all at once when it closes.")
        )
    open_answers(turn, asked, found)
    if found.state == RoundState.CLOSED:
        sum_up(turn, found)
    return None
