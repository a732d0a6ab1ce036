"""Invitations by a link, for people who are nowhere yet: a coordinator makes it, to pass it on."""

from __future__ import annotations

from typing import Any

from dialogs.authority import coordinator_of, moved_on, number
from dialogs.buttons import row_number
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Element,
    Field,
    FieldErrors,
    Form,
    Option,
    Reply,
    Text,
)
from dialogs.naming import LONGEST_NAME, name_fault, one_line, organisation_called
from dialogs.turn import Refusal, Turn, View
from dialogs.web_links import address, new_token, once, web
from storage import collaborations, links
from storage.tables import Collaboration

MOST_OPEN = 300  # invitations of one collaboration that wait for somebody


def invite_button(view: View, collaboration_id: int) -> Button:
    """What a coordinator presses to invite somebody who is nowhere yet."""
    label = view.say.t("Invite with a link")
    return Button(web.id("invite", f"c{collaboration_id}"), label, opens=True, typed="folk inviter")


def invited(view: View, collaboration_id: int) -> list[Element]:
    """Who was invited by a link and has not come, for a coordinator to take back."""
    waiting = links.open_invitations(view.db, collaboration_id, view.now)
    if not waiting:
        return []
    say = view.say
    options = tuple(
        Option(
            str(each.id),
            say.t("{name}, until {day}", name=each.name, day=say.day(each.expires_at)),
        )
        for each in waiting
    )
    label = say.t("Invited, but not here yet. Take an invitation back?")
    return [Choice(web.id("back", f"c{collaboration_id}"), label, options)]


@web.show("invite")
def invite_form(view: View, argument: str) -> Form:
    """Who is to come, and from where."""
    home_id = number(view, argument, "c")
    coordinator_of(view, home_id)
    return _form(view, home_id)


def invite_typed(turn: Turn, home: Collaboration, text: str) -> Reply | None:
    """`folk inviter NAVN: VIRKSOMHET`; without a name, the form."""
    coordinator_of(turn, home.id)
    name, _, party = map(one_line, text.partition(":"))
    if not name:
        return _form(turn, home.id)
    house = organisation_called(turn, home.id, party) if party else None
    if fault := name_fault(turn, name):
        raise Refusal(fault)
    return _invite(turn, home, name, house.id if house else None)


def _form(view: View, home_id: int) -> Form:
    say = view.say
    parties = tuple(
        Option(str(each.id), each.name) for each in collaborations.organisations(view.db, home_id)
    )
    hint = say.t("They see it when they come in, and can correct it.")
    return Form(
        view.language,
        web.id("invite", f"c{home_id}"),
        say.t("Invite with a link"),
        (
            Field("name", say.t("Name"), "text", hint=hint, max_length=LONGEST_NAME),
            Field("organisation", say.t("Organisation"), "choice", options=parties, required=False),
        ),
        say.t("Make the link"),
        say.t("Cancel"),
        (
            Text(
                say.t(
                    "For somebody who uses neither Slack nor Teams. You get a link to pass on to "
                    "them, and they take part on the web."
                ),
                "muted",
            ),
        ),
    )


@web.submit("invite")
def invite_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """Make the invitation and show its link, once, to the one who passes it on."""
    home_id = number(turn, argument, "c")
    coordinator_of(turn, home_id)
    name = one_line(sent.get("name", ""))
    if fault := name_fault(turn, name):
        return FieldErrors({"name": fault})
    party = row_number(str(sent.get("organisation", ""))) or 0
    chosen = collaborations.organisation(turn.db, party, home_id)
    home = collaborations.the(turn.db, home_id)
    return _invite(turn, home, name, chosen.id if chosen is not None else None)


def _invite(turn: Turn, home: Collaboration, name: str, organisation_id: int | None) -> Reply:
    if len(links.open_invitations(turn.db, home.id, turn.now)) >= MOST_OPEN:
        raise Refusal(
            turn.say.t("Many invitations wait already. Take some back first: write «people».")
        )
    token = new_token(turn)
    made = links.invite(
        turn.db,
        links.hashed(token),
        name,
        turn.now,
        collaboration_id=home.id,
        organisation_id=organisation_id,
        created_by=turn.me.id,
    )
    turn.audit("link.invited", f"web_link:{made}", home.id)
    say = turn.say
    until = say.day(turn.now + links.INVITATION_LASTS)
    return once(
        turn.notice(
            Text(say.t("A link for {name}", name=name), "heading"),
            address(turn, token),
            say.t(
                "Pass it on to {name} alone: in person, by mail or by phone. It works once, until "
                "{day}, and lets them into «{home}». You see it only now.",
                name=name,
                day=until,
                home=home.name,
            ),
            Buttons(
                (
                    Button(
                        web.id("back", f"c{home.id}", str(made)), say.t("Take the invitation back")
                    ),
                )
            ),
        )
    )


@web.act("back")
def take_back(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The invitation leads nowhere from now on."""
    head, _, made = argument.partition(",")
    home_id = number(turn, head, "c")
    coordinator_of(turn, home_id)
    link = links.one(turn.db, row_number(value or made) or 0)
    if link is None or link.collaboration_id != home_id or not links.take_back(turn.db, link.id):
        raise moved_on(turn)
    turn.audit("link.taken_back", f"web_link:{link.id}", home_id)
    return turn.notice(turn.say.t("The invitation is taken back. Its link leads nowhere now."))
