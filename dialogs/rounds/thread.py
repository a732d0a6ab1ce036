"""What is written in a question's thread: an answer in an open thread round, otherwise talk.

Order is by the platform's time of each message, never by arrival: an edit before its message
creates it, a deletion before it leaves a tombstone. Talk is not kept, only that it was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.dialog import Turn
from dialogs.events import Deleted, Edited, Said
from dialogs.joining import ask_organisation, let_in
from dialogs.messages import Button, Buttons, Notice, Quote, Reply, Text
from dialogs.rounds import values
from dialogs.rounds.answering import give
from dialogs.rounds.dialog import asked_of, moved_on, number, part, rounds_dialog
from storage import answers, people, rounds
from storage.rounds import Seat
from storage.tables import AnswerStatus, Asked, AskedState, Heard, Round, RoundState, Way


@dataclass(frozen=True, slots=True)
class Standing:
    """The messages that make up somebody's answer, earliest first."""

    messages: tuple[Heard, ...]

    @property
    def text(self) -> str:
        """Their words, one message a paragraph."""
        return "\n".join(each.text or "" for each in self.messages)


def standing_answer(heard: Sequence[Heard], person_id: int) -> Standing | None:
    """A person's earliest standing message, and those that follow before others write.

    `heard` is all that was written in the thread, in the order of the platform's times. Others'
    messages end the answer even when they were taken away since.
    """
    parts: list[Heard] = []
    for each in heard:
        if each.person_id != person_id:
            if parts:
                break
            continue
        if not (each.deleted or each.talk or each.text is None):
            parts.append(each)
    return Standing(tuple(parts)) if parts else None


def is_talk(text: str, only_mentions: bool) -> bool:
    """A question, a mere mention of somebody, or nothing but signs is talk, not an answer."""
    words = text.strip()
    return only_mentions or words.endswith("?") or not any(sign.isalnum() for sign in words)


@rounds_dialog.heard
def heard(turn: Turn, argument: str, event: Said | Edited | Deleted) -> Reply | None:
    """A message in the thread under one of a round's posts."""
    if not argument.startswith("q"):
        return None
    asked, found = asked_of(turn, argument)
    if asked.state == AskedState.WAITING or turn.place is None:
        return None
    if found.way != Way.THREAD or asked.type not in values.IN_THREAD or asked.where != "open":
        return _only_talk(turn, asked, found) if isinstance(event, Said) else None
    match event:
        case Said():
            return _said(turn, asked, found, event)
        case Edited():
            return _edited(turn, asked, found, event)
        case Deleted():
            return _deleted(turn, asked, found, event)


def _only_talk(turn: Turn, asked: Asked, found: Round) -> Reply | None:
    """Say once, privately, that thread text is talk and where answers are given."""
    member = people.membership(turn.db, turn.me.id, found.collaboration_id)
    hidden = asked.state == AskedState.ASKED or asked.where != "open"
    if member is None or member.told_talk or not hidden or found.state == RoundState.CLOSED:
        return None
    people.told(turn.db, member.id, "told_talk")
    say = turn.say
    button = Button(
        rounds_dialog.id("answer", f"q{asked.id}"),
        say.t("Answer or change"),
        "primary",
        opens=True,
        typed="svar",
    )
    return turn.notice(
        say.t(
            "What you write in this thread is talk that all can read. I do not keep it as your "
            "answer. Press the button to answer."
        ),
        Buttons((button,)),
    )


def _said(turn: Turn, asked: Asked, found: Round, event: Said) -> Reply | None:
    member = let_in(turn, found.collaboration_id)
    assert turn.place is not None
    seat = rounds.seat(turn.db, asked.id, turn.me.id)
    assert seat is not None
    if len(event.text) > values.LONGEST:
        return turn.notice(
            turn.say.t("The answer is too long: 20,000 characters is the most."),
            turn.say.t("I have not kept it. Shorten it by editing your message."),
        )
    answers.hear(
        turn.db,
        place_id=turn.place.id,
        message=event.message,
        asked_id=asked.id,
        person_id=turn.me.id,
        at=event.at,
        text=event.text,
        talk=is_talk(event.text, event.only_mentions),
    )
    if not _settle(turn, seat, turn.me.id):
        return None
    if member.organisation_id is None:
        return ask_organisation(turn, found.collaboration_id)
    return _tell_once(turn, asked, found, event.message)


