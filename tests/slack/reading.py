"""A message in Slack in the words that the stories look for: those of its plain form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.slack.local import Message
from tests.slack.local.words import reads, unescape

Json = dict[str, Any]


def reading(message: Message) -> str:
    """What stands there; a quote in quotation marks, with who said it before."""
    if message.files:
        return "\n".join(f"{each.title} ({each.name})" for each in message.files)
    if not message.blocks:
        return unescape(message.text)
    return "\n".join(line for block in message.blocks for line in _lines(block) if line.strip())


def _lines(block: Json) -> Iterator[str]:
    if block["type"] != "rich_text":
        yield reads([block])
        return
    said_by = ""
    for part in block["elements"]:
        text = reads([{"type": "rich_text", "elements": [part]}]).strip("\n")
        if part["type"] == "rich_text_quote":
            yield f"{said_by}: «{text}»" if said_by else f"«{text}»"
            said_by = ""
            continue
        if said_by:
            yield said_by
        last = part["elements"][-1] if part.get("elements") else {}
        said_by = ""
        if last.get("style", {}).get("bold") and text.endswith(last["text"].strip("\n")):
            said_by = last["text"].strip("\n")
            text = text.removesuffix(said_by).strip("\n")
        yield text
    if said_by:
        yield said_by
