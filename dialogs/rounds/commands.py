"""The words that people write about their answers: answer, change, take back, add."""

from __future__ import annotations

from datetime import timedelta

from dialogs.authority import moved_on, stranger
from dialogs.buttons import row_number
from dialogs.language import n_
from dialogs.messages import Button, Buttons, Element, Quote, Reply, Text
from dialogs.questions.content import content
from dialogs.questions.shown import QUOTED, cut, shown
from dialogs.rounds.answering import withdraw
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.waits import Wait, bring, wait_for, waiting_for
from dialogs.turn import Refusal, Turn
from storage import answers, collaborations, conversations, memberships, rounds, waiting
from storage.tables import Answer, AnswerStatus, Asked, Round, Whose

LATE = timedelta(days=14)  # after which nobody is told of a round that is over
MOST_LATE = 8
_ANONYMOUS = n_("An anonymous answer is changed at the question itself, while its round runs.")


@rounds_dialog.command(
    "answer",
    ("svar", "svare", "spørsmål", "question"),
    n_("answer the question that is waiting for you"),
)
def answer_command(turn: Turn, rest: str) -> Reply | None:
    """Bring the open question, to answer by words or buttons."""
    here = turn.place.collaboration_id if turn.place else None
    left = waiting_for(turn, here)
    if not left:
        return turn.notice(*_nothing_waits(turn))
    return turn.notice(*bring(turn, left[0], left=len(left) - 1))


def _nothing_waits(turn: Turn) -> list[Element]:
    """Nothing waits; what one did not answer in a round that is just over may still be answered."""
    say = turn.say
    late = waiting.late_for(turn.db, turn.me.id, turn.now - LATE)
    if not late:
        return [Text(say.t("No questions are waiting for you."))]
    latest = [each for each in late if each.round_id == late[0].round_id]
    found = rounds.one(turn.db, latest[0].round_id)
    assert found is not None
    line = say.t(
        "No questions are waiting for you. «{name}» is finished, but late answers are welcome:",
        name=say.pick(found.name),
    )
    elements: list[Element] = [Text(line)]
    for each in latest[:MOST_LATE]:
        answer = rounds_dialog.id("answer", f"q{each.id}")
        label = say.t("Answer question {n}", n=each.position)
        elements += [
            Text(say.pick(content(each).text)),
            Buttons((Button(answer, label, opens=True),)),
        ]
    return elements


@rounds_dialog.act("bring")
def bring_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The same by a button, as in reminders."""
    return answer_command(turn, "")


def _latest(turn: Turn) -> tuple[Answer, Asked, Round]:
    """The answer given last: in the collaboration of this channel, or directly in any."""
    here = turn.place.collaboration_id if turn.place else None
    answer = answers.latest_of(turn.db, turn.me.id, here)
    if answer is None:
        homes = [here] if here is not None else collaborations.touched_by(turn.db, turn.me.id)
        if any(_latest_is_anonymous(turn, each) for each in homes):
            raise Refusal(turn.say.t("I find no answer of yours."), Text(turn.say.t(_ANONYMOUS)))
        raise Refusal(turn.say.t("You have not answered anything yet."))
    asked, found = asked_of(turn, f"q{answer.asked_id}")
    if memberships.of(turn.db, turn.me.id, found.collaboration_id) is None:
        raise stranger(turn)
    return answer, asked, found


def _latest_is_anonymous(turn: Turn, collaboration_id: int) -> bool:
    latest = rounds.latest(turn.db, collaboration_id)
    return latest is not None and latest.whose == Whose.ANONYMOUS


@rounds_dialog.command("change", ("endre", "endre svar", "endre svaret"), "", alone=True)
def change_command(turn: Turn, rest: str) -> Reply | None:
    """Ask the question that was answered last once more. An answer to an anonymous round cannot be
    found: what comes then is an older one, and that is said."""
    _, asked, found = _latest(turn)
    older: list[Element] = []
    if found.whose != Whose.ANONYMOUS and _latest_is_anonymous(turn, found.collaboration_id):
        name = turn.say.pick(found.name)
        older = [
            Text(
                turn.say.t("This is the latest answer of yours that I find: «{name}».", name=name)
            ),
            Text(turn.say.t(_ANONYMOUS), "muted"),
        ]
    return turn.notice(*older, *bring(turn, asked, anew=True))


@rounds_dialog.command(
    "withdraw", ("trekk tilbake", "trekk", "take back", "slett svar"), "", takes=()
)
def withdraw_command(turn: Turn, rest: str) -> Reply | None:
    """Take back the answer that was given last. In a direct message that may be one of any
    collaboration, so it is named first; the button, or its number typed, takes it back."""
    named, here = row_number(rest), turn.place.collaboration_id if turn.place else None
    if named is not None:
        _, found = asked_of(turn, f"q{named}")
        if here not in (None, found.collaboration_id):
            raise moved_on(turn)
        return withdraw(turn, f"q{named}", None)
    answer, asked, found = _latest(turn)
    argument = f"q{asked.id}"
    if here is not None or answer.status == AnswerStatus.WITHDRAWN:
        return withdraw(turn, argument, None)
    if turn.place is not None:
        conversations.stop(turn.db, turn.me.id, turn.place.id)
    say = turn.say
    button = Button(
        rounds_dialog.id("withdraw", argument),
        say.t("Take back"),
        "danger",
        typed=f"trekk tilbake {asked.id}",
    )
    words = shown(asked, answer.value, say)
    if answer.status == AnswerStatus.SKIPPED:
        words = say.t("Skipped. That is fine.")
    return turn.notice(
        Text(say.t("Do you want to take this answer back?")),
        Text(_which(turn, asked, found), "muted"),
        Quote(cut(words, QUOTED)),
        Buttons((button,)),
    )


def _which(turn: Turn, asked: Asked, found: Round) -> str:
    home = collaborations.the(turn.db, found.collaboration_id)
    return f"{home.name} · {turn.say.pick(content(asked).text)}"


@rounds_dialog.command("more", ("utdyp", "utdjup", "add"), "", alone=True)
def more_command(turn: Turn, rest: str) -> Reply | None:
    """Let the next words answer the follow-up of the latest answer."""
    answer, asked, found = _latest(turn)
    given = answer.status == AnswerStatus.GIVEN and answer.asked_more
    followup = content(asked).followup
    if not given or followup is None:
        return turn.notice(turn.say.t("There is nothing to add to right now."))
    wait_for(turn, found.collaboration_id, Wait(asked.id, turn.at), step="more")
    return turn.notice(Text(_which(turn, asked, found), "muted"), turn.say.pick(followup))
