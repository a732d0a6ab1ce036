"""Leaving a collaboration: what happens is said first; the name stays with the answers or not."""

from __future__ import annotations

from dialogs.authority import member_of, moved_on, part, stranger
from dialogs.buttons import row_number
from dialogs.choosing import the_collaboration
from dialogs.me.page import ask, me, only_own, own, stop_asking
from dialogs.me.traces import Traces, end, traces
from dialogs.messages import Button, Buttons, Element, Message, Notice, Reply, Text
from dialogs.registry import fold
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, contributions, memberships
from storage.tables import Collaboration, Conversation, Membership

NAMED = ("med navn", "med namn", "with my name")
NAMELESS = ("uten navn", "utan namn", "without my name")
MOST = 20  # to pick from by a press; any can be typed


@me.command("leave", ("forlat", "forlate", "meld meg ut"), "", alone=True)
def leave_command(turn: Turn, rest: str) -> Reply | None:
    """What leaving means, and how to do it."""
    return _before(turn, the_collaboration(turn))


@me.act("leave")
def leave_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The same by a button: which one, where there are several."""
    only_own(turn, argument)
    mine = collaborations.of(turn.db, turn.me.id)
    if not mine:
        raise Refusal(turn.say.t("You are in no collaboration now."))
    if len(mine) == 1:
        return _before(turn, mine[0])
    buttons = tuple(
        Button(own(turn, "leave_one", each.id), each.name, typed="forlat") for each in mine[:MOST]
    )
    return turn.notice(turn.say.t("Which collaboration do you want to leave?"), Buttons(buttons))


@me.act("leave_one")
def one_picked(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """One of several."""
    member = _own_member(turn, argument)
    return _before(turn, collaborations.the(turn.db, member.collaboration_id))


def _own_member(turn: Turn, argument: str) -> Membership:
    only_own(turn, argument)
    home_id = row_number(part(turn, argument, 1))
    if home_id is None or not collaborations.exists(turn.db, home_id):
        raise moved_on(turn)
    return member_of(turn, home_id)


def refuse_last(view: View, homes: list[Collaboration]) -> None:
    """Whoever is the only coordinator among others names another first."""
    if not homes:
        return
    names = view.say.listing([f"«{each.name}»" for each in homes])
    raise Refusal(
        view.say.t("You are the only coordinator of {names}. Name another first.", names=names),
        Text(view.say.t("Write «people NAME: coordinator» to do that.")),
    )


def _only_coordinates(view: View, home_id: int) -> list[Collaboration]:
    homes = contributions.only_coordinates(view.db, view.me.id)
    return [each for each in homes if each.id == home_id]


def _before(turn: Turn, home: Collaboration) -> Notice:
    """What will happen, and the two ways to do it."""
    member_of(turn, home.id)
    refuse_last(turn, _only_coordinates(turn, home.id))
    say = turn.say
    count = len(contributions.answered(turn.db, turn.me.id, home.id))
    ask(turn, "leave", (*NAMED, *NAMELESS), home=home.id)
    elements: list[Element | str] = [
        Text(say.t("Leave «{name}»?", name=home.name), "heading"),
        say.t("You are not asked or reminded any more, and see no more of it."),
        say.tn(
            "Your {n} answer stays, seen by those that its question named.",
            "Your {n} answers stay, seen by those that their questions named.",
            count,
        )
        if count
        else say.t("You have not answered anything there."),
        say.t(
            "Your name can stay with what you answered, or be taken away for good: then it says "
            "«{who}»."
            " What you answered for your organisation stays the organisation's.",
            who=say.t("a participant from {organisation}", organisation="…"),
        ),
        Buttons(
            (
                Button(
                    own(turn, "left", home.id, "named"),
                    say.t("Leave, and let my name stand"),
                    "danger",
                    typed=NAMED[0],
                ),
                Button(
                    own(turn, "left", home.id, "nameless"),
                    say.t("Leave, and take my name away"),
                    "danger",
                    typed=NAMELESS[0],
                ),
            )
        ),
        Text(
            say.t(
                "You can also write «with my name» or «without my name» to me in a direct "
                "message. «stop» lets go of the question."
            ),
            "muted",
        ),
    ]
    return turn.notice(*elements)


@me.wait("leave")
def leave_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """With or without the name, typed."""
    home_id = row_number(str(waits.data.get("home", "")))
    if home_id is None or memberships.of(turn.db, turn.me.id, home_id) is None:
        raise stranger(turn)
    if fold(text) in map(fold, NAMED):
        return _leave(turn, member_of(turn, home_id), nameless=False)
    if fold(text) in map(fold, NAMELESS):
        return _leave(turn, member_of(turn, home_id), nameless=True)
    raise Refusal(
        turn.say.t("Write «with my name» or «without my name». «stop» lets go of the question.")
    )


@me.act("left", everywhere=True)
def left_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """With or without the name, pressed."""
    member = _own_member(turn, argument)
    how = part(turn, argument, 2)
    if how not in ("named", "nameless"):
        raise moved_on(turn)
    return _leave(turn, member, nameless=how == "nameless")


def _leave(turn: Turn, member: Membership, *, nameless: bool) -> Reply:
    home_id = member.collaboration_id
    refuse_last(turn, _only_coordinates(turn, home_id))
    home = collaborations.the(turn.db, home_id)
    name = home.name
    stop_asking(turn)
    told = who_of(turn, member, nameless=nameless)
    named = traces(turn, turn.me.id, home_id)
    turn.audit("member.left", f"membership:{member.id}", home_id)
    if nameless:
        contributions.unname(turn.db, turn.me.id, home_id, turn.now)
        contributions.unsign(turn.db, turn.me.id, home_id)
    end(turn, member, named if nameless else Traces(proposed=named.proposed))
    tell_coordinators(turn, home_id, told, f"me:left:{turn.event_key}")
    say = turn.say
    return turn.notice(
        say.t("You have left «{name}».", name=name),
        say.t("Your name is gone from what you answered there.")
        if nameless
        else say.t("Your name stands with what you answered there."),
    )


def who_of(view: View, member: Membership, *, nameless: bool) -> tuple[str, str]:
    """(name, organisation) to tell coordinators with; without the name where it is to go."""
    found = (
        collaborations.organisation(view.db, member.organisation_id, member.collaboration_id)
        if member.organisation_id is not None
        else None
    )
    return "" if nameless else view.me.name, found.name if found is not None else ""


def tell_coordinators(turn: Turn, home_id: int, who: tuple[str, str], key: str) -> None:
    """Once, to each coordinator who is left: somebody is not in it any more."""
    name, organisation = who

    def build(view: View) -> Message:
        say = view.say
        person = name or say.t("a participant")
        if organisation:
            person = (
                f"{name} ({organisation})"
                if name
                else say.t("a participant from {organisation}", organisation=organisation)
            )
        home = collaborations.the(view.db, home_id).name
        return view.message(say.t("Not in «{name}» any more: {who}.", name=home, who=person))

    for person_id in memberships.coordinators(turn.db, home_id):
        turn.tell(person_id, f"{key}:{home_id}:{person_id}", build, collaboration=home_id)
