"""What can be pressed in Slack: buttons, and options as buttons or as a list to pick from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.slack import limits
from bot.slack.fitting import MORE, clean, fits, shortened
from dialogs.language import Translator
from dialogs.messages import Button, Choice, Option, Scale

Json = dict[str, Any]

REPEATED = "~"  # comes before the number of an action id that stands several times


class Ids:
    """Action ids of one message: the button's own, with a number from the second time on."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def next(self, id: str) -> str:
        """This id as it can stand here."""
        number = self._used[id] = self._used.get(id, 0) + 1
        return id if number == 1 else f"{id}{REPEATED}{number}"


def plain_text(text: str) -> Json:
    """A text as it is: no marks, no signs of feeling, nobody called upon."""
    return {"type": "plain_text", "text": text, "emoji": False}


def actions(elements: Sequence[Json], row: int = limits.BUTTONS_A_ROW) -> list[Json]:
    """Actions blocks with so many elements each."""
    return [
        {"type": "actions", "elements": list(elements[start : start + row])}
        for start in range(0, len(elements), row)
    ]


def buttons(pressed: Sequence[Button], ids: Ids) -> tuple[list[Json], list[str]]:
    """The buttons, and the labels that were too long for theirs, in full."""
    made = [(each, _label(each)) for each in pressed]
    made = [(each, label) for each, label in made if label]
    too_long = [label for _, label in made if not fits(label, limits.BUTTON)]
    return [
        _button(ids.next(each.id), label, each.style) | _aloud(each, label) for each, label in made
    ], too_long


def _aloud(button: Button, label: str) -> Json:
    """What a screen reader says of one of several with the same label."""
    about = clean(button.about).strip()
    if not about:
        return {}
    return {"accessibility_label": shortened(f"{label} – {about}", limits.ALOUD)}


def _label(button: Button) -> str:
    label = clean(button.label).strip()
    return f"{label}{MORE}" if label and button.opens else label


def _button(id: str, label: str, style: str = "normal", value: str = "") -> Json:
    made: Json = {
        "type": "button",
        "action_id": id,
        "text": plain_text(shortened(label, limits.BUTTON)),
    }
    if value:
        made["value"] = value
    if style != "normal":
        made["style"] = style
    return made


def options(asked: Choice | Scale, ids: Ids, say: Translator) -> tuple[list[Json], list[str]]:
    """What picks one of the options, and what must be read before, numbered, where a label is too
    long for what is pressed."""
    short, listed = labels_for(asked.options, numbered=isinstance(asked, Scale))
    values = [each.value for each in asked.options]
    as_list = len(values) > limits.MOST_BUTTONS and all(
        each and fits(each, limits.OPTION_VALUE) for each in values
    )
    if not as_list:
        pairs = zip(values, short, strict=True)
        return [_button(ids.next(asked.id), label, value=value) for value, label in pairs], listed
    select = {
        "type": "static_select",
        "action_id": ids.next(asked.id),
        "placeholder": plain_text(say.t("Choose …")),
        **picked_from([option(value, label) for value, label in zip(values, short, strict=True)]),
    }
    return [select], listed


def labels_for(among: Sequence[Option], *, numbered: bool) -> tuple[list[str], list[str]]:
    """What the options are called where they are picked, and in full, to be read before, those that
    are too long for that: then all have numbers. `numbered`: they are the steps of a scale."""
    labels = [clean(_step(each) if numbered else each.label).strip() or "–" for each in among]
    if all(fits(each, limits.OPTION) for each in labels):
        return labels, []
    places = [
        label if label.startswith(f"{place}.") else f"{place}. {label}"
        for place, label in enumerate(labels, 1)
    ]
    listed = [each for each in places if not fits(each, limits.OPTION)]
    return [shortened(each, limits.OPTION) for each in places], listed


def _step(option: Option) -> str:
    """A step of a scale with its number, unless its words begin with it."""
    if not option.value.isdecimal() or option.label.startswith(option.value):
        return option.label
    return f"{option.value} {option.label}"


def option(value: str, label: str) -> Json:
    """One option of a list, of radio buttons or checkboxes; its label is short enough."""
    return {"text": plain_text(label), "value": value}


def picked_from(made: Sequence[Json]) -> Json:
    """The options of a list: in groups, named by their places, when there are very many."""
    if len(made) <= limits.OPTIONS:
        return {"options": list(made)}
    groups = []
    for start in range(0, min(len(made), limits.OPTIONS * limits.GROUPS), limits.OPTIONS):
        part = list(made[start : start + limits.OPTIONS])
        label = plain_text(f"{start + 1}–{start + len(part)}")
        groups.append({"label": label, "options": part})
    return {"option_groups": groups}