def _settle(turn: Turn, seat: Seat, person_id: int, *, edited: bool = False) -> bool:
    """Work the person's answer out anew from what stands in the thread; whether it changed.

    Others' answers are worked out too: this message may have come between theirs.
    """
    assert turn.place is not None
    everything = answers.heard_in(turn.db, seat.asked.id, turn.place.id)
    stands = standing_answer(everything, person_id)
    _forget_talk(turn, everything)
    given = seat.answer
    by_form = given is not None and given.place_id is None
    if by_form and given is not None and given.status != AnswerStatus.WITHDRAWN and not edited:
        return False  # answered by form or button: what follows in the thread is talk
    if stands is None:
        if given is None or given.status == AnswerStatus.WITHDRAWN:
            return False
        return give(turn, seat, AnswerStatus.WITHDRAWN, None)
    value = {"text": stands.text} if seat.asked.type == "text" else None
    if value is None:
        try:
            value = values.from_typed(seat.asked.type, seat.asked.content, stands.text)
        except values.NotUnderstood:
            return False
    if given is not None and given.value == value:
        return False
    return give(turn, seat, AnswerStatus.GIVEN, value, place_id=turn.place.id)


def _forget_talk(turn: Turn, everything: Sequence[Heard]) -> None:
    """Keep words only where they are somebody's answer."""
    kept: set[int] = set()
    for person in {each.person_id for each in everything}:
        stands = standing_answer(everything, person)
        kept |= {each.id for each in stands.messages} if stands else set()
    for each in everything:
        if each.text is not None and each.id not in kept:
            each.text = None
    turn.db.flush()


def _tell_once(turn: Turn, asked: Asked, found: Round, message: str) -> Notice | None:
    member = people.membership(turn.db, turn.me.id, found.collaboration_id)
    if member is None or member.told_thread:
        return None
    people.told(turn.db, member.id, "told_thread")
    assert turn.place is not None
    row = answers.heard(turn.db, turn.place.id, message)
    if row is None or row.text is None:
        return None
    say, argument = turn.say, f"q{asked.id}"
    return turn.notice(
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
    seat = rounds.seat(turn.db, number(turn, argument, "q"), turn.me.id)
    chosen = part(turn, argument, 1)
    if seat is None or not chosen.isdecimal():
        raise moved_on(turn)
    row = answers.heard_row(turn.db, int(chosen))
    if row is None or row.person_id != turn.me.id or row.asked_id != seat.asked.id:
        raise moved_on(turn)
    row.talk, row.text = True, None
    turn.db.flush()
    if seat.answer is not None and seat.answer.place_id == row.place_id:
        give(turn, seat, AnswerStatus.WITHDRAWN, None)
    return turn.notice(turn.say.t("All right, it is talk, not an answer."))


def _edited(turn: Turn, asked: Asked, found: Round, event: Edited) -> Reply | None:
    assert turn.place is not None
    row = answers.heard(turn.db, turn.place.id, event.message)
    if row is None:
        let_in(turn, found.collaboration_id)
        row = answers.hear(
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
    if row.deleted or stale or row.person_id != turn.me.id or len(event.text) > values.LONGEST:
        return None
    was_answer = row.text is not None or row.changed_at is None
    row.changed_at = event.at
    row.talk = is_talk(event.text, event.only_mentions)
    row.text = event.text if was_answer and not row.talk else None
    turn.db.flush()
    seat = rounds.seat(turn.db, asked.id, turn.me.id)
    if seat is not None:
        _settle(turn, seat, turn.me.id, edited=was_answer)
    return None


def _deleted(turn: Turn, asked: Asked, found: Round, event: Deleted) -> Reply | None:
    assert turn.place is not None
    row = answers.heard(turn.db, turn.place.id, event.message)
    if row is None:
        answers.bury(turn.db, turn.place.id, event.message, asked.id, turn.me.id, event.at)
        return None
    if row.person_id != turn.me.id:
        return None
    was_answer = row.text is not None
    row.deleted, row.text = True, None
    turn.db.flush()
    seat = rounds.seat(turn.db, asked.id, turn.me.id)
    if seat is not None and was_answer:
        _settle(turn, seat, turn.me.id, edited=True)
    return None
