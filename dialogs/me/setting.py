"""What a person sets for themselves: their name, receipts in text, Mondays."""

from __future__ import annotations

from typing import Any

from dialogs.authority import moved_on, part
from dialogs.language import n_
from dialogs.me.page import ask, changed, me, one_field, only_own, stop_asking
from dialogs.me.traces import show_anew, traces
from dialogs.messages import Field, FieldErrors, Form, Reply
from dialogs.turn import Refusal, Turn, View
from storage import people
from storage.tables import Conversation

LONGEST_NAME = 100
_NO_NAME = n_("Write your name, at most 100 characters.")


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
    return one_field(view, "name", say.t("Correct my name"), field, why)


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
    show_anew(turn, traces(turn, turn.me.id))
    return changed(turn, turn.say.t("You are called {name} from now on.", name=name))


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
