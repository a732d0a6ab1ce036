"""What a person sets for themselves: name, time zone, being away, receipts in text, Mondays."""

from __future__ import annotations

import re
from datetime import timedelta
from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from dialogs.authority import moved_on, part
from dialogs.dialog import Refusal, Turn, View
from dialogs.language import Translator, n_
from dialogs.me.page import ask, changed, me, only_own, own, stop_asking, today_of
from dialogs.me.standing import nobody_waits, show_anew, standing
from dialogs.messages import Field, FieldErrors, Form, Reply, Text
from dialogs.questions.days import day_in, day_with_year
from storage import people
from storage.tables import Conversation

LONGEST_NAME = 100
LONGEST_AWAY = timedelta(days=2 * 366)
NONE = frozenset(("", "-", "ingen", "inga", "none"))
USUAL = ("Europe/Oslo", "Europe/Copenhagen", "Europe/London", "Europe/Helsinki", "UTC")
_UNTIL = re.compile(
    r"^(?:fram\s+)?(?:til|until|to)?(?:\s*(?:og|and)\s+(?:med|including))?\s+", re.I
)
_NO_NAME = n_("Write your name, at most 100 characters.")
_NO_DAY = n_("Write a date with day, month and year, such as 1.3.2027.")


def _form(view: View, action: str, title: str, field: Field, intro: str = "") -> Form:
    say = view.say
    words = (Text(intro, "muted"),) if intro else ()
    return Form(
        view.language, own(view, action), title, (field,), say.t("Save"), say.t("Cancel"), words
    )


# --- name -------------------------------------------------------------------------------------


@me.command("my name", ("navn", "namn", "mitt navn", "namnet mitt", "navnet mitt"), "", alone=True)
def name_command(turn: Turn, rest: str) -> Reply | None:
    """The next words are the name."""
    ask(turn, "name")
    return turn.notice(
        turn.say.t("You are called {name} here.", name=turn.me.name),
        turn.say.t("Write your name to me in a direct message. «stop» leaves it as it is."),
    )


@me.wait("name")
def name_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The name, typed."""
    name = _name(text)
    if name is None:
        raise Refusal(turn.say.t(_NO_NAME))
    return _rename(turn, name)


@me.show("name")
def name_form(view: View, argument: str) -> Form:
    """The name to correct."""
    only_own(view, argument)
    say = view.say
    field = Field("name", say.t("Name"), "text", view.me.name, max_length=LONGEST_NAME)
    why = say.t("This is how others see you, also beside what you have answered with your name.")
    return _form(view, "name", say.t("Correct my name"), field, why)


@me.submit("name", everywhere=True)
def name_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """The corrected name."""
    only_own(turn, argument)
    name = _name(str(sent.get("name", "")))
    return FieldErrors({"name": turn.say.t(_NO_NAME)}) if name is None else _rename(turn, name)


def _name(text: str) -> str | None:
    name = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    fits = 0 < len(name) <= LONGEST_NAME and any(each.isalnum() for each in name)
    return name if fits else None


def _rename(turn: Turn, name: str) -> Reply:
    stop_asking(turn)
    people.choose(turn.db, turn.me.id, name=name)
    turn.audit("person.named", f"person:{turn.me.id}", None)
    show_anew(turn, standing(turn, turn.me.id))
    return changed(turn, turn.say.t("You are called {name} from now on.", name=name))


# --- time zone --------------------------------------------------------------------------------


@cache
def _zones() -> dict[str, str]:
    """Every time zone by how it may be written: its whole name, or the place alone."""
    names = sorted(each for each in available_timezones() if "/" in each or each == "UTC")
    wide = [each for each in names if not each.startswith(("Etc/", "posix/", "right/", "SystemV/"))]
    by_place = {_key(each.rsplit("/", maxsplit=1)[-1]): each for each in reversed(wide)}
    return by_place | {_key(each): each for each in wide}


def _key(written: str) -> str:
    return " ".join(written.replace("_", " ").casefold().split())


def zone_called(text: str) -> str | None:
    """The time zone that is called so, by its whole name or its place; None when none is."""
    return _zones().get(_key(text))


def close_to(text: str) -> list[str]:
    """What may be meant; the usual ones when nothing is near."""
    near = get_close_matches(_key(text), list(_zones()), n=4, cutoff=0.7)
    inside = [name for key, name in _zones().items() if len(_key(text)) > 2 and _key(text) in key]
    found = list(dict.fromkeys([*(_zones()[each] for each in near), *inside]))
    return found[:4] or list(USUAL[:3])


def _which_zone(say: Translator, text: str) -> str:
    return say.t(
        "I do not know this time zone. Write it as area and place, such as {zones}.",
        zones=say.listing(close_to(text)),
    )


@me.command("time zone", ("tidssone", "tidssona"), "")
def zone_command(turn: Turn, rest: str) -> Reply | None:
    """`tidssone Europe/Oslo`, or the next words."""
    if rest.strip():
        return _zone_typed(turn, rest)
    ask(turn, "zone")
    say = turn.say
    return turn.notice(
        say.t("Your time zone: {zone}", zone=turn.me.zone or say.t("as in the collaboration")),
        say.t(
            "Write the right one to me in a direct message, such as {zones}, or «none» to "
            "follow the collaboration.",
            zones=say.listing(list(USUAL[:3])),
        ),
    )


@me.wait("zone")
def zone_waited(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The time zone, typed."""
    return _zone_typed(turn, text)


