"""A coordinator removes somebody from a collaboration: what it means first, and then does it."""

from __future__ import annotations

from dialogs.authority import coordinator_of
from dialogs.buttons import button_id
from dialogs.me.traces import Traces, end
from dialogs.messages import Button, Buttons, Element, Message, Reply, Text
from dialogs.registry import fold
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, links, people, proposals
from storage.tables import Membership

REMOVE = frozenset(("fjern", "remove"))
REMOVE_NOW = frozenset(("fjern na", "fjern no", "remove now"))


def before_removing(turn: Turn, member: Membership) -> list[Element]:
    """What will happen; nothing has yet."""
    person = _other(turn, member)
    say = turn.say
    home = collaborations.the(turn.db, member.collaboration_id)
    sure = Button(
        button_id("people", "removed", f"m{member.id}"),
        say.t("Yes, remove"),
        "danger",
        typed=f"folk {person}: fjern nå",
    )
    return [
        Text(say.t("Remove {name} from «{home}»?", name=person, home=home.name), "heading"),
        Text(
            say.t(
                "They are not asked or reminded any more, and see no more of it from me. What they "
                "have answered stays, seen by those that its questions named. They are told."
            )
        ),
        Text(
            say.t(
                "A channel outside Samspill is not mine to close: take them out of it there. A new "
                "code or link lets them in again."
            ),
            "muted",
        ),
        Text(say.t("Nothing changes until you press the button."), "muted"),
        Buttons((sure,)),
    ]


def removed(turn: Turn, member: Membership) -> Reply:
    """End it: their answers stay by the rules of their rounds, and an unused link that was made for
    somebody of their name leads nowhere."""
    name = _other(turn, member)
    home_id, person_id = member.collaboration_id, member.person_id
    home = collaborations.the(turn.db, home_id).name
    turn.audit("member.removed", f"membership:{member.id}", home_id)
    proposed = proposals.naming(turn.db, person_id, home_id)
    end(turn, member, Traces(proposed=proposed), removed=True)
    for link in links.open_invitations(turn.db, home_id, turn.now):
        if fold(link.name) == fold(name) and links.take_back(turn.db, link.id):
            turn.audit("link.taken_back", f"web_link:{link.id}", home_id)

    def build(view: View) -> Message:
        say = view.say
        return view.message(
            say.t("A coordinator has ended your part in «{home}».", home=home),
            say.t(
                "You are not asked any more. What you answered stays; «me» shows how to erase it."
            ),
        )

    turn.tell(person_id, f"people:p{person_id}:removed:{turn.event_key}", build)
    return turn.notice(turn.say.t("{name} takes part in «{home}» no more.", name=name, home=home))


def _other(turn: Turn, member: Membership) -> str:
    """The name of the one who is to go; oneself leaves by `forlat`."""
    coordinator_of(turn, member.collaboration_id)
    if member.person_id == turn.me.id:
        raise Refusal(turn.say.t("Write «leave» to leave yourself."))
    return people.person(turn.db, member.person_id).name
