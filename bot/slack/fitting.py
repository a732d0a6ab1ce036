"""Texts made to fit into Slack: cleaned, counted, shortened, or split at a good place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BREAKS = ("\n\n", "\n", " ")  # the best first
_JOINER = "\u200d"
_JOINED = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
_CLUSTER = 64  # code points back that a safe place is looked for
MORE = " …"
WIDEST = 5  # as what one code point counts at most: & is kept as `&amp;`


def clean(text: str) -> str:
    """A text that JSON and Slack take: halves of signs and such as cannot be shown become �."""
    if text.isprintable():  # as most are; a line break is not
        return text
    return _UNFIT.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))


def size(text: str) -> int:
    """How long Slack may find a text. It does not say what it counts, so the longest way is taken:
    UTF-16 units, and its three signs as the entities they are kept as."""
    entities = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + entities


def fits(text: str, most: int) -> bool:
    """Whether a text is of at most this size; most are so short that they need not be counted."""
    return WIDEST * len(text) <= most or size(text) <= most


def split(text: str, most: int) -> list[str]:
    """The text in parts of at most this size that join to the whole; after a paragraph, a line or a
    word where there is one, and never within what is read as one sign."""
    parts = []
    while not fits(text, most):
        at = _good_place(text, _longest(text, most, size))
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text] if text else parts


def shortened(text: str, most: int, measure: Callable[[str], int] = size) -> str:
    """The text if it is no longer than this; else its beginning with " …". `measure` counts no code
    point as more than WIDEST."""
    if WIDEST * len(text) <= most or measure(text) <= most:
        return text
    at = _longest(text, most - measure(MORE), measure)
    return text[: _good_place(text, at)].rstrip() + MORE


def _longest(text: str, most: int, measure: Callable[[str], int]) -> int:
    """How many code points fit; one at least, or there would be no end."""
    low, high = 1, min(len(text), max(most, 1))
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= most:
            low = middle
        else:
            high = middle - 1
    return low


def _good_place(text: str, at: int) -> int:
    """Where to cut so that the first part has at most `at` code points."""
    if at >= len(text):
        return at
    for sign in _BREAKS:
        found = text.rfind(sign, at // 2, at)
        if found >= 0 and not _within(text, found + len(sign)):
            return found + len(sign)
    for place in range(at, max(at - _CLUSTER, 0), -1):
        if not _within(text, place):
            return place
    return at


def _within(text: str, at: int) -> bool:
    """Whether the signs before and after this place are read as one."""
    before, after = text[at - 1], text[at]
    if unicodedata.combining(after) or _JOINED.match(after) or before == _JOINER:
        return True
    if _FLAG.match(before) and _FLAG.match(after):
        run = re.search("[\U0001f1e6-\U0001f1ff]*\\Z", text[max(at - _CLUSTER, 0) : at])
        return run is not None and len(run[0]) % 2 == 1  # flags are pairs
    return False
