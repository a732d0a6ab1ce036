"""A goal: its words, level, owner, sign of progress and the date it is looked at again:
`{"text", "level", "owner", "sign", "review"}`; only the words are needed."""

from __future__ import annotations

import re

from dialogs.language import Translator, n_
from dialogs.messages import Field
from dialogs.questions.choices import meant
from dialogs.questions.content import Content
from dialogs.questions.days import day_in, day_with_year
from dialogs.questions.kind import ANSWER, LONGEST, Kind, NotUnderstood, Sent, Value, text_of
from dialogs.questions.words import words
from dialogs.registry import fold

LEVEL, OWNER, SIGN, REVIEW = "level", "owner", "sign", "review"
SHORT = 300  # characters of an owner's name
LONGEST_DATE = 60  # characters of a date as people write it
_WORDS = {
    LEVEL: ("nivå", "level"),
    OWNER: ("eier", "eigar", "owner"),
    SIGN: ("tegn", "teikn", "sign"),
    REVIEW: ("dato", "gjennomgang", "date", "review"),
}
_FIELD_OF = {fold(word): name for name, several in _WORDS.items() for word in several}
_LABELLED = re.compile(r"\s*([^\W\d]+)\s*:\s*(.*)")
_NO_DATE = n_("Write a date with day, month and year, such as 1.3.2027.")
_NO_LEVEL = n_("Choose one of the levels.")
_TOO_LONG = n_("This is too long: there is room for 300 characters.")


class Goal(Kind):
    """`goal`."""

    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        kept = {name: str(value) for name, value in (standing or {}).items()}
        return (
            Field(ANSWER, say.pick(content.text), "long", kept.get("text", ""), max_length=LONGEST),
            Field(
                LEVEL,
                say.t("Level"),
                "choice",
                kept.get(LEVEL, ""),
                content.choices(say),
                required=False,
            ),
            _optional(OWNER, say.t("Who takes it further?"), "text", kept, SHORT),
            _optional(
                SIGN, say.t("How do you see that you are on the way?"), "long", kept, LONGEST
            ),
            _optional(REVIEW, say.t("When do you look at it again?"), "date", kept, LONGEST_DATE),
        )

    def from_form(self, content: Content, sent: Sent) -> Value:
        given = {name: text_of(sent, name).strip() for name in _WORDS}
        return _goal(content, text_of(sent), given)

    def from_typed(self, content: Content, text: str) -> Value:
        """The words, and below them "owner: …", "date: …", "level: …", "sign: …"."""
        given: dict[str, str] = {}
        rest: list[str] = []
        for line in text.splitlines():
            found = _LABELLED.fullmatch(line)
            name = _FIELD_OF.get(fold(found[1])) if found else None
            if found is not None and name is not None:
                given[name] = found[2].strip()
            else:
                rest.append(line)
        return _goal(content, "\n".join(rest), given)

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        review = value.get(REVIEW)
        level = value.get(LEVEL)
        about = (
            (say.t("Level"), content.label_of(level, say) if level else None),
            (say.t("Owner"), value.get(OWNER)),
            (say.t("Sign of progress"), value.get(SIGN)),
            (say.t("Next look"), day_with_year(review, say) if review else None),
        )
        lines = [str(value["text"]), *(f"{label}: {said}" for label, said in about if said)]
        return "\n".join(lines)

    def how_to_type(self, say: Translator) -> str:
        return say.t("Write the goal here. Owner and date can stand on lines of their own.")


def _optional(name: str, label: str, kind: str, kept: dict[str, str], longest: int) -> Field:
    value = kept.get(name, "")
    return Field(name, label, kind, value, required=False, max_length=longest)  # type: ignore[arg-type]


def _goal(content: Content, text: str, given: dict[str, str]) -> Value:
    value: Value = {"text": words(text)}
    if level := given.get(LEVEL):
        value[LEVEL] = meant(content, level)
        if value[LEVEL] is None:
            raise NotUnderstood(_NO_LEVEL, LEVEL)
    if owner := given.get(OWNER):
        if len(owner) > SHORT:
            raise NotUnderstood(_TOO_LONG, OWNER)
        value[OWNER] = owner
    if sign := given.get(SIGN):
        value[SIGN] = words(sign, SIGN)
    if review := given.get(REVIEW):
        day = day_in(review)
        if day is None:
            raise NotUnderstood(_NO_DATE, REVIEW)
        value[REVIEW] = day.isoformat()
    return value
