"""Neutral messages as Slack blocks with their plain text: pure, one function an element.

What people wrote stands only in `plain_text` objects and in rich text, where Slack reads no marks
and calls upon nobody, and escaped in the plain text beside the blocks. What stands side by side and
is only read is one rich text block: there is room for 50 blocks, and for so many characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.slack import limits
from bot.slack.fitting import MORE, clean, fits, shortened, size, split
from bot.slack.layout import Part, folded, join
from bot.slack.pressing import Ids, Json, actions, buttons, options, plain_text
from dialogs.language import Translator
from dialogs.messages import (
    Buttons,
    Choice,
    Divider,
    Element,
    Facts,
    Image,
    Link,
    LongText,
    Message,
    Page,
    Quote,
    Scale,
    Text,
    between,
    labelled,
    plain,
)

_LINKED = re.compile(r"(?:https?://|mailto:)[^\s<>|\x00-\x1f\x7f]+\Z", re.IGNORECASE)
_SHOWN = re.compile(r"https?://[^\s<>|\x00-\x1f\x7f]+\Z", re.IGNORECASE)
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LEAST = 40  # characters that every text keeps when a message is too long


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message for Slack: `text` is for notifications and screen readers.

    Not `whole`: Slack takes no message so long, and the longest texts end in " …".
    """

    blocks: list[Json] = field(repr=False)
    text: str = field(repr=False)
    whole: bool = True


def rendered(message: Message | Page) -> Rendered:
    """The message as one Slack message, the page as what stands on a home page."""
    if isinstance(message, Page):
        blocks, whole = in_view(message.elements, message.language)  # Slack names the page itself
    else:
        room = limits.MESSAGE_TOTAL
        blocks, whole = _fitted(
            message.elements,
            message.language,
            limits.MESSAGE_BLOCKS,
            lambda made: room - weight(made),
        )
    return Rendered(blocks, _fallback(message), whole)


def in_view(
    elements: Sequence[Element], language: str, most: int = limits.VIEW_BLOCKS
) -> tuple[list[Json], bool]:
    """Blocks for a home page or a modal, so many at most, and whether all is in them."""
    room = limits.VIEW_TOTAL
    return _fitted(elements, language, most, lambda made: room - len(json.dumps(made)))


def _fitted(
    elements: Sequence[Element], language: str, most: int, left: Callable[[Sequence[Json]], int]
) -> tuple[list[Json], bool]:
    """Blocks for which there is room; `left` says how much is left then."""
    say = Translator(language)

    def made(some: Sequence[Element]) -> list[Json]:
        return folded(list(_parts(some, say)), most)

    def holds(some: Sequence[Element]) -> bool:
        return _fit(made(some), most, left)

    blocks = made(elements)
    if _fit(blocks, most, left):
        return blocks, True

    def cut(longest: int) -> list[Element]:
        return [_cut(each, longest + _LEAST) for each in elements]

    short = cut(_largest(len(json.dumps(blocks)), lambda longest: holds(cut(longest))))
    if not holds(short):
        kept = _largest(len(short), lambda count: holds([*short[:count], Text(MORE)]))
        short = [*short[:kept], Text(MORE)]
    return made(short), False


def _fit(blocks: list[Json], most: int, left: Callable[[Sequence[Json]], int]) -> bool:
    return len(blocks) <= most and left(blocks) >= 0


def weight(blocks: Sequence[Json]) -> int:
    """How much of a message's room (`limits.MESSAGE_TOTAL`) the blocks take."""
    named = len(blocks) * len('"block_id":"AbCdE",')  # Slack names each block
    return named + size(_COMPACT.encode(blocks))


def _largest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number for which it fits; 0 if none does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _cut(element: Element, longest: int) -> Element:
    """The element with no text longer than this; what can be pressed stays whole."""
    match element:
        case Text() | Quote() | LongText():
            return replace(element, text=shortened(element.text, longest))
        case Facts(facts=facts):
            return Facts(
                tuple(replace(each, value=shortened(each.value, longest)) for each in facts)
            )
    return element


