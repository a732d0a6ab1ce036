"""Recording an answer, and everything that follows from it."""

from __future__ import annotations

from typing import Any

from dialogs.authority import coordinator_of, moved_on, number
from dialogs.belonging import let_in
from dialogs.questions.kinds import kind_of
from dialogs.rounds.conditions import settle_conditions
from dialogs.rounds.early import this_weeks
from dialogs.rounds.opening import answers_changed, open_when_all_have
from dialogs.rounds.respondents import keeps_words, respondent_of, seat, takes_late_answers
from dialogs.rounds.summary import sum_up
from dialogs.turn import Refusal, Turn, View
from storage import answers, heard
from storage.seats import Seat
from storage.tables import (
    COORDINATORS,
    AnswerStatus,
    Asked,
    AskedState,
    Membership,
    Pace,
    Round,
    RoundState,
    Way,
    Whose,
)


def _still_fits(seat: Seat, value: dict[str, Any] | None) -> bool:
    """Whether what was added still belongs: words are sharpened, but another choice is another
    answer, and may be asked about anew."""
    return kind_of(seat.asked).in_thread or (seat.answer is not None and seat.answer.value == value)


def seat_of(turn: Turn, argument: str) -> Seat:
    """The presser's seat before a question that can be answered; strangers in a channel of the
    collaboration are let in."""
    found = seat(turn, number(turn, argument, "q"), turn.me.id)
    if found is None or not can_be_answered(turn, found.asked, found.round):
        raise moved_on(turn)
    turn.about.append(argument.split(",", maxsplit=1)[0])
    if not takes_late_answers(found.round):
        raise Refusal(turn.say.t("The round is over, and no more answers are taken."))
    if found.round.audience == COORDINATORS:
        coordinator_of(turn, found.round.collaboration_id)
    if found.member is None:
        let_in(turn, found.round.collaboration_id)
        # Who was here before has what they, or their organisation, answered to change.
        found = seat(turn, found.asked.id, turn.me.id) or found
    return found


def can_be_answered(view: View, asked: Asked, found: Round) -> bool:
    """Whether a question has been asked; of those who answer on Mondays, this week's have."""
    if asked.state != AskedState.WAITING:
        return True
    return asked.id in {each.id for each in this_weeks(view, found)}


def give(
    turn: Turn,
    seat: Seat,
    status: AnswerStatus,
    value: dict[str, Any] | None,
    *,
    place_id: int | None = None,
) -> bool:
    """Record an answer and everything that follows from it; False when a later one stands.

    With `place_id` it was written in that place, in a thread or directly: what stands there has
    been put in order by then. What the person wrote in other places is no answer any more, and
    forgotten; without `place_id` (a form, a press, taking it back) that is all they wrote.
    """
    member, asked, found = seat.member, seat.asked, seat.round
    assert member is not None
    respondent = respondent_of(found, asked, member)
    if respondent is None:
        raise moved_on(turn)
    if not takes_late_answers(found) and status != AnswerStatus.WITHDRAWN:
        return False
    at = turn.at
    if place_id is not None and seat.answer is not None:
        at = max(at, seat.answer.at)
    anonymous = found.whose == Whose.ANONYMOUS
    stands = answers.record(
        turn.db,
        asked.id,
        respondent,
        None if anonymous else member.person_id,
        member.organisation_id,
        standing=seat.answer,
        status=status,
        value=value,
        at=at,
        closed=found.state == RoundState.CLOSED,
        keeps_followup=_still_fits(seat, value),
        place_id=place_id if keeps_words(found, asked) else None,
    )
    if not stands:
        return False
    if anonymous:
        answers.has_responded(turn.db, asked.id, member.person_id)
    was_written = seat.answer is not None and seat.answer.place_id is not None
    if was_written or found.way == Way.THREAD:
        heard.forget_words(turn.db, asked.id, member.person_id, but=place_id)
    turn.audit(f"answer.{status}", f"asked:{asked.id}", found.collaboration_id)
    _shows(turn, seat, member)
    return True


def _shows(turn: Turn, seat: Seat, member: Membership) -> None:
    """What others get to see of it: the answers open, or are shown anew; so is the summary."""
    asked, found = seat.asked, seat.round
    if found.pace == Pace.SELF:
        settle_conditions(turn, found, member)
    if not open_when_all_have(turn, asked, found):
        answer_id = seat.answer.id if seat.answer else None
        answers_changed(turn, asked, found, answer_id)
    if found.state == RoundState.CLOSED:
        sum_up(turn, found)
