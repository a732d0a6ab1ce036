"""The round dialog's name, and what the arguments of its buttons mean."""

from __future__ import annotations

from dialogs.authority import moved_on, number
from dialogs.dialog import Dialog
from dialogs.scope import scope
from dialogs.turn import View
from storage import answers, rounds
from storage.tables import Answer, Asked, Round

rounds_dialog = Dialog("round", scope("qrnc"))


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
