"""What people can put into Block Kit's elements, and how Slack tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.slack.local.state import Json, View

_WRITTEN = ("plain_text_input", "url_text_input", "email_text_input", "number_input")
_ONE = ("static_select", "radio_buttons", "overflow")
_SEVERAL = ("multi_static_select", "checkboxes")
_PICKED = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
}


class NotPossible(AssertionError):
    """Slack's own client would not let a person do this; `fields` are the inputs it complains of,
    by block id."""

    def __init__(self, why: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.fields = fields or {}


def options(element: Json) -> list[Json]:
    """All options, those in groups too."""
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(each for group in groups for each in group["options"])]


def held(element: Json, value: Any) -> Json:
    """The element's state when a person has entered this; None: nothing."""
    kind = element["type"]
    by_value = {option["value"]: option for option in options(element)}
    if kind in _WRITTEN:
        return {"type": kind, "value": value or None}
    if kind in _ONE:
        return {"type": kind, "selected_option": _option(by_value, value) if value else None}
    if kind in _SEVERAL:
        return {"type": kind, "selected_options": [_option(by_value, each) for each in value or ()]}
    if kind in _PICKED:
        return {"type": kind, _PICKED[kind]: value or None}
    raise NotPossible(f"nothing can be entered in a {kind}")


def _option(by_value: dict[str, Json], value: str) -> Json:
    if value not in by_value:
        raise NotPossible(f"there is no option {value!r} among {sorted(by_value)}")
    return by_value[value]


def initially(element: Json) -> Json:
    """The element's state before anybody has touched it."""
    kind = element["type"]
    if kind in _ONE:
        option = element.get("initial_option")
        return held(element, option and option["value"])
    if kind in _SEVERAL:
        return held(element, [each["value"] for each in element.get("initial_options", ())])
    if kind in _PICKED:
        return held(element, element.get("initial_" + _PICKED[kind].removeprefix("selected_")))
    return held(element, element.get("initial_value"))


def stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each element that keeps what was entered, with its block."""
    kinds = {*_WRITTEN, *_ONE, *_SEVERAL, *_PICKED} - {"overflow"}
    for block in blocks:
        inside = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
        for element in inside:
            if isinstance(element, dict) and element.get("type") in kinds:
                yield block, element


def entered(view: View, values: dict[str, Any] | None = None) -> dict[str, Json]:
    """The state of a view's elements; `values`, by block id or action id, are entered now."""
    left = dict(values or {})
    state: dict[str, Json] = {}
    for block, element in stateful(view.content["blocks"]):
        block_id, action_id = block["block_id"], element["action_id"]
        before = view.entered.get(block_id, {}).get(action_id) or initially(element)
        key = block_id if block_id in left else action_id
        now = held(element, left.pop(key)) if key in left else before
        state.setdefault(block_id, {})[action_id] = now
    if left:
        raise NotPossible(f"the view has no inputs {sorted(left)}, but {sorted(state)}")
    return state


def complaints(view: View, state: dict[str, Json]) -> dict[str, str]:
    """What Slack's client itself says of a view before it sends it, by block id."""
    found = {}
    for block, element in stateful(view.content["blocks"]):
        now = state[block["block_id"]][element["action_id"]]
        value = next((each for key, each in now.items() if key != "type"), None)
        if block["type"] == "input" and not block.get("optional") and not value:
            found[block["block_id"]] = "Please complete this required field."
        if isinstance(value, str) and element["type"] in _WRITTEN:
            if len(value) > element.get("max_length", 3000):
                found[block["block_id"]] = "too long"
            if len(value) < element.get("min_length", 0):
                found[block["block_id"]] = "too short"
    return found


def acted(block: Json, element: Json, value: Any, at: str) -> Json:
    """The action that using an element makes."""
    action = {"block_id": block["block_id"], "action_id": element["action_id"], "action_ts": at}
    if element["type"] == "button":
        more = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
        return action | {"type": "button"} | more
    return action | held(element, value)
