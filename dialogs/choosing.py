"""Which collaboration somebody means: the channel's, their only one, or the one they pick."""

from __future__ import annotations

from dialogs.dialog import Refusal, View
from storage import people
from storage.tables import Collaboration


def the_collaboration(view: View) -> Collaboration:
    """The collaboration meant; a refusal that says what to do when it is not clear."""
    if view.place is not None and view.place.collaboration_id is not None:
        return people.collaboration(view.db, view.place.collaboration_id)
    mine = people.collaborations_of(view.db, view.me.id)
    if not mine:
        raise Refusal(
            view.say.t(
                "You are in no collaboration yet. Write «new» to set one up, or «join CODE»."
            )
        )
    if len(mine) > 1:
        names = view.say.listing([each.name for each in mine])
        raise Refusal(
            view.say.t(
                "You are in several: {names}. Write it in the channel you mean.", names=names
            )
        )
    return mine[0]