def _fallback(message: Message | Page) -> str:
    """The summary and then the message in plain text, as far as there is room."""
    text = plain(message)
    summary = message.title if isinstance(message, Page) else message.summary
    if summary and not text.startswith(summary):
        text = f"{summary}\n{text}"
    text = clean(text).strip() or MORE.strip()
    return escaped(shortened(text, limits.FALLBACK, _plain_size))


def escaped(text: str) -> str:
    """A text of ours or of people's as Slack's marked text: its three signs mean themselves."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain_size(text: str) -> int:
    """Characters, or bytes where those would come to their limit first."""
    in_bytes = len(escaped(text).encode())
    return max(size(text), -(-in_bytes * limits.FALLBACK // limits.FALLBACK_BYTES))


# --- elements as parts ----------------------------------------------------------------------------


def _parts(elements: Iterable[Element], say: Translator) -> Iterable[Part]:
    ids = Ids()
    for element in elements:
        yield from _element(element, ids, say)


def _element(element: Element, ids: Ids, say: Translator) -> Iterable[Part]:
    match element:
        case Text(text=text, style=style):
            yield from _text(clean(text), style)
        case Quote(text=text, by=by):
            yield from _flow(_runs(clean(by), bold=True))
            yield from (Part(runs, quote=True) for runs in [_runs(clean(text))] if runs)
        case LongText(text=text, label=label):
            yield from _flow(_runs(clean(label), bold=True))
            yield from _flow(_runs(clean(text)))
        case Facts():
            yield from _flow(_facts(element))
        case Divider():
            yield Part(_runs("———"), {"type": "divider"}, folds=1)
        case Link(label=label, url=url):
            yield from _flow(_link(clean(label), url))
        case Buttons(buttons=pressed):
            yield from _pressed(*buttons(pressed, ids))
        case Choice() | Scale():
            yield from _flow(_runs(clean(element.label), bold=True))
            yield from _pressed(*options(element, ids, say))
        case Image():
            yield from _image(element)


def _text(text: str, style: str) -> Iterable[Part]:
    runs = _runs(text, bold=style == "heading")
    if not runs:
        return
    if style == "heading" and fits(text, limits.HEADER) and "\n" not in text.strip():
        yield Part(runs, {"type": "header", "text": plain_text(text)}, folds=2)
    elif style == "muted" and fits(text, limits.TEXT):
        yield Part(runs, {"type": "context", "elements": [plain_text(text)]}, folds=1)
    else:
        yield Part(runs)


def _flow(runs: list[Json]) -> Iterable[Part]:
    if runs:
        yield Part(runs)


def _runs(text: str, *, bold: bool = False) -> list[Json]:
    """A text as rich text; nothing, if there is nothing to read."""
    if not text.strip():
        return []
    style = {"style": {"bold": True}} if bold else {}
    return [{"type": "text", "text": part, **style} for part in split(text, limits.TEXT)]


def _facts(facts: Facts) -> list[Json]:
    """A line each; no list, whose dots would stand among the dots of a spread."""
    runs: list[Json] = []
    for each in facts.facts:
        after = _runs(clean(f"{between(each.label)}{each.value}"))
        line = [*_runs(clean(each.label), bold=True), *after]
        join(runs, line, "\n")
    return runs


def _link(label: str, url: str) -> list[Json]:
    if _LINKED.match(url) and len(url) <= limits.ADDRESS:
        return [{"type": "link", "url": url, "text": label if label.strip() else url}]
    return _runs(clean(labelled(label, url)))


def _image(image: Image) -> Iterable[Part]:
    alt = clean(image.alt)
    if not _SHOWN.match(image.url) or len(image.url) > limits.ADDRESS:
        yield from _text(alt, "muted")
        return
    if not fits(alt, limits.IMAGE_ALT):
        yield from _text(alt, "muted")
    short = shortened(alt, limits.IMAGE_ALT)
    block = {"type": "image", "image_url": image.url, "alt_text": short if alt.strip() else "–"}
    yield Part(_link(short, image.url), block, folds=2)


def _pressed(elements: list[Json], read_before: list[str]) -> Iterable[Part]:
    yield from _flow(_runs("\n".join(read_before)))
    yield from (Part(block=block) for block in actions(elements))
