"""Correcting which organisation somebody takes part from."""

from __future__ import annotations

from dialogs.authority import coordinator_of
from dialogs.messages import Message, Reply
from dialogs.rounds.coming_in import answers_count_anew
from dialogs.rounds.proposals import refresh_proposals
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, memberships, people, proposals
from storage.tables import Membership, Organisation


def moved(turn: Turn, member: Membership, chosen: Organisation) -> Reply:
    """Let a member take part from another organisation: what they answered goes along."""
    home_id = member.collaboration_id
    coordinator_of(turn, home_id)
    person = people.person(turn.db, member.person_id)
    if member.person_id == turn.me.id and member.organisation_id is not None:
        raise Refusal(
            turn.say.t(
                "You cannot move yourself: what colleagues write to each other is for them alone. "
                "Ask another coordinator to correct your organisation."
            )
        )
    if member.organisation_id != chosen.id:
        proposed = proposals.naming(turn.db, member.person_id, home_id)
        memberships.move(turn.db, member, chosen.id)
        refresh_proposals(turn, proposed)
        turn.audit("member.moved", f"membership:{member.id}", home_id)
        answers_count_anew(turn, person.id, home_id)
        _tell(turn, member, chosen.name)
    return turn.notice(
        turn.say.t(
            "{name} takes part from {organisation} now. What they answered follows, but not what "
            "only colleagues were to see.",
            name=person.name,
            organisation=chosen.name,
        )
    )


def _tell(turn: Turn, member: Membership, organisation: str) -> None:
    home = collaborations.the(turn.db, member.collaboration_id)

    def build(view: View) -> Message:
        return view.message(
            view.say.t(
                "A coordinator corrected your organisation in «{name}»: you take part from "
                "{organisation}. What you answered there follows, but not what only colleagues "
                "were to see.",
                name=home.name,
                organisation=organisation,
            )
        )

    if member.person_id != turn.me.id:
        key = f"people:m{member.id}:moved:{turn.event_key}"
        turn.tell(member.person_id, key, build, collaboration=home.id)
