"""When a question is asked again: chosen by a form, a press or words, and planned."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialogs.arrived.dialog import arrived, question_of
from dialogs.arrived.shown import day_with_year_of, show
from dialogs.authority import moved_on
from dialogs.belonging import let_in
from dialogs.calendar import WorkCalendar
from dialogs.language import Translator
from dialogs.messages import Choice, Field, Notice, Option, Reply
from dialogs.registry import fold
from dialogs.turn import Turn, View
from storage import collaborations, conclusions, timers
from storage.tables import Asked, Collaboration, Conclusion, Round

AT_FIRST = 3  # months
NEVER = 0
AS_IS = -1  # as it stands
MONTHS = (1, 3, 6, 12)
LATER = 1  # months, for those who say "not now"

_NEVER = {fold(each) for each in ("aldri", "ikke", "ikkje", "nei", "never", "no")}
_MONTH = {fold(each) for each in ("en måned", "ein månad", "éin månad", "a month", "one month")}
_YEAR = {fold(each) for each in ("et år", "ett år", "eit år", "eitt år", "1 år", "a year")}
_FIRST = ("om", "in")


def options(say: Translator) -> tuple[Option, ...]:
    """When a question can be asked again."""
    months = tuple(
        Option(str(each), say.tn("In {n} month", "In {n} months", each)) for each in MONTHS
    )
    return (*months, Option("never", say.t("Never")))


def field(view: View, months: int) -> Field:
    """The choice in a form."""
    label = view.say.t("When do we ask again?")
    hint = view.say.t("The coordinators are reminded then, and decide.")
    standing = str(months) if months in MONTHS else "never"
    return Field("again", label, "choice", standing, options(view.say), hint=hint)


def choice(view: View, asked: Asked) -> Choice:
    """The same by one press."""
    label = view.say.t("When do we ask again?")
    return Choice(arrived.id("again", f"q{asked.id}"), label, options(view.say))


def chosen(value: str) -> int:
    """What a form or a press says."""
    if value == "never":
        return NEVER
    return int(value) if value in map(str, MONTHS) else AS_IS


def choose(turn: Turn, asked: Asked, found: Round, value: str) -> Notice:
    """Set when a question is asked again."""
    let_in(turn, found.collaboration_id)
    conclusion = conclusions.of(turn.db, asked.id)
    months = chosen(value)
    if conclusion is None or months == AS_IS:
        raise moved_on(turn)
    plan(turn, conclusion, months, anew=True)
    show(turn, asked, found)
    if conclusion.again_at is None:
        return turn.notice(turn.say.t("All right. I will not remind anybody to ask again."))
    day = day_with_year_of(turn, conclusion.again_at)
    return turn.notice(turn.say.t("All right. I remind the coordinators on {day}.", day=day))


def plan(turn: Turn, conclusion: Conclusion, months: int, *, anew: bool = False) -> None:
    """Plan when to ask again, counted from today. What stands already stays, unless it is chosen
    `anew`: a form shows it filled in and is sent for other reasons too."""
    if months == AS_IS or (months == (conclusion.again_months or NEVER) and not anew):
        return
    home = collaborations.the(turn.db, conclusion.collaboration_id)
    at = moment(home, turn.now, months) if months else None
    conclusions.ask_again(turn.db, conclusion, months or None, at)
    turn.audit("conclusion.again", f"conclusion:{conclusion.id}", home.id)
    if at is not None:
        wake(turn, home.id, at)


def moment(home: Collaboration, now: datetime, months: int) -> datetime:
    """The first working moment that many months later."""
    calendar = WorkCalendar(home.country, home.zone)
    day = months_later(calendar.local_date(now), months)
    morning = datetime.combine(day, time(), ZoneInfo(home.zone))
    return calendar.next_working_moment(morning)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    first = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def wake(turn: Turn, home_id: int, at: datetime) -> None:
    """One timer for a collaboration and an instant, however many questions are due then."""
    row = {
        "occurrence": f"arrived:again:c{home_id}:{at.isoformat()}",
        "dialog": arrived.name,
        "action": "again",
        "argument": f"c{home_id}",
        "collaboration_id": home_id,
        "due_at": at,
    }
    timers.plan(turn.db, [row])


def months_in(text: str) -> int | None:
    """How many months are meant; None when it cannot be told."""
    words = fold(text).split()
    words = words[1:] if words[:1] and words[0] in _FIRST else words
    if " ".join(words) in _NEVER:
        return NEVER
    if " ".join(words) in _MONTH:
        return 1
    if " ".join(words) in _YEAR:
        return 12
    found = re.match(r"\d{1,2}\Z", words[0]) if words else None
    months = int(found[0]) if found else 0
    return months if months in MONTHS else None


@arrived.act("again")
def again_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """When the question is to be asked again, by a press."""
    asked, found = question_of(turn, argument)
    return choose(turn, asked, found, value or "")
