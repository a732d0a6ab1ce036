"""Which organisation somebody speaks for: they pick it themselves, once; a coordinator corrects it
under `people`."""

from __future__ import annotations

from datetime import datetime, timedelta

from dialogs import directly
from dialogs.authority import member_of, moved_on, number, stranger
from dialogs.buttons import button_id, row_number
from dialogs.channels import web_channel
from dialogs.dialog import Dialog
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Element,
    Fact,
    Facts,
    FieldErrors,
    Form,
    Message,
    Notice,
    Option,
    Reply,
    Text,
)
from dialogs.naming import (
    MOST_BUTTONS,
    named_organisation,
    organisation_called,
    organisation_form,
    organisations_like,
)
from dialogs.reports.brief import brief_button
from dialogs.rounds.coming_in import answers_count_anew
from dialogs.rounds.offer import first_round
from dialogs.scope import scope
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, memberships, places
from storage.engine import Db
from storage.tables import Conversation, Membership, Organisation, Place, Role

WAIT = timedelta(hours=12)


joining = Dialog("join", scope("ci"))


def let_in(turn: Turn, collaboration_id: int) -> Membership:
    """The person's membership, made now if they act in one of the collaboration's own channels."""
    member = memberships.of(turn.db, turn.me.id, collaboration_id)
    if member is not None:
        return member
    here = turn.place is not None and turn.place.collaboration_id == collaboration_id
    if not here:
        raise stranger(turn)
    if is_kept_out(turn, collaboration_id):
        raise stranger(turn)
    home = collaborations.the(turn.db, collaboration_id)
    if not home.joining_open:
        raise Refusal(turn.say.t("Joining is closed. Ask a coordinator to let you in."))
    return make_member(turn, turn.me.id, collaboration_id)


def is_kept_out(turn: Turn, collaboration_id: int, made_at: datetime | None = None) -> bool:
    """Whether a coordinator removed the person, and the code or link that they come with, if any,
    was made before."""
    gone = memberships.left(turn.db, turn.me.id, collaboration_id)
    return gone is not None and gone.removed and (made_at is None or made_at <= gone.at)


def make_member(turn: Turn, person_id: int, collaboration_id: int, *roles: Role) -> Membership:
    """Let somebody be a member; those who are already stay what they are."""
    known = memberships.of(turn.db, person_id, collaboration_id)
    if known is not None:
        return known
    held = [Role.MEMBER, *roles]
    gone = memberships.left(turn.db, person_id, collaboration_id)
    # Who comes back is from where they left: a choice anew would open another house to them.
    house = gone.organisation_id if gone is not None else None
    if gone is not None:
        memberships.comes_back(turn.db, gone)
    member = memberships.join(turn.db, person_id, collaboration_id, house, held, turn.now)
    turn.audit("member.joined", f"membership:{member.id}", collaboration_id)
    web_channel(turn, person_id, collaboration_id)
    return member


def ask_organisation(turn: Turn, collaboration_id: int) -> Notice:
    """Ask privately which organisation the person speaks for; it can be typed as well."""
    wait_for_organisation(turn, turn.me.id, collaboration_id, turn.place)
    return turn.notice(*organisation_elements(turn, collaboration_id))


def wait_for_organisation(
    turn: Turn, person_id: int, collaboration_id: int, came_to: Place | None
) -> None:
    """Let the organisation's name be what waits in the person's direct conversation, wherever the
    question was shown."""
    channel = came_to if came_to is not None and came_to.person_id is None else None
    data = {"channel": channel.id if channel is not None else None}
    whose = {"person_id": person_id, "collaboration_id": collaboration_id}
    directly.wait_for(turn, "join", "organisation", data, WAIT, **whose)


def organisation_elements(view: View, collaboration_id: int) -> tuple[Element, ...]:
    """The organisations to pick from, and the way to name another; of very many, one is written."""
    say, argument = view.say, f"c{collaboration_id}"
    parties = collaborations.organisations(view.db, collaboration_id)
    another = Button(joining.id("other", argument), say.t("Another organisation"), opens=True)
    label = say.t("Which organisation do you come from? You choose once.")
    if len(parties) > MOST_BUTTONS:
        name = Button(joining.id("named", argument), say.t("Write its name"), "primary", opens=True)
        how = say.t(
            "Write its name, or a part of it, to me in a direct message, or press the button."
        )
        return (Text(label), Text(how, "muted"), Buttons((name, another)))
    options = tuple(Option(str(each.id), each.name) for each in parties)
    return (Choice(joining.id("pick", argument), label, options), Buttons((another,)))


@joining.show("named")
def named(view: View, argument: str) -> Form:
    """A form for the name of one of very many."""
    number(view, argument, "c")
    title = view.say.t("Your organisation")
    return organisation_form(view, joining.id("named", argument), title)


@joining.submit("named")
def named_sent(turn: Turn, argument: str, values: dict[str, str | tuple[str, ...]]) -> Reply | None:
    """The one of them that has this in its name."""
    home_id = number(turn, argument, "c")
    let_in(turn, home_id)
    try:
        chosen = organisation_called(turn, home_id, str(values.get("name", "")))
    except Refusal as refusal:
        return FieldErrors({"name": refusal.text})
    return belongs(turn, home_id, chosen)


