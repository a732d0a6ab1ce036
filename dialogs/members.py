"""Who takes part, from which organisation; coordinators correct it and say who may come in."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.authority import coordinator_of, member_of, moved_on, number, part
from dialogs.buttons import row_number
from dialogs.choosing import the_collaboration
from dialogs.coordinating import coordinates, let_join
from dialogs.dialog import Dialog
from dialogs.inviting import invite_button, invite_typed, invited
from dialogs.language import n_
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Element,
    Fact,
    Facts,
    FieldErrors,
    Form,
    Notice,
    Option,
    Reply,
    Text,
)
from dialogs.moving import moved
from dialogs.naming import named_organisation, organisation_called, organisation_form
from dialogs.registry import fold
from dialogs.removing import REMOVE, REMOVE_NOW, before_removing, removed
from dialogs.scope import scope
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, memberships, people
from storage.reached import unreached
from storage.tables import Collaboration, Membership, Person, Role

MOST = 50  # to pick from by a press; anybody can be found by typing
CLOSE = frozenset(("steng", "lukk", "close"))
OPEN = frozenset(("apne", "opne", "open"))
INVITE = frozenset(("inviter", "invite"))
COORDINATOR = frozenset(("koordinator", "coordinator"))


members = Dialog("people", scope("cm"))


@members.command(
    "people", ("folk", "deltakere", "deltakarar"), n_("who takes part, and from where")
)
def people_command(turn: Turn, rest: str) -> Reply | None:
    """`folk` shows everybody. Coordinators write `folk NAVN` for one person, `folk NAVN:
    VIRKSOMHET`, `folk NAVN: koordinator` or `folk NAVN: fjern` to change something, `folk inviter
    NAVN` for a link to pass on, `folk steng` and `folk åpne`."""
    home = the_collaboration(turn)
    mine = member_of(turn, home.id)
    if not rest.strip() or Role.COORDINATOR not in mine.roles:
        return turn.notice(*_everybody(turn, home, mine))
    if fold(rest) in CLOSE | OPEN:
        return let_join(turn, home.id, opened=fold(rest) in OPEN)
    first, _, named = rest.strip().partition(" ")
    if fold(first) in INVITE:
        return invite_typed(turn, home, named)
    name, _, what = rest.partition(":")
    member = _called(turn, home.id, name)
    if not what.strip():
        return turn.notice(*_card(turn, member))
    if fold(what) in COORDINATOR:
        return coordinates(turn, member)
    if fold(what) in REMOVE:
        return turn.notice(*before_removing(turn, member))
    if fold(what) in REMOVE_NOW:
        return removed(turn, member)
    return moved(turn, member, organisation_called(turn, home.id, what))


def _called(view: View, home_id: int, name: str) -> Membership:
    wanted = f" {fold(name)} "
    everybody = memberships.members(view.db, home_id)
    found = [one for one, person in everybody if f" {fold(person.name)} " == wanted]
    found = found or [one for one, person in everybody if wanted in f" {fold(person.name)} "]
    if len(found) != 1:
        raise Refusal(view.say.t("I found nobody, or more than one person. Write the full name."))
    return found[0]


def _everybody(view: View, home: Collaboration, mine: Membership) -> list[Element]:
    say = view.say
    everybody = memberships.members(view.db, home.id)
    names: dict[int | None, list[str]] = {}
    for member, person in everybody:
        name = person.name
        if Role.COORDINATOR in member.roles:
            name = say.t("{name} (coordinator)", name=name)
        names.setdefault(member.organisation_id, []).append(name)
    parties: dict[int | None, str] = {
        each.id: each.name for each in collaborations.organisations(view.db, home.id)
    }
    parties[None] = say.t("Not chosen yet")
    facts = tuple(
        Fact(party, ", ".join(names[key])) for key, party in parties.items() if key in names
    )
    elements: list[Element] = [
        Text(say.t("Who takes part in «{name}»", name=home.name), "heading"),
        Facts(facts[:MOST]),
    ]
    if len(facts) > MOST:
        elements.append(Text(say.t("and {n} more", n=len(facts) - MOST), "muted"))
    if Role.COORDINATOR not in mine.roles:
        return elements
    lost = unreached(view.db, [person.id for _, person in everybody])
    if lost:
        who = ", ".join([person.name for _, person in everybody if person.id in lost][:MOST])
        line = say.t("What I write to these people alone does not reach them: {names}", names=who)
        elements.append(Text(line, "muted"))
    return elements + _tools(view, home, everybody)


def _tools(
    view: View, home: Collaboration, everybody: Sequence[tuple[Membership, Person]]
) -> list[Element]:
    """What a coordinator can do: pick somebody, close or open joining."""
    say = view.say
    options = tuple(Option(str(member.id), person.name) for member, person in everybody[:MOST])
    if home.joining_open:
        line = say.t("Anyone who writes in your channels may join.")
        button = Button(
            members.id("joining", f"c{home.id}", "closed"),
            say.t("Close joining"),
            typed="folk steng",
        )
    else:
        line = say.t("Joining is closed: only people with a code can come in.")
        button = Button(
            members.id("joining", f"c{home.id}", "open"), say.t("Open joining"), typed="folk åpne"
        )
    return [
        Choice(
            members.id("person", f"c{home.id}"),
            say.t("Whose details do you want to correct?"),
            options,
        ),
        Text(say.t("Or write «people» and the name."), "muted"),
        *invited(view, home.id),
        Text(line),
        Buttons((button, invite_button(view, home.id))),
    ]


@members.show("all")
def everybody_shown(view: View, argument: str) -> Notice:
    """The same by a button."""
    mine = member_of(view, number(view, argument, "c"))
    home = collaborations.the(view.db, mine.collaboration_id)
    return view.notice(*_everybody(view, home, mine))


@members.act("joining")
def joining_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Let people join by themselves, or not."""
    home_id = number(turn, argument, "c")
    return let_join(turn, home_id, opened=part(turn, argument, 1) == "open")


