"""Personal links to the web: one's own, invitations for those who are nowhere yet, sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dialogs.arriving import hello_alone
from dialogs.authority import coordinator_of, moved_on, number
from dialogs.belonging import ask_organisation, belongs, make_member
from dialogs.buttons import row_number
from dialogs.channels import web_channel
from dialogs.dialog import Dialog, Refusal, Turn, View
from dialogs.language import n_
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Element,
    Fact,
    Facts,
    Field,
    FieldErrors,
    Form,
    Link,
    Message,
    Notice,
    Option,
    Reply,
    Text,
)
from dialogs.registry import fold
from storage import links, people, places
from storage.engine import Db
from storage.places import WORKSPACE
from storage.tables import Collaboration, WebLink

OUT = frozenset(("ut", "logg ut", "logg meg ut", "logg ut alle steder", "log out", "out"))
LONGEST_NAME = 200
MOST_OPEN = 300  # invitations of one collaboration that wait for somebody


def _scope(db: Db, argument: str) -> int | None:
    """c = collaboration."""
    row = row_number(argument[1:]) if argument[:1] == "c" else None
    return row if row is not None and people.collaborations(db, [row]) else None


web = Dialog("web", _scope)


# --- one's own --------------------------------------------------------------------------------


@web.command("web", ("lenke", "lenkje", "link", "nett"), n_("a personal link to the web"))
def web_command(turn: Turn, rest: str) -> Reply | None:
    """A link of one's own, shown once; `web logg ut` ends every session."""
    if fold(rest) in OUT:
        return _out(turn)
    token = _token(turn)
    links.make_own(turn.db, links.hashed(token), turn.me.id, turn.now)
    turn.audit("link.made", f"person:{turn.me.id}", None)
    say = turn.say
    return _once(
        turn.notice(
            Text(say.t("Your own way in on the web"), "heading"),
            Link(say.t("Open Samspill in the browser"), _address(turn, token)),
            say.t(
                "The link works once, within 30 minutes. Whoever has it comes in as you: do not "
                "pass it on."
            ),
            *_sessions(turn),
        )
    )


def _token(turn: Turn) -> str:
    return links.token(turn.random.randbytes(links.RANDOM_BYTES))


def _address(view: View, token: str) -> str:
    return f"{view.site}/inn/{token}"


def _once(notice: Notice) -> Notice:
    """A notice with a link in it stands nowhere, wherever that can be avoided."""
    return replace(notice, kept=False)


def _sessions(view: View) -> list[Element]:
    say = view.say
    found = links.sessions_of(view.db, view.me.id, view.now)
    if not found:
        return []
    facts = tuple(
        Fact(
            say.t("Signed in {moment}", moment=say.moment(each.created_at)),
            say.t("last used {moment}", moment=say.moment(each.seen_at)),
        )
        for each in found
    )
    out = Button(web.id("out"), say.t("Log out everywhere"), typed="web logg ut")
    elements: list[Element] = [Facts(facts), Buttons((out,))]
    if len(found) > 1:
        options = tuple(Option(str(each.id), say.moment(each.created_at)) for each in found)
        label = say.t("Log out one of them: the one from …")
        elements.insert(1, Choice(web.id("end"), label, options))
    return elements


@web.act("out")
def out_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """End every session."""
    return _out(turn)


def _out(turn: Turn) -> Reply:
    ended = links.end_all(turn.db, turn.me.id)
    turn.audit("session.ended", f"person:{turn.me.id}", None)
    say = turn.say
    return turn.notice(
        say.tn(
            "You are logged out on the web, in {n} place.",
            "You are logged out on the web, in {n} places.",
            ended,
        )
        if ended
        else say.t("You were not signed in on the web anywhere."),
        say.t("Write «web» when you want a new link."),
    )


