"""What every question type can do, and the words that fit all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from dialogs.language import Translator
from dialogs.messages import Choice, Field, Scale
from dialogs.questions.content import Content
from dialogs.registry import fold
from storage.tables import AnswerStatus

Value = dict[str, Any]
Sent = Mapping[str, str | tuple[str, ...]]  # a submitted form's fields

LONGEST = 20_000  # characters of an answer
ANSWER = "answer"  # the name of a form's first or only field

_DONT_KNOW = {
    fold(who + each)
    for who in ("", "jeg ", "eg ", "vi ", "me ", "I ", "we ")
    for each in ("vet ikke", "veit ikkje", "don't know", "dont know", "do not know", "vetikke")
}
_SKIP = {fold(each) for each in ("hopp over", "skip")}


class NotUnderstood(Exception):
    """What was given does not fit; `hint` (English source text) says what would, `field` where."""

    def __init__(self, hint: str, field: str = ANSWER) -> None:
        super().__init__("not understood")
        self.hint = hint
        self.field = field


class Kind(ABC):
    """A question type. Values are plain data, as `dialogs/packs/rules.py` says by type; "don't
    know" and "skip" are statuses, not values."""

    in_thread = False  # words that can be written openly in a thread, and added to
    choosing = False  # shown as who chose what
    spread_only = False  # shown as a spread, never per person
    listed = False  # its options are numbered for those who type

    @abstractmethod
    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        """The inputs of the form, filled in when there is an answer."""

    @abstractmethod
    def from_form(self, content: Content, sent: Sent) -> Value:
        """The value of a submitted form; NotUnderstood when it does not fit."""

    @abstractmethod
    def from_typed(self, content: Content, text: str) -> Value:
        """The value of typed words; NotUnderstood when they do not fit."""

    @abstractmethod
    def shown(self, content: Content, value: Value, say: Translator) -> str:
        """A value in the reader's words."""

    @abstractmethod
    def how_to_type(self, say: Translator) -> str:
        """How to answer in words, said where the question is asked in a direct message."""

    def control(self, id: str, content: Content, say: Translator) -> Choice | Scale | None:
        """What answers the question with one press, if anything does."""
        return None

    def chosen(self, content: Content, value: Value, say: Translator) -> list[str]:
        """The labels that were chosen, where something is chosen."""
        return [self.shown(content, value, say)]

    def picked(self, value: Value) -> tuple[str, ...]:
        """The ids of the options that were chosen, where there are options."""
        return ()


def means_dont_know(text: str) -> bool:
    """Whether the words say "don't know" in one of our languages."""
    return fold(text) in _DONT_KNOW


def means_skip(text: str) -> bool:
    """Whether the words say "skip"."""
    return fold(text) in _SKIP


def meaning(kind: Kind, content: Content, text: str) -> tuple[AnswerStatus, Value | None]:
    """What typed words say: "don't know" and "skip" too, else an answer of this type."""
    if means_dont_know(text):
        return AnswerStatus.DONT_KNOW, None
    if means_skip(text):
        return AnswerStatus.SKIPPED, None
    return AnswerStatus.GIVEN, kind.from_typed(content, text)


def says_something(text: str) -> bool:
    """Whether there is a letter or a number in it: signs alone are no answer in words."""
    return any(sign.isalnum() for sign in text)


def text_of(sent: Sent, field: str = ANSWER) -> str:
    """One field's words."""
    given = sent.get(field, "")
    return given if isinstance(given, str) else "\n".join(given)


def lines_of(sent: Sent, field: str = ANSWER) -> list[str]:
    """One field's entries."""
    given = sent.get(field, "")
    return given.splitlines() if isinstance(given, str) else list(given)