def _zone_typed(turn: Turn, text: str) -> Reply | None:
    zone = None if _key(text) in NONE else zone_called(text)
    if zone is None and _key(text) not in NONE:
        raise Refusal(_which_zone(turn.say, text[:60]))
    return _set_zone(turn, zone)


@me.show("zone")
def zone_form(view: View, argument: str) -> Form:
    """The time zone to write."""
    only_own(view, argument)
    say = view.say
    field = Field(
        "zone",
        say.t("Time zone"),
        "text",
        view.me.zone or "",
        hint=say.t("Such as {zones}. Empty: as in the collaboration.", zones=", ".join(USUAL)),
        required=False,
        max_length=60,
    )
    return _form(view, "zone", say.t("Time zone"), field)


@me.submit("zone")
def zone_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """The chosen time zone, or by the field what is wrong with it."""
    only_own(turn, argument)
    text = str(sent.get("zone", ""))[:100]
    zone = None if _key(text) in NONE else zone_called(text)
    if zone is None and _key(text) not in NONE:
        return FieldErrors({"zone": _which_zone(turn.say, text)})
    return _set_zone(turn, zone)


def _set_zone(turn: Turn, zone: str | None) -> Reply:
    stop_asking(turn)
    people.choose(turn.db, turn.me.id, zone=zone)
    turn.audit("person.zone", f"person:{turn.me.id}", None)
    say = turn.say
    return changed(
        turn,
        say.t("Times I write to you are in {zone} from now on.", zone=zone)
        if zone
        else say.t("Times I write to you are as in the collaboration from now on."),
    )


# --- away -------------------------------------------------------------------------------------


@me.command("away", ("borte", "borte til", "away until"), "", everywhere=True)
def away_command(turn: Turn, rest: str) -> Reply | None:
    """`borte til 1.3.2027`, or the next words."""
    if rest.strip():
        return _away_typed(turn, rest)
    ask(turn, "away", ("tilbake", "attende", "back"))
    return turn.notice(
        turn.say.t("Until which day are you away? That day counts too."), turn.say.t(_NO_DAY)
    )


