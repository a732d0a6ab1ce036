"""A document: a link to it `{"link"}`, or that there is none yet `{"not_yet": true}`."""

from __future__ import annotations

import re

from dialogs.language import Translator, n_
from dialogs.messages import Field
from dialogs.questions.choices import meant
from dialogs.questions.content import Content
from dialogs.questions.kind import ANSWER, Kind, NotUnderstood, Sent, Value, text_of

NOT_YET = "not_yet"
_CHOSEN = n_("Paste a link that begins with https://, or say that there is none yet.")
_TYPED = n_("Paste a link that begins with https://, or write «not yet» or «don't know».")
_ADDRESS = re.compile(r"https?://[^\s<>\"]{3,2000}", re.IGNORECASE)


class Document(Kind):
    """`doc`."""

    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        link = str((standing or {}).get("link", ""))
        waits = "yes" if (standing or {}).get(NOT_YET) else ""
        return (
            Field(ANSWER, say.pick(content.text), "link", link, required=False, max_length=2000),
            Field(NOT_YET, content.label_of(NOT_YET, say), "confirm", waits, required=False),
        )

    def from_form(self, content: Content, sent: Sent) -> Value:
        link = text_of(sent).strip()
        if not link and text_of(sent, NOT_YET):
            return {NOT_YET: True}
        return _address(link, _CHOSEN)

    def from_typed(self, content: Content, text: str) -> Value:
        waits = meant(content, text) == NOT_YET
        return {NOT_YET: True} if waits else _address(text.strip(), _TYPED)

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        return str(value["link"]) if "link" in value else content.label_of(NOT_YET, say)

    def how_to_type(self, say: Translator) -> str:
        return say.t("Paste a link here, or write «not yet».")


def _address(text: str, hint: str) -> Value:
    if not _ADDRESS.fullmatch(text):
        raise NotUnderstood(hint)
    return {"link": text}
