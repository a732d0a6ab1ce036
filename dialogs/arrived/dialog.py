"""The two dialogs of this room, and what the arguments of their buttons mean."""

from __future__ import annotations

from dialogs.authority import member_of, moved_on, number
from dialogs.buttons import row_number
from dialogs.dialog import Dialog
from dialogs.questions.kind import says_something
from dialogs.rounds.dialog import asked_of
from dialogs.scope import scope
from dialogs.turn import Refusal, View
from storage import actions
from storage.tables import TEAM, Action, Asked, AskedState, Round, RoundState, SeenBy

arrived = Dialog("arrived", scope("qca"))  # what was arrived at, and asking again
promised = Dialog("action", scope("qca"))


def concludes(asked: Asked, found: Round) -> bool:
    """Whether people can write what they arrived at: the answers are open to all of them, and the
    question has a thread of its own."""
    stands = found.state in (RoundState.OPEN, RoundState.CLOSED) and found.audience == TEAM
    opened = asked.state == AskedState.OPENED and asked.where == SeenBy.OPEN
    return stands and opened and asked.parent_id is None


def question_of(view: View, argument: str) -> tuple[Asked, Round]:
    """The question that an argument names, if something can be arrived at there."""
    asked, found = asked_of(view, argument)
    if not concludes(asked, found):
        raise moved_on(view)
    return asked, found


def action_of(view: View, argument: str) -> Action:
    """The action that an argument names."""
    found = actions.one(view.db, number(view, argument, "a"))
    if found is None:
        raise moved_on(view)
    return found


def under(view: View) -> tuple[str, int] | None:
    """What a command was written under: ("q", a question) or ("r", a round), in its thread."""
    dialog, argument = view.under or ("", "")
    row = row_number(argument[1:].split(",", maxsplit=1)[0])
    if dialog != "round" or row is None or argument[:1] not in ("q", "r"):
        return None
    return argument[0], row


def reads(view: View, collaboration_id: int) -> None:
    """Members read, and so does whoever stands in one of the collaboration's own channels."""
    here = view.place is not None and view.place.collaboration_id == collaboration_id
    if not here:
        member_of(view, collaboration_id)


def fault(view: View, text: str, most: int) -> str | None:
    """What is wrong with something written: nothing, signs alone, too much."""
    if not says_something(text):
        return view.say.t("Write it in words.")
    if len(text) > most:
        return view.say.t("This is too long: {n} characters is the most.", n=most)
    return None


def unchanged(view: View, wrong: str) -> Refusal:
    """A refusal that says what is wrong with something written, and that all stands as before."""
    still = view.say.t("Nothing has been changed.")
    return Refusal(f"{wrong} {still}")


def visible(view: View) -> str:
    """Who sees what is written here; stands wherever it is written."""
    return view.say.t(
        "Visible to everyone in the collaboration, in every channel. It is one of the "
        "collaboration's documents. Anyone may ask for access (innsyn)."
    )
