"""Walking through a round alone: the questions come in a direct message, one after the other."""

from __future__ import annotations

from dialogs import directly
from dialogs.authority import member_of
from dialogs.belonging import let_in
from dialogs.messages import Message, Reply
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.privately import private_question
from dialogs.rounds.waits import WAIT, Wait, bring, waiting_for
from dialogs.turn import Turn
from storage import places
from storage.tables import TEAM, Asked, Round


@rounds_dialog.act("walk")
def walk(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Begin, or go on: the first question that waits, in the person's direct messages."""
    found = round_of(turn, argument)
    if found.audience == TEAM:
        let_in(turn, found.collaboration_id)
    else:
        member_of(turn, found.collaboration_id)
    left = [each for each in waiting_for(turn, found.collaboration_id) if each.round_id == found.id]
    if not left:
        return turn.notice(turn.say.t("No question of this round waits for you now."))
    if turn.place is not None and turn.place.person_id == turn.me.id:
        return turn.notice(*bring(turn, left[0], left=len(left) - 1))
    _bring_directly(turn, found, left)
    return turn.notice(turn.say.t("I have written to you directly. The questions come there."))


def _bring_directly(turn: Turn, found: Round, left: list[Asked]) -> None:
    place = places.direct_of(turn.db, turn.me.id)
    view = turn.as_seen_by(turn.me.id, place, found.collaboration_id)
    asked = left[0]
    elements = private_question(view, asked, found, len(left) - 1)
    turn.post(
        place,
        Message(view.language, tuple(elements)),
        f"walk:{turn.event_key}",
        owner=("round", f"q{asked.id}"),
        collaboration=found.collaboration_id,
    )
    data, home = Wait(asked.id, turn.at).data(), found.collaboration_id
    directly.wait_for(turn, "round", "answer", data, WAIT, collaboration_id=home)
