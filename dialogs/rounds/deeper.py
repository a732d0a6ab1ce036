"""Going deeper: questions beside the round's own, one at a time, for whoever asks for more."""

from __future__ import annotations

from dialogs.authority import moved_on
from dialogs.messages import Button, Buttons, Element, Reply
from dialogs.packs.models import Question
from dialogs.questions.content import content, copy_of
from dialogs.rounds.conditions import follows
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.giving import seat_of
from dialogs.rounds.privately import private_question
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.waits import Wait, bring, wait_for
from dialogs.turn import Refusal, Turn, View
from storage import answers, rounds
from storage.tables import AnswerStatus, Asked, AskedState, Round, RoundState


def offer_deeper(view: View, asked: Asked, found: Round, status: AnswerStatus) -> list[Element]:
    """A button for more, once somebody has answered; an answer alone never sets it off."""
    if status != AnswerStatus.GIVEN or _next(view, _core(view, asked), found) is None:
        return []
    button = rounds_dialog.id("deeper", f"q{asked.id}")
    return [Buttons((Button(button, view.say.t("Go deeper"), typed="dypere"),))]


def _core(view: View, asked: Asked) -> Asked:
    """The round's own question behind one that deepens it."""
    parent = rounds.asked(view.db, asked.parent_id) if asked.parent_id is not None else None
    return parent or asked


def _next(view: View, core: Asked, found: Round) -> Question | None:
    """The first question that deepens it, is for this round's audience, follows from what has been
    answered, and is still unanswered by this person."""
    if found.state != RoundState.OPEN or view.person is None:
        return None
    deeper = view.packs.deeper(core.question_id, found.audience)  # type: ignore[arg-type]
    if not deeper:
        return None
    there = {each.question_id: each for each in rounds.deeper(view.db, core.id)}
    for question in deeper:
        asked = there.get(question.id)
        seat = seat_before(view, asked.id, view.person.id) if asked is not None else None
        done = seat is not None and seat.answer is not None
        if not done and follows(view, found, question.condition):
            return question
    return None


@rounds_dialog.act("deeper")
def deeper_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """One question more, privately."""
    seat = seat_of(turn, argument)
    return _bring(turn, seat.asked, seat.round)


@rounds_dialog.command("deeper", ("dypere", "djupare"), "", alone=True)
def deeper_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed: about what was answered last."""
    here = turn.place.collaboration_id if turn.place else None
    answer = answers.latest_of(turn.db, turn.me.id, here)
    if answer is None:
        raise Refusal(turn.say.t("You have not answered anything yet."))
    return _bring(turn, *asked_of(turn, f"q{answer.asked_id}"))


def _bring(turn: Turn, asked: Asked, found: Round) -> Reply | None:
    core = _core(turn, asked)
    question = _next(turn, core, found)
    if question is None:
        return turn.notice(turn.say.t("There is nothing deeper to ask about this."))
    deeper = _asked(turn, core, found, question)
    if turn.place is not None and turn.place.person_id == turn.me.id:
        return turn.notice(*bring(turn, deeper))
    wait_for(turn, found.collaboration_id, Wait(deeper.id, turn.at))
    return turn.notice(*private_question(turn, deeper, found, 0))


def _asked(turn: Turn, core: Asked, found: Round, question: Question) -> Asked:
    """The question as this round asks it: made when somebody first takes it up."""
    there = {each.question_id: each for each in rounds.deeper(turn.db, core.id)}
    if question.id in there:
        return there[question.id]
    try:
        part = turn.packs.part(found.part_id)
    except LookupError:
        raise moved_on(turn) from None
    pack = turn.packs.pack_of(question.id)
    words = copy_of(turn.packs, part, question).model_copy(update={"part": content(core).part})
    return rounds.add_question(
        turn.db,
        found.id,
        {
            "parent_id": core.id,
            "question_id": question.id,
            "pack_id": pack.id,
            "pack_version": str(pack.version),
            "type": question.type,
            "where": question.where,
            "content": words.kept(),
            "state": AskedState.OPENED if core.state == AskedState.OPENED else AskedState.ASKED,
            "asked_at": turn.now,
        },
    )
