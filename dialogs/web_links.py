"""Personal links to the web: one's own, the sessions they begin, and coming in by any link."""

from __future__ import annotations

from dataclasses import replace

from dialogs.arriving import hello_alone
from dialogs.authority import moved_on, stranger
from dialogs.belonging import ask_organisation, belongs, is_kept_out, make_member
from dialogs.buttons import row_number
from dialogs.channels import web_channel
from dialogs.dialog import Dialog
from dialogs.language import n_
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Element,
    Fact,
    Facts,
    Link,
    Message,
    Notice,
    Option,
    Reply,
    Text,
)
from dialogs.registry import fold
from dialogs.scope import scope
from dialogs.turn import Turn, View
from storage import collaborations, links, places
from storage.places import WEB_TENANT
from storage.tables import WebLink

OUT = frozenset(("ut", "logg ut", "logg meg ut", "logg ut alle steder", "log out", "out"))


web = Dialog("web", scope("c"))


# --- one's own --------------------------------------------------------------------------------


@web.command("web", ("lenke", "lenkje", "link", "nett"), n_("a personal link to the web"))
def web_command(turn: Turn, rest: str) -> Reply | None:
    """A link of one's own, shown once; `web logg ut` ends every session."""
    if fold(rest) in OUT:
        return _out(turn)
    token = new_token(turn)
    links.make_own(turn.db, links.hashed(token), turn.me.id, turn.now)
    turn.audit("link.made", f"person:{turn.me.id}", None)
    say = turn.say
    return once(
        turn.notice(
            Text(say.t("Your own way in on the web"), "heading"),
            Link(say.t("Open Samspill in the browser"), address(turn, token)),
            say.t(
                "The link works once, within 30 minutes. Whoever has it comes in as you: do not "
                "pass it on."
            ),
            *_sessions(turn),
        )
    )


def new_token(turn: Turn) -> str:
    """What makes a link; only its hash is kept."""
    return links.token(turn.random.randbytes(links.RANDOM_BYTES))


def address(view: View, token: str) -> str:
    """Where a link leads."""
    return f"{view.site}/inn/{token}"


def once(notice: Notice) -> Notice:
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
    for each in collaborations.of(turn.db, turn.me.id):
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
    if is_kept_out(turn, home_id, link.created_at):
        return (Text(stranger(turn).text),)
    member = make_member(turn, turn.me.id, home_id)
    if member.organisation_id is not None:
        return ()
    chosen = collaborations.organisation(turn.db, link.organisation_id or 0, home_id)
    if chosen is None:
        return ask_organisation(turn, home_id).message.elements
    return belongs(turn, home_id, chosen).message.elements


def _tell_elsewhere(turn: Turn, session_id: int) -> None:
    """To whoever is also somewhere else: that somebody came in as them, and what to do if it was
    not they."""
    if places.direct_of(turn.db, turn.me.id).tenant == WEB_TENANT:
        return

    def build(view: View) -> Message:
        say = view.say
        return view.message(
            say.t("Your personal link was used just now: you are signed in on the web."),
            say.t("Was it not you? Log out everywhere, and write «web» for a new link."),
            Buttons((Button(web.id("out"), say.t("Log out everywhere"), typed="web logg ut"),)),
        )

    turn.tell(turn.me.id, f"web:s{session_id}", build)
