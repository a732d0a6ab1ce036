"""Direct messages that answered a question: heard, edited or taken away."""

from __future__ import annotations

from dialogs.events import Deleted, Edited, Said
from dialogs.messages import Reply
from dialogs.rounds.answering import taken_back
from dialogs.rounds.giving import give, seat_of
from dialogs.rounds.respondents import keeps_words, takes_late_answers
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.typed import answered, note, said, waiting_conversation, words_of
from dialogs.rounds.waits import wait_of
from dialogs.turn import Turn
from storage import heard
from storage.seats import Seat
from storage.tables import AnswerStatus, Heard


def heard_directly(turn: Turn, argument: str, event: Said | Edited | Deleted) -> Reply | None:
    """A direct message that answers what waits, or a change of one that did."""
    match event:
        case Said():
            return said(turn, event)
        case Edited():
            return _edited(turn, event)
        case Deleted():
            return _deleted(turn, event)


def _seat_then(turn: Turn, row: Heard) -> Seat | None:
    """The author's seat, if what they typed then is still their answer or can become it."""
    seat = seat_before(turn, row.asked_id, turn.me.id)
    if seat is None or seat.member is None or row.person_id != turn.me.id:
        return None
    assert turn.place is not None
    given = seat.answer
    other = given is not None and given.place_id != turn.place.id
    return None if other or row.deleted or row.talk else seat


def _edited(turn: Turn, event: Edited) -> Reply | None:
    """The new words instead of the old ones; what stood stands if they are no answer."""
    assert turn.place is not None
    row = heard.of_message(turn.db, turn.place.id, event.message)
    conversation = waiting_conversation(turn)
    wait = wait_of(conversation.data) if conversation is not None else None
    if row is None:
        meant = wait.meant(event.said_at) if wait is not None else None
        if meant is None:
            return None
        seat = seat_of(turn, f"q{meant.asked}")
        if not keeps_words(seat.round, seat.asked):
            return None
        row = note(turn, seat.asked, event.message, event.said_at, "")
        row.text = None
    found = _seat_then(turn, row)
    if found is None or not takes_late_answers(found.round):
        return None
    if row.changed_at is not None and row.changed_at >= event.at:
        return None
    old = (row.text, row.changed_at)
    row.text, row.changed_at = event.text, event.at
    turn.db.flush()
    words = words_of(turn, found)
    if row not in words:
        row.text = None
        return None
    now = wait if wait is not None and wait.asked == row.asked_id else None
    reply = answered(turn, found, row, now)
    if not _has_words(row):  # it was no answer
        row.text, row.changed_at = old
        turn.db.flush()
    return reply


def _deleted(turn: Turn, event: Deleted) -> Reply | None:
    """What was taken away is erased; the answer is what is left, or gone."""
    assert turn.place is not None
    row = heard.of_message(turn.db, turn.place.id, event.message)
    if row is None:
        conversation = waiting_conversation(turn)
        if conversation is not None:
            asked_id = wait_of(conversation.data).asked
            heard.bury(turn.db, turn.place.id, event.message, asked_id, turn.me.id, event.at)
        return None
    seat = _seat_then(turn, row)
    if row.person_id != turn.me.id:
        return None
    counted = row.text is not None
    row.deleted, row.text = True, None
    turn.db.flush()
    if seat is None or not counted:
        return None
    words = words_of(turn, seat)
    if words:
        return answered(turn, seat, words[-1], None)
    if seat.answer is None or seat.answer.status == AnswerStatus.WITHDRAWN:
        return None
    give(turn, seat, AnswerStatus.WITHDRAWN, None, place_id=turn.place.id)
    return taken_back(turn, seat)


def _has_words(row: Heard) -> bool:
    return row.text is not None
