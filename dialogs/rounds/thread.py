"""What is written in a question's thread: an answer in an open thread round, otherwise talk.

Order is by the platform's time of each message, never by arrival: an edit before its message
creates it, a deletion before it leaves a tombstone. Talk is not kept, only that it was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from dialogs.authority import moved_on, number, part
from dialogs.belonging import ask_organisation, let_in
from dialogs.buttons import row_number
from dialogs.events import Deleted, Edited, Said
from dialogs.messages import Button, Buttons, Notice, Quote, Reply, Text
from dialogs.questions.content import content
from dialogs.questions.kind import (
    LONGEST,
    NotUnderstood,
    meaning,
)
from dialogs.questions.kinds import kind_of
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.giving import give
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.respondents import takes_late_answers
from dialogs.rounds.retyped import heard_directly
from dialogs.rounds.sight import in_thread
from dialogs.rounds.standing import is_talk, standing_answer
from dialogs.turn import Turn
from storage import heard, memberships, people
from storage.rounds import Seat
from storage.tables import AnswerStatus, Asked, AskedState, Heard, Round, RoundState, SeenBy


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


def _only_talk(turn: Turn, asked: Asked, found: Round) -> Reply | None:
    """Say once, privately, that thread text is talk and where answers are given."""
    hidden = asked.state == AskedState.ASKED or asked.where != SeenBy.OPEN
    if not hidden or found.state == RoundState.CLOSED:
        return None
    member = memberships.of(turn.db, turn.me.id, found.collaboration_id)
    if member is None:
        if not people.collaboration(turn.db, found.collaboration_id).joining_open:
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
        _answer_button(turn, asked),
    )


def _said(turn: Turn, asked: Asked, found: Round, event: Said) -> Reply | None:
    member = let_in(turn, found.collaboration_id)
    assert turn.place is not None
    too_long = len(event.text) > LONGEST
    heard.note(
        turn.db,
        place_id=turn.place.id,
        message=event.message,
        asked_id=asked.id,
        person_id=turn.me.id,
        at=event.at,
        text=None if too_long else event.text,
        talk=is_talk(event.text, event.only_mentions),
    )
    change = _settle(turn, asked, turn.place.id, came=event.at)
    if too_long:
        return _too_long(turn)
    match change:
        case _Change.NO_FIT:
            return _does_not_fit(turn, asked)
        case _Change.ELSEWHERE:
            return _stands_elsewhere(turn, asked)
        case _Change.MADE:
            if member.organisation_id is None:
                return ask_organisation(turn, found.collaboration_id)
            return _tell_once(turn, asked, found, event.message)
    return None


def _too_long(turn: Turn) -> Notice:
    return turn.notice(
        turn.say.t("The answer is too long: there is room for 20,000 characters."),
        turn.say.t("I have not kept it. Shorten it by editing your message."),
    )


def _does_not_fit(turn: Turn, asked: Asked) -> Notice:
    """What was written last does not go with what stands: say how to answer instead."""
    return turn.notice(
        turn.say.t("This is more than an answer has room for. I have kept what stood before."),
        _answer_button(turn, asked),
    )


def _answer_button(turn: Turn, asked: Asked) -> Buttons:
    answer = rounds_dialog.id("answer", f"q{asked.id}")
    label = turn.say.t("Answer or change")
    return Buttons((Button(answer, label, "primary", opens=True, typed="svar"),))


def _stands_elsewhere(turn: Turn, asked: Asked) -> Notice | None:
    """Once for each answer that was given by form or button: it stands, what is written is talk."""
    assert turn.place is not None
    seat = seat_before(turn, asked.id, turn.me.id)
    if seat is None or seat.answer is None:
        return None
    given = seat.answer.at
    everything = heard.in_place(turn.db, asked.id, turn.place.id)
    own = [each for each in everything if each.person_id == turn.me.id]
    if sum(each.at > given and not each.talk for each in own) != 1 or own[-1].talk:
        return None
    change = Button(
        rounds_dialog.id("answer", f"q{asked.id}"), turn.say.t("Change"), opens=True, typed="endre"
    )
    return turn.notice(
        turn.say.t(
            "You have answered this already, and that answer stands. What you write in the thread "
            "is talk."
        ),
        Buttons((change,)),
    )


def _nothing_left(turn: Turn, asked: Asked, place_id: int) -> tuple[Text, Buttons] | None:
    """The answer was taken away though later words of the same person stand in the thread: they
    were not kept, and only their author can make an answer of them."""
    seat = seat_before(turn, asked.id, turn.me.id)
    if seat is None or seat.answer is None or seat.answer.status != AnswerStatus.WITHDRAWN:
        return None
    everything = heard.in_place(turn.db, asked.id, place_id)
    own = [each for each in everything if each.person_id == turn.me.id]
    if not any(not each.deleted and not each.talk for each in own):
        return None
    said = Text(
        turn.say.t(
            "You have no answer to this question now. I have not kept what you wrote later in the "
            "thread, since it was talk by then."
        )
    )
    return said, _answer_button(turn, asked)


class _Change(Enum):
    """What came of working out an answer anew."""

    NONE = auto()  # it stands as it stood
    MADE = auto()  # it is there, is another one, or is gone
    NO_FIT = auto()  # what is written is too much for an answer
    ELSEWHERE = auto()  # an answer by form, by button or in another place stands


def _settle(turn: Turn, asked: Asked, place_id: int, *, came: datetime | None = None) -> _Change:
    """Work out anew what stands in a place's thread, in the order it was written; what came of it
    for whoever acts now. A message that `came` late may have come between those of others."""
    everything = heard.in_place(turn.db, asked.id, place_id)
    change = _Change.NONE
    cut = {each.person_id for each in everything if came is not None and each.at > came}
    for person_id in {turn.me.id, *cut}:
        seat = seat_before(turn, asked.id, person_id)
        if seat is None or seat.member is None:
            continue
        made = _settle_one(turn, seat, place_id, everything)
        if person_id == turn.me.id:
            change = made
    return change


def _settle_one(turn: Turn, seat: Seat, place_id: int, everything: Sequence[Heard]) -> _Change:
    """The same for one person; words that are no answer are forgotten."""
    assert seat.member is not None
    own = [each for each in everything if each.person_id == seat.member.person_id]
    given = seat.answer
    elsewhere = given is not None and given.place_id != place_id
    if elsewhere and given is not None and given.status == AnswerStatus.GIVEN:
        written = any(each.text is not None for each in own)
        _keep_words(turn, own, ())
        return _Change.ELSEWHERE if written else _Change.NONE
    # A skip, a "don't know" or a taking back by button holds for what was written before it.
    after = given.at if elsewhere and given is not None else None
    stands = standing_answer(everything, seat.member.person_id, after)
    if stands is None:
        _keep_words(turn, own, ())
        if given is None or elsewhere or given.status == AnswerStatus.WITHDRAWN:
            return _Change.NONE
        give(turn, seat, AnswerStatus.WITHDRAWN, None, place_id=place_id)
        return _Change.MADE
    try:
        status, value = meaning(kind_of(seat.asked), content(seat.asked), stands.text)
    except NotUnderstood:
        _keep_words(turn, own, stands.messages[:-1])
        return _Change.NO_FIT
    _keep_words(turn, own, stands.messages)
    if given is not None and (given.status, given.value) == (status, value):
        return _Change.NONE
    give(turn, seat, status, value, place_id=place_id)
    return _Change.MADE


def _keep_words(turn: Turn, own: Sequence[Heard], answer: Sequence[Heard]) -> None:
    """Keep a person's words only where they are the answer."""
    kept = {each.id for each in answer}
    for each in own:
        if each.text is not None and each.id not in kept:
            each.text = None
    turn.db.flush()


