"""What a client sent with an act, checked: ids, texts and the values of forms."""

from __future__ import annotations

import re
from typing import Any

from bot.chat.security import BadRequest
from dialogs.language import n_

LONGEST = 40_000  # characters of a text
_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


class NotTaken(Exception):
    """The act cannot be done; `text` is the English source of a plain sentence."""

    def __init__(self, status: int, text: str, **values: object) -> None:
        super().__init__(status)
        self.status = status
        self.text = text
        self.values = values


def no_room() -> NotTaken:
    """The room is none of theirs; whether it is there at all is not told."""
    return NotTaken(404, n_("You are not in this room, or it is no longer there."))


def no_message() -> NotTaken:
    """The message, or the thread under it, is not in the room, or not theirs to change."""
    return NotTaken(404, n_("This message is no longer there."))


def act_id(data: dict[str, Any]) -> str:
    """The client's own name for the act."""
    found = data.get("id")
    if not isinstance(found, str) or not _ID.match(found):
        raise BadRequest
    return found


def number(data: dict[str, Any], name: str) -> int:
    """The id of a room or message."""
    found = data.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found < 2**31:
        raise BadRequest
    return found


def clean(written: str) -> str:
    """A text that every database takes: without NUL and halves of letters."""
    return written.replace("\0", "").encode("utf-8", "replace").decode()


def text(data: dict[str, Any]) -> str:
    """What somebody wrote; NotTaken when it is nothing or too much."""
    found = data.get("text")
    if not isinstance(found, str):
        raise BadRequest
    found = clean(found).strip()
    if not found:
        raise NotTaken(422, n_("Write something first."))
    if len(found) > LONGEST:
        raise NotTaken(
            422,
            n_("This is too long: {n} characters, and there is room for {max}."),
            n=len(found),
            max=LONGEST,
        )
    return found


def value(given: Any) -> str | tuple[str, ...]:
    """What somebody put into one field of a form."""
    if isinstance(given, str):
        return clean(given)
    if isinstance(given, list) and all(isinstance(each, str) for each in given):
        return tuple(clean(each) for each in given)
    raise BadRequest
