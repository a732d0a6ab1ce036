"""Words typed in a direct message: an answer to what waits, or more of it.

After an answer in words, further words are added to it until the person goes on, as long as the
round is open: stray words become no part of what is over. Other questions follow at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialogs.authority import moved_on
from dialogs.events import Said
from dialogs.language import n_
from dialogs.messages import Button, Buttons, Element, Notice, Reply, Text
from dialogs.questions.content import content
from dialogs.questions.kind import (
    LONGEST,
    NotUnderstood,
    meaning,
    means_dont_know,
    means_skip,
)
from dialogs.questions.kinds import kind_of
from dialogs.registry import fold
from dialogs.rounds.answering import given, saved
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.giving import give, seat_of
from dialogs.rounds.more import add_more
from dialogs.rounds.receipts import ask_to_replace, would_replace
from dialogs.rounds.respondents import keeps_words
from dialogs.rounds.waits import Wait, following, left_after, wait_for, wait_of
from dialogs.turn import Turn
from storage import conversations, heard
from storage.seats import Seat
from storage.tables import AnswerStatus, Asked, Conversation, Heard, RoundState

NEXT_WORDS = ("neste", "next")
_LONG = n_("The answer is too long: there is room for 20,000 characters.")


def waiting_conversation(turn: Turn) -> Conversation | None:
    """What waits for the person here, if that is a question of a round."""
    assert turn.place is not None
    found = conversations.waiting(turn.db, turn.me.id, turn.place.id, turn.now)
    return found if found is not None and found.dialog == "round" else None


def said(turn: Turn, event: Said) -> Reply | None:
    """Words for what waits: the answer, more of it, or that the person goes on."""
    assert turn.place is not None
    conversation = waiting_conversation(turn)
    if conversation is None:
        raise moved_on(turn)
    wait = wait_of(conversation.data)
    if _means_next(conversation, event.text):
        return _go_on(turn, wait)
    meant = wait.meant(event.at)
    if meant is None:
        return turn.notice(
            turn.say.t(
                "This came late, and I cannot tell which question it answers. I have not kept it."
            )
        )
    seat = seat_of(turn, f"q{meant.asked}")
    if not meant.anew or meant.added:
        status = _status(event.text)
        if status is not None and would_replace(seat, status):
            return turn.notice(*ask_to_replace(turn, seat.asked, status))
    if not keeps_words(seat.round, seat.asked):
        return _answered_once(turn, seat, event.text, wait if meant is wait else None)
    if meant.anew and not meant.added:
        _set_aside(turn, seat.asked, meant)
    row = note(turn, seat.asked, event.message, event.at, event.text)
    if row.deleted:
        return None  # the person took it away before it came here
    return answered(turn, seat, row, wait if meant is wait else None)


def _answered_once(turn: Turn, seat: Seat, text: str, wait: Wait | None) -> Reply | None:
    """Words in a round where nobody is to know who wrote what, or where they are a proposal: they
    are the whole answer, and no later edit of the message reaches it."""
    assert turn.place is not None
    try:
        status, value = meaning(kind_of(seat.asked), content(seat.asked), text)
    except NotUnderstood as fault:
        return _not_understood(turn, fault, several=False, waits=wait is not None)
    if wait is not None:
        conversations.stop(turn.db, turn.me.id, turn.place.id)
    return given(turn, seat, status, value)


def _means_next(conversation: Conversation, text: str) -> bool:
    return fold(text) in {fold(each) for each in conversation.data.get("own", ())}


def _status(text: str) -> AnswerStatus | None:
    if means_dont_know(text):
        return AnswerStatus.DONT_KNOW
    return AnswerStatus.SKIPPED if means_skip(text) else None


def note(turn: Turn, asked: Asked, message: str, at: datetime, text: str) -> Heard:
    """Keep a direct message (its platform id, and when it was written) as words of an answer."""
    assert turn.place is not None
    return heard.note(
        turn.db,
        place_id=turn.place.id,
        message=message,
        asked_id=asked.id,
        person_id=turn.me.id,
        at=at,
        text=text,
        talk=False,
    )


def _set_aside(turn: Turn, asked: Asked, wait: Wait) -> None:
    """What was typed before is replaced now: a later edit of it changes nothing."""
    for each in _own(turn, asked):
        if wait.since is None or each.at < wait.since:
            each.text, each.talk = None, True
    turn.db.flush()


def _own(turn: Turn, asked: Asked) -> list[Heard]:
    assert turn.place is not None
    everything = heard.in_place(turn.db, asked.id, turn.place.id)
    return [each for each in everything if each.person_id == turn.me.id]


def answered(turn: Turn, seat: Seat, row: Heard, wait: Wait | None) -> Reply | None:
    """Let the typed words be the answer; with `wait`, they were for what waits now."""
    assert turn.place is not None
    assert seat.member is not None
    standing = seat.answer
    if (later := _later_stands(turn, seat, row)) is not None:
        return later
    words = words_of(turn, seat)
    try:
        status, value = meaning(
            kind_of(seat.asked), content(seat.asked), "\n".join(each.text or "" for each in words)
        )
    except NotUnderstood as fault:
        row.text = None
        return _not_understood(turn, fault, several=len(words) > 1, waits=wait is not None)
    for each in _own(turn, seat.asked):
        if each not in words:
            each.text = None
    turn.db.flush()
    if standing is not None and (standing.status, standing.value) == (status, value):
        if wait is None:
            return turn.notice(turn.say.t("You have given a newer answer, and it stands."))
    else:
        give(turn, seat, status, value, place_id=turn.place.id)
    if wait is not None:
        conversations.stop(turn.db, turn.me.id, turn.place.id)
    reply = saved(turn, seat, status, value)
    if wait is None or seat.member.organisation_id is None:
        return reply
    after = replace(wait, added=True)
    in_words = status == AnswerStatus.GIVEN and kind_of(seat.asked).in_thread
    if in_words and seat.round.state == RoundState.OPEN:
        return turn.notice(*reply.message.elements, *_may_add(turn, seat, after))
    after_it = following(turn, seat.asked, seat.round.collaboration_id, after)
    return turn.notice(*reply.message.elements, *after_it)


def _later_stands(turn: Turn, seat: Seat, row: Heard) -> Notice | None:
    """What to say of words that were written before an answer by form or button, or before one was
    taken back: they are not kept."""
    standing = seat.answer
    assert turn.place is not None
    if standing is None or standing.place_id == turn.place.id or row.at > standing.at:
        return None
    row.text = None
    turn.db.flush()
    if standing.status == AnswerStatus.WITHDRAWN:
        return turn.notice(
            turn.say.t("You took your answer back after you wrote this, so I have not kept it.")
        )
    return turn.notice(turn.say.t("You have given a newer answer, and it stands."))


def words_of(turn: Turn, seat: Seat) -> list[Heard]:
    """The typed messages that are the answer: all of them for words and lists, where "don't know"
    and "skip" give way to what follows; the last one for what is chosen."""
    standing = seat.answer
    assert turn.place is not None
    after = standing.at if standing is not None and standing.place_id != turn.place.id else None
    words: list[Heard] = []
    for each in _own(turn, seat.asked):
        if each.deleted or each.talk or each.text is None:
            continue
        if after is not None and (each.changed_at or each.at) <= after:
            continue
        joins = kind_of(seat.asked).in_thread and _status(each.text) is None
        empty = len(words) == 1 and _status(words[0].text or "") is not None
        words = [*words, each] if joins and not empty else [each]
    return words


def _not_understood(turn: Turn, fault: NotUnderstood, *, several: bool, waits: bool) -> Notice:
    if several:
        return turn.notice(
            turn.say.t("This is more than an answer has room for. I have kept what stood before.")
        )
    elements: list[Element] = [Text(turn.say.t(fault.hint))]
    if waits:
        still = turn.say.t("The question still waits. «stop» lets it go.")
        elements.append(Text(still, "muted"))
    return turn.notice(*elements)


# --- going on -----------------------------------------------------------------------------------


def _may_add(turn: Turn, seat: Seat, wait: Wait, *, step: str = "answer") -> list[Element]:
    """Further words are added to what was just given, until the person goes on."""
    say, home = turn.say, seat.round.collaboration_id
    left = bool(left_after(turn, seat.asked, home))
    wait_for(turn, home, wait, step=step, own=NEXT_WORDS if left else ())
    if not left:
        return [Text(say.t("What you write now is added to it. «stop» ends that."), "muted")]
    button = Button(
        rounds_dialog.id("go", f"q{seat.asked.id}"), say.t("Go on"), "primary", typed="neste"
    )
    more = say.t("Write «next» to go on. What you write until then is added to your answer.")
    return [Text(more), Buttons((button,))]


@rounds_dialog.act("go")
def go_on(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """On to the next question."""
    asked, _ = asked_of(turn, argument)
    conversation = waiting_conversation(turn) if turn.place is not None else None
    wait = wait_of(conversation.data) if conversation is not None else None
    return _go_on(turn, wait if wait and wait.asked == asked.id else Wait(asked.id))


def _go_on(turn: Turn, wait: Wait) -> Reply | None:
    seat = seat_of(turn, f"q{wait.asked}")
    after_it = following(turn, seat.asked, seat.round.collaboration_id, wait)
    if after_it:
        return turn.notice(*after_it[1:])
    assert turn.place is not None
    conversations.stop(turn.db, turn.me.id, turn.place.id)
    return turn.notice(turn.say.t("No questions are waiting for you."))


@rounds_dialog.wait("more")
def more_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """Words that answer the follow-up."""
    assert turn.place is not None
    wait = wait_of(waits.data)
    if _means_next(waits, text):
        return _go_on(turn, wait)
    seat = seat_of(turn, f"q{wait.asked}")
    if means_skip(text) or means_dont_know(text):
        conversations.stop(turn.db, turn.me.id, turn.place.id)
        after_it = following(turn, seat.asked, seat.round.collaboration_id, wait)
        nothing = Text(turn.say.t("That is fine. Nothing was added."))
        return turn.notice(nothing, *after_it)
    standing = seat.answer.followup if seat.answer is not None and wait.added else None
    words = f"{standing}\n{text.strip()}" if standing else text.strip()
    if len(words) > LONGEST:
        return turn.notice(turn.say.t(_LONG))
    reply = add_more(turn, seat, words)
    if seat.round.state != RoundState.OPEN:
        conversations.stop(turn.db, turn.me.id, turn.place.id)
        return reply
    more = _may_add(turn, seat, replace(wait, added=True), step="more")
    return turn.notice(*reply.message.elements, *more)
