"""Neutral messages as HTML for the built-in chat: pure, one function an element, all text escaped.

Whatever can have focus carries a `data-key` that stays the same when the message is rendered anew,
so that the page can put focus back. No element carries an id: a message may be shown twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from markupsafe import Markup

from dialogs.language import Translator
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Divider,
    Element,
    Facts,
    Image,
    Link,
    LongText,
    Quote,
    Scale,
    Text,
)

FOLD = 600  # characters of a text before the rest is folded
_EXCERPT = 480
_ADDRESS = re.compile(r"https?://[^\s<>\"'«»]+[^\s<>\"'«».,;:!?)\]]")

_PARAGRAPH = Markup('<p class="{}" dir="auto">{}</p>')
_FOLDED = Markup(
    '<div class="long"><p class="excerpt" dir="auto">{excerpt}</p>'
    '<details data-fold="{key}"><summary data-key="fold:{key}">{more}</summary>'
    '<p class="text" dir="auto">{text}</p></details></div>'
)
_PRESS = Markup(
    '<button type="button" class="{style}" data-press="{id}"{value} data-key="{key}"{popup}>'
    "{label}</button>"
)
_ABOUT = Markup(' <span class="hidden" dir="auto">– {}</span>')


def elements(
    all_of_them: Sequence[Element], say: Translator, *, heading: int = 3, name: str = ""
) -> Markup:
    """The elements one after the other; `name` tells keys of two lists on one page apart."""
    return Markup("\n").join(
        element(each, say, heading=heading, key=f"{name}{place}")
        for place, each in enumerate(all_of_them)
    )


def element(one: Element, say: Translator, *, heading: int = 3, key: str = "0") -> Markup:
    """One element. `heading` is the level of a heading, `key` its place in the message."""
    match one:
        case Text():
            return _text(one, heading)
        case Quote():
            return _quote(one, say, key)
        case Facts():
            return _facts(one)
        case Divider():
            return Markup("<hr>")
        case Link():
            return _link(one)
        case Buttons(buttons=buttons):
            pressed = Markup("").join(_button(each) for each in buttons)
            return Markup('<div class="buttons">{}</div>').format(pressed)
        case Choice() | Scale():
            return _options(one)
        case LongText():
            return _long(one, say, key)
        case Image():
            return _image(one)


def _text(one: Text, heading: int) -> Markup:
    if one.style == "heading":
        return Markup('<h{0} dir="auto">{1}</h{0}>').format(heading, one.text)
    return _PARAGRAPH.format("muted" if one.style == "muted" else "text", one.text)


def written(text: str, say: Translator, key: str = "0") -> Markup:
    """What a person wrote: addresses become links, long texts are folded."""
    return _foldable(text, say, key, links=True)


def _foldable(text: str, say: Translator, key: str, *, links: bool = False) -> Markup:
    shown = _linked(text) if links else text
    if len(text) <= FOLD:
        return _PARAGRAPH.format("text", shown)
    start = text[:_EXCERPT].rsplit(None, 1)[0] if " " in text[:_EXCERPT] else text[:_EXCERPT]
    return _FOLDED.format(
        excerpt=f"{start} …", key=key, more=say.t("Show the whole text"), text=shown
    )


def _linked(text: str) -> Markup:
    made, end = Markup(""), 0
    for found in _ADDRESS.finditer(text):
        made += text[end : found.start()]
        made += Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(found[0])
        end = found.end()
    return made + text[end:]


def _quote(quote: Quote, say: Translator, key: str) -> Markup:
    by = Markup('<footer>— <cite dir="auto">{}</cite></footer>').format(quote.by)
    return Markup("<blockquote>{}{}</blockquote>").format(
        _foldable(quote.text, say, key), by if quote.by else ""
    )


def _facts(facts: Facts) -> Markup:
    rows = Markup("").join(
        Markup('<div><dt dir="auto">{}</dt><dd dir="auto">{}</dd></div>').format(
            fact.label, fact.value
        )
        for fact in facts.facts
    )
    return Markup('<dl class="facts">{}</dl>').format(rows)


def _link(link: Link) -> Markup:
    if not safe_address(link.url, ("http", "https", "mailto")):
        return _PARAGRAPH.format("text", link.label)
    return Markup(
        '<p class="link" dir="auto">'
        '<a href="{0}" rel="noopener noreferrer" data-key="link:{0}">{1}</a></p>'
    ).format(link.url, link.label)


def _image(image: Image) -> Markup:
    if not safe_address(image.url, ("http", "https")):
        return _PARAGRAPH.format("muted", image.alt)
    return Markup('<figure><img src="{}" alt="{}" loading="lazy"></figure>').format(
        image.url, image.alt
    )


def _long(long: LongText, say: Translator, key: str) -> Markup:
    label = Markup('<p class="label" dir="auto">{}</p>').format(long.label) if long.label else ""
    return Markup("{}{}").format(label, _foldable(long.text, say, key))


def _button(button: Button) -> Markup:
    return _PRESS.format(
        style=button.style,
        id=button.id,
        value="",
        key=f"press:{button.id}",
        popup=Markup(' aria-haspopup="dialog"') if button.opens else "",
        label=_label(button),
    )


def _label(button: Button) -> Markup:
    about = _ABOUT.format(button.about) if button.about else ""
    opens = button.opens and not button.label.endswith("?")  # two signs read badly
    return Markup("{}{}{}").format(button.label, " …" if opens else "", about)


def _options(asked: Choice | Scale) -> Markup:
    scale = isinstance(asked, Scale)
    pressed = Markup("").join(
        _PRESS.format(
            style="step" if scale else "option",
            id=asked.id,
            value=Markup(' data-value="{}"').format(option.value),
            key=f"press:{asked.id}:{option.value}",
            popup="",
            label=_step(option.value, option.label) if scale else option.label,
        )
        for option in asked.options
    )
    return Markup(
        '<fieldset class="{}"><legend dir="auto">{}</legend><div>{}</div></fieldset>'
    ).format("scale" if scale else "choice", asked.label, pressed)


def _step(value: str, label: str) -> Markup:
    """A step of a scale: its number above its words, unless the words begin with the number."""
    if not value.isdecimal() or label.startswith(value):
        return Markup("<span>{}</span>").format(label)
    return Markup("<b>{}</b> <span>{}</span>").format(value, label)


def safe_address(url: str, schemes: Sequence[str]) -> bool:
    """Whether an address may stand in a page: one of ours, or with one of these schemes."""
    if url.startswith("/") and not url.startswith(("//", "/\\")):
        return True
    try:
        return urlsplit(url.strip()).scheme.lower() in schemes
    except ValueError:
        return False