@joining.act("here")
def take_part(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Somebody who reads in one of the collaboration's channels wants to take part."""
    home_id = number(turn, argument, "c")
    if turn.place is None or turn.place.collaboration_id != home_id:
        member_of(turn, home_id)
        raise Refusal(turn.say.t("Write «@Samspill join» in the channel where you take part."))
    return come_in(turn, home_id)


def come_in(turn: Turn, collaboration_id: int) -> Reply:
    """Let somebody in who is in one of the collaboration's channels; then, their organisation."""
    member = let_in(turn, collaboration_id)
    if member.organisation_id is None:
        return ask_organisation(turn, collaboration_id)
    home = collaborations.the(turn.db, collaboration_id)
    return turn.notice(turn.say.t("You are part of «{name}» already.", name=home.name))


@joining.act("pick")
def pick(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The person picks one of the parties."""
    home_id = number(turn, argument, "c")
    chosen = collaborations.organisation(turn.db, row_number(value or "") or 0, home_id)
    if chosen is None:
        raise moved_on(turn)
    return belongs(turn, home_id, chosen)


@joining.show("other")
def other(view: View, argument: str) -> Form:
    """A form for an organisation that is not on the list."""
    number(view, argument, "c")
    return organisation_form(view, joining.id("other", argument))


@joining.submit("other")
def other_sent(turn: Turn, argument: str, values: dict[str, str | tuple[str, ...]]) -> Reply | None:
    """Add the organisation, or use the one that is called so already."""
    home_id = number(turn, argument, "c")
    let_in(turn, home_id)
    chosen = named_organisation(turn, home_id, values)
    return chosen if isinstance(chosen, FieldErrors) else belongs(turn, home_id, chosen)


def _one_of_them(db: Db, waits: Conversation, text: str) -> bool:
    parties = collaborations.organisations(db, waits.collaboration_id or 0)
    return len(organisations_like(text, parties)) == 1


@joining.wait("organisation", fits=_one_of_them)
def organisation_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The organisation's name or number, typed."""
    home_id = waits.collaboration_id or 0
    if memberships.of(turn.db, turn.me.id, home_id) is None:
        raise stranger(turn)
    try:
        chosen = organisation_called(turn, home_id, text)
    except Refusal as refusal:  # say whose organisation it is about: they may have meant another's
        why = turn.say.t("Which organisation do you come from yourself?")
        raise Refusal(why, Text(refusal.text)) from None
    return belongs(turn, home_id, chosen)


def belongs(turn: Turn, home_id: int, chosen: Organisation) -> Notice:
    """The person takes part from this organisation: they choose once."""
    member = let_in(turn, home_id)
    if member.organisation_id is not None and member.organisation_id != chosen.id:
        raise Refusal(
            turn.say.t("You have chosen already. A coordinator can correct it if it is wrong.")
        )
    new = member.organisation_id is None
    memberships.join(turn.db, turn.me.id, home_id, chosen.id, [Role.MEMBER], turn.now)
    came_to = _no_longer_waits(turn)
    if new:
        turn.audit("member.organisation", f"membership:{member.id}", home_id)
        answers_count_anew(turn, turn.me.id, home_id)
        _tell_coordinators(turn, member, chosen.name, came_to)
    return turn.notice(
        part_on_behalf(turn, chosen),
        turn.say.t("What you answer counts from now on."),
        *brief_button(turn, home_id),
        *first_round(turn, home_id),
    )


def part_on_behalf(view: View, house: Organisation) -> str:
    """From where the person takes part, said to them."""
    return view.say.t("Thank you. You take part from {organisation}.", organisation=house.name)


def _no_longer_waits(turn: Turn) -> Place | None:
    """Let go of the question; the channel in which the person came in, if it is known."""
    waits = directly.waiting(turn, "join")
    if waits is None or waits.step != "organisation":
        return turn.place if turn.place is not None and turn.place.person_id is None else None
    channel = waits.data.get("channel")
    directly.let_go(turn, waits)
    return places.place(turn.db, channel) if channel else None


def _tell_coordinators(
    turn: Turn, member: Membership, organisation: str, came_to: Place | None
) -> None:
    """Once, to each coordinator: who takes part now, from where, with a way to correct it."""
    home = collaborations.the(turn.db, member.collaboration_id)
    who = turn.me.name

    def build(view: View) -> Message:
        say = view.say
        facts = [Fact(say.t("Who"), who), Fact(say.t("Organisation"), organisation)]
        if came_to is not None:
            name = came_to.name or came_to.channel
            facts.append(Fact(say.t("Channel"), f"{name} ({came_to.platform.capitalize()})"))
        fix = Button(button_id("people", "one", f"m{member.id}"), say.t("Correct"), typed="folk")
        title = say.t("Somebody new takes part in «{name}»", name=home.name)
        return view.message(Text(title, "heading"), Facts(tuple(facts)), Buttons((fix,)))

    for person_id in memberships.coordinators(turn.db, home.id):
        if person_id != turn.me.id:
            key = f"join:m{member.id}:came:{person_id}"
            turn.tell(person_id, key, build, collaboration=home.id)
