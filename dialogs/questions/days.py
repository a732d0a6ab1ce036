"""A date, `{"date": "YYYY-MM-DD"}`, and how people write dates in our languages."""

from __future__ import annotations

import re
from datetime import date

from babel import Locale

from dialogs.language import Translator, n_
from dialogs.messages import Field
from dialogs.questions.content import Content
from dialogs.questions.kind import ANSWER, Kind, NotUnderstood, Sent, Value, text_of

_MONTHS = {
    name.casefold().rstrip("."): number
    for locale in ("nb_NO", "nn_NO", "en_GB")
    for width in ("wide", "abbreviated")
    for number, name in Locale.parse(locale).months["format"][width].items()
}
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")
_NUMBERS = re.compile(r"(?P<d>\d{1,2})\s*[./-]\s*(?P<m>\d{1,2})\s*[./-]\s*(?P<y>\d{4}|\d{2})")
_WORDS = re.compile(r"(?P<d>\d{1,2})(?:\.|st|nd|rd|th)?\s*(?P<m>[^\W\d]+)\.?,?\s*(?P<y>\d{4})")


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


def day_in(text: str) -> date | None:
    """The one date that a text is; None when it is something else. Two digits are this century."""
    written = " ".join(text.split()).strip(" .").casefold()
    found = _ISO.fullmatch(written) or _NUMBERS.fullmatch(written) or _WORDS.fullmatch(written)
    if found is None:
        return None
    month = int(found["m"]) if found["m"].isdecimal() else _MONTHS.get(found["m"], 0)
    year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
    try:
        return date(year, month, int(found["d"]))
    except ValueError:
        return None


def day_with_year(kept: str, say: Translator) -> str:
    """A kept date as people write it, the year with it."""
    day = date.fromisoformat(kept)
    return say.t("{day} {year}", day=say.day(day), year=day.year)
