"""Neutral forms as Slack's modals and back: the view, what was filled in, and what is wrong. Pure.

An input's block carries the name of its field; its action names the field's kind, so that what
comes back can be read by itself, and the form, or Slack would carry what was written in one form
over into the next that stands in the same window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.slack import limits
from bot.slack.fitting import MORE, clean, shortened, split
from bot.slack.pressing import REPEATED, Json, labels_for, option, picked_from, plain_text
from bot.slack.render import in_view, rendered
from dialogs.language import Translator
from dialogs.messages import Element, Field, FieldErrors, Form, Page, Text

_LINES = ("lines", "pairs")
_WRITTEN = ("text", "long", "link", *_LINES)
_SEVERAL = ("multi", "confirm")
_VALUE = "="  # before an option's value, which may be empty: Slack takes no empty one
_YES = "yes"


def view(form: Form, metadata: str) -> Json:
    """The form as a modal; `metadata` (at most 3,000 characters) comes back with what is filled
    in."""
    say = Translator(form.language)
    inputs = [block for each in form.fields for block in _field(each, form.id, say)]
    made = _modal(form.title, form.intro, form.language, metadata, limits.VIEW_BLOCKS - len(inputs))
    made["callback_id"] = form.id
    made["blocks"] += inputs
    made["submit"] = plain_text(_short(form.submit))
    made["close"] = plain_text(_short(form.cancel))
    return made


def page(shown: Page, metadata: str = "") -> Json:
    """A page as a modal in which nothing is filled in."""
    made = _modal(shown.title, shown.elements, shown.language, metadata, limits.VIEW_BLOCKS)
    made["close"] = plain_text(Translator(shown.language).t("Close"))
    return made


def home(shown: Page) -> Json:
    """A page as what stands on a person's home tab, where Slack itself says whose it is."""
    return {"type": "home", "blocks": rendered(shown).blocks}


def _modal(
    title: str, elements: Sequence[Element], language: str, metadata: str, most: int
) -> dict[str, Any]:
    short = _short(title)
    whole = [Text(title, "heading")] if short.endswith(MORE) else []
    blocks, _ = in_view([*whole, *elements], language, most)
    made = {"type": "modal", "title": plain_text(short), "blocks": blocks}
    return {**made, "private_metadata": metadata} if metadata else made


def _short(title: str) -> str:
    return shortened(clean(title).strip() or "–", limits.TITLE)


# --- fields ---------------------------------------------------------------------------------------


def _field(field: Field, form: str, say: Translator) -> Iterable[Json]:
    """The blocks of one field; nothing for a choice among nothing."""
    if field.kind in _WRITTEN:
        yield from _written(field, form, say)
    elif field.kind == "date":
        yield _input(field, form, field.name, _day(field), field.hint)
    elif field.kind == "confirm":
        tick = option(_YES, say.t("Yes"))
        chosen = {"initial_options": [tick]} if field.value == _YES else {}
        element = {"type": "checkboxes", "options": [tick], **chosen}
        yield _input(field, form, field.name, element, field.hint)
    elif field.options:
        yield from _options(field, form, say)


def _written(field: Field, form: str, say: Translator) -> Iterable[Json]:
    """A text, in as many inputs as what stands there already needs: each takes 3,000 characters."""
    value = clean(field.value if isinstance(field.value, str) else "\n".join(field.value))
    longest = min(field.max_length, limits.INPUT)
    parts = split(value, limits.INPUT) or [""]
    for place, part in enumerate(parts, 1):
        element: Json = {"type": "plain_text_input", "max_length": longest}
        if field.kind not in ("text", "link"):
            element["multiline"] = True
        if part:
            element["initial_value"] = part
            element["max_length"] = max(longest, len(part))
        name = field.name if place == 1 else f"{field.name}{REPEATED}{place}"
        hint = _hint(field, say) if place == len(parts) else ""
        yield _input(field, form, name, element, hint, place)


def _hint(field: Field, say: Translator) -> str:
    hint = field.hint
    if field.kind == "lines" and not hint:
        hint = say.t("One on each line.")
    if field.kind == "pairs" and not hint:
        hint = say.t("One on each line, as «party: name».")
    if field.max_length > limits.INPUT and field.kind in ("long", *_LINES):
        room = say.t(
            "There is room for {n} characters here. Write a longer text to me in a direct message.",
            n=limits.INPUT,
        )
        hint = f"{hint} {room}".strip()
    return hint


