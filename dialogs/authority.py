"""Who may do what, and what an argument of a button names: asked again at every press.

It knows no dialog, so that every dialog can use it.
"""

from __future__ import annotations

from dialogs.buttons import row_number
from dialogs.turn import Refusal, View
from storage import collaborations, memberships, people
from storage.tables import TEAM, Membership, Role, Round


def number(view: View, argument: str, kind: str) -> int:
    """The id in an argument such as "q17"; a plain refusal when it is none."""
    head = argument.split(",", maxsplit=1)[0]
    found = row_number(head[1:]) if head.startswith(kind) else None
    if found is None:
        raise moved_on(view)
    return found


def part(view: View, argument: str, index: int) -> str:
    """One of the values after the first comma of an argument."""
    values = argument.split(",")
    if index >= len(values):
        raise moved_on(view)
    return values[index]


def moved_on(view: View) -> Refusal:
    """What a button of something that is over gets."""
    return Refusal(view.say.t("This has moved on. Write «help» to see what you can do now."))


def member_of(view: View, collaboration_id: int) -> Membership:
    """The viewer's membership; whoever has none sees and changes nothing."""
    found = memberships.of(view.db, view.me.id, collaboration_id) if view.person else None
    if found is None:
        raise _newcomer(view) if _may_come_in(view, collaboration_id) else stranger(view)
    return found


def _may_come_in(view: View, collaboration_id: int) -> bool:
    """Whether an answer would let the viewer in: they act in one of its channels."""
    if view.place is None or view.place.collaboration_id != collaboration_id:
        return False
    gone = memberships.left(view.db, view.me.id, collaboration_id) if view.person else None
    kept_out = gone is not None and gone.removed
    return not kept_out and collaborations.the(view.db, collaboration_id).joining_open


def _newcomer(view: View) -> Refusal:
    return Refusal(
        view.say.t(
            "You are not part of this collaboration yet. Answer a question here, and you are."
        )
    )


def reader_of(view: View, found: Round) -> Membership:
    """The viewer's membership, if the round's answers are for them: those of a round for
    coordinators are for coordinators."""
    if found.audience != TEAM:
        return coordinator_of(view, found.collaboration_id)
    return member_of(view, found.collaboration_id)


def stranger(view: View) -> Refusal:
    """What somebody gets who is not in the collaboration."""
    return Refusal(
        view.say.t("You are not part of this collaboration. Ask a coordinator for a code.")
    )


def coordinator_of(view: View, collaboration_id: int) -> Membership:
    """The viewer's membership if they coordinate; asked again at every press."""
    found = member_of(view, collaboration_id)
    if Role.COORDINATOR not in found.roles:
        raise only_coordinators(view, collaboration_id)
    return found


def only_coordinators(view: View, collaboration_id: int) -> Refusal:
    """What a member gets who may not do this: who can."""
    say, home = view.say, collaborations.the(view.db, collaboration_id)
    names = [
        people.person(view.db, each).name for each in memberships.coordinators(view.db, home.id)
    ]
    only = say.t("Only a coordinator can do this.")
    if not names:
        return Refusal(only)
    who = say.t("In «{name}» that is {names}.", name=home.name, names=say.listing(names))
    return Refusal(f"{only} {who}")
