"""The round dialog's name, and what the arguments of its buttons mean."""

from __future__ import annotations

from dialogs.buttons import row_number
from dialogs.dialog import Dialog, Refusal, View
from storage import answers, people, rounds
from storage.engine import Db
from storage.tables import Answer, Asked, Membership, Role, Round


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
            return number if people.collaborations(db, [number]) else None
    return None


rounds_dialog = Dialog("round", scope)


def number(view: View, argument: str, kind: str) -> int:
    """The id in an argument such as "q17"; a plain refusal when it is none."""
    head = argument.split(",", maxsplit=1)[0]
    found = row_number(head[1:]) if head.startswith(kind) else None
    if found is None:
        raise moved_on(view)
    return found


def part(view: View, argument: str, index: int) -> str:
    """One of the values after the first comma of an argument."""
    values = argument.split(",")
    if index >= len(values):
        raise moved_on(view)
    return values[index]


def moved_on(view: View) -> Refusal:
    """What a button of something that is over gets."""
    return Refusal(view.say.t("This has moved on. Write «help» to see what you can do now."))


def round_of(view: View, argument: str) -> Round:
    """The round that an argument names."""
    found = rounds.one(view.db, number(view, argument, "r"))
    if found is None:
        raise moved_on(view)
    return found


def asked_of(view: View, argument: str) -> tuple[Asked, Round]:
    """The asked question that an argument names, with its round."""
    asked = rounds.asked(view.db, number(view, argument, "q"))
    found = rounds.one(view.db, asked.round_id) if asked else None
    if asked is None or found is None:
        raise moved_on(view)
    return asked, found


def answer_of(view: View, argument: str) -> tuple[Answer, Asked, Round]:
    """The answer that an argument names, with its question and round."""
    answer = answers.one(view.db, number(view, argument, "n"))
    if answer is None:
        raise moved_on(view)
    asked, found = asked_of(view, f"q{answer.asked_id}")
    return answer, asked, found


def member_of(view: View, collaboration_id: int) -> Membership:
    """The viewer's membership; whoever has none sees and changes nothing."""
    found = people.membership(view.db, view.me.id, collaboration_id) if view.person else None
    if found is None:
        raise stranger(view)
    return found


def stranger(view: View) -> Refusal:
    """What somebody gets who is not in the collaboration."""
    return Refusal(
        view.say.t("You are not part of this collaboration. Ask a coordinator for a code.")
    )


def coordinator_of(view: View, collaboration_id: int) -> Membership:
    """The viewer's membership if they coordinate; asked again at every press."""
    found = member_of(view, collaboration_id)
    if Role.COORDINATOR not in found.roles:
        raise Refusal(view.say.t("Only a coordinator can do this."))
    return found
