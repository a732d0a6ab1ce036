"""Free text: an answer in somebody's own words, `{"text"}`."""

from __future__ import annotations

from dialogs.language import Translator, n_
from dialogs.messages import Field
from dialogs.questions.content import Content
from dialogs.questions.kind import (
    ANSWER,
    LONGEST,
    Kind,
    NotUnderstood,
    Sent,
    Value,
    says_something,
    text_of,
)


class FreeText(Kind):
    """`text`."""

    in_thread = True

    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        filled = str(standing["text"]) if standing else ""
        return (Field(ANSWER, say.pick(content.text), "long", filled, max_length=LONGEST),)

    def from_form(self, content: Content, sent: Sent) -> Value:
        return self.from_typed(content, text_of(sent))

    def from_typed(self, content: Content, text: str) -> Value:
        return {"text": words(text)}

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        return str(value["text"])

    def how_to_type(self, say: Translator) -> str:
        return say.t("Write your answer here, or press a button.")


def words(text: str, field: str = ANSWER) -> str:
    """What was written, if it says something and is not too long."""
    if not says_something(text):
        raise NotUnderstood(n_("Write an answer, or «don't know»."), field)
    if len(text) > LONGEST:
        raise NotUnderstood(
            n_("The answer is too long: there is room for 20,000 characters."), field
        )
    return text.strip()
