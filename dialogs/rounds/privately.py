"""A question as it is asked in a direct message."""

from __future__ import annotations

from dialogs.messages import Element, Text
from dialogs.questions.content import content
from dialogs.questions.kinds import kind_of
from dialogs.questions.shown import said_back
from dialogs.rounds.asking import answer_controls
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.sight import ALONE, alone_in_house, visible_to
from dialogs.turn import View
from storage import collaborations, rounds
from storage.tables import Answer, AnswerStatus, Asked, Round


def private_question(
    view: View, asked: Asked, found: Round, left: int, *, anew: bool = False
) -> list[Element]:
    """The question with its collaboration's name and its number, who sees the answer, and how to
    type one; `anew`: also the answer that stands."""
    say = view.say
    home = collaborations.the(view.db, found.collaboration_id)
    words, kind = content(asked), kind_of(asked)
    elements: list[Element] = [
        Text(f"{home.name} · {say.pick(words.part)} · {number_of(view, asked)}", "muted"),
        Text(say.pick(words.text), "heading"),
        Text(visible_to(view, asked, found), "muted"),
    ]
    seat = seat_before(view, asked.id, view.me.id)
    if seat is not None and alone_in_house(view, seat):
        elements.append(Text(say.t(ALONE)))
    if anew and seat is not None and seat.answer is not None:
        elements += standing(view, asked, seat.answer)
    if kind.listed:
        chosen = words.choices(say)
        lines = [f"{n}. {option.label}" for n, option in enumerate(chosen, start=1)]
        elements.append(Text("\n".join(lines)))
    elements.append(Text(kind.how_to_type(say), "muted"))
    elements += answer_controls(view, asked, found, words)
    if left:
        elements.append(
            Text(
                say.tn("{n} more question is waiting.", "{n} more questions are waiting.", left),
                "muted",
            )
        )
    return elements


def standing(view: View, asked: Asked, answer: Answer) -> list[Element]:
    """The answer that stands, before it is answered anew; nothing where none does."""
    if answer.status not in (AnswerStatus.GIVEN, AnswerStatus.DONT_KNOW):
        return []
    said = view.say.t("This stands now. What you write takes its place:")
    return [Text(said, "muted"), said_back(asked, answer.value, view.say)]


def number_of(view: View, asked: Asked) -> str:
    """Which of the round's questions it is; those that deepen one have no number of their own."""
    if asked.parent_id is not None:
        return view.say.t("A question that goes deeper")
    total = len(rounds.steps(view.db, asked.round_id))
    return view.say.t("Question {n} of {total}", n=asked.position, total=total)
