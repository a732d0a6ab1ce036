"""The round dialog's name, and what the arguments of its buttons mean."""

from __future__ import annotations

from dialogs.authority import moved_on, number
from dialogs.buttons import row_number
from dialogs.dialog import Dialog
from dialogs.turn import View
from storage import answers, collaborations, rounds
from storage.engine import Db
from storage.tables import Answer, Asked, Round


def scope(db: Db, argument: str) -> int | None:
    """The collaboration behind an argument: q = asked question, r = round, n = answer,
    c = collaboration."""
    head = argument.split(",", maxsplit=1)[0]
    kind, number = head[:1], row_number(head[1:])
    if number is None:
        return None
    match kind:
        case "q":
            return rounds.collaboration_of_asked(db, number)
        case "r":
            return rounds.collaboration_of_round(db, number)
        case "n":
            answer = answers.one(db, number)
            return rounds.collaboration_of_asked(db, answer.asked_id) if answer else None
        case "c":
            return number if collaborations.exists(db, number) else None
    return None


rounds_dialog = Dialog("round", scope)


def round_of(view: View, argument: str) -> Round:
    """The round that an argument names."""
    found = rounds.one(view.db, number(view, argument, "r"))
    if found is None:
        raise moved_on(view)
    return found


def asked_of(view: View, argument: str) -> tuple[Asked, Round]:
    """The asked question that an argument names, with its round."""
    found = rounds.asked_with_round(view.db, number(view, argument, "q"))
    if found is None:
        raise moved_on(view)
    return found


def answer_of(view: View, argument: str) -> tuple[Answer, Asked, Round]:
    """The answer that an argument names, with its question and round."""
    answer = answers.one(view.db, number(view, argument, "n"))
    if answer is None:
        raise moved_on(view)
    asked, found = asked_of(view, f"q{answer.asked_id}")
    return answer, asked, found
