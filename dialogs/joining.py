"""Joining a collaboration: a channel or a person by code, and the organisation they speak for."""

from __future__ import annotations

from datetime import timedelta

from dialogs.authority import coordinator_of, moved_on, number, part, stranger
from dialogs.buttons import row_number
from dialogs.choosing import the_collaboration
from dialogs.dialog import Dialog, Refusal, Turn, View
from dialogs.language import n_
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Fact,
    Facts,
    Field,
    FieldErrors,
    Form,
    Message,
    Notice,
    Option,
    Reply,
    Text,
)
from dialogs.registry import fold
from dialogs.rounds import joined
from dialogs.rounds.offer import first_round
from storage import conversations, invitations, people, places
from storage.engine import Db
from storage.tables import Collaboration, Conversation, Invitation, Membership, Role

CODE_LASTS = timedelta(days=7)
WAIT = timedelta(hours=12)
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no letters that look like digits
CODE_LENGTH = 10
OTHER = "other"


def scope(db: Db, argument: str) -> int | None:
    """c = collaboration, i = invitation."""
    kind, row = argument[:1], row_number(argument[1:].split(",", maxsplit=1)[0])
    if row is None:
        return None
    if kind == "c":
        return row if people.collaborations(db, [row]) else None
    return invitations.collaboration_of(db, row) if kind == "i" else None


joining = Dialog("join", scope)


@joining.command("join", ("bli med", "bli", "join in"), n_("join with a code, or make one"))
def join(turn: Turn, rest: str) -> Reply | None:
    """`bli med KODE` joins; without a code a coordinator gets one to pass on."""
    if not rest.strip():
        return _new_code(turn)
    found = invitations.by_code(turn.db, rest, turn.now)
    if found is None:
        raise _not_valid(turn)
    if turn.place is None or turn.place.person_id is not None:
        return _join_in_person(turn, found)
    return _ask_to_bring_channel(turn, found)


def _not_valid(turn: Turn) -> Refusal:
    return Refusal(
        turn.say.t("The code is not valid. It may be used or expired: ask for a new one.")
    )


def _new_code(turn: Turn) -> Reply | None:
    home = the_collaboration(turn, lambda home_id: joining.id("code", f"c{home_id}"))
    return code(turn, f"c{home.id}", None)


