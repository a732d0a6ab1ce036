"""What a person's text in the built-in chat means before the core sees it: commands, mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_COMMAND = re.compile(r"\s*/(?:samsp(?:ill|el)\b)?(?P<rest>.*)\Z", re.IGNORECASE | re.DOTALL)
_NAMED = re.compile(r"(?<![\w@])@samsp(?:ill|el)\b[:,]?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;:.!&+/-]+|\b(?:og|and)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A text as the core takes it: Samspill's own mention is out of `text`."""

    text: str = field(repr=False)
    named: bool
    only_mentions: bool


def command(text: str) -> str | None:
    """What follows `/samspill` or `/samspel`; None when the text is no command.

    Any other word after a leading slash is meant for Samspill too, for there is nobody else who
    takes commands here: it is never posted for all to read.
    """
    found = _COMMAND.match(text)
    return found["rest"].strip() if found else None


def meaning(text: str, names: Iterable[str]) -> Meaning:
    """Whether Samspill is named, and whether nothing but names of people in the room is written."""
    rest, times = _NAMED.subn(" ", text)
    rest = re.sub(r"[ \t]+", " ", rest).strip() if times else text
    return Meaning(rest, times > 0, not times and _only_names(text, names))


def _only_names(text: str, names: Iterable[str]) -> bool:
    known = {name for each in names for name in (each, each.split(" ")[0]) if name}
    if not known:
        return False
    either = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    rest, times = re.subn(rf"@(?:{either})(?!\w)", " ", text, flags=re.IGNORECASE)
    return times > 0 and not _BETWEEN.sub("", rest)
