"""Which answer stands after something was written, changed or deleted in a question's thread.

Order is by the platform's time of each message, never by arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from dialogs.questions.content import content
from dialogs.questions.kind import NotUnderstood, meaning
from dialogs.questions.kinds import kind_of
from dialogs.rounds.giving import give
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.standing import standing_answer
from dialogs.turn import Turn
from storage import heard
from storage.seats import Seat
from storage.tables import AnswerStatus, Asked, Heard


class Change(Enum):
    """What came of working out an answer anew."""

    NONE = auto()  # it stands as it stood
    MADE = auto()  # it is there, is another one, or is gone
    NO_FIT = auto()  # what is written is too much for an answer
    ELSEWHERE = auto()  # an answer by form, by button or in another place stands


def settle(turn: Turn, asked: Asked, place_id: int, *, came: datetime | None = None) -> Change:
    """Work out anew what stands in a place's thread, in the order it was written; what came of it
    for whoever acts now. A message that `came` late may have come between those of others."""
    everything = heard.in_place(turn.db, asked.id, place_id)
    change = Change.NONE
    cut = {each.person_id for each in everything if came is not None and each.at > came}
    for person_id in {turn.me.id, *cut}:
        seat = seat_before(turn, asked.id, person_id)
        if seat is None or seat.member is None:
            continue
        made = _settle_one(turn, seat, place_id, everything)
        if person_id == turn.me.id:
            change = made
    return change


def _settle_one(turn: Turn, seat: Seat, place_id: int, everything: Sequence[Heard]) -> Change:
    """The same for one person; words that are no answer are forgotten."""
    assert seat.member is not None
    own = [each for each in everything if each.person_id == seat.member.person_id]
    given = seat.answer
    elsewhere = given is not None and given.place_id != place_id
    if elsewhere and given is not None and given.status == AnswerStatus.GIVEN:
        written = any(each.text is not None for each in own)
        _keep_words(turn, own, ())
        return Change.ELSEWHERE if written else Change.NONE
    # A skip, a "don't know" or a taking back by button holds for what was written before it.
    after = given.at if elsewhere and given is not None else None
    stands = standing_answer(everything, seat.member.person_id, after)
    if stands is None:
        _keep_words(turn, own, ())
        if given is None or elsewhere or given.status == AnswerStatus.WITHDRAWN:
            return Change.NONE
        give(turn, seat, AnswerStatus.WITHDRAWN, None, place_id=place_id)
        return Change.MADE
    try:
        status, value = meaning(kind_of(seat.asked), content(seat.asked), stands.text)
    except NotUnderstood:
        _keep_words(turn, own, stands.messages[:-1])
        return Change.NO_FIT
    _keep_words(turn, own, stands.messages)
    if given is not None and (given.status, given.value) == (status, value):
        return Change.NONE
    give(turn, seat, status, value, place_id=place_id)
    return Change.MADE


def _keep_words(turn: Turn, own: Sequence[Heard], answer: Sequence[Heard]) -> None:
    """Keep a person's words only where they are the answer."""
    kept = {each.id for each in answer}
    for each in own:
        if each.text is not None and each.id not in kept:
            each.text = None
    turn.db.flush()
