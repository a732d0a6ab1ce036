"""What the terminal client writes: plain lines. It is a tool for trying things, and in English."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from typing import Any

NOT_RUNNING = "No demo answers there. Start it with `make demo` and try again."
NOT_A_DEMO = "What answers there is no demo of Samspill. Start one with `make demo`."
NOT_TAKEN = "Samspill could not take this just now."
NOT_SENT = "This was not sent. Is the demo still running (`make demo`)? Then write it again."
LOST = "(no connection – trying again)"
BACK = "(connected again)"
NO_SUCH_THREAD = "Write the number of a message you have seen and your answer: #12 I think so"
CANCELLED = "Given up; nothing was sent, and you can open it again."
SENT = "Sent."
HELP = """\
Write a line: it goes to the room you are in. `@Samspill help` or `/samspill help` asks Samspill.
  #12 text     answer in the thread of message 12
  !3           press button 3 of what was last shown
  /dm          speak to Samspill alone           /room [name]  speak in a room
  /cancel      give up a form, nothing is sent   /quit         leave"""


def message(line: bytes) -> dict[str, Any]:
    """A line of the stream; empty for a sign of life."""
    found: dict[str, Any] = json.loads(line or b"{}")
    return found


def printable(text: str) -> str:
    """A text without what would move the cursor or colour the terminal."""
    return "".join(each if each.isprintable() or each in "\n\t" else "�" for each in text)


def find_person(people: Sequence[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """The one whose name this is, or begins with this, or holds it as a word."""
    wanted = name.strip().casefold()
    for fits in (
        [each for each in people if each["name"].casefold() == wanted],
        [each for each in people if each["name"].casefold().startswith(wanted)],
        [each for each in people if wanted in each["name"].casefold().split()],
    ):
        if len(fits) == 1:
            return fits[0]
    return None


def nobody(name: str, people: Sequence[dict[str, Any]]) -> str:
    """That nobody, or more than one, goes by this name."""
    known = "\n".join(f"  {each['name']} ({each['organisation']})" for each in people)
    return f"Nobody in the demo is just {printable(name)!r}. Say --as with one of:\n{known}"


def greeting(person: dict[str, Any], rooms: Sequence[dict[str, Any]]) -> str:
    """Who one is, and where one can go."""
    names = ", ".join(f"#{room['name']}" for room in rooms if not room["direct"]) or "none"
    return (
        f"You are {person['name']}, {person['organisation']} ({person['workspace']}).\n"
        f"Rooms: {names}. /help shows what you can do."
    )


def here(room: dict[str, Any]) -> str:
    """Where plain lines go from now on."""
    if room["direct"]:
        return "You are alone with Samspill. /room goes back."
    return f"You are in #{printable(room['name'])}. /dm speaks to Samspill alone."


def no_room(rooms: Sequence[dict[str, Any]]) -> str:
    """That there is no such room."""
    names = ", ".join(room["name"] for room in rooms)
    return f"There is no such room. You are in: {names or 'none'}."


def no_button(count: int) -> str:
    """That there is no such button."""
    if not count:
        return "Nothing to press was shown yet."
    return f"Write ! and a number from 1 to {count}."


def shown(message: dict[str, Any], room: dict[str, Any], *, again: bool) -> str:
    """A message with its number and where it stands."""
    place = "direct" if room["direct"] else f"#{room['name']}"
    thread = f" in thread #{message['thread']}" if message["thread"] else ""
    note = " (changed)" if again else ""
    body = "(taken away)" if message["deleted"] else message["text"]
    head = f"[#{message['id']} {place}{thread}] {message['author']}{note}:"
    return printable(f"{head}\n{textwrap.indent(body, '  ')}")


def private(content: dict[str, Any]) -> str:
    """What only this person sees."""
    title = f"{content['title']}\n" if content.get("title") else ""
    return printable(f"[only you]\n{textwrap.indent(title + content['text'], '  ')}")


def numbered(actions: Sequence[dict[str, Any]]) -> str:
    """Buttons with the numbers that press them."""
    return "\n".join(
        f"  !{place} {printable(action['label'])}" for place, action in enumerate(actions, 1)
    )
