"""An answer in the reader's words."""

from __future__ import annotations

from typing import Any

from dialogs.language import Translator
from dialogs.messages import LongText, Quote
from dialogs.questions.content import content
from dialogs.questions.kinds import kind_of
from storage.tables import Asked

QUOTED = 600  # characters of an answer where it is said back to its author or to colleagues


def shown(asked: Asked, value: dict[str, Any] | None, say: Translator) -> str:
    """A value as it is read; None reads as "don't know"."""
    if value is None:
        return say.t("Don't know")
    return kind_of(asked).shown(content(asked), value, say)


def said_back(asked: Asked, value: dict[str, Any] | None, say: Translator) -> Quote | LongText:
    """A value as it is said back to who gave it."""
    words = shown(asked, value, say)
    return Quote(words) if len(words) <= QUOTED else LongText(words)


def cut(text: str, most: int) -> str:
    """A text; of one longer than so many characters, the beginning."""
    return text if len(text) <= most else text[:most] + " …"
