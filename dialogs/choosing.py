"""Which collaboration somebody means: the channel's, their only one, or the one they pick."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialogs import directly
from dialogs.authority import member_of, moved_on, number, part, stranger
from dialogs.dialog import Command, Dialog
from dialogs.messages import Button, Buttons, Reply, Text
from dialogs.registry import fold
from dialogs.scope import scope
from dialogs.turn import Refusal, Turn, View
from storage import collaborations
from storage.tables import Collaboration, Conversation

MOST = 20  # to pick from by a press; any can be typed
WAIT = timedelta(hours=1)


class Unclear(Refusal):
    """There are several: the person is asked which."""


def the_collaboration(view: View) -> Collaboration:
    """The collaboration meant. A command calls this before it writes anything: where there are
    several, the person is asked, and the command runs again with the one they picked."""
    here = view.place.collaboration_id if view.place is not None else None
    if here is not None:
        return collaborations.the(view.db, here)
    mine = collaborations.of(view.db, view.me.id)
    if not mine:
        raise Refusal(
            view.say.t(
                "You are in no collaboration yet. Write «new» to set one up, or «join CODE»."
            )
        )
    meant = [each for each in mine if each.id == view.meant]
    if meant or len(mine) == 1:
        return (meant or mine)[0]
    raise Unclear(view.say.t("Which collaboration do you mean?"))


which = Dialog("which", scope("c"))


def run(turn: Turn, command: Command, rest: str) -> Reply | None:
    """Run a command that was typed; when it could mean several collaborations, ask which."""
    try:
        return command.run(turn, rest)
    except Unclear as unclear:
        return _ask(turn, command, rest, unclear.text)


def _ask(turn: Turn, command: Command, rest: str, question: str) -> Reply:
    directly.wait_for(turn, "which", "one", {"command": command.name, "rest": rest}, WAIT)
    mine = collaborations.of(turn.db, turn.me.id)
    buttons = tuple(
        Button(which.id("in", f"c{each.id}", command.name), each.name, typed=str(n))
        for n, each in enumerate(mine[:MOST], start=1)
    )
    names = "\n".join(f"{n}. {each.name}" for n, each in enumerate(mine, start=1))
    hint = turn.say.t("Press, or write the number or the name to me in a direct message.")
    return turn.notice(question, Text(names), Buttons(buttons), Text(hint, "muted"))


@which.act("in")
def picked(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What was typed, in the collaboration that was pressed."""
    home_id = number(turn, argument, "c")
    member_of(turn, home_id)
    name = part(turn, argument, 1)
    waits = directly.waiting(turn, "which")
    rest = ""
    if waits is not None and waits.data.get("command") == name:
        rest = waits.data["rest"]
        directly.let_go(turn, waits)
    return _run_in(turn, home_id, name, rest)


@which.wait("one")
def named(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The collaboration's number or name, typed."""
    if waits.collaboration_id is not None:
        raise stranger(turn)
    for n, each in enumerate(collaborations.of(turn.db, turn.me.id), start=1):
        if fold(text) in (str(n), fold(each.name)):
            directly.let_go(turn, waits)
            return _run_in(turn, each.id, waits.data["command"], waits.data["rest"])
    raise Refusal(turn.say.t("Write the number or the name. «stop» lets go of the question."))


def _run_in(turn: Turn, home_id: int, name: str, rest: str) -> Reply | None:
    for command in turn.words:
        if command.name == name:
            return command.run(replace(turn, meant=home_id), rest)
    raise moved_on(turn)
