"""Which collaboration an argument of a button belongs to: "q17" is a letter and a row's number."""

from __future__ import annotations

from collections.abc import Callable

from dialogs.buttons import row_number
from storage import actions, answers, collaborations, invitations, memberships, places, rounds
from storage.engine import Db

Scope = Callable[[Db, str], int | None]


def scope(letters: str) -> Scope:
    """For a dialog whose arguments begin with one of these letters; None for all others."""

    def find(db: Db, argument: str) -> int | None:
        head = argument.split(",", maxsplit=1)[0]
        row = row_number(head[1:]) if head[:1] in tuple(letters) else None
        return None if row is None else _BY_LETTER[head[0]](db, row)

    return find


def _itself(db: Db, collaboration_id: int) -> int | None:
    return collaboration_id if collaborations.exists(db, collaboration_id) else None


def _of_action(db: Db, action_id: int) -> int | None:
    found = actions.one(db, action_id)
    return found.collaboration_id if found is not None else None


def _of_answer(db: Db, answer_id: int) -> int | None:
    found = answers.one(db, answer_id)
    return rounds.collaboration_of_asked(db, found.asked_id) if found is not None else None


def _of_membership(db: Db, membership_id: int) -> int | None:
    found = memberships.one(db, membership_id)
    return found.collaboration_id if found is not None else None


def _of_place(db: Db, place_id: int) -> int | None:
    found = places.one(db, place_id)
    return found.collaboration_id if found is not None else None


_BY_LETTER: dict[str, Callable[[Db, int], int | None]] = {
    "a": _of_action,
    "c": _itself,
    "i": invitations.collaboration_of,
    "m": _of_membership,
    "n": _of_answer,
    "p": _of_place,
    "q": rounds.collaboration_of_asked,
    "r": rounds.collaboration_of_round,
}
