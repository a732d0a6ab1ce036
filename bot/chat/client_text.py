"""What the terminal client writes, as plain lines in the person's language.

Until it is known who the person is, it speaks English, as every command of `samspill` does.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from typing import Any

from dialogs.language import Translator, n_

NOT_A_DEMO = "What answers there is no demo of Samspill. Start one with `make demo`."

NOT_TAKEN = n_("Samspill could not take this just now. Write it again.")
NOT_SENT = n_("This was not sent. Is the demo still running? Start it with make demo, try again.")
LOST = n_("No connection – trying again")
BACK = n_("Connected again.")
NO_SUCH_THREAD = n_("Write the number of a message you have seen, then your answer: #12 I agree")
CANCELLED = n_("Cancelled: nothing was sent. You can open it again.")
SENT = n_("Sent.")
HELP = n_(
    "Write a line: it goes to the room you are in. «/samspill help» asks Samspill.\n"
    "  #12 text    answer in the thread of message 12\n"
    "  !3          press the button with the number 3\n"
    "  /dm         speak to Samspill alone\n"
    "  /room name  speak in a room\n"
    "  /cancel     give up a form: nothing is sent\n"
    "  /quit       leave"
)


def not_running(site: str) -> str:
    """That nobody answers where the demo should be."""
    return (
        f"No demo answers at {site}. Start it with `make demo` and try again, or say with --url "
        "where it runs."
    )


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
    return f"The demo has no one person called {printable(name)!r}. Say --as with one of:\n{known}"


def greeting(say: Translator, person: dict[str, Any]) -> str:
    """Who one is, and how to find out more."""
    who = f"{person['name']}, {person['organisation']} ({person['workspace']})"
    return printable(say.t("You are {who}. /help shows what you can do.", who=who))


def here(say: Translator, room: dict[str, Any]) -> str:
    """Where plain lines go from now on."""
    if room["direct"]:
        return say.t("You are alone with Samspill. /room goes back.")
    return printable(say.t("You are in {room}. /dm speaks to Samspill alone.", room=room["name"]))


def no_room(say: Translator, rooms: Sequence[dict[str, Any]]) -> str:
    """That there is no such room."""
    if not rooms:
        return say.t("You are in no room yet.")
    names = ", ".join(room["name"] for room in rooms)
    return printable(say.t("There is no such room. You are in: {rooms}.", rooms=names))


def no_button(say: Translator, count: int) -> str:
    """That there is no such button."""
    if not count:
        return say.t("Nothing to press was shown yet.")
    return say.t("Write ! and a number from 1 to {n}.", n=count)


def shown(say: Translator, message: dict[str, Any], room: dict[str, Any], *, again: bool) -> str:
    """A message with its number and where it stands."""
    place = "Samspill" if room["direct"] else room["name"]
    thread = f" ↳ #{message['thread']}" if message["thread"] else ""
    edited = say.t("(edited)")
    note = f" {edited}" if again and not message["deleted"] else ""
    gone = say.t("This message was taken away.")
    body = gone if message["deleted"] else message["text"]
    head = f"#{message['id']}{thread} · {place} · {message['author']}{note}"
    return printable(f"{head}\n{textwrap.indent(body, '  ')}")


def private(say: Translator, content: dict[str, Any]) -> str:
    """What only this person sees."""
    lines = [content.get("title", ""), content["text"]]
    body = "\n".join(line for line in lines if line)
    only = say.t("Only you see this")
    return printable(f"({only})\n{textwrap.indent(body, '  ')}")


def button_label(action: dict[str, Any]) -> str:
    """A button's label, and what it is about: it stands below all of its message."""
    return f"{action['label']} – {action['about']}" if action["about"] else str(action["label"])


def numbered(buttons: Sequence[tuple[int, str]]) -> str:
    """Buttons with the numbers that press them."""
    return "\n".join(f"  !{number} {printable(label)}" for number, label in buttons)
