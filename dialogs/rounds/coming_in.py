"""What happens when a channel or a person comes in: it is bound, and a running round follows."""

from __future__ import annotations

from dialogs.arrived import shown as arrived
from dialogs.rounds.announcing import show_start
from dialogs.rounds.asking import show_question
from dialogs.rounds.opening import answers_changed, open_when_all_have
from dialogs.rounds.summary import sum_up
from dialogs.turn import Refusal, Turn
from storage import contributions, places, rounds
from storage.tables import TEAM, AskedState, Pace, Place, RoundState


def bring_in(turn: Turn, place: Place, collaboration_id: int) -> bool:
    """Let a channel be one of the collaboration's places; whether a running round came with it."""
    if not places.bind(turn.db, place.id, collaboration_id):
        raise Refusal(turn.say.t("This channel is already part of a collaboration."))
    turn.db.refresh(place)
    turn.audit("place.joined", f"place:{place.id}", collaboration_id)
    return _running_round_comes_too(turn, place, collaboration_id)


def _running_round_comes_too(turn: Turn, place: Place, collaboration_id: int) -> bool:
    """Show the running round there, if it is the team's: its start and the question that is on.
    Questions that each walks through alone stand in no channel."""
    found = rounds.running(turn.db, collaboration_id)
    if found is None or found.audience != TEAM:
        return False
    rounds.add_place(turn.db, found.id, place.id)
    show_start(turn, found, place)
    asked = [each for each in rounds.questions(turn.db, found.id) if each.asked_at is not None]
    if asked and found.pace != Pace.SELF:
        show_question(turn, found, asked[-1], place)
        if asked[-1].state == AskedState.OPENED:
            answers_changed(turn, asked[-1], found)
            arrived.show_in(turn, asked[-1], found, place)
    return True


def answers_count_anew(turn: Turn, person_id: int, collaboration_id: int) -> None:
    """Somebody's organisation was picked or corrected: what they answered before counts for it."""
    for asked, found in contributions.answered(turn.db, person_id, collaboration_id):
        if not open_when_all_have(turn, asked, found):
            answers_changed(turn, asked, found)
        if found.state == RoundState.CLOSED:
            sum_up(turn, found)
