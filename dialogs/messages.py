"""What Samspill says, independent of platform: a closed vocabulary of frozen elements.

A renderer (one file a platform, under `bot/`) must handle every element; adding one means
touching every renderer, on purpose. All texts are plain text, already in the reader's language:
renderers escape them for the place they are shown in. There is no markup and no platform JSON.
No text is in a repr: what people wrote, and what they are called, is among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Style = Literal["normal", "heading", "muted"]
ButtonStyle = Literal["normal", "primary", "danger"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `heading` is a title, `muted` is small print."""

    text: str = field(repr=False)
    style: Style = "normal"


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person wrote, with who (`by`, may be empty)."""

    text: str = field(repr=False)
    by: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value."""

    label: str = field(repr=False)
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values, shown as a small table or list."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between parts."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address with a label."""

    label: str = field(repr=False)
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Button:
    """One press. `opens` says beforehand that it opens a form; otherwise it acts.

    `id` comes from `dialogs.buttons.button_id`; `typed` is the word that does the same when typed.
    `about` tells it from others with the same label, for those who do not see what it stands under.
    """

    id: str
    label: str = field(repr=False)
    style: ButtonStyle = "normal"
    opens: bool = False
    typed: str = ""
    about: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons side by side."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: `value` is what is stored, `label` what is read."""

    value: str = field(repr=False)
    label: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """Pick one of several with one press; arrives as `Pressed(button=id, value=option.value)`."""

    id: str
    label: str = field(repr=False)
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from 1 upwards with one press; `options` run from low to high, with words."""

    id: str
    label: str = field(repr=False)
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that may be long: shown folded where the platform can, split where it must be."""

    text: str = field(repr=False)
    label: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture at an address, with what it shows in words."""

    url: str = field(repr=False)
    alt: str = field(repr=False)


Element = Text | Quote | Facts | Divider | Link | Buttons | Choice | Scale | LongText | Image


@dataclass(frozen=True, slots=True)
class Message:
    """A message in one language. `summary` is the one line for notifications."""

    language: str
    elements: tuple[Element, ...]
    summary: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class File:
    """A document: `type` is its media type, `label` says what it is, `name` is what it is saved as.

    `instead` is said where a channel can send no files; without it, nothing is.
    """

    language: str
    name: str = field(repr=False)
    type: str = field(repr=False)
    label: str = field(repr=False)
    data: bytes = field(repr=False)
    instead: Message | None = field(default=None, repr=False)


FieldKind = Literal[
    "text", "long", "choice", "multi", "scale", "lines", "date", "pairs", "link", "confirm"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form.

    Kinds: `text` one line, `long` many lines, `choice` one of `options`, `multi` several of them,
    `scale` one of `options` from low to high, `lines` a list with one entry a line, `date` a day
    (YYYY-MM-DD), `pairs` one "party: name" a line, `link` an address, `confirm` a tick.
    Submitted values are `str` (text, long, choice, scale, date, link), `tuple[str, ...]`
    (multi, lines, pairs) or "yes"/"" (confirm).
    """

    name: str
    label: str = field(repr=False)
    kind: FieldKind
    value: str | tuple[str, ...] = field(default="", repr=False)
    options: tuple[Option, ...] = ()
    hint: str = field(default="", repr=False)
    required: bool = True
    max_length: int = 10_000


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog window with inputs; arrives as `Submitted(form=id, values=...)`."""

    language: str
    id: str
    title: str = field(repr=False)
    fields: tuple[Field, ...]
    submit: str = field(repr=False)
    cancel: str = field(repr=False)
    intro: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A home page: shown to one person, replaced as a whole."""

    language: str
    title: str = field(repr=False)
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A private answer to whoever pressed or wrote, never queued when it can be given at once.

    Not `kept`: it is shown once and stands nowhere, wherever the channel can show a notice.
    `lasting`: it confirms an answer; who wants that in text gets it as a direct message as well.
    """

    message: Message
    kept: bool = True
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """What is wrong in a submitted form: field name to sentence. The form stays open, filled in."""

    errors: dict[str, str] = field(default_factory=dict, repr=False)


Reply = Form | Page | Notice | FieldErrors


def plain(message: Message | Page) -> str:
    """The message as plain text: for notifications, screen readers, mail and the terminal."""
    return "\n".join(line for element in message.elements if (line := plain_element(element)))


def plain_element(element: Element) -> str:
    """One element as plain text, written once for every platform."""
    match element:
        case Text(text=text) | LongText(text=text, label=""):
            return text
        case LongText(text=text, label=label):
            return labelled(label, text)
        case Quote(text=text, by=by):
            return labelled(by, f"«{text}»") if by else f"«{text}»"
        case Facts(facts=facts):
            return "\n".join(labelled(fact.label, fact.value) for fact in facts)
        case Divider():
            return "—"
        case Link(label=label, url=url):
            return labelled(label, url)
        case Buttons(buttons=buttons):
            return " ".join(f"[{button.label}]" for button in buttons)
        case Choice(label=label, options=options) | Scale(label=label, options=options):
            return labelled(label, " / ".join(option.label for option in options))
        case Image(alt=alt):
            return alt


def labelled(label: str, text: str) -> str:
    """A text after its label, on one line."""
    return f"{label}{between(label)}{text}"


def between(label: str) -> str:
    """What stands between a label and its text: no colon after what ends in a sign already."""
    return " " if label.rstrip().endswith((".", ":", "!", "?", "…")) else ": "