@joining.act("code")
def code(turn: Turn, argument: str, value: str | None) -> Reply:
    """A code for this collaboration, to pass on."""
    home_id = number(turn, argument, "c")
    coordinator_of(turn, home_id)
    home = people.collaboration(turn.db, home_id)
    made = "".join(turn.random.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    invitations.create(turn.db, home.id, made, turn.me.id, turn.now, turn.now + CODE_LASTS)
    turn.audit("invitation.made", f"collaboration:{home.id}", home.id)
    say = turn.say
    return turn.notice(
        say.t("A code for «{name}»: {code}", name=home.name, code=made),
        say.t(
            "It lets one channel or one person join, and lasts until {day}. "
            "They write «join {code}» to Samspill.",
            day=say.day(turn.now + CODE_LASTS),
            code=made,
        ),
    )


def _join_in_person(turn: Turn, found: Invitation) -> Reply | None:
    home = people.collaboration(turn.db, found.collaboration_id)
    if not invitations.use(turn.db, found.id, turn.now):
        raise _not_valid(turn)  # somebody else was quicker
    member = people.join(turn.db, turn.me.id, home.id, None, [Role.MEMBER], turn.now)
    turn.audit("member.joined", f"membership:{member.id}", home.id)
    if member.organisation_id is not None:
        return turn.notice(turn.say.t("You are part of «{name}».", name=home.name))
    return ask_organisation(turn, home.id)


def _ask_to_bring_channel(turn: Turn, found: Invitation) -> Reply:
    place = turn.place
    assert place is not None
    if place.collaboration_id is not None:
        raise Refusal(turn.say.t("This channel is already part of a collaboration."))
    invitations.reserve(turn.db, found.id, place.id, turn.me.id)
    home = people.collaboration(turn.db, found.collaboration_id)
    say = turn.say
    return turn.notice(
        Text(say.t("Bring this channel into «{name}»?", name=home.name), "heading"),
        Facts(_shared(turn, home)),
        Buttons(
            (
                Button(
                    joining.id("bring", f"i{found.id}"),
                    say.t("Yes, bring the channel in"),
                    "primary",
                    typed="bli med",
                ),
                Button(joining.id("decline", f"i{found.id}"), say.t("No")),
            )
        ),
    )


def _shared(view: View, home: Collaboration) -> tuple[Fact, ...]:
    say = view.say
    parties = [each.name for each in people.organisations(view.db, home.id)]
    return (
        Fact(say.t("Organisations"), say.listing(parties)),
        Fact(
            say.t("Shared both ways"),
            say.t("names, organisations and open answers. What you talk about is not shared."),
        ),
        Fact(
            say.t("Not shared"),
            say.t("house answers stay in each organisation, private answers with each person."),
        ),
    )


@joining.act("bring")
def bring(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Those who own the channel say yes; then the coordinator who made the code is asked."""
    found = _open_invitation(turn, argument)
    if found.asked_by != turn.me.id or found.place_id is None:
        raise Refusal(turn.say.t("Only the one who wrote the code can answer this."))
    home = people.collaboration(turn.db, found.collaboration_id)
    place = places.place(turn.db, found.place_id)
    by = turn.me.name

    def build(view: View) -> Message:
        say = view.say
        return view.message(
            Text(say.t("A channel wants to join «{name}»", name=home.name), "heading"),
            Facts(
                (
                    Fact(say.t("Channel"), place.name or place.channel),
                    Fact(say.t("Asked by"), by),
                    *_shared(view, home),
                )
            ),
            Buttons(
                (
                    Button(
                        joining.id("accept", f"i{found.id}", place.id),
                        say.t("Let it in"),
                        "primary",
                    ),
                    Button(joining.id("refuse", f"i{found.id}", place.id), say.t("No")),
                )
            ),
        )

    key = f"join:{found.id}:{place.id}:ask"
    turn.tell(found.created_by, key, build, collaboration=found.collaboration_id)
    return turn.notice(turn.say.t("Thank you. A coordinator has been asked, and you will hear."))


@joining.act("decline")
def decline(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The channel does not come in after all; the code can be used elsewhere."""
    found = _open_invitation(turn, argument)
    if found.asked_by != turn.me.id:
        raise Refusal(turn.say.t("Only the one who wrote the code can answer this."))
    invitations.release(turn.db, found.id)
    return turn.notice(turn.say.t("All right. Nothing was shared."))


@joining.act("accept")
def accept(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator says yes: from now on the channel is one of the collaboration's places."""
    found = _asked_for(turn, argument)
    assert found.place_id is not None
    assert found.asked_by is not None
    place = places.place(turn.db, found.place_id)
    if place.collaboration_id is not None:
        raise Refusal(turn.say.t("This channel is already part of a collaboration."))
    invitations.use(turn.db, found.id, turn.now)
    places.bind(turn.db, place.id, found.collaboration_id)
    turn.db.refresh(place)
    home = people.collaboration(turn.db, found.collaboration_id)
    turn.audit("place.joined", f"place:{place.id}", home.id)
    asked_by = found.asked_by
    member = people.join(turn.db, asked_by, home.id, None, [Role.MEMBER], turn.now)

    def build(view: View) -> Message:
        say = view.say
        yes = say.t("The channel is part of «{name}» now.", name=home.name)
        if member.organisation_id is not None:
            return view.message(yes)
        return view.message(yes, *_organisation_elements(view, home.id))

    turn.tell(asked_by, f"join:{found.id}:yes", build, collaboration=home.id)
    joined.running_round_comes_too(turn, place)
    return turn.notice(turn.say.t("The channel is in. A running round is shown there too."))


@joining.act("refuse")
def refuse(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator says no."""
    found = _asked_for(turn, argument)
    asked_by = found.asked_by
    invitations.use(turn.db, found.id, turn.now)
    if asked_by is not None:
        turn.tell(
            asked_by,
            f"join:{found.id}:no",
            lambda view: view.message(
                view.say.t("The channel was not let in. Talk to the coordinator if you wonder why.")
            ),
        )
    return turn.notice(turn.say.t("All right. Nothing was shared."))


def _asked_for(turn: Turn, argument: str) -> Invitation:
    """What a coordinator says yes or no to: the very channel that they were asked about, for
    somebody else may have tried the same code in another one since."""
    found = _open_invitation(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    if found.place_id is None or part(turn, argument, 1) != str(found.place_id):
        raise moved_on(turn)
    return found


def _open_invitation(turn: Turn, argument: str) -> Invitation:
    found = invitations.one(turn.db, number(turn, argument, "i"))
    if found is None or found.used_at is not None or found.expires_at <= turn.now:
        raise moved_on(turn)
    return found


# --- which organisation somebody speaks for ---------------------------------------------------


def let_in(turn: Turn, collaboration_id: int) -> Membership:
    """The person's membership, made now if they act in one of the collaboration's own channels."""
    member = people.membership(turn.db, turn.me.id, collaboration_id)
    if member is not None:
        return member
    here = turn.place is not None and turn.place.collaboration_id == collaboration_id
    if not here:
        raise stranger(turn)
    home = people.collaboration(turn.db, collaboration_id)
    if not home.joining_open:
        raise Refusal(turn.say.t("Joining is closed. Ask a coordinator to let you in."))
    turn.audit("member.joined", f"person:{turn.me.id}", collaboration_id)
    return people.join(turn.db, turn.me.id, collaboration_id, None, [Role.MEMBER], turn.now)


def ask_organisation(turn: Turn, collaboration_id: int) -> Notice:
    """Ask privately which organisation the person speaks for; it can be typed as well."""
    place = turn.place if turn.place and turn.place.person_id else None
    if place is not None:
        conversations.wait_for(
            turn.db,
            person_id=turn.me.id,
            place_id=place.id,
            collaboration_id=collaboration_id,
            dialog="join",
            step="organisation",
            data={},
            expires_at=turn.now + WAIT,
        )
    return turn.notice(*_organisation_elements(turn, collaboration_id))


def _organisation_elements(view: View, collaboration_id: int) -> tuple[Choice, Buttons]:
    say = view.say
    parties = people.organisations(view.db, collaboration_id)
    return (
        Choice(
            joining.id("pick", f"c{collaboration_id}"),
            say.t("Which organisation do you come from? You choose once."),
            tuple(Option(str(each.id), each.name) for each in parties),
        ),
        Buttons(
            (
                Button(
                    joining.id("other", f"c{collaboration_id}"),
                    say.t("Another organisation"),
                    opens=True,
                ),
            )
        ),
    )


@joining.act("pick")
def pick(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The person picks one of the parties."""
    home_id = number(turn, argument, "c")
    organisation_id = row_number(value or "")
    chosen = people.organisation(turn.db, organisation_id or 0, home_id)
    if chosen is None:
        raise moved_on(turn)
    return _belongs(turn, home_id, chosen.id, chosen.name)


@joining.show("other")
def other(view: View, argument: str) -> Form:
    """A form for an organisation that is not on the list."""
    say = view.say
    number(view, argument, "c")
    return Form(
        view.language,
        joining.id("other", argument),
        say.t("Another organisation"),
        (Field("name", say.t("Name of your organisation"), "text", max_length=200),),
        say.t("Save"),
        say.t("Cancel"),
    )


@joining.submit("other")
def other_sent(turn: Turn, argument: str, values: dict[str, str | tuple[str, ...]]) -> Reply | None:
    """Add the organisation, or use the one that is called so already."""
    home_id = number(turn, argument, "c")
    let_in(turn, home_id)
    name = " ".join(str(values.get("name", "")).split())
    if not name or len(name) > 200:
        return FieldErrors({"name": turn.say.t("Write the name, at most 200 characters.")})
    chosen = people.add_organisation(turn.db, home_id, name)
    return _belongs(turn, home_id, chosen.id, chosen.name)


@joining.wait("organisation")
def organisation_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The organisation's name or number, typed."""
    home_id = waits.collaboration_id or 0
    let_in(turn, home_id)
    parties = people.organisations(turn.db, home_id)
    for index, each in enumerate(parties, start=1):
        if fold(text) in (fold(each.name), str(index)):
            return _belongs(turn, home_id, each.id, each.name)
    names = turn.say.listing([each.name for each in parties])
    raise Refusal(turn.say.t("Write the name of one of these: {names}.", names=names))


def _belongs(turn: Turn, home_id: int, organisation_id: int, name: str) -> Reply:
    member = let_in(turn, home_id)
    if member.organisation_id is not None and member.organisation_id != organisation_id:
        raise Refusal(
            turn.say.t("You have chosen already. A coordinator can correct it if it is wrong.")
        )
    people.join(turn.db, turn.me.id, home_id, organisation_id, [Role.MEMBER], turn.now)
    turn.audit("member.organisation", f"membership:{member.id}", home_id)
    if turn.place is not None and turn.place.person_id is not None:
        conversations.stop(turn.db, turn.me.id, turn.place.id)
    joined.answers_count_now(turn, home_id)
    return turn.notice(
        turn.say.t("Thank you. You take part from {organisation}.", organisation=name),
        turn.say.t("What you answer counts from now on."),
        *first_round(turn, home_id),
    )
