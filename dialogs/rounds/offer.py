"""The offer of a first round, where a coordinator has just got a collaboration going."""

from __future__ import annotations

from dialogs.messages import Button, Buttons, Element, Text
from dialogs.rounds.dialog import rounds_dialog
from dialogs.turn import View
from storage import memberships, places, rounds
from storage.tables import Role


def first_round(view: View, collaboration_id: int) -> list[Element]:
    """The trial round, or another, for a coordinator; nothing once a round has been run."""
    member = memberships.of(view.db, view.me.id, collaboration_id)
    if member is None or Role.COORDINATOR not in member.roles:
        return []
    if rounds.latest(view.db, collaboration_id) is not None:
        return []
    if not places.channels_of(view.db, collaboration_id):
        return []
    return round_buttons(view, collaboration_id)


def round_buttons(view: View, collaboration_id: int) -> list[Element]:
    """The trial round, or another; pressing is checked, so all may see them."""
    say = view.say
    return [
        Text(say.t("Try it with a trial round of three questions: it takes five minutes.")),
        Buttons(
            (
                Button(
                    rounds_dialog.id("trial", f"c{collaboration_id}"),
                    say.t("Start the trial round"),
                    "primary",
                    typed="prøverunde",
                ),
                Button(
                    rounds_dialog.id("setup", f"c{collaboration_id}"),
                    say.t("Choose a round"),
                    opens=True,
                    typed="runde",
                ),
            )
        ),
    ]
