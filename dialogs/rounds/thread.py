"""What is written in a question's thread: an answer in an open thread round, otherwise talk.

Order is by the platform's time of each message, never by arrival: an edit before its message
creates it, a deletion before it leaves a tombstone. Talk is not kept, only that it was there.
"""

from __future__ import annotations

from dialogs.authority import moved_on, number, part
from dialogs.belonging import ask_organisation, let_in
from dialogs.buttons import row_number
from dialogs.events import Deleted, Edited, Said
from dialogs.messages import Reply
from dialogs.questions.kind import LONGEST
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.respondents import takes_late_answers
from dialogs.rounds.retyped import heard_directly
from dialogs.rounds.settling import Change, settle
from dialogs.rounds.sight import in_thread
from dialogs.rounds.standing import is_talk
from dialogs.rounds.thread_notices import (
    answer_button,
    does_not_fit,
    nothing_left,
    stands_elsewhere,
    taken_as_answer,
    too_long,
)
from dialogs.turn import Turn
from storage import collaborations, heard, memberships
from storage.tables import Asked, AskedState, Round, RoundState, SeenBy


@rounds_dialog.heard
def heard_about(turn: Turn, argument: str, event: Said | Edited | Deleted) -> Reply | None:
    """A message in the thread under one of a round's posts, or a direct one about a question."""
    if turn.place is not None and turn.place.person_id is not None:
        return heard_directly(turn, argument, event)
    if not argument.startswith("q"):
        return None
    asked, found = asked_of(turn, argument)
    if asked.state == AskedState.WAITING or turn.place is None:
        return None
    if not takes_late_answers(found) and not isinstance(event, Deleted):
        return None  # called off: what is written now is kept nowhere
    if not in_thread(asked, found):
        return _only_talk(turn, asked, found) if isinstance(event, Said) else None
    match event:
        case Said():
            return _said(turn, asked, found, event)
        case Edited():
            return _edited(turn, asked, found, event)
        case Deleted():
            return _deleted(turn, asked, event)


@rounds_dialog.taken
def takes_words(turn: Turn, argument: str) -> bool:
    """Whether words in this thread are answers, so that nothing in it is a word not understood."""
    if not argument.startswith("q"):
        return False
    asked, found = asked_of(turn, argument)
    return takes_late_answers(found) and in_thread(asked, found)


def _only_talk(turn: Turn, asked: Asked, found: Round) -> Reply | None:
    """Say once, privately, that thread text is talk and where answers are given."""
    hidden = asked.state == AskedState.ASKED or asked.where != SeenBy.OPEN
    if not hidden or found.state == RoundState.CLOSED:
        return None
    member = memberships.of(turn.db, turn.me.id, found.collaboration_id)
    if member is None:
        if not collaborations.the(turn.db, found.collaboration_id).joining_open:
            return None  # nothing to invite to
        member = let_in(turn, found.collaboration_id)
    if member.told_talk:
        return None
    memberships.told(turn.db, member.id, "told_talk")
    say = turn.say
    return turn.notice(
        say.t(
            "What you write in this thread is talk that all can read. I do not keep it as your "
            "answer. Press the button to answer."
        ),
        answer_button(turn, asked),
    )


def _said(turn: Turn, asked: Asked, found: Round, event: Said) -> Reply | None:
    member = let_in(turn, found.collaboration_id)
    assert turn.place is not None
    fits = len(event.text) <= LONGEST
    heard.note(
        turn.db,
        place_id=turn.place.id,
        message=event.message,
        asked_id=asked.id,
        person_id=turn.me.id,
        at=event.at,
        text=event.text if fits else None,
        talk=is_talk(event.text, event.only_mentions),
    )
    change = settle(turn, asked, turn.place.id, came=event.at)
    if not fits:
        return too_long(turn)
    match change:
        case Change.NO_FIT:
            return does_not_fit(turn, asked)
        case Change.ELSEWHERE:
            return stands_elsewhere(turn, asked)
        case Change.MADE:
            if member.organisation_id is None:
                return ask_organisation(turn, found.collaboration_id)
            return taken_as_answer(turn, asked, found, event.message)
    return None


@rounds_dialog.act("not_answer")
def not_answer(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What was taken as an answer was talk; its words are forgotten."""
    seat = seat_before(turn, number(turn, argument, "q"), turn.me.id)
    row = heard.one(turn.db, row_number(part(turn, argument, 1)) or 0)
    if seat is None or row is None or row.person_id != turn.me.id or row.asked_id != seat.asked.id:
        raise moved_on(turn)
    # As if it had never been written: a later edit does not make an answer of it either.
    row.talk, row.deleted, row.text = True, True, None
    turn.db.flush()
    settle(turn, seat.asked, row.place_id)
    left = nothing_left(turn, seat.asked, row.place_id) or ()
    return turn.notice(turn.say.t("All right, it is talk, not an answer."), *left)


def _edited(turn: Turn, asked: Asked, found: Round, event: Edited) -> Reply | None:
    assert turn.place is not None
    row = heard.of_message(turn.db, turn.place.id, event.message)
    if row is None:
        let_in(turn, found.collaboration_id)
        row = heard.note(
            turn.db,
            place_id=turn.place.id,
            message=event.message,
            asked_id=asked.id,
            person_id=turn.me.id,
            at=event.said_at,
            text=None,
            talk=False,
        )
    stale = row.changed_at is not None and row.changed_at >= event.at
    if row.deleted or stale or row.person_id != turn.me.id:
        return None
    if len(event.text) > LONGEST:
        return too_long(turn)  # what stood before stands
    row.changed_at = event.at
    row.talk = is_talk(event.text, event.only_mentions)
    row.text = None if row.talk else event.text
    turn.db.flush()
    change = settle(turn, asked, turn.place.id)
    if change == Change.MADE and turn.me.text_receipts:
        return taken_as_answer(turn, asked, found, event.message)
    return does_not_fit(turn, asked) if change == Change.NO_FIT else None


def _deleted(turn: Turn, asked: Asked, event: Deleted) -> Reply | None:
    assert turn.place is not None
    row = heard.of_message(turn.db, turn.place.id, event.message)
    if row is None:
        heard.bury(turn.db, turn.place.id, event.message, asked.id, turn.me.id, event.at)
        return None
    if row.person_id != turn.me.id:
        return None
    row.deleted, row.text = True, None
    turn.db.flush()
    if settle(turn, asked, turn.place.id) != Change.MADE:
        return None
    left = nothing_left(turn, asked, turn.place.id)
    return turn.notice(*left) if left else None
