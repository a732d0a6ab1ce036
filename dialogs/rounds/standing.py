"""Which messages of a thread make up somebody's answer, and which are talk. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialogs.questions.kind import means_dont_know, means_skip
from storage.tables import Heard


@dataclass(frozen=True, slots=True)
class Standing:
    """The messages that make up somebody's answer, earliest first."""

    messages: tuple[Heard, ...]

    @property
    def text(self) -> str:
        """Their words, one message a paragraph."""
        return "\n".join(each.text or "" for each in self.messages)


def standing_answer(
    heard: Sequence[Heard], person_id: int, after: datetime | None = None
) -> Standing | None:
    """A person's earliest standing message, and those that follow before others write.

    `heard` is all that was written in the thread, in the order of the platform's times. Others'
    messages end the answer even when they were taken away since. "Don't know" and "skip" give way
    to whatever the person writes later. Only what was written or changed `after` counts, if given.
    """
    parts: list[Heard] = []
    for each in heard:
        if each.person_id != person_id:
            if parts and not _says_nothing(parts):
                break
            continue
        if each.deleted or each.talk or each.text is None:
            continue
        if after is not None and (each.changed_at or each.at) <= after:
            continue
        parts = [each] if _says_nothing(parts) else [*parts, each]
    return Standing(tuple(parts)) if parts else None


def _says_nothing(parts: Sequence[Heard]) -> bool:
    """Whether it is "don't know" or "skip" alone."""
    words = parts[0].text or "" if len(parts) == 1 else ""
    return means_dont_know(words) or means_skip(words)


_AFTER_QUESTION = re.compile(r"[^\w?)]+\Z")  # an emoji or a stop after the question mark


def is_talk(text: str, only_mentions: bool) -> bool:
    """A question, a mere mention of somebody, or nothing but signs is talk, not an answer."""
    words = _AFTER_QUESTION.sub("", text)
    return only_mentions or words.endswith("?") or not any(sign.isalnum() for sign in words)