def _tell_once(turn: Turn, asked: Asked, found: Round, message: str) -> Notice | None:
    member = memberships.of(turn.db, turn.me.id, found.collaboration_id)
    if member is None or (member.told_thread and not turn.me.text_receipts):
        return None
    assert turn.place is not None
    row = heard.of_message(turn.db, turn.place.id, message)
    if row is None or row.text is None:
        return None
    memberships.told(turn.db, member.id, "told_thread")
    say, argument = turn.say, f"q{asked.id}"
    return turn.confirmed(
        Text(say.t("I took this as your answer:")),
        Quote(row.text if len(row.text) <= 600 else row.text[:600] + " …"),
        Buttons(
            (
                Button(rounds_dialog.id("not_answer", argument, row.id), say.t("Not an answer")),
                Button(
                    rounds_dialog.id("answer", argument), say.t("Change"), opens=True, typed="endre"
                ),
            )
        ),
    )


@rounds_dialog.act("not_answer")
def not_answer(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What was taken as an answer was talk; its words are forgotten."""
    seat = seat_before(turn, number(turn, argument, "q"), turn.me.id)
    row = heard.by_row(turn.db, row_number(part(turn, argument, 1)) or 0)
    if seat is None or row is None or row.person_id != turn.me.id or row.asked_id != seat.asked.id:
        raise moved_on(turn)
    # As if it had never been written: a later edit does not make an answer of it either.
    row.talk, row.deleted, row.text = True, True, None
    turn.db.flush()
    _settle(turn, seat.asked, row.place_id)
    left = _nothing_left(turn, seat.asked, row.place_id) or ()
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
        return _too_long(turn)  # what stood before stands
    row.changed_at = event.at
    row.talk = is_talk(event.text, event.only_mentions)
    row.text = None if row.talk else event.text
    turn.db.flush()
    change = _settle(turn, asked, turn.place.id)
    if change == _Change.MADE and turn.me.text_receipts:
        return _tell_once(turn, asked, found, event.message)
    return _does_not_fit(turn, asked) if change == _Change.NO_FIT else None


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
    if _settle(turn, asked, turn.place.id) != _Change.MADE:
        return None
    left = _nothing_left(turn, asked, turn.place.id)
    return turn.notice(*left) if left else None
