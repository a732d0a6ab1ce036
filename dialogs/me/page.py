"""`meg`: one private page about the person, with a button for everything they decide themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dialogs import directly
from dialogs.authority import moved_on, number
from dialogs.dialog import Dialog
from dialogs.language import ZONE, Translator, n_
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Fact,
    Facts,
    Field,
    Form,
    Notice,
    Reply,
    Text,
)
from dialogs.questions.days import day_with_year
from dialogs.scope import scope
from dialogs.speaking import NAMES, own_language
from dialogs.turn import Turn, View
from storage import collaborations, mine, people
from storage.mine import Part
from storage.tables import Person, Role

WAIT = timedelta(hours=1)


me = Dialog("me", scope(""))


def own(view: View, action: str, *arguments: object) -> str:
    """A button's id with whose it is: what is about one person does nothing for another."""
    return me.id(action, f"u{view.me.id}", *arguments)


def only_own(view: View, argument: str) -> None:
    """Refuse a button that was made for somebody else, or for who they were before erasing."""
    if number(view, argument, "u") != view.me.id:
        raise moved_on(view)


def ask(turn: Turn, step: str, words: Sequence[str] = (), **data: Any) -> None:
    """Let the next words in the direct message be for this; `words` mean something to it even
    where they are commands."""
    directly.wait_for(turn, "me", step, {**data, "own": list(words)}, WAIT)


def stop_asking(turn: Turn) -> None:
    """What this dialog waited for is decided."""
    waits = directly.waiting(turn, "me")
    if waits is not None:
        directly.let_go(turn, waits)


@me.command(
    "me", ("meg", "mine", "om meg", "about me"), n_("your settings and data, and how to leave")
)
def me_command(turn: Turn, rest: str) -> Reply | None:
    """Who the person is to Samspill, and what they can decide."""
    return _page(turn)


@me.show("page")
def page_shown(view: View, argument: str) -> Notice:
    """The same by a button, which everybody has."""
    return _page(view)


def _page(view: View) -> Notice:
    say = view.say
    return view.notice(
        Text(say.t("You, as Samspill knows you"), "heading"),
        Facts(tuple(_facts(view))),
        own_language(view),
        Buttons(_settings(view)),
        Buttons(_data(view)),
        Text(say.t("Nobody but you sees this page."), "muted"),
    )


def _facts(view: View) -> list[Fact]:
    say, person = view.say, people.person(view.db, view.me.id)
    yes, no = say.t("yes"), say.t("no")
    facts = [Fact(say.t("Name"), person.name)]
    facts += [
        Fact(each.collaboration.name, part_line(say, each))
        for each in mine.parts(view.db, person.id)
    ]
    language = NAMES.get(person.language or "") or say.t("not chosen: as where you write")
    return [
        *facts,
        Fact(say.t("Language"), language),
        Fact(say.t("Time zone"), person.zone or say.t("not chosen: as in the collaboration")),
        Fact(say.t("Away"), away_line(view, person)),
        Fact(say.t("Each answer is confirmed in text"), yes if person.text_receipts else no),
        Fact(say.t("Daily questions all come on Monday"), yes if person.monday else no),
    ]


def part_line(say: Translator, part: Part) -> str:
    """Organisation and roles in one collaboration."""
    names = {Role.MEMBER: say.t("member"), Role.COORDINATOR: say.t("coordinator")}
    roles = [names[Role(each)] for each in part.membership.roles if each in list(names)]
    return " · ".join([part.organisation or say.t("Not chosen yet"), *roles])


def away_line(view: View, person: Person) -> str:
    """Until when the person is away; whoever is back is not."""
    if person.away_until is None or person.away_until < today_of(view, person):
        return view.say.t("no")
    return view.say.t(
        "until and including {day}", day=day_with_year(person.away_until.isoformat(), view.say)
    )


def today_of(view: View, person: Person) -> date:
    """The day it is where the person is."""
    return view.now.astimezone(ZoneInfo(person.zone or ZONE)).date()


def _settings(view: View) -> tuple[Button, ...]:
    say, person = view.say, people.person(view.db, view.me.id)
    row = [
        Button(own(view, "name"), say.t("Correct my name"), opens=True, typed="navn"),
        Button(own(view, "zone"), say.t("Time zone"), opens=True, typed="tidssone"),
        Button(own(view, "away"), say.t("I will be away"), opens=True, typed="borte"),
    ]
    if person.away_until is not None and person.away_until >= today_of(view, person):
        row.append(Button(own(view, "back"), say.t("I am back"), typed="tilbake"))
    text = say.t("Stop confirming in text") if person.text_receipts else say.t("Confirm in text")
    monday = say.t("Not all on Monday") if person.monday else say.t("All on Monday")
    return (
        *row,
        Button(
            own(view, "receipts", int(not person.text_receipts)), text, typed="bekreft med tekst"
        ),
        Button(own(view, "monday", int(not person.monday)), monday, typed="alt på mandag"),
    )


def _data(view: View) -> tuple[Button, ...]:
    say = view.say
    row = [Button(own(view, "data", 0), say.t("See my data"), opens=True, typed="mine data")]
    if collaborations.of(view.db, view.me.id):
        row.append(Button(own(view, "leave"), say.t("Leave a collaboration"), typed="forlat"))
    return (*row, Button(own(view, "erase"), say.t("Erase me"), "danger", typed="slett meg"))


def changed(turn: Turn, *elements: Element | str) -> Notice:
    """What a decision did, with the way back to the page."""
    button = Button("me:page:", turn.say.t("Back to my page"), opens=True, typed="meg")
    return turn.notice(*elements, Buttons((button,)))


def one_field(view: View, action: str, title: str, field: Field, intro: str = "") -> Form:
    """A form for one thing, with why in small print."""
    say = view.say
    words = (Text(intro, "muted"),) if intro else ()
    return Form(
        view.language, own(view, action), title, (field,), say.t("Save"), say.t("Cancel"), words
    )
