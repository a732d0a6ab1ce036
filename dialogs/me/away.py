"""Being away until a day: not asked, not reminded, not waited for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from dialogs.language import n_
from dialogs.me.page import ask, changed, me, one_field, only_own, stop_asking, today_of
from dialogs.me.traces import nobody_waits
from dialogs.messages import Field, FieldErrors, Form, Reply
from dialogs.questions.days import day_in, day_with_year
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, people
from storage.tables import Conversation

LONGEST_AWAY = timedelta(days=2 * 366)
_UNTIL = re.compile(
    r"^(?:fram\s+)?(?:til|until|to)?(?:\s*(?:og|and)\s+(?:med|including))?\s+", re.I
)
_NO_DAY = n_("Write a date with day, month and year, such as 1.3.2027.")


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
    return one_field(view, "away", say.t("I will be away"), field, why)


@me.submit("away", everywhere=True)
def away_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """The chosen day."""
    only_own(turn, argument)
    fault = _away(turn, str(sent.get("until", "")))
    return FieldErrors({"until": fault}) if fault is not None else _gone(turn)


def _away(turn: Turn, text: str) -> str | None:
    """Keep the day that was written, or say what is wrong with it."""
    today = today_of(turn, turn.me)
    until = day_in(_UNTIL.sub("", f"{text.strip()}"[:60]), today)
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
    for home_id in collaborations.touched_by(turn.db, turn.me.id):
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
