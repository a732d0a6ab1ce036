"""What a running round does when a channel or a person comes in."""

from __future__ import annotations

from dialogs.dialog import Turn
from dialogs.rounds.asking import show_question, show_start
from dialogs.rounds.opening import answers_changed, open_when_all_have
from dialogs.rounds.summary import sum_up
from storage import rounds
from storage.tables import AskedState, Place, RoundState


def running_round_comes_too(turn: Turn, place: Place) -> None:
    """Show the running round in a channel that joined: its start and the question that is on."""
    if place.collaboration_id is None:
        return
    found = rounds.running(turn.db, place.collaboration_id)
    if found is None:
        return
    rounds.add_place(turn.db, found.id, place.id)
    show_start(turn, found, place)
    asked = [each for each in rounds.questions(turn.db, found.id) if each.asked_at is not None]
    if not asked:
        return
    show_question(turn, found, asked[-1], place)
    if asked[-1].state == AskedState.OPENED:
        answers_changed(turn, asked[-1], found)


def answers_count_now(turn: Turn, collaboration_id: int) -> None:
    """Somebody picked their organisation: what they answered before counts from now on."""
    for asked, found in rounds.answered_questions(turn.db, turn.me.id, collaboration_id):
        if not open_when_all_have(turn, asked, found):
            answers_changed(turn, asked, found)
        if found.state == RoundState.CLOSED:
            sum_up(turn, found)