def _day(field: Field) -> Json:
    made: Json = {"type": "datepicker"}
    try:
        made["initial_date"] = date.fromisoformat(str(field.value)).isoformat()
    except ValueError:
        return made
    return made


def _options(field: Field, form: str, say: Translator) -> Iterable[Json]:
    labels, listed = labels_for(field.options, numbered=field.kind == "scale")
    made = [
        option(_VALUE + each.value, label)
        for each, label in zip(field.options, labels, strict=True)
    ]
    standing = (field.value,) if isinstance(field.value, str) else field.value
    chosen = [each for each in made if each["value"].removeprefix(_VALUE) in standing]
    several = field.kind == "multi"
    few = len(made) <= limits.TICKS
    element: Json = (
        {"type": "checkboxes" if several else "radio_buttons", "options": made}
        if few
        else {
            "type": "multi_static_select" if several else "static_select",
            "placeholder": plain_text(say.t("Choose …")),
            **picked_from(made),
        }
    )
    if chosen:
        element |= {"initial_options": chosen} if several else {"initial_option": chosen[0]}
    if listed:
        yield from in_view([Text("\n".join(listed))], say.language)[0]
    yield _input(field, form, field.name, element, field.hint)


def _input(field: Field, form: str, name: str, element: Json, hint: str, place: int = 1) -> Json:
    label = shortened(clean(field.label).strip() or "–", limits.LABEL - 10)
    made: Json = {
        "type": "input",
        "block_id": name,
        "label": plain_text(label if place == 1 else f"{label} ({place})"),
        "element": {**element, "action_id": f"{field.kind}:{form}:{name}"},
        "optional": place > 1 or not field.required,
    }
    if hint.strip():
        made["hint"] = plain_text(shortened(clean(hint), limits.LABEL))
    return made


# --- what came back -------------------------------------------------------------------------------


def values(submitted: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """What was filled in, by field, in the shapes of `dialogs.messages.Field`; `submitted` is the
    view of a `view_submission`. What is not as Slack sends it counts as not filled in."""
    state = _map(_map(submitted, "state"), "values")
    found: dict[str, str | tuple[str, ...]] = {}
    written: dict[str, list[str]] = {}
    for block in sorted(state, key=_place):  # the parts of one text in their order
        name = block.partition(REPEATED)[0]
        for action in _map(state, block):
            kind, given = action.partition(":")[0], _map(_map(state, block), action)
            if kind in _WRITTEN:
                parts = written.setdefault(name, [])
                parts.append(_text(given.get("value")))
                whole = _joined(parts)
                found[name] = _lines(whole) if kind in _LINES else whole
            else:
                found[name] = _chosen(kind, given)
    return found


def _chosen(kind: str, given: Mapping[str, Any]) -> str | tuple[str, ...]:
    if kind == "date":
        return _text(given.get("selected_date"))
    if kind in _SEVERAL:
        several = given.get("selected_options")
        ticked = tuple(_picked(each) for each in several) if isinstance(several, list) else ()
        return ticked if kind == "multi" else _YES * bool(ticked)
    return _picked(given.get("selected_option"))


def _place(block: str) -> int:
    """Which part of its text an input holds."""
    number = block.partition(REPEATED)[2]
    return int(number) if number.isdecimal() else 1


def _joined(parts: Sequence[str]) -> str:
    """The parts of one text, which end where a word does unless somebody took that away."""
    whole = ""
    for part in parts:
        apart = whole and part and not whole[-1].isspace() and not part[0].isspace()
        whole += f"\n{part}" if apart else part
    return whole


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _picked(picked: Any) -> str:
    return _text(picked.get("value") if isinstance(picked, Mapping) else "").removeprefix(_VALUE)


def _text(given: Any) -> str:
    return clean(given) if isinstance(given, str) else ""


def _map(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def errors(wrong: FieldErrors, blocks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What is wrong, by the inputs that are there; what belongs to none of them stands on the
    first. Nothing when there are no inputs: Slack has no other place for it."""
    inputs = [each.get("block_id", "") for each in blocks if each.get("type") == "input"]
    said: dict[str, str] = {}
    for name, text in wrong.errors.items():
        at = name if name in inputs else next(iter(inputs), None)
        if at is not None:
            said[at] = f"{said[at]} {text}" if at in said else text
    return said