@web.act("end")
def end_one(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """End one session."""
    if not links.end(turn.db, row_number(value or "") or 0, turn.me.id):
        raise moved_on(turn)
    turn.audit("session.ended", f"person:{turn.me.id}", None)
    return turn.notice(turn.say.t("You are logged out there."), *_sessions(turn))


# --- inviting ---------------------------------------------------------------------------------


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
    name, _, party = (" ".join(each.split()) for each in text.partition(":"))
    if not name:
        return _form(turn, home.id)
    found = [
        each.id
        for each in people.organisations(turn.db, home.id)
        if party and fold(each.name) == fold(party)
    ]
    if party and not found:
        names = turn.say.listing([each.name for each in people.organisations(turn.db, home.id)])
        raise Refusal(turn.say.t("Write the name of one of these: {names}.", names=names))
    if len(name) > LONGEST_NAME:
        raise Refusal(turn.say.t("Write the name, at most 200 characters."))
    return _invite(turn, home, name, found[0] if found else None)


def _form(view: View, home_id: int) -> Form:
    say = view.say
    parties = tuple(
        Option(str(each.id), each.name) for each in people.organisations(view.db, home_id)
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
    name = " ".join(str(sent.get("name", "")).split())
    if not name or len(name) > LONGEST_NAME:
        return FieldErrors({"name": turn.say.t("Write the name, at most 200 characters.")})
    party = row_number(str(sent.get("organisation", ""))) or 0
    chosen = people.organisation(turn.db, party, home_id)
    home = people.collaboration(turn.db, home_id)
    return _invite(turn, home, name, chosen.id if chosen is not None else None)


def _invite(turn: Turn, home: Collaboration, name: str, organisation_id: int | None) -> Reply:
    if len(links.open_invitations(turn.db, home.id, turn.now)) >= MOST_OPEN:
        raise Refusal(
            turn.say.t("Many invitations wait already. Take some back first: write «people».")
        )
    token = _token(turn)
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
    return _once(
        turn.notice(
            Text(say.t("A link for {name}", name=name), "heading"),
            _address(turn, token),
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


# --- coming in --------------------------------------------------------------------------------


@web.tells("entered")
def entered(turn: Turn, rest: str) -> Reply | None:
    """Somebody came in by a link: into the collaboration that it invites to, and into the rooms of
    all that they are in."""
    came = links.session(turn.db, row_number(rest) or 0)
    place = turn.place
    if came is None or came.welcomed or place is None:
        return None
    links.welcomed(turn.db, came.id)
    link = links.one(turn.db, came.link_id)
    asks = _come_in(turn, link) if link is not None and link.invites else ()
    for each in people.collaborations_of(turn.db, turn.me.id):
        web_channel(turn, turn.me.id, each.id)
    hello = Message(turn.language, tuple(hello_alone(turn)))
    turn.post(place, hello, f"web:p{place.id}:hello", owner=("home", ""))
    if link is not None and not link.invites:
        _tell_elsewhere(turn, came.id)
    return turn.notice(*asks) if asks else None


def _come_in(turn: Turn, link: WebLink) -> tuple[Element, ...]:
    """Into the collaboration, from the organisation that was picked; else that is asked now."""
    home_id = link.collaboration_id
    if home_id is None:
        return ()
    member = make_member(turn, turn.me.id, home_id)
    if member.organisation_id is not None:
        return ()
    chosen = people.organisation(turn.db, link.organisation_id or 0, home_id)
    if chosen is None:
        return ask_organisation(turn, home_id).message.elements
    return belongs(turn, home_id, chosen).message.elements


def _tell_elsewhere(turn: Turn, session_id: int) -> None:
    """To whoever is also somewhere else: that somebody came in as them, and what to do if it was
    not they."""
    if places.direct_of(turn.db, turn.me.id).tenant == WORKSPACE:
        return

    def build(view: View) -> Message:
        say = view.say
        return view.message(
            say.t("Your personal link was used just now: you are signed in on the web."),
            say.t("Was it not you? Log out everywhere, and write «web» for a new link."),
            Buttons((Button(web.id("out"), say.t("Log out everywhere"), typed="web logg ut"),)),
        )

    turn.tell(turn.me.id, f"web:s{session_id}", build)
