"""Button and form ids, `dialog:action:argument`: made and parsed here and nowhere else.

Ids come back from outside and are never trusted: a parsed id says what is asked for, not that
whoever pressed may have it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST = 9  # digits of a row's number: no longer one can be there, and every database takes it

_ID = re.compile(
    r"(?P<dialog>[a-z_]{1,30}):(?P<action>[a-z_]{1,30}):(?P<argument>[\w.,-]{0,150})\Z"
)


@dataclass(frozen=True, slots=True)
class ButtonId:
    """A parsed id. `argument` names a row ("17") or several values joined by commas."""

    dialog: str
    action: str
    argument: str


def button_id(dialog: str, action: str, *arguments: object) -> str:
    """Make an id that `parse` understands for ever; ValueError when a part does not fit."""
    made = f"{dialog}:{action}:{','.join(str(argument) for argument in arguments)}"
    if parse(made) is None:
        raise ValueError(f"not a button id: dialog {dialog!r}, action {action!r}")
    return made


def parse(text: str) -> ButtonId | None:
    """The parts of an id, or None when it is not one of ours."""
    found = _ID.match(text)
    return ButtonId(found["dialog"], found["action"], found["argument"]) if found else None


def row_number(text: str) -> int | None:
    """The number of a row as it stands in an id or was typed; None when it can be none."""
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= _LONGEST else None
