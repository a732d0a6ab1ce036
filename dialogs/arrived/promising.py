"""What an action says, as it was written in a form or typed, and keeping a new one."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from dialogs.arrived.dialog import arrived, fault, unchanged, under
from dialogs.language import n_
from dialogs.messages import FieldErrors
from dialogs.naming import one_line
from dialogs.questions.days import day_in
from dialogs.questions.kind import text_of
from dialogs.turn import Turn, View
from storage import actions, rounds
from storage.tables import Action, Asked

SHORT = 300  # characters of what is promised
SHORT_NAME = 200  # of who takes it further
_DATE = n_("Write a date with day, month and year, such as 1.3.2027.")
_PART = re.compile(r"(?:^|\s+)[–—-]+\s+")
_BY = re.compile(r"\A(?:innen|innan|før|by)\s+", re.IGNORECASE)
_LIKE_A_DATE = re.compile(
    r"\d{1,2}\s*[./-]\s*\d{1,2}\b|.*\b20\d\d\Z|(?:uke|veke|week)\s+\d|neste\s|next\s", re.IGNORECASE
)


class Wanted(NamedTuple):
    """What an action is to say."""

    text: str
    who: str
    by_when: date | None

    def __repr__(self) -> str:
        """No words: they must not reach logs."""
        return "Wanted()"


def wanted(
    turn: Turn, home_id: int, values: dict[str, Any], standing: date | None
) -> Wanted | FieldErrors:
    """What a form says, or what is wrong with its fields; the date that stands may be past."""
    text, who = (one_line(text_of(values, name)) for name in ("text", "who"))
    written = text_of(values, "by_when").strip()
    day = day_in(written, turn.calendar(home_id).local_date(turn.now)) if written else None
    late = day_fault(turn, home_id, written) if day is None or day != standing else None
    faults = {
        "text": fault(turn, text, SHORT),
        "who": fault(turn, who, SHORT_NAME) if who else None,
        "by_when": late,
    }
    wrong = {name: each for name, each in faults.items() if each is not None}
    return FieldErrors(wrong) if wrong else Wanted(text, who, day)


def day_fault(view: View, home_id: int, written: str) -> str | None:
    """What is wrong with a date that was written, if one was: none, or one that has passed."""
    if not written:
        return None
    today = view.calendar(home_id).local_date(view.now)
    day = day_in(written, today)
    if day is None:
        return view.say.t(_DATE)
    if day < today:
        return view.say.t("This day has passed. Write one that is still to come.")
    return None


def promise_it(
    turn: Turn, home_id: int, text: str, who: str, by_when: date | None, *, asked: Asked | None
) -> Action:
    """Keep a new action: of the question, else of the round that runs or is written under."""
    made = actions.add(
        turn.db,
        collaboration_id=home_id,
        text=text,
        who=who or None,
        by_when=by_when,
        round_id=asked.round_id if asked is not None else _round_now(turn, home_id),
        asked_id=asked.id if asked is not None else None,
        written_by=turn.me.id,
        now=turn.now,
    )
    turn.audit("action.added", f"action:{made.id}", home_id)
    renew(turn, made)
    return made


def _round_now(turn: Turn, home_id: int) -> int | None:
    here = under(turn)
    if (
        here is not None
        and here[0] == "r"
        and rounds.collaboration_of_round(turn.db, here[1]) == home_id
    ):
        return here[1]
    running = rounds.running(turn.db, home_id)
    return running.id if running is not None else None


def renew(turn: Turn, action: Action) -> None:
    """Have everything shown anew that shows this action."""
    if action.asked_id is not None:
        turn.refresh(arrived.name, "conclusion", f"q{action.asked_id}")
    if action.round_id is not None:
        turn.refresh("round", "summary", f"r{action.round_id}")
    running = rounds.running(turn.db, action.collaboration_id)
    if running is not None:
        turn.refresh("round", "start", f"r{running.id}")


def parsed(turn: Turn, home_id: int, text: str, standing: date | None) -> Wanted:
    """ "What – who – date", with or without the last two; a refusal says what does not fit."""
    first, *more = map(one_line, _PART.split(text.strip()))
    parts = [first, *(each for each in more if each)]
    day = None
    if len(parts) > 1:
        written = _BY.sub("", parts[-1], count=1)
        day = day_in(written, turn.calendar(home_id).local_date(turn.now))
        named = written != parts[-1]  # "innen", "by": what follows is meant as a day
        if day is not None or named or _LIKE_A_DATE.match(written):
            wrong = day_fault(turn, home_id, written) if day is None or day != standing else None
            if wrong is not None:
                raise unchanged(turn, wrong)
            parts.pop()
    who = parts.pop() if len(parts) > 1 else ""
    what = " – ".join(parts)
    wrong = fault(turn, what, SHORT) or (fault(turn, who, SHORT_NAME) if who else None)
    if wrong is not None:
        raise unchanged(turn, wrong)
    return Wanted(what, who, day)
