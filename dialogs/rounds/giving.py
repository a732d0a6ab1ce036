"""Recording an answer, and everything that follows from it."""

from __future__ import annotations

from typing import Any

from dialogs.authority import moved_on, number
from dialogs.belonging import let_in
from dialogs.dialog import Turn
from dialogs.rounds.opening import answers_changed, open_when_all_have
from dialogs.rounds.summary import sum_up
from storage import answers, rounds
from storage.rounds import Seat
from storage.tables import AnswerStatus, AskedState, RoundState, Way


def seat_of(turn: Turn, argument: str) -> Seat:
    """The presser's seat before a question that can be answered; strangers in a channel of the
    collaboration are let in."""
    found = rounds.seat(turn.db, number(turn, argument, "q"), turn.me.id)
    if found is None or found.asked.state == AskedState.WAITING:
        raise moved_on(turn)
    if found.member is None:
        member = let_in(turn, found.round.collaboration_id)
        return Seat(found.asked, found.round, member, found.answer)
    return found


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
    at = turn.at
    if place_id is not None and seat.answer is not None:
        at = max(at, seat.answer.at)
    stands = answers.record(
        turn.db,
        asked.id,
        member.person_id,
        member.organisation_id,
        standing=seat.answer,
        status=status,
        value=value,
        at=at,
        closed=found.state == RoundState.CLOSED,
        place_id=place_id,
    )
    if not stands:
        return False
    was_written = seat.answer is not None and seat.answer.place_id is not None
    if was_written or found.way == Way.THREAD:
        answers.forget_words(turn.db, asked.id, member.person_id, but=place_id)
    turn.audit(f"answer.{status}", f"asked:{asked.id}", found.collaboration_id)
    if not open_when_all_have(turn, asked, found):
        answer_id = seat.answer.id if seat.answer else None
        answers_changed(turn, asked, found, answer_id)
    if found.state == RoundState.CLOSED:
        sum_up(turn, found)
    return True
