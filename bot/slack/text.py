"""What people typed in Slack, as they meant it: entities, mentions and links become plain words.

Slack sends text with & < > escaped and with references in angle brackets, see
https://docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

_REFERENCE = re.compile(r"<([@#!][^<>]*|[a-z][a-z0-9+.-]*:[^<>]*)>", re.IGNORECASE)
_USER = re.compile(r"@([UW][A-Z0-9]+)(?:\|(.*))?\Z", re.DOTALL)
MOST_PARTS = 10_000  # of a message's blocks that are looked through
_BETWEEN = re.compile(r"[\s,;:.!&+/-]+|\b(?:og|and)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A text as the core takes it: Samspill's own mention is out of `text`."""

    text: str = field(repr=False)
    named: bool
    only_mentions: bool


def mentioned(text: str) -> set[str]:
    """The ids of the people who are named in a text."""
    found = (_USER.match(each) for each in _REFERENCE.findall(text))
    return {each[1] for each in found if each}


def emoji_in(blocks: Any) -> dict[str, str]:
    """The pictures that were put into a message, by what Slack calls them in its text. Only the
    blocks tell them from somebody's own `:words:`."""
    found: dict[str, str] = {}
    pending = [blocks]
    for _ in range(MOST_PARTS):
        if not pending:
            break
        part = pending.pop()
        if isinstance(part, list):
            pending += part
        elif isinstance(part, Mapping):
            name, signs = part.get("name"), part.get("unicode")
            if part.get("type") == "emoji" and isinstance(name, str) and isinstance(signs, str):
                found[name] = _signs(signs)
            pending += [part.get("elements")]
    return {name: sign for name, sign in found.items() if sign}


def _signs(codes: str) -> str:
    """`1f44d-1f3fb` as what is shown; nothing where it names no sign."""
    try:
        return "".join(chr(int(each, 16)) for each in codes.split("-"))
    except (ValueError, OverflowError):
        return ""


def meaning(
    text: str,
    bots: Collection[str],
    names: Mapping[str, str],
    emoji: Mapping[str, str] | None = None,
) -> Meaning:
    """What was meant. `bots` are Samspill's own user ids, `names` what people are called, `emoji`
    the pictures by their names."""
    named = False
    people = 0

    def plain(reference: re.Match[str]) -> str:
        nonlocal named, people
        user = _USER.match(reference[1])
        if user is None:
            return unescaped(_other(reference[1]))
        if user[1] in bots:
            named = True
            return " "
        people += 1
        return "@" + (names.get(user[1]) or unescaped(user[2] or "") or user[1])

    pieces = []
    last = 0
    for each in _REFERENCE.finditer(text):
        pieces += [unescaped(text[last : each.start()]), plain(each)]
        last = each.end()
    pieces.append(unescaped(text[last:]))
    said = "".join(pieces)
    for name, sign in (emoji or {}).items():
        said = said.replace(f":{name}:", sign)
    if named:
        said = re.sub(r"[ \t]+", " ", said).lstrip(" :,").strip()
    alone = people > 0 and not named and not _BETWEEN.sub("", _REFERENCE.sub(" ", text))
    return Meaning(said, named, alone)


def unescaped(text: str) -> str:
    """Slack escapes three characters and no more; `&amp;lt;` was typed as `&lt;`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _other(inside: str) -> str:
    """A channel, a group, everybody, a date or an address."""
    target, _, label = inside.partition("|")
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        word = label or target[1:].split("^")[0]
        return word if word.startswith("@") or "^" in target else f"@{word}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    return address if not label or label in (address, target) else f"{label} ({address})"
