"""A round that is being put together: a look at it before it starts, starting it, dropping it."""

from __future__ import annotations

from dialogs.authority import coordinator_of, moved_on
from dialogs.choosing import the_collaboration
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Notice,
    Reply,
    Text,
)
from dialogs.questions.content import content
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.sight import visible_to
from dialogs.rounds.starting import begin, started
from dialogs.turn import Refusal, Turn, View
from storage import rounds
from storage.tables import Round, RoundState


def draft_notice(view: View, draft: Round) -> Notice:
    """The questions as they will be asked, and what can be done with them."""
    say, argument = view.say, f"r{draft.id}"
    elements: list[Element] = [
        Text(say.t("Before the round starts: {name}", name=say.pick(draft.name)), "heading"),
        Text(say.t("Nobody else has seen this yet."), "muted"),
    ]
    for asked in rounds.questions(view.db, draft.id):
        words = content(asked)
        elements.append(Text(f"{asked.position}. {say.pick(words.text)}"))
        elements.append(Text(visible_to(view, asked, draft), "muted"))
    elements.append(
        Buttons(
            (
                Button(
                    rounds_dialog.id("begin", argument),
                    say.t("Start the round"),
                    "primary",
                    typed="start runden",
                ),
                _opening("reword", argument, say.t("Reword"), "ordlyd 1: …"),
                _opening("leave_out", argument, say.t("Leave out"), "ta bort 1"),
                _opening("add", argument, say.t("Add a question"), "legg til: …"),
                Button(
                    rounds_dialog.id("sheet", argument), say.t("Meeting sheet"), typed="møteark"
                ),
                Button(
                    rounds_dialog.id("discard", argument),
                    say.t("Throw away"),
                    "danger",
                    typed="forkast",
                ),
            )
        )
    )
    return view.notice(*elements)


def _opening(action: str, argument: str, label: str, typed: str) -> Button:
    return Button(rounds_dialog.id(action, argument), label, opens=True, typed=typed)


def draft_of(view: View, argument: str) -> Round:
    """The draft that a button or form is about; a Refusal for others than coordinators, and once it
    has begun."""
    found = round_of(view, argument)
    coordinator_of(view, found.collaboration_id)
    if found.state != RoundState.DRAFT:
        raise moved_on(view)
    return found


def my_draft(view: View) -> Round:
    """The latest draft of the collaboration that a coordinator writes in or about."""
    home = the_collaboration(view)
    coordinator_of(view, home.id)
    drafts = rounds.drafts(view.db, home.id)
    if not drafts:
        raise Refusal(view.say.t("No round is being put together. Write «round» to begin one."))
    return drafts[0]


@rounds_dialog.act("begin")
def begin_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Start the draft as it is."""
    return start_draft(turn, draft_of(turn, argument))


@rounds_dialog.command("begin", ("start runden", "start runda"), "", alone=True)
def begin_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return start_draft(turn, my_draft(turn))


def start_draft(turn: Turn, draft: Round) -> Reply | None:
    """Start a round that was put together."""
    begin(turn, draft)
    return turn.notice(started(turn, draft.audience))


@rounds_dialog.act("discard")
def discard(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Throw the draft away."""
    return _discard(turn, draft_of(turn, argument))


@rounds_dialog.command("discard", ("forkast",), "", alone=True)
def discard_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _discard(turn, my_draft(turn))


def _discard(turn: Turn, draft: Round) -> Reply | None:
    turn.audit("round.discarded", f"round:{draft.id}", draft.collaboration_id)
    rounds.discard(turn.db, draft)
    return turn.notice(turn.say.t("It is thrown away. Nothing was asked."))
