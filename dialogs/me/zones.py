"""The time zone that times are told in: by its name or its place, with what may be meant."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from dialogs.language import Translator
from dialogs.me.page import ask, changed, me, one_field, only_own, stop_asking
from dialogs.messages import Field, FieldErrors, Form, Reply
from dialogs.turn import Refusal, Turn, View
from storage import people
from storage.tables import Conversation

NONE = frozenset(("", "-", "ingen", "inga", "none"))
USUAL = ("Europe/Oslo", "Europe/Copenhagen", "Europe/London", "Europe/Helsinki", "UTC")


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
    return one_field(view, "zone", say.t("Time zone"), field)


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
