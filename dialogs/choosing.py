"""Which collaboration somebody means: the channel's, their only one, or the one they pick."""

from __future__ import annotations

from collections.abc import Callable

from dialogs.dialog import Refusal, View
from dialogs.messages import Button, Buttons
from storage import people
from storage.tables import Collaboration

MOST = 20  # to pick from


def the_collaboration(view: View, pick: Callable[[int], str]) -> Collaboration:
    """The collaboration meant; a refusal that says what to do when it is not clear. `pick` makes
    the id of the button that does the same in one of several."""
    here = view.place.collaboration_id if view.place is not None else None
    if here is not None:
        return people.collaboration(view.db, here)
    mine = people.collaborations_of(view.db, view.me.id)
    if not mine:
        raise Refusal(
            view.say.t(
                "You are in no collaboration yet. Write «new» to set one up, or «join CODE»."
            )
        )
    meant = [each for each in mine if each.id == view.meant]
    if meant or len(mine) == 1:
        return (meant or mine)[0]
    buttons = tuple(Button(pick(each.id), each.name) for each in mine[:MOST])
    raise Refusal(view.say.t("Which collaboration do you mean?"), Buttons(buttons))
