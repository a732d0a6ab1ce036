"""Where a person's name and words stand, so that all of it is shown anew when they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.arrived.dialog import arrived
from dialogs.arrived.promising import renew
from dialogs.rounds.opening import answers_changed, open_when_all_have
from dialogs.rounds.proposals import Proposing, refresh_proposals
from dialogs.rounds.summary import sum_up
from dialogs.turn import Turn
from storage import contributions, erasing, proposals, rounds
from storage.tables import (
    Action,
    Asked,
    AskedState,
    Conclusion,
    Membership,
    Round,
    RoundState,
)


@dataclass(frozen=True, slots=True, repr=False)
class Traces:
    """Questions that somebody answered, actions that name them, conclusions that they wrote, and
    what their organisation has before it that they proposed or agree with."""

    answered: Sequence[tuple[Asked, Round]] = ()
    promised: Sequence[Action] = ()
    concluded: Sequence[Conclusion] = ()
    proposed: Sequence[Proposing] = ()


def traces(turn: Turn, person_id: int, collaboration_id: int | None = None) -> Traces:
    """All of it, or what is in one collaboration; to be read before anything is taken away."""
    return Traces(
        contributions.answered(turn.db, person_id, collaboration_id),
        contributions.promised(turn.db, person_id, collaboration_id),
        contributions.concluded(turn.db, person_id, collaboration_id),
        proposals.naming(turn.db, person_id, collaboration_id),
    )


def show_anew(turn: Turn, found: Traces) -> None:
    """Questions, opened answers, summaries, actions, conclusions and proposals as the record is
    now."""
    for asked, its_round in found.answered:
        answers_changed(turn, asked, its_round)
    closed = {one.id: one for _, one in found.answered if one.state == RoundState.CLOSED}
    for each in closed.values():
        sum_up(turn, each)
    for action in found.promised:
        renew(turn, action)
    for conclusion in found.concluded:
        turn.refresh(arrived.name, "conclusion", f"q{conclusion.asked_id}")
    refresh_proposals(turn, found.proposed)


def end(turn: Turn, member: Membership, shown: Traces, *, removed: bool = False) -> None:
    """End a membership: what is `shown` of the person is shown anew, and whoever only waited for
    them waits no longer."""
    home_id = member.collaboration_id
    erasing.leave(turn.db, member, turn.now, removed=removed)
    turn.db.expire_all()
    show_anew(turn, shown)
    nobody_waits(turn, home_id)


def nobody_waits(turn: Turn, collaboration_id: int) -> None:
    """Somebody is not waited for any more: what only waited for them opens."""
    found = rounds.running(turn.db, collaboration_id)
    if found is None:
        return
    for asked in rounds.questions(turn.db, found.id):
        if asked.state == AskedState.ASKED:
            open_when_all_have(turn, asked, found)
