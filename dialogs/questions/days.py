"""A date, `{"date": "YYYY-MM-DD"}`, and how people write dates in our languages."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dialogs.language import LANGUAGES, Translator, locale, n_
from dialogs.messages import Field
from dialogs.questions.content import Content
from dialogs.questions.kind import ANSWER, Kind, NotUnderstood, Sent, Value, text_of

_MONTHS = {
    name.casefold().rstrip("."): number
    for language in LANGUAGES
    for width in ("wide", "abbreviated")
    for number, name in locale(language).months["format"][width].items()
}
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")
_NUMBERS = re.compile(r"(?P<d>\d{1,2})\s*[./-]\s*(?P<m>\d{1,2})\s*[./-]\s*(?P<y>\d{4}|\d{2})")
_WORDS = re.compile(r"(?P<d>\d{1,2})(?:\.|st|nd|rd|th)?\s*(?P<m>[^\W\d]+)\.?,?\s*(?P<y>\d{4})")
_WEEKDAYS = {
    name.casefold(): number
    for language in LANGUAGES
    for number, name in locale(language).days["format"]["wide"].items()
}
_FROM_TODAY = {
    **dict.fromkeys(("i dag", "idag", "today"), 0),
    **dict.fromkeys(("i morgen", "imorgen", "i morgon", "tomorrow"), 1),
    **dict.fromkeys(("i overmorgen", "i overmorgon"), 2),
    **dict.fromkeys(("om en uke", "om ei uke", "om ei veke", "in a week"), 7),
}
_AHEAD = re.compile(
    r"(?:om |in )?(?P<n>\d{1,3}) (?:dag(?:er|ar)?|days?|(?P<weeks>uker?|veker?|weeks?))"
)
_NO_YEAR = re.compile(r"\d{1,2}(?:(?P<n>\s*[./]\s*\d{1,2}[./]?)|(?:\.|st|nd|rd|th)?\s*[^\W\d]+)")


class Day(Kind):
    """`date`."""

    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        filled = str(standing["date"]) if standing else ""
        return (Field(ANSWER, say.pick(content.text), "date", filled),)

    def from_form(self, content: Content, sent: Sent) -> Value:
        return self.from_typed(content, text_of(sent))

    def from_typed(self, content: Content, text: str) -> Value:
        found = day_in(text)
        if found is None:
            raise NotUnderstood(n_("Write a date with day, month and year, such as 1.3.2027."))
        return {"date": found.isoformat()}

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        return day_with_year(str(value["date"]), say)

    def how_to_type(self, say: Translator) -> str:
        return say.t("Write a date with day, month and year, such as 1.3.2027.")


def day_in(text: str, today: date | None = None) -> date | None:
    """The one date that a text is; None when it is something else. Two digits are this century.
    With `today`, also the days that people name from it: "fredag" is the next one after today."""
    written = " ".join(text.split()).strip(" .").casefold()
    if today is not None and (near := _near(written, today)) is not None:
        return near
    first, _, rest = written.partition(" ")
    weekday = _WEEKDAYS.get(first.rstrip(","))
    day = _whole(written if weekday is None else rest)
    return day if day is None or weekday in (None, day.weekday()) else None


def _whole(written: str) -> date | None:
    """The date with day, month and year, and no weekday."""
    found = _ISO.fullmatch(written) or _NUMBERS.fullmatch(written) or _WORDS.fullmatch(written)
    if found is None:
        return None
    month = int(found["m"]) if found["m"].isdecimal() else _MONTHS.get(found["m"], 0)
    year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
    try:
        return date(year, month, int(found["d"]))
    except ValueError:
        return None


def _near(written: str, today: date) -> date | None:
    if written in _FROM_TODAY:
        return today + timedelta(days=_FROM_TODAY[written])
    if (weekday := _WEEKDAYS.get(written.removeprefix("på ").removeprefix("on "))) is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if (ahead := _AHEAD.fullmatch(written)) is not None:
        return today + timedelta(days=int(ahead["n"]) * (7 if ahead["weeks"] else 1))
    if (found := _NO_YEAR.fullmatch(written)) is None:
        return None
    for year in (today.year, today.year + 1):
        day = day_in(f"{found[0].rstrip('./- ')}{'.' if found['n'] else ' '}{year}")
        if day is not None and day >= today:
            return day
    return None


def day_with_year(kept: str, say: Translator) -> str:
    """A kept date as people write it, the year with it."""
    day = date.fromisoformat(kept)
    return say.t("{day} {year}", day=say.day(day), year=day.year)
