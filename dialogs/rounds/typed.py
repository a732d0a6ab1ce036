"""Words typed in a direct message: an answer to what waits, more of it, an edit, a deletion.

A question waits from an instant on: what was written before it belongs to the question before,
however late it arrives. After an answer in words, further words are added to it until the person
goes on; other questions follow each other at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from dialogs.authority import moved_on
from dialogs.dialog import Turn
from dialogs.events import Deleted, Edited, Said
from dialogs.language import n_
from dialogs.messages import Button, Buttons, Divider, Element, Notice, Reply, Text
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
from dialogs.rounds.answering import saved, taken_back
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.giving import give, seat_of
from dialogs.rounds.more import add_more
from dialogs.rounds.privately import private_question
from dialogs.rounds.receipts import ask_to_replace, would_replace
from storage import answers, conversations, rounds
from storage.rounds import Seat
from storage.tables import AnswerStatus, Asked, Conversation, Heard

WAIT = timedelta(hours=12)
NEXT_WORDS = ("neste", "next")
_LONG = n_("The answer is too long: there is room for 20,000 characters.")


@dataclass(frozen=True, slots=True)
class Wait:
    """What waits for words: a question, since when, and the one before it.

    `anew` says that an answer may stand which is to be replaced; `added` that words have come
    since, to which more is added.
    """

    asked: int
    since: datetime | None = None
    anew: bool = False
    added: bool = False
    before: Wait | None = None

    def data(self, own: Sequence[str] = ()) -> dict[str, Any]:
        """As it is kept in a conversation; `own` are words that the step takes for itself."""
        return {
            "asked": self.asked,
            "since": self.since.isoformat() if self.since else None,
            "anew": self.anew,
            "added": self.added,
            "before": self.before.data() if self.before else None,
            "own": list(own),
        }

    def meant(self, at: datetime) -> Wait | None:
        """Which of the two was asked at that instant; None when neither was."""
        if self.since is None or at >= self.since:
            return self
        before = self.before
        early = before is None or (before.since is not None and at < before.since)
        return None if early else before


def wait_of(data: dict[str, Any]) -> Wait:
    """What a conversation's data say."""
    since, before = data.get("since"), data.get("before")
    return Wait(
        int(data["asked"]),
        datetime.fromisoformat(since) if since else None,
        bool(data.get("anew")),
        bool(data.get("added")),
        wait_of(before) if before else None,
    )


def wait_for(
    turn: Turn, collaboration_id: int, wait: Wait, *, step: str = "answer", own: Sequence[str] = ()
) -> None:
    """Let the next words in this direct message be for it; elsewhere nothing waits."""
    if turn.place is None or turn.place.person_id != turn.me.id:
        return
    conversations.wait_for(
        turn.db,
        person_id=turn.me.id,
        place_id=turn.place.id,
        collaboration_id=collaboration_id,
        dialog="round",
        step=step,
        data=wait.data(own),
        expires_at=turn.now + WAIT,
    )


def heard_directly(turn: Turn, argument: str, event: Said | Edited | Deleted) -> Reply | None:
    """A direct message that answers what waits, or a change of one that did."""
    match event:
        case Said():
            return _said(turn, event)
        case Edited():
            return _edited(turn, event)
        case Deleted():
            return _deleted(turn, event)


def _waiting(turn: Turn) -> Conversation | None:
    assert turn.place is not None
    found = conversations.waiting(turn.db, turn.me.id, turn.place.id, turn.now)
    return found if found is not None and found.dialog == "round" else None


def _said(turn: Turn, event: Said) -> Reply | None:
    assert turn.place is not None
    conversation = _waiting(turn)
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
    if meant.anew and not meant.added:
        _set_aside(turn, seat.asked, meant)
    row = _note(turn, seat.asked, event.message, event.at, event.text)
    if row.deleted:
        return None  # the person took it away before it came here
    return _answered(turn, seat, row, wait if meant is wait else None)


