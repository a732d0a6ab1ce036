"""Answer values: from a form or from typed words to what is kept, and from there to words again.

A value is plain data, by question type: text {"text"}, ypn and pick {"choice"}, multi {"choices"},
scale5 {"scale"}, parties {"items"}. "Don't know" and "skip" are statuses, not values.
"""

from __future__ import annotations

import re
from typing import Any

from dialogs.language import LANGUAGES, Translator, n_
from dialogs.messages import Field, Option
from dialogs.registry import fold
from storage.tables import AnswerStatus

ANSWERABLE = frozenset({"text", "ypn", "scale5", "pick", "multi", "parties"})
ONE_PRESS = frozenset({"ypn", "scale5", "pick"})
IN_THREAD = frozenset({"text", "parties"})
LONGEST = 20_000
MOST_ITEMS = 100

_DONT_KNOW = {
    fold(each)
    for each in ("vet ikke", "veit ikkje", "don't know", "dont know", "do not know", "vetikke")
}
_SKIP = {fold(each) for each in ("hopp over", "skip")}


class NotUnderstood(Exception):
    """What was typed does not fit; `hint` (English source text) says what would."""

    def __init__(self, hint: str) -> None:
        super().__init__("not understood")
        self.hint = hint


def means_dont_know(text: str) -> bool:
    """Whether the words say "don't know" in one of our languages."""
    return fold(text) in _DONT_KNOW


def means_skip(text: str) -> bool:
    """Whether the words say "skip"."""
    return fold(text) in _SKIP


def options(content: dict[str, Any], say: Translator) -> tuple[Option, ...]:
    """What can be chosen, in the reader's words."""
    return tuple(Option(str(each["id"]), say.pick(each["label"])) for each in content["options"])


def field(
    kind: str, content: dict[str, Any], say: Translator, standing: dict[str, Any] | None
) -> Field:
    """The form field for a question, filled in when there is an answer."""
    label = say.pick(content["text"])
    filled = _as_field(kind, standing) if standing else ""
    if kind in ONE_PRESS:
        shape: Any = "scale" if kind == "scale5" else "choice"
        return Field("answer", label, shape, filled, options(content, say))
    if kind == "multi":
        hint = say.t("You can choose several.")
        return Field("answer", label, "multi", filled, options(content, say), hint)
    if kind == "parties":
        return Field("answer", label, "lines", filled, hint=say.t("One per line."))
    return Field("answer", label, "long", filled, max_length=LONGEST)


def _as_field(kind: str, value: dict[str, Any]) -> str | tuple[str, ...]:
    match kind:
        case "ypn" | "pick":
            return str(value["choice"])
        case "scale5":
            return str(value["scale"])
        case "multi":
            return tuple(value["choices"])
        case "parties":
            return tuple(value["items"])
    return str(value["text"])


def from_form(kind: str, content: dict[str, Any], sent: str | tuple[str, ...]) -> dict[str, Any]:
    """The value of a submitted field; NotUnderstood when it does not fit."""
    known = {str(each["id"]) for each in content["options"]}
    if kind == "multi":
        chosen = [each for each in _several(sent) if each in known]
        return {"choices": chosen}
    if kind == "parties":
        return _items(_several(sent))
    text = sent if isinstance(sent, str) else "\n".join(sent)
    if kind in ONE_PRESS:
        if text not in known:
            raise NotUnderstood(n_("Choose one of the answers."))
        return {"scale": int(text)} if kind == "scale5" else {"choice": text}
    return _text(text)


def from_typed(kind: str, content: dict[str, Any], text: str) -> dict[str, Any]:
    """The value of typed words: a number, a label, a list or free text."""
    if kind == "text":
        return _text(text)
    if kind == "parties":
        return _items(re.split(r"[\n;]|,(?!\d)", text))
    if kind == "multi":
        picked = _pick_several(content, text)
        if not picked or None in picked:
            raise NotUnderstood(n_("Write the numbers of what you choose, with commas between."))
        return {"choices": list(dict.fromkeys(picked))}
    choice = _pick(content, text)
    if choice is None:
        raise NotUnderstood(
            n_("Write a number from the scale.")
            if kind == "scale5"
            else n_("Write one of the answers, or its number.")
        )
    return {"scale": int(choice)} if kind == "scale5" else {"choice": choice}


def meaning(
    kind: str, content: dict[str, Any], text: str
) -> tuple[AnswerStatus, dict[str, Any] | None]:
    """What typed words say: "don't know" and "skip" too, else an answer of this type."""
    if means_dont_know(text):
        return AnswerStatus.DONT_KNOW, None
    if means_skip(text):
        return AnswerStatus.SKIPPED, None
    return AnswerStatus.GIVEN, from_typed(kind, content, text)


def _pick(content: dict[str, Any], text: str) -> str | None:
    """The option that is meant: by its number in the list, its id or its label in any language."""
    typed = fold(text)
    for index, option in enumerate(content["options"], start=1):
        labels = {fold(option["label"][language]) for language in LANGUAGES}
        if typed in labels | {str(index), fold(str(option["id"]))}:
            return str(option["id"])
    return None


def _pick_several(content: dict[str, Any], text: str) -> list[str | None]:
    """The options meant: "1, 3", "1 og 3", "1 3", or their words with commas between."""
    numbers = re.fullmatch(r"[\d\s,;.&+]+(?:(?:og|and)[\d\s.]+)?", text.strip().casefold())
    parts = re.findall(r"\d+", text) if numbers else re.split(r"[\n,;]", text)
    return [_pick(content, each) for each in parts if each.strip()]


def _several(sent: str | tuple[str, ...]) -> list[str]:
    return sent.splitlines() if isinstance(sent, str) else list(sent)


def _items(written: list[str]) -> dict[str, Any]:
    items = [_bare(each) for each in written if _says_something(each)]
    if not items:
        raise NotUnderstood(n_("Write at least one, or «don't know»."))
    if len(items) > MOST_ITEMS or sum(map(len, items)) > LONGEST:
        raise NotUnderstood(n_("The list is too long. Keep the most important ones."))
    return {"items": list(dict.fromkeys(items))}


def _bare(item: str) -> str:
    """An entry without the sign that it was listed with."""
    return re.sub(r"\A[-*•–]\s+", "", item.strip())


def _says_something(text: str) -> bool:
    """Whether there is a letter or a number in it: signs alone are no answer in words."""
    return any(sign.isalnum() for sign in text)


def _text(text: str) -> dict[str, Any]:
    if not _says_something(text):
        raise NotUnderstood(n_("Write an answer, or «don't know»."))
    if len(text) > LONGEST:
        raise NotUnderstood(n_("The answer is too long: 20,000 characters is the most."))
    return {"text": text.strip()}


def shown(kind: str, content: dict[str, Any], value: dict[str, Any] | None, say: Translator) -> str:
    """A value in the reader's words; None reads as "don't know"."""
    if value is None:
        return say.t("Don't know")
    labels = {str(each["id"]): say.pick(each["label"]) for each in content["options"]}
    match kind:
        case "ypn" | "pick":
            return labels.get(str(value["choice"]), str(value["choice"]))
        case "scale5":
            score = str(value["scale"])
            return f"{score} ({labels[score]})" if score in labels else score
        case "multi":
            chosen = [labels.get(each, each) for each in value["choices"]]
            return ", ".join(chosen) if chosen else say.t("None of them")
        case "parties":
            return "\n".join(f"• {each}" for each in value["items"])
    return str(value["text"])