@members.act("person")
def person_picked(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """One person, from the list."""
    home_id = number(turn, argument, "c")
    coordinator_of(turn, home_id)
    member = memberships.one(turn.db, row_number(value or "") or 0)
    if member is None or member.collaboration_id != home_id:
        raise moved_on(turn)
    return turn.notice(*_card(turn, member))


@members.act("one")
def one_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """One person, from the message that they came in."""
    return turn.notice(*_card(turn, _member(turn, argument)))


def _member(view: View, argument: str) -> Membership:
    """Whom an argument names; only for coordinators."""
    member = memberships.one(view.db, number(view, argument, "m"))
    if member is None:
        raise moved_on(view)
    coordinator_of(view, member.collaboration_id)
    return member


def _card(view: View, member: Membership) -> list[Element]:
    say = view.say
    person = people.person(view.db, member.person_id)
    parties = collaborations.organisations(view.db, member.collaboration_id)
    now = next((each.name for each in parties if each.id == member.organisation_id), None)
    options = tuple(
        Option(str(each.id), each.name) for each in parties if each.id != member.organisation_id
    )
    argument = f"m{member.id}"
    label = say.t(
        "Move to another organisation? Their answers move too, but not those that only "
        "colleagues were to see."
    )
    moves: Element = Choice(members.id("move", argument), label, options)
    if len(options) > MOST:
        typed = say.t("To move somebody, write «people NAME: ORGANISATION».")
        moves = Text(f"{label} {typed}")
    buttons = [
        Button(members.id("other", argument), say.t("Another organisation"), opens=True),
    ]
    if Role.COORDINATOR not in member.roles:
        label = say.t("Make coordinator")
        buttons.append(Button(members.id("coordinator", argument), label))
    if member.person_id != view.me.id:
        buttons.append(Button(members.id("remove", argument), say.t("Remove"), "danger"))
    return [
        Text(person.name, "heading"),
        Facts((Fact(say.t("Organisation"), now or say.t("Not chosen yet")),)),
        moves,
        Buttons(tuple(buttons)),
    ]


@members.act("move")
def move_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The organisation was wrong: this is the right one."""
    member = _member(turn, argument)
    chosen = collaborations.organisation(
        turn.db, row_number(value or "") or 0, member.collaboration_id
    )
    if chosen is None:
        raise moved_on(turn)
    return moved(turn, member, chosen)


@members.show("other")
def other(view: View, argument: str) -> Form:
    """A form for an organisation that is not on the list."""
    _member(view, argument)
    return organisation_form(view, members.id("other", argument))


@members.submit("other")
def other_sent(turn: Turn, argument: str, values: dict[str, str | tuple[str, ...]]) -> Reply | None:
    """Add the organisation and move the person there."""
    member = _member(turn, argument)
    chosen = named_organisation(turn, member.collaboration_id, values)
    return chosen if isinstance(chosen, FieldErrors) else moved(turn, member, chosen)


@members.act("remove")
def remove_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What removing somebody does, before it is done."""
    return turn.notice(*before_removing(turn, _member(turn, argument)))


@members.act("removed")
def removed_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """They mean it."""
    return removed(turn, _member(turn, argument))


@members.act("coordinator")
def coordinator_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Several may coordinate."""
    return coordinates(turn, _member(turn, argument))
