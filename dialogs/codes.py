"""Codes: a coordinator makes one, and it lets one person or one channel in."""

from __future__ import annotations

from datetime import timedelta

from dialogs.authority import coordinator_of
from dialogs.belonging import (
    ask_organisation,
    come_in,
    is_kept_out,
    joining,
    make_member,
    part_on_behalf,
)
from dialogs.choosing import the_collaboration
from dialogs.joining import ask_to_bring_channel, for_others, not_valid
from dialogs.language import n_
from dialogs.messages import Message, Reply
from dialogs.turn import Turn, View
from storage import collaborations, invitations, memberships
from storage.tables import Collaboration, Invitation

CODE_LASTS = timedelta(days=7)
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no letters that look like digits
CODE_LENGTH = 10


@joining.command("join", ("bli med", "bli", "join in"), n_("join with a code, or make one"))
def join(turn: Turn, rest: str) -> Reply | None:
    """`bli med KODE` joins; without a code a coordinator gets one to pass on, and whoever is in a
    channel of a collaboration comes in."""
    if not rest.strip():
        here = turn.place.collaboration_id if turn.place is not None else None
        if here is not None and memberships.of(turn.db, turn.me.id, here) is None:
            return come_in(turn, here)
        return _new_code(turn)
    found = invitations.by_code(turn.db, rest, turn.now)
    if found is None or not invitations.is_for(found, turn.me.id):
        raise not_valid(turn)
    if turn.place is None or turn.place.person_id is not None:
        return _join_in_person(turn, found)
    return ask_to_bring_channel(turn, found)


def _new_code(turn: Turn) -> Reply:
    home = the_collaboration(turn)
    coordinator_of(turn, home.id)
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
    home = collaborations.the(turn.db, found.collaboration_id)
    known = memberships.of(turn.db, turn.me.id, home.id)
    if known is not None and known.organisation_id is not None:
        already = turn.say.t("You are part of «{name}» already.", name=home.name)
        return for_others(turn, already)
    if known is None:
        if is_kept_out(turn, home.id, found.created_at):
            raise not_valid(turn)
        if not invitations.use(turn.db, found.id, turn.now):
            raise not_valid(turn)  # somebody else was quicker
        known = make_member(turn, turn.me.id, home.id)
        _tell_maker(turn, found, home)
        house = collaborations.organisation(turn.db, known.organisation_id or 0, home.id)
        if house is not None:
            return turn.notice(part_on_behalf(turn, house))
    return ask_organisation(turn, home.id)


def _tell_maker(turn: Turn, found: Invitation, home: Collaboration) -> None:
    who = turn.me.name

    def build(view: View) -> Message:
        return view.message(
            view.say.t("{who} came into «{name}» with your code.", who=who, name=home.name)
        )

    if found.created_by != turn.me.id:
        key = f"join:{found.id}:used"
        turn.tell(found.created_by, key, build, collaboration=home.id)
