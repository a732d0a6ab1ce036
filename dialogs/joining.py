"""A channel joins a collaboration: both sides say yes."""

from __future__ import annotations

from datetime import timedelta

from dialogs import directly
from dialogs.authority import coordinator_of, moved_on, number, part
from dialogs.belonging import (
    joining,
    make_member,
    organisation_elements,
    wait_for_organisation,
)
from dialogs.channels import tell_channel
from dialogs.dialog import Act
from dialogs.messages import Button, Buttons, Fact, Facts, Message, Reply, Text
from dialogs.registry import fold
from dialogs.rounds.coming_in import bring_in
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, invitations, places
from storage.engine import Db
from storage.tables import Collaboration, Conversation, Invitation

WAIT = timedelta(hours=12)
YES = frozenset(("ja", "yes", "ja takk", "yes please"))
NO = frozenset(("nei", "no", "nei takk", "no thanks"))


def not_valid(turn: Turn) -> Refusal:
    """What a code gets that lets nobody in."""
    return Refusal(
        turn.say.t("The code is not valid. It may be used or expired: ask for a new one.")
    )


def for_others(turn: Turn, already: str) -> Reply:
    """There is nothing to come into: the code is not used up, and where to write it."""
    say = turn.say
    return turn.notice(
        already,
        say.t("The code can still be used."),
        say.t(
            "It is for the channel or the person who is to come in: write it in that channel, or "
            "let them write it to Samspill."
        ),
    )


def ask_to_bring_channel(turn: Turn, found: Invitation) -> Reply:
    """A code was written in a channel: ask whoever wrote it whether the channel shall join."""
    place = turn.place
    assert place is not None
    if place.collaboration_id == found.collaboration_id:
        home = collaborations.the(turn.db, found.collaboration_id)
        already = turn.say.t("This channel is part of «{name}» already.", name=home.name)
        return for_others(turn, already)
    if place.collaboration_id is not None:
        raise Refusal(turn.say.t("This channel is already part of a collaboration."))
    if not invitations.reserve(turn.db, found.id, place.id, turn.me.id):
        raise not_valid(turn)  # somebody else was quicker
    home = collaborations.the(turn.db, found.collaboration_id)
    say = turn.say
    argument = f"i{found.id}"
    _wait_for_yes(turn, turn.me.id, "bring", argument, home.id)
    return turn.notice(
        Text(say.t("Bring this channel into «{name}»?", name=home.name), "heading"),
        Facts(_shared(turn, home)),
        Buttons(
            (
                Button(
                    joining.id("bring", argument),
                    say.t("Yes, bring the channel in"),
                    "primary",
                    typed="ja",
                ),
                Button(joining.id("decline", argument), say.t("No"), typed="nei"),
            )
        ),
        _or_write(turn),
    )


def _or_write(view: View) -> Text:
    return Text(view.say.t("You can also write yes or no to me in a direct message."), "muted")


def _wait_for_yes(
    turn: Turn, person_id: int, step: str, argument: str, collaboration_id: int
) -> bool:
    """Let a yes or no be what waits in the person's direct conversation, unless something else
    waits there: that is not taken from them. Whether it waits now."""
    if directly.waiting(turn, person_id=person_id) is not None:
        return False
    data = {"argument": argument}
    whose = {"person_id": person_id, "collaboration_id": collaboration_id}
    directly.wait_for(turn, "join", step, data, WAIT, **whose)
    return True


def _yes_or_no(db: Db, waits: Conversation, text: str) -> bool:
    return fold(text) in YES | NO


@joining.wait("bring", fits=_yes_or_no)
def bring_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """Yes or no to bringing the channel in, typed."""
    return _typed(turn, waits, text, bring, decline)


@joining.wait("accept", fits=_yes_or_no)
def accept_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """Yes or no to letting the channel in, typed."""
    return _typed(turn, waits, text, accept, refuse)


def _typed(turn: Turn, waits: Conversation, text: str, yes: Act, no: Act) -> Reply | None:
    argument = waits.data.get("argument", "")
    if _if_open(turn, argument) is None:
        directly.let_go(turn, waits)
        return turn.notice(moved_on(turn).text)
    if fold(text) in YES:
        return yes(turn, argument, None)
    if fold(text) in NO:
        return no(turn, argument, None)
    raise Refusal(turn.say.t("Write yes or no. «stop» lets go of the question."))


def _no_longer_waits(turn: Turn, argument: str) -> None:
    """The question has its answer: let go of it where it can be typed."""
    waits = directly.waiting(turn, "join")
    if waits is not None and waits.data.get("argument") == argument:
        directly.let_go(turn, waits)


