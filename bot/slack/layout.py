"""The pieces of a message as blocks: what is only read is put together, within Slack's number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.slack import limits
from bot.slack.fitting import fits
from bot.slack.pressing import Json, actions

NEVER = 9  # a step that is not reached


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message: rich text, a block, or a block that can be rich text if it must.

    `folds` is the step from which on it is rich text: 1 small print and lines, 2 titles, pictures.
    """

    runs: list[Json] = field(default_factory=list, repr=False)
    block: Json | None = field(default=None, repr=False)
    quote: bool = False
    folds: int = NEVER


def folded(parts: list[Part], most: int) -> list[Json]:
    """The blocks, with as much shape as there is room for: at the first step all of it, then
    without small print and lines, then without titles, pictures and rows of buttons; at last all
    that can be pressed comes after all that is read."""
    for step in range(3):
        blocks = _together(_merged(parts, step), 1 if step < 2 else limits.ACTIONS)
        if len(blocks) <= most:
            return blocks
    last = sorted(parts, key=lambda part: not part.runs)
    return _together(_merged(last, 2), limits.ACTIONS)


def _merged(parts: Iterable[Part], step: int) -> list[Json]:
    """Neighbours that are only read become one rich text."""
    blocks: list[Json] = []
    for part in parts:
        if part.block is not None and part.folds > step:
            blocks.append(part.block)
            continue
        if not blocks or blocks[-1]["type"] != "rich_text":
            blocks.append({"type": "rich_text", "elements": []})
        _add(blocks[-1]["elements"], part)
    return blocks


def _add(rich: list[Json], part: Part) -> None:
    """One more piece at the end of a rich text, with air before it."""
    after_quote = bool(rich) and rich[-1]["type"] == "rich_text_quote"
    if part.quote:
        if after_quote:
            rich.append({"type": "rich_text_section", "elements": [_text("\n")]})
        rich.append({"type": "rich_text_quote", "elements": list(part.runs)})
    elif after_quote or not rich:
        section = _after("\n", part.runs) if after_quote else list(part.runs)
        rich.append({"type": "rich_text_section", "elements": section})
    else:
        join(rich[-1]["elements"], part.runs, "\n\n")


def join(runs: list[Json], more: Sequence[Json], between: str) -> None:
    """Put runs after others in as few runs as can be: each takes room of its own."""
    if runs and runs[-1]["type"] == "text":
        runs[-1] = {**runs[-1], "text": runs[-1]["text"] + between}
    elif runs:
        more = _after(between, more)
    for run in more:
        last = runs[-1] if runs else {}
        alike = last.get("type") == run["type"] == "text" and "style" not in {**last, **run}
        if alike and fits(last["text"] + run["text"], limits.TEXT):
            runs[-1] = _text(last["text"] + run["text"])
        else:
            runs.append(run)


def _after(start: str, runs: Sequence[Json]) -> list[Json]:
    """The runs with this before them."""
    first, *others = runs
    if first["type"] == "text":
        return [{**first, "text": start + first["text"]}, *others]
    return [_text(start), *runs]


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


def _together(blocks: Sequence[Json], row: int) -> list[Json]:
    """Neighbouring rows of buttons become rows of so many, unless rows stay as they are (1)."""
    if row == 1:
        return list(blocks)
    made: list[Json] = []
    for block in blocks:
        last: Any = made[-1] if made else {}
        if block["type"] == last.get("type") == "actions":
            made[-1:] = actions([*last["elements"], *block["elements"]], row)
        else:
            made.append(block)
    return made
