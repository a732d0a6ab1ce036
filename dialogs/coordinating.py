"""What coordinators decide: who coordinates with them, and whether anyone may come in."""

from __future__ import annotations

from dialogs.authority import coordinator_of
from dialogs.messages import Message, Reply
from dialogs.turn import Turn, View
from storage import collaborations, memberships, people
from storage.tables import Membership, Role


def let_join(turn: Turn, home_id: int, *, opened: bool) -> Reply:
    """Let people in its channels come in by themselves, or not."""
    coordinator_of(turn, home_id)
    collaborations.set_joining(turn.db, home_id, opened=opened)
    turn.audit(
        "joining.opened" if opened else "joining.closed", f"collaboration:{home_id}", home_id
    )
    if opened:
        return turn.notice(turn.say.t("Anyone who writes in your channels may join."))
    return turn.notice(turn.say.t("Joining is closed: only people with a code can come in."))


def coordinates(turn: Turn, member: Membership) -> Reply:
    """Let a member coordinate too: several may."""
    coordinator_of(turn, member.collaboration_id)
    home = collaborations.the(turn.db, member.collaboration_id)

    def build(view: View) -> Message:
        return view.message(
            view.say.t(
                "You coordinate «{name}» now, with others: you start rounds and invite. "
                "Write «help» to see how.",
                name=home.name,
            )
        )

    if Role.COORDINATOR not in member.roles:
        memberships.give_role(turn.db, member, Role.COORDINATOR)
        turn.audit("member.coordinator", f"membership:{member.id}", home.id)
        key = f"people:m{member.id}:coordinator"
        turn.tell(member.person_id, key, build, collaboration=home.id)
    name = people.person(turn.db, member.person_id).name
    return turn.notice(turn.say.t("{name} is now a coordinator too.", name=name))