def _shared(view: View, home: Collaboration) -> tuple[Fact, ...]:
    say = view.say
    parties = [each.name for each in collaborations.organisations(view.db, home.id)]
    return (
        Fact(say.t("Organisations"), say.some(parties)),
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
    found = _own_invitation(turn, argument)
    home = collaborations.the(turn.db, found.collaboration_id)
    place = places.place(turn.db, found.place_id or 0)
    _no_longer_waits(turn, argument)
    request = f"i{found.id},{place.id}"
    typed = _wait_for_yes(turn, found.created_by, "accept", request, home.id)
    by = turn.me.name

    def build(view: View) -> Message:
        say = view.say
        accepts, refuses = joining.id("accept", request), joining.id("refuse", request)
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
                    Button(accepts, say.t("Let it in"), "primary", typed="ja" if typed else ""),
                    Button(refuses, say.t("No"), typed="nei" if typed else ""),
                )
            ),
            *((_or_write(view),) if typed else ()),
        )

    key = f"join:{found.id}:{place.id}:ask"
    turn.tell(found.created_by, key, build, collaboration=found.collaboration_id)
    return turn.notice(turn.say.t("Thank you. A coordinator has been asked, and you will hear."))


@joining.act("decline")
def decline(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The channel does not come in after all; whoever wrote the code can use it elsewhere."""
    found = _own_invitation(turn, argument)
    turn.audit("place.declined", f"place:{found.place_id}", found.collaboration_id)
    invitations.release(turn.db, found.id)
    _no_longer_waits(turn, argument)
    return turn.notice(turn.say.t("All right. Nothing was shared."))


@joining.act("accept")
def accept(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator says yes: from now on the channel is one of the collaboration's places."""
    found, place_id, asked_by = _asked_for(turn, argument)
    if not invitations.use(turn.db, found.id, turn.now):
        raise moved_on(turn)
    home = collaborations.the(turn.db, found.collaboration_id)
    place = places.place(turn.db, place_id)
    tell_channel(turn, place, home.id)
    with_round = bring_in(turn, place, home.id)
    _no_longer_waits(turn, argument)
    member = make_member(turn, asked_by, home.id)
    if member.organisation_id is None:
        wait_for_organisation(turn, asked_by, home.id, place)

    def build(view: View) -> Message:
        say = view.say
        yes = say.t("The channel is part of «{name}» now.", name=home.name)
        if member.organisation_id is not None:
            return view.message(yes)
        return view.message(yes, *organisation_elements(view, home.id))

    turn.tell(asked_by, f"join:{found.id}:yes", build, collaboration=home.id)
    if with_round:
        return turn.notice(turn.say.t("The channel is in. The running round is shown there too."))
    return turn.notice(turn.say.t("The channel is in."))


@joining.act("refuse")
def refuse(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator says no."""
    found, place_id, asked_by = _asked_for(turn, argument)
    if not invitations.use(turn.db, found.id, turn.now):
        raise moved_on(turn)
    _no_longer_waits(turn, argument)
    turn.audit("place.refused", f"place:{place_id}", found.collaboration_id)
    turn.tell(
        asked_by,
        f"join:{found.id}:no",
        lambda view: view.message(
            view.say.t("The channel was not let in. Talk to the coordinator if you wonder why.")
        ),
    )
    return turn.notice(turn.say.t("All right. Nothing was shared."))


def _asked_for(turn: Turn, argument: str) -> tuple[Invitation, int, int]:
    """What a coordinator says yes or no to, with the channel and who asked: the very channel that
    they were asked about, for the code may have been written in another one since."""
    found = _open_invitation(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    if found.place_id is None or found.asked_by is None:
        raise moved_on(turn)
    if part(turn, argument, 1) != str(found.place_id):
        raise moved_on(turn)
    return found, found.place_id, found.asked_by


def _own_invitation(turn: Turn, argument: str) -> Invitation:
    """The code that the presser wrote in a channel."""
    found = _open_invitation(turn, argument)
    if found.asked_by != turn.me.id or found.place_id is None:
        raise Refusal(turn.say.t("Only the one who wrote the code can answer this."))
    return found


def _open_invitation(turn: Turn, argument: str) -> Invitation:
    found = _if_open(turn, argument)
    if found is None:
        raise moved_on(turn)
    return found


def _if_open(turn: Turn, argument: str) -> Invitation | None:
    found = invitations.one(turn.db, number(turn, argument, "i"))
    over = found is None or found.used_at is not None or found.expires_at <= turn.now
    return None if over else found
