"""Faults that Slack would find in blocks and views: unknown keys, limits, nesting, doubled ids.

Holds the blocks, elements and keys that Samspill may come to use; any other is a fault.
Written from Slack's reference (https://docs.slack.dev/reference/block-kit) and its own types
(npm `@slack/types`), apart from `bot/slack/limits.py`, so that a wrong number there is seen here.
Where Slack does not say how it counts, the longer count is taken. Each fault is
`path: what is wrong`; of a message that is too long as a whole, `message: msg_blocks_too_long`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Literal

from tests.slack.shapes import (
    Check,
    Found,
    both,
    keys,
    many,
    matching,
    number,
    one_of,
    size,
    string,
    typed,
    whatever,
)

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
# Not in the reference. Slack says "12,000 text characters with a buffer for block containers"
# (github.com/slackapi/bolt-js/issues/2509); refusals were measured from 13,200 on.
LONGEST_MESSAGE = 13_000
LARGEST_VIEW = 250_000  # bytes as sent, views.open: `view_too_large`

# --- objects ---

BOOLEAN = one_of(True, False)
ID = string(255)
ADDRESS = matching(r"(https?|mailto|tel|slack):\S+\Z")
PICTURE = matching(r"https?://\S+\Z")
STYLE = one_of("primary", "danger")


def plain(most: int, least: int = 1) -> Check:
    return typed({"plain_text": keys(text_=string(most, least), emoji=BOOLEAN)})


def words(most: int) -> Check:
    return typed(_words(most))


def _words(most: int) -> dict[str, Check]:
    marked = keys(text_=string(most), verbatim=BOOLEAN)
    return {"plain_text": keys(text_=string(most), emoji=BOOLEAN), "mrkdwn": marked}


CONFIRM = keys(title=plain(100), text_=words(300), confirm=plain(30), deny=plain(30), style=STYLE)
OPTION = keys(text_=words(75), value_=string(150), description=words(75), url=ADDRESS)
PLAIN_OPTION = keys(text_=plain(75), value_=string(150), description=plain(75), url=ADDRESS)


def among_options(value: Any, path: str, found: Found) -> None:
    """There are options, in groups or not; what is chosen beforehand is one, to the letter."""
    if ("options" in value) == ("option_groups" in value):
        found.append(f"{path}: has options and groups, or neither")
    known = value.get("options") or [
        each for group in value.get("option_groups", []) for each in group.get("options", [])
    ]
    chosen = [value["initial_option"]] if "initial_option" in value else []
    chosen += value.get("initial_options", [])
    found += [f"{path}: begins with what is no option" for each in chosen if each not in known]


def fits_input(value: Any, path: str, found: Found) -> None:
    if len(value.get("initial_value", "")) > value.get("max_length", 3000):
        found.append(f"{path}/initial_value: is longer than max_length")


# --- elements ---

_COMMON = {"action_id_": ID, "confirm": CONFIRM, "focus_on_load": BOOLEAN}
_PLACED = {**_COMMON, "placeholder": plain(150)}
_GROUP = keys(label_=plain(75), options_=many(PLAIN_OPTION, 100))
_LISTED = {
    **_PLACED,
    "options": many(PLAIN_OPTION, 100),
    "option_groups": many(_GROUP, 100),
}
_BUTTON = keys(
    action_id_=ID, text_=plain(75), url=ADDRESS, value=string(2000), style=STYLE, confirm=CONFIRM,
    accessibility_label=string(75),
)  # fmt: skip
_INPUT = {
    "action_id_": ID,
    "initial_value": string(3000),
    "focus_on_load": BOOLEAN,
    "placeholder": plain(150),
    "dispatch_action_config": keys(trigger_actions_on_=many(string(30), 2)),
}
_DAY = matching(r"\d{4}-\d\d-\d\d\Z")
ELEMENTS: dict[str, Check] = {
    "button": _BUTTON,
    "checkboxes": both(
        keys(options_=many(OPTION, 10), initial_options=many(OPTION, 10), **_COMMON), among_options
    ),
    "radio_buttons": both(
        keys(options_=many(OPTION, 10), initial_option=OPTION, **_COMMON), among_options
    ),
    "static_select": both(
        keys(initial_option=PLAIN_OPTION, **_LISTED), among_options
    ),
    "multi_static_select": both(
        keys(
            initial_options=many(PLAIN_OPTION, 100),
            max_selected_items=number(1, 100),
            **_LISTED,
        ),
        among_options,
    ),
    "datepicker": keys(initial_date=_DAY, **_PLACED),
    "plain_text_input": both(
        keys(
            multiline=BOOLEAN, min_length=number(0, 3000), max_length=number(1, 3000), **_INPUT
        ),
        fits_input,
    ),
    "url_text_input": keys(**_INPUT),
    "image": keys(image_url_=PICTURE, alt_text_=string(2000)),
}  # fmt: skip
CHOSEN = ("checkboxes", "radio_buttons", "static_select", "multi_static_select", "datepicker")
IN_ACTIONS = ("button", *CHOSEN)
IN_INPUT = ("plain_text_input", "url_text_input", *CHOSEN)

# --- rich text ---

_LOOK = keys(bold=BOOLEAN, italic=BOOLEAN, strike=BOOLEAN, code=BOOLEAN, underline=BOOLEAN)
_RUN = typed(
    {
        "text": keys(text_=string(100_000), style=_LOOK),
        "link": keys(url_=ADDRESS, text=string(100_000), style=_LOOK, unsafe=BOOLEAN),
        "user": keys(user_id_=ID, style=_LOOK),
        "usergroup": keys(usergroup_id_=ID, style=_LOOK),
        "channel": keys(channel_id_=ID, style=_LOOK),
        "broadcast": keys(range_=one_of("here", "channel", "everyone"), style=_LOOK),
    }
)
_RUNS = many(_RUN, 10_000)
_BORDER = one_of(0, 1)
_RICH: dict[str, Check] = {
    "rich_text_section": keys(elements_=_RUNS),
    "rich_text_quote": keys(elements_=_RUNS, border=_BORDER),
    "rich_text_preformatted": keys(elements_=_RUNS, border=_BORDER),
}
_LIST = keys(
    elements_=many(typed(_RICH, ("rich_text_section",)), 10_000),
    style_=one_of("bullet", "ordered"),
    indent=number(0, 8),
    offset=number(0, 100_000),
    border=_BORDER,
)

# --- blocks ---

BLOCKS: dict[str, Check] = {
    "header": keys(text_=plain(150), block_id=ID),
    "section": both(
        keys(
            text=words(3000), fields=many(words(2000), 10), expand=BOOLEAN, block_id=ID,
            accessory=typed(ELEMENTS, (*IN_ACTIONS, "image")),
        ),
        lambda value, path, found: found.extend(
            [] if value.keys() & {"text", "fields"} else [f"{path}: has neither text nor fields"]
        ),
    ),
    "context": keys(
        elements_=many(typed({**_words(3000), "image": ELEMENTS["image"]}), 10),
        block_id=ID,
    ),
    "actions": keys(elements_=many(typed(ELEMENTS, IN_ACTIONS), 25), block_id=ID),
    "divider": keys(block_id=ID),
    "image": keys(
        image_url_=PICTURE, alt_text_=string(2000), title=plain(2000), block_id=ID
    ),
    "rich_text": keys(elements_=many(typed(_RICH | {"rich_text_list": _LIST}), 999), block_id=ID),
    "input": keys(
        label_=plain(2000), element_=typed(ELEMENTS, IN_INPUT), hint=plain(2000), optional=BOOLEAN,
        dispatch_action=BOOLEAN, block_id=ID,
    ),
}  # fmt: skip


def check_blocks(blocks: Any, surface: Surface = "message") -> list[str]:
    """What is wrong with these blocks on this surface; nothing is right."""
    found: Found = []
    many(typed(BLOCKS), MOST_BLOCKS[surface], 0)(blocks, "blocks", found)
    for name in ("block_id", "action_id"):
        counts = Counter(_all(blocks, name))
        found += [f"blocks: {name} {each!r} stands twice" for each, n in counts.items() if n > 1]
    if surface == "message" and size(_written(blocks)) > LONGEST_MESSAGE:
        found.append("message: msg_blocks_too_long")
    return found


def check_view(view: Any) -> list[str]:
    """What is wrong with a modal or a home page."""
    shared = {
        "type_": one_of("modal", "home"),
        "blocks_": whatever,  # looked at below
        "private_metadata": string(3000, 0),
        "callback_id": ID,
        "external_id": ID,
    }
    modal = {
        "title_": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": BOOLEAN,
        "notify_on_close": BOOLEAN,
    }
    surface: Surface = "home" if isinstance(view, dict) and view.get("type") == "home" else "modal"
    found: Found = []
    keys(**shared, **(modal if surface == "modal" else {}))(view, "view", found)
    blocks = view.get("blocks", []) if isinstance(view, dict) else []
    found += check_blocks(blocks, surface)
    has_inputs = any(isinstance(each, dict) and each.get("type") == "input" for each in blocks)
    if surface == "modal" and has_inputs and "submit" not in view:
        found.append("view: has inputs and no submit")
    if len(json.dumps(view)) > LARGEST_VIEW:
        found.append("view: view_too_large")
    return found


def _all(part: Any, name: str) -> list[str]:
    """Every value of this key, at any depth."""
    if isinstance(part, list):
        return [value for each in part for value in _all(each, name)]
    if isinstance(part, dict):
        own = [part[name]] if isinstance(part.get(name), str) else []
        return own + [value for each in part.values() for value in _all(each, name)]
    return []


def _written(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))
