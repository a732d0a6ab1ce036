"""Finishing a round: by its coordinator, asked first where something is left, or by the clock."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.authority import coordinator_of
from dialogs.messages import Button, Buttons, Element, Reply, Text
from dialogs.rounds.asking import so_far
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.forgetting import forget_who
from dialogs.rounds.opening import enough, open_answers
from dialogs.rounds.respondents import for_house
from dialogs.rounds.running import running_round
from dialogs.rounds.starting import nothing_left
from dialogs.rounds.summary import sum_up
from dialogs.turn import Turn, View
from storage import conversations, counting, memberships, rounds
from storage.tables import TEAM, Asked, AskedState, Membership, Role, Round, RoundState, Whose


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
    said += _little_answered(view, found, questions)
    if said and found.whose == Whose.ANONYMOUS:
        said.append(Text(say.t("An anonymous round cannot be opened again.")))
    return said


def _little_answered(view: View, found: Round, questions: Sequence[Asked]) -> list[Element]:
    """The hidden questions that nobody has answered, or fewer than half of those asked."""
    say = view.say
    members = _members(view, found)
    nobody: list[int] = []
    some: list[Element] = []
    for each in questions:
        if each.state != AskedState.ASKED:
            continue
        count, houses = counting.counts(view.db, each.id)
        if not count:
            nobody.append(each.position)
        elif _is_few(found, each, count, houses, members):
            told = so_far(view, each, found)
            some.append(Text(say.t("Question {n}: {count}", n=each.position, count=told)))
    if not nobody:
        return some
    none = say.tn(
        "Nobody has answered question {numbers}.",
        "Nobody has answered questions {numbers}.",
        len(nobody),
        numbers=say.listing([str(each) for each in nobody]),
    )
    return [Text(none), *some]


def _members(view: View, found: Round) -> list[Membership]:
    """Those whom the round asks."""
    wanted = Role.MEMBER if found.audience == TEAM else Role.COORDINATOR
    everybody = memberships.members(view.db, found.collaboration_id)
    return [each for each, _ in everybody if wanted in each.roles]


def _is_few(
    found: Round, asked: Asked, count: int, houses: int, members: Sequence[Membership]
) -> bool:
    """Whether fewer than half of those who are asked have answered."""
    if for_house(found, asked):
        return 2 * houses < len({each.organisation_id for each in members})
    return 2 * count < len(members)


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
    _ask_what_is_answered(turn, found)
    if anonymous:
        found = forget_who(turn, found)
    asked_ids = [each.id for each in rounds.all_questions(turn.db, found.id)]
    conversations.let_go(turn.db, asked_ids, added_to=True)
    for asked in rounds.questions(turn.db, found.id):
        hidden = asked.state == AskedState.ASKED
        if hidden and (anonymous or not by_clock or enough(turn, asked)):
            open_answers(turn, asked, found)
    refresh_all(turn, found)
    sum_up(turn, found)


def _ask_what_is_answered(turn: Turn, found: Round) -> None:
    """Those who answer on Mondays may be ahead of the round: what they answered is not lost."""
    for asked in rounds.questions(turn.db, found.id):
        early = asked.state == AskedState.WAITING and counting.counts(turn.db, asked.id)[0]
        if early:
            rounds.ask(turn.db, asked.id, AskedState.ASKED, turn.now)


def refresh_all(turn: Turn, found: Round) -> None:
    """The round's posts show how it stands now."""
    turn.refresh("round", "start", f"r{found.id}")
    for asked in rounds.questions(turn.db, found.id):
        if asked.asked_at is not None:
            turn.refresh("round", "question", f"q{asked.id}")