@me.wait("away")
def away_waited(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The day, typed."""
    if text.strip().casefold() in ("tilbake", "attende", "back"):
        return _back(turn)
    return _away_typed(turn, text)


def _away_typed(turn: Turn, text: str) -> Reply | None:
    fault = _away(turn, text)
    if fault is not None:
        raise Refusal(fault)
    return _gone(turn)


@me.show("away")
def away_form(view: View, argument: str) -> Form:
    """The day to choose."""
    only_own(view, argument)
    say = view.say
    until = view.me.away_until
    filled = until.isoformat() if until else ""
    field = Field("until", say.t("Away until and including"), "date", filled)
    why = say.t("Until then I ask you nothing, do not remind you, and nobody waits for you.")
    return _form(view, "away", say.t("I will be away"), field, why)


@me.submit("away", everywhere=True)
def away_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """The chosen day."""
    only_own(turn, argument)
    fault = _away(turn, str(sent.get("until", "")))
    return FieldErrors({"until": fault}) if fault is not None else _gone(turn)


def _away(turn: Turn, text: str) -> str | None:
    """Keep the day that was written, or say what is wrong with it."""
    until = day_in(_UNTIL.sub("", f"{text.strip()}"[:60]))
    today = today_of(turn, turn.me)
    if until is None:
        return turn.say.t(_NO_DAY)
    if until < today:
        return turn.say.t("That day has passed. Write a day from today on.")
    if until > today + LONGEST_AWAY:
        return turn.say.t("That is more than two years ahead. Write a day before that.")
    people.choose(turn.db, turn.me.id, away_until=until)
    turn.audit("person.away", f"person:{turn.me.id}", None)
    return None


def _gone(turn: Turn) -> Reply:
    stop_asking(turn)
    turn.db.refresh(turn.me)
    for home_id in people.homes_of(turn.db, turn.me.id):
        nobody_waits(turn, home_id)
    until = turn.me.away_until
    assert until is not None
    day = day_with_year(until.isoformat(), turn.say)
    return changed(
        turn,
        turn.say.t("You are away until and including {day}.", day=day),
        turn.say.t("Until then I ask you nothing, do not remind you, and nobody waits for you."),
        turn.say.t("Write «back» when you are back before that."),
    )


@me.command("back", ("tilbake", "attende"), "", alone=True)
def back_command(turn: Turn, rest: str) -> Reply | None:
    """Here again."""
    return _back(turn)


@me.act("back")
def back_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The same by a button."""
    only_own(turn, argument)
    return _back(turn)


def _back(turn: Turn) -> Reply:
    stop_asking(turn)
    if turn.me.away_until is None:
        return changed(turn, turn.say.t("You were not away. I ask you as usual."))
    people.choose(turn.db, turn.me.id, away_until=None)
    turn.audit("person.back", f"person:{turn.me.id}", None)
    return changed(turn, turn.say.t("Welcome back. I ask you as usual."))


# --- on and off -------------------------------------------------------------------------------


@me.command(
    "confirm in text",
    ("bekreft med tekst", "stadfest med tekst", "bekreft i tekst", "stadfest i tekst"),
    "",
    alone=True,
)
def receipts_command(turn: Turn, rest: str) -> Reply | None:
    """On, or off again."""
    return _receipts(turn, on=not turn.me.text_receipts)


@me.act("receipts")
def receipts_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """On or off, as the button says."""
    only_own(turn, argument)
    return _receipts(turn, on=_switched(turn, argument))


def _switched(turn: Turn, argument: str) -> bool:
    wanted = part(turn, argument, 1)
    if wanted not in ("0", "1"):
        raise moved_on(turn)
    return wanted == "1"


def _receipts(turn: Turn, *, on: bool) -> Reply:
    people.choose(turn.db, turn.me.id, text_receipts=on)
    turn.audit("person.receipts", f"person:{turn.me.id}", None)
    say = turn.say
    if not on:
        return changed(turn, say.t("I no longer confirm each answer in a direct message."))
    return changed(
        turn,
        say.t("From now on I confirm each answer in a direct message, which stays."),
        say.t("Write «confirm in text» once more to end it."),
    )


@me.command("all on monday", ("alt på mandag", "alt på måndag"), "", alone=True)
def monday_command(turn: Turn, rest: str) -> Reply | None:
    """On, or off again."""
    return _monday(turn, on=not turn.me.monday)


@me.act("monday")
def monday_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """On or off, as the button says."""
    only_own(turn, argument)
    return _monday(turn, on=_switched(turn, argument))


def _monday(turn: Turn, *, on: bool) -> Reply:
    people.choose(turn.db, turn.me.id, monday=on)
    turn.audit("person.monday", f"person:{turn.me.id}", None)
    say = turn.say
    if not on:
        return changed(turn, say.t("In daily rounds I ask you one question a day."))
    return changed(
        turn,
        say.t("In daily rounds I ask you all of the week's questions on Monday."),
        say.t("Write «all on monday» once more to end it."),
    )
