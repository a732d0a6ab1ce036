"""What waits for somebody's next words in a direct message, and what comes after it.

A question waits from an instant on: what was written before it belongs to the question before,
however late it arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from dialogs.authority import moved_on
from dialogs.messages import Divider, Element
from dialogs.rounds.early import this_weeks
from dialogs.rounds.privately import private_question
from dialogs.turn import Turn, View
from storage import conversations, rounds, waiting
from storage.tables import Asked, AskedState

WAIT = timedelta(hours=12)


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


def waiting_for(view: View, collaboration_id: int | None = None) -> list[Asked]:
    """The questions that wait for the viewer, in any collaboration or in one: the whole week's for
    those who answer on Mondays."""
    to_come = view.me.monday
    left = waiting.questions_for(view.db, view.me.id, collaboration_id, to_come=to_come)
    ids = {each.round_id for each in left if each.state == AskedState.WAITING}
    running = [found for each in ids if (found := rounds.one(view.db, each)) is not None]
    early = {each.id for found in running for each in this_weeks(view, found)}
    return [each for each in left if each.state != AskedState.WAITING or each.id in early]


def left_after(turn: Turn, asked: Asked, collaboration_id: int) -> list[Asked]:
    """The questions of a collaboration that wait besides this one."""
    left = waiting_for(turn, collaboration_id)
    return [each for each in left if each.id != asked.id]


def following(turn: Turn, asked: Asked, collaboration_id: int, wait: Wait) -> list[Element]:
    """The next question, if one waits. It waits from its being shown on, not from the answer."""
    left = left_after(turn, asked, collaboration_id)
    if not left:
        return []
    before = replace(wait, before=None)
    since = max(turn.at, turn.now)
    return [Divider(), *bring(turn, left[0], left=len(left) - 1, since=since, before=before)]


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
    turn.about.append(f"q{asked.id}")
    wait = Wait(asked.id, since or turn.at, anew, before=before)
    wait_for(turn, found.collaboration_id, wait)
    return private_question(turn, asked, found, left, anew=anew)
