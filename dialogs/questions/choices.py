"""Choosing: one of several `{"choice"}`, a step of a scale `{"scale"}`, several `{"choices"}`."""

from __future__ import annotations

import re

from dialogs.language import Translator, n_
from dialogs.messages import Choice, Field, FieldKind, Scale
from dialogs.packs.rules import NONE
from dialogs.questions.content import Content
from dialogs.questions.kind import (
    ANSWER,
    Kind,
    NotUnderstood,
    Sent,
    Value,
    lines_of,
    text_of,
)
from dialogs.registry import fold

MOST_BUTTONS = 5


class One(Kind):
    """`ypn` and `pick`: one of the options."""

    choosing = True
    listed = True
    shape: FieldKind = "choice"
    hint = n_("Write one of the answers or its number, or «don't know».")

    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        filled = self._kept(standing) if standing else ""
        label = say.pick(content.text)
        return (Field(ANSWER, label, self.shape, filled, content.choices(say)),)

    def from_form(self, content: Content, sent: Sent) -> Value:
        option = text_of(sent)
        if option not in {each.id for each in content.options}:
            raise NotUnderstood(n_("Choose one of the answers."))
        return self._value(option)

    def from_typed(self, content: Content, text: str) -> Value:
        option = meant(content, text)
        if option is None:
            raise NotUnderstood(self.hint)
        return self._value(option)

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        return content.label_of(self._kept(value), say)

    def how_to_type(self, say: Translator) -> str:
        return say.t("Write the number, or press a button.")

    def control(self, id: str, content: Content, say: Translator) -> Choice | Scale | None:
        if len(content.options) > MOST_BUTTONS:
            return None
        return Choice(id, say.t("Your answer"), content.choices(say))

    def picked(self, value: Value) -> tuple[str, ...]:
        return (self._kept(value),)

    def _value(self, option: str) -> Value:
        return {"choice": option}

    def _kept(self, value: Value) -> str:
        return str(value["choice"])


class Step(One):
    """`scale5`: a step from 1 to 5; shown as a spread, never per person."""

    choosing = False
    spread_only = True
    shape: FieldKind = "scale"
    hint = n_("Write a number from 1 to 5, or «don't know».")

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        step = self._kept(value)
        label = content.label_of(step, say)
        return step if label == step else f"{step} ({label})"

    def control(self, id: str, content: Content, say: Translator) -> Choice | Scale | None:
        return Scale(id, say.t("Your answer"), content.choices(say))

    def _value(self, option: str) -> Value:
        return {"scale": int(option)}

    def _kept(self, value: Value) -> str:
        return str(value["scale"])


class Several(Kind):
    """`multi`: any number of the options, none of them too."""

    choosing = True
    listed = True

    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        filled = tuple(standing["choices"]) if standing else ()
        hint = say.t("You can choose several.")
        label = say.pick(content.text)
        return (
            Field(ANSWER, label, "multi", filled, content.choices(say), hint=hint, required=False),
        )

    def from_form(self, content: Content, sent: Sent) -> Value:
        known = {each.id for each in content.options}
        return {"choices": [each for each in lines_of(sent) if each in known] or _none_of(content)}

    def from_typed(self, content: Content, text: str) -> Value:
        if fold(text) in _NONE:
            return {"choices": _none_of(content)}
        numbers = re.fullmatch(r"[\d\s,;.&+]+(?:(?:og|and)[\d\s.]+)?", text.strip().casefold())
        parts = re.findall(r"\d+", text) if numbers else re.split(r"[\n,;]", text)
        options = [meant(content, each) for each in parts if each.strip()]
        found = [each for each in options if each is not None]
        if not found or len(found) < len(options):
            raise NotUnderstood(_NUMBERS)
        return {"choices": list(dict.fromkeys(found))}

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        return ", ".join(self.chosen(content, value, say))

    def how_to_type(self, say: Translator) -> str:
        return say.t("Write the numbers of what you choose, with commas between.")

    def chosen(self, content: Content, value: Value, say: Translator) -> list[str]:
        labels = [content.label_of(each, say) for each in value["choices"]]
        return labels or [say.t("None of them")]

    def picked(self, value: Value) -> tuple[str, ...]:
        return tuple(value["choices"])


_NUMBERS = n_(
    "Write the numbers of what you choose, with commas between, or «none of them» or «don't know»."
)


def _none_of(content: Content) -> list[str]:
    """None of them, by the question's own word for it where there is one: not counted as two."""
    return [each.id for each in content.options if each.id == NONE]


_NONE = {fold(each) for each in ("ingen av dem", "ingen av dei", "ingen", "none of them", "none")}


def meant(content: Content, text: str) -> str | None:
    """The option that is meant: by its number in the list, its id or its label in any language."""
    typed = fold(text)
    for index, option in enumerate(content.options, start=1):
        labels = {fold(each) for each in option.label.values()}
        if typed in labels | {str(index), fold(option.id)}:
            return option.id
    return None
