"""How typed text becomes what Slack sends, and how blocks read to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.slack.local.state import Channel, Json, User

# What `at` gives: cannot be typed, so that a typed "<@U1>" stays typed text.
_OPEN, _CLOSE = "\ue000", "\ue001"
# What is typed or picked as a picture is sent by its name; a few of them.
EMOJI = {"🙂": "slightly_smiling_face", "👍": "+1", "🎉": "tada", "✅": "white_check_mark"}
# An address begins where its letters do: to look for one at each letter takes long in a long text.
_PARTS = re.compile(
    rf"{_OPEN}(?P<at>[^{_CLOSE}]+){_CLOSE}"
    r"|(?P<url>https?://[^\s<>]+[^\s<>.,;:!?)])"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<emoji>[{''.join(EMOJI)}])"
)


def at(whom: User | Channel) -> str:
    """Stands in typed text for a mention picked from Slack's list."""
    name = f"#{whom.id}|{whom.name}" if isinstance(whom, Channel) else f"@{whom.id}"
    return f"{_OPEN}{name}{_CLOSE}"


def escape(text: str) -> str:
    """Slack's three characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The other way."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(text: str) -> tuple[str, list[Json]]:
    """Typed text as Slack sends it: escaped with links marked, and as a rich_text block."""
    written: list[str] = []
    elements: list[Json] = []
    last = 0
    for found in _PARTS.finditer(text):
        _plain(text[last : found.start()], written, elements)
        last = found.end()
        if whom := found["at"]:
            written.append(f"<{whom}>")
            kind = "channel" if whom[0] == "#" else "user"
            elements.append({"type": kind, f"{kind}_id": whom[1:].partition("|")[0]})
        elif url := found["url"]:
            written.append(f"<{escape(url)}>")
            elements.append({"type": "link", "url": url})
        elif emoji := found["emoji"]:
            written.append(f":{EMOJI[emoji]}:")
            elements.append({"type": "emoji", "name": EMOJI[emoji], "unicode": f"{ord(emoji):x}"})
        else:
            mail = found["mail"]
            written.append(f"<mailto:{mail}|{mail}>")
            elements.append({"type": "link", "url": f"mailto:{mail}", "text": mail})
    _plain(text[last:], written, elements)
    section = {"type": "rich_text_section", "elements": elements}
    return "".join(written), [{"type": "rich_text", "elements": [section]}] if elements else []


def _plain(text: str, written: list[str], elements: list[Json]) -> None:
    if text:
        written.append(escape(text))
        elements.append({"type": "text", "text": text})


def mentioned(text: str) -> set[str]:
    """The ids of those whom a sent text names."""
    return set(re.findall(r"<@([A-Z0-9]+)(?:\|[^>]*)?>", text))


def woken(text: str, blocks: list[Json]) -> set[str]:
    """Whom a message notifies: user ids, and `channel`, `here` or `everyone`."""
    found = set[str]()
    for mrkdwn in [text] + [each["text"] for each in _walk(blocks) if each.get("type") == "mrkdwn"]:
        found |= mentioned(mrkdwn)
        found |= set(re.findall(r"<!(channel|here|everyone)(?:\|[^>]*)?>", mrkdwn))
    for each in _walk(blocks):
        if each.get("type") == "user":
            found.add(each["user_id"])
        if each.get("type") == "broadcast":
            found.add(each["range"])
    return found


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Everything in the blocks that can be used, each with its block."""
    for block in blocks:
        for each in _walk([block]):
            if "action_id" in each:
                yield block, each


def reads(blocks: list[Json]) -> str:
    """The words of the blocks, a line a part; buttons and inputs are left to `elements_of`."""
    return "\n".join(line for block in blocks for line in _lines(block) if line)


def _lines(block: Json) -> Iterator[str]:
    match block:
        case {"type": "rich_text", "elements": parts}:
            yield "\n".join(_rich(part) for part in parts)
        case {"type": "section"}:
            yield from (_text(each) for each in [block.get("text"), *block.get("fields", ())])
        case {"type": "header" | "markdown", "text": text}:
            yield _text(text)
        case {"type": "context", "elements": parts}:
            yield " ".join(part.get("alt_text") or _text(part) for part in parts)
        case {"type": "image"}:
            yield from (_text(block.get("title")), block.get("alt_text", ""))
        case {"type": "input"}:
            yield from (_text(block["label"]), _text(block.get("hint")))


def _text(text: Any) -> str:
    if isinstance(text, str):
        return text
    if not text:
        return ""
    written: str = text["text"]
    return unescape(written) if text["type"] == "mrkdwn" else written


def _rich(part: Json) -> str:
    match part:
        case {"type": "rich_text_list", "elements": items}:
            return "\n".join(f"• {_rich(item)}" for item in items)
        case {"elements": inner}:
            return "".join(_rich(each) for each in inner)
        case {"type": "text", "text": text}:
            return str(text)
        case {"type": "link"}:
            return str(part.get("text") or part["url"])
        case {"type": "user", "user_id": user}:
            return f"<@{user}>"
        case {"type": "emoji", "name": name}:
            return f":{name}:"
    return ""


def _walk(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)