def _means_next(conversation: Conversation, text: str) -> bool:
    return fold(text) in {fold(each) for each in conversation.data.get("own", ())}


def _status(text: str) -> AnswerStatus | None:
    if means_dont_know(text):
        return AnswerStatus.DONT_KNOW
    return AnswerStatus.SKIPPED if means_skip(text) else None


def _note(turn: Turn, asked: Asked, message: str, at: datetime, text: str) -> Heard:
    assert turn.place is not None
    return answers.hear(
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
    everything = answers.heard_in(turn.db, asked.id, turn.place.id)
    return [each for each in everything if each.person_id == turn.me.id]


def _answered(turn: Turn, seat: Seat, row: Heard, wait: Wait | None) -> Reply | None:
    """Let the typed words be the answer; with `wait`, they were for what waits now."""
    assert turn.place is not None
    assert seat.member is not None
    standing = seat.answer
    if (later := _later_stands(turn, seat, row)) is not None:
        return later
    words = _words(turn, seat)
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
    if status == AnswerStatus.GIVEN and kind_of(seat.asked).in_thread:
        return turn.notice(*reply.message.elements, *_may_add(turn, seat, after))
    following = _following(turn, seat, after)
    return turn.notice(*reply.message.elements, *following)


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


def _words(turn: Turn, seat: Seat) -> list[Heard]:
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
        said = "This is more than an answer has room for. I have kept what stood before."
        return turn.notice(turn.say.t(said))
    elements: list[Element] = [Text(turn.say.t(fault.hint))]
    if waits:
        still = turn.say.t("The question still waits. «stop» lets it go.")
        elements.append(Text(still, "muted"))
    return turn.notice(*elements)


# --- going on -----------------------------------------------------------------------------------


def _left(turn: Turn, collaboration_id: int, asked_id: int) -> list[Asked]:
    waiting = rounds.waits_for(turn.db, turn.me.id, collaboration_id)
    return [each for each in waiting if each.id != asked_id]


def _may_add(turn: Turn, seat: Seat, wait: Wait, *, step: str = "answer") -> list[Element]:
    """Further words are added to what was just given, until the person goes on."""
    say, home = turn.say, seat.round.collaboration_id
    left = bool(_left(turn, home, seat.asked.id))
    wait_for(turn, home, wait, step=step, own=NEXT_WORDS if left else ())
    if not left:
        return [Text(say.t("What you write now is added to it. «stop» ends that."), "muted")]
    button = Button(
        rounds_dialog.id("go", f"q{seat.asked.id}"), say.t("Go on"), "primary", typed="neste"
    )
    more = say.t("Write «next» to go on. What you write until then is added to your answer.")
    return [Text(more), Buttons((button,))]


def _following(turn: Turn, seat: Seat, wait: Wait) -> list[Element]:
    """The next question, if one waits. It waits from its being shown on, not from the answer."""
    waiting = _left(turn, seat.round.collaboration_id, seat.asked.id)
    if not waiting:
        return []
    before = replace(wait, before=None)
    since = max(turn.at, turn.now)
    return [Divider(), *bring(turn, waiting[0], left=len(waiting) - 1, since=since, before=before)]


@rounds_dialog.act("go")
def go_on(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """On to the next question."""
    asked, _ = asked_of(turn, argument)
    conversation = _waiting(turn) if turn.place is not None else None
    wait = wait_of(conversation.data) if conversation is not None else None
    return _go_on(turn, wait if wait and wait.asked == asked.id else Wait(asked.id))


def _go_on(turn: Turn, wait: Wait) -> Reply | None:
    seat = seat_of(turn, f"q{wait.asked}")
    following = _following(turn, seat, wait)
    if following:
        return turn.notice(*following[1:])
    assert turn.place is not None
    conversations.stop(turn.db, turn.me.id, turn.place.id)
    return turn.notice(turn.say.t("No questions are waiting for you."))


def bring(
    turn: Turn,
    asked: Asked,
    *,
    left: int = 0,
    since: datetime | None = None,
    before: Wait | None = None,
    anew: bool = False,
) -> list[Element]:
    """A question as it is asked privately; the next words in this direct message answer it."""
    found = rounds.one(turn.db, asked.round_id)
    if found is None:
        raise moved_on(turn)
    wait = Wait(asked.id, since or turn.at, anew, before=before)
    wait_for(turn, found.collaboration_id, wait)
    return private_question(turn, asked, found, left)


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
        following = _following(turn, seat, wait)
        nothing = Text(turn.say.t("That is fine. Nothing was added."))
        return turn.notice(nothing, *following)
    standing = seat.answer.followup if seat.answer is not None and wait.added else None
    words = f"{standing}\n{text.strip()}" if standing else text.strip()
    if len(words) > LONGEST:
        return turn.notice(turn.say.t(_LONG))
    reply = add_more(turn, seat, words)
    more = _may_add(turn, seat, replace(wait, added=True), step="more")
    return turn.notice(*reply.message.elements, *more)


# --- edits and deletions ------------------------------------------------------------------------


def _seat_before(turn: Turn, row: Heard) -> Seat | None:
    """The author's seat, if what they typed then is still their answer or can become it."""
    seat = rounds.seat(turn.db, row.asked_id, turn.me.id)
    if seat is None or seat.member is None or row.person_id != turn.me.id:
        return None
    assert turn.place is not None
    given = seat.answer
    other = given is not None and given.place_id != turn.place.id
    return None if other or row.deleted or row.talk else seat


def _edited(turn: Turn, event: Edited) -> Reply | None:
    """The new words instead of the old ones; what stood stands if they are no answer."""
    assert turn.place is not None
    row = answers.heard(turn.db, turn.place.id, event.message)
    conversation = _waiting(turn)
    wait = wait_of(conversation.data) if conversation is not None else None
    if row is None:
        meant = wait.meant(event.said_at) if wait is not None else None
        if meant is None:
            return None
        seat = seat_of(turn, f"q{meant.asked}")
        row = _note(turn, seat.asked, event.message, event.said_at, "")
        row.text = None
    found = _seat_before(turn, row)
    if found is None or (row.changed_at is not None and row.changed_at >= event.at):
        return None
    old = (row.text, row.changed_at)
    row.text, row.changed_at = event.text, event.at
    turn.db.flush()
    words = _words(turn, found)
    if row not in words:
        row.text = None
        return None
    now = wait if wait is not None and wait.asked == row.asked_id else None
    reply = _answered(turn, found, row, now)
    if not _has_words(row):  # it was no answer
        row.text, row.changed_at = old
        turn.db.flush()
    return reply


def _deleted(turn: Turn, event: Deleted) -> Reply | None:
    """What was taken away is erased; the answer is what is left, or gone."""
    assert turn.place is not None
    row = answers.heard(turn.db, turn.place.id, event.message)
    if row is None:
        conversation = _waiting(turn)
        if conversation is not None:
            asked_id = wait_of(conversation.data).asked
            answers.bury(turn.db, turn.place.id, event.message, asked_id, turn.me.id, event.at)
        return None
    seat = _seat_before(turn, row)
    if row.person_id != turn.me.id:
        return None
    counted = row.text is not None
    row.deleted, row.text = True, None
    turn.db.flush()
    if seat is None or not counted:
        return None
    words = _words(turn, seat)
    if words:
        return _answered(turn, seat, words[-1], None)
    if seat.answer is None or seat.answer.status == AnswerStatus.WITHDRAWN:
        return None
    give(turn, seat, AnswerStatus.WITHDRAWN, None, place_id=turn.place.id)
    return taken_back(turn, seat)


def _has_words(row: Heard) -> bool:
    return row.text is not None
