"""How a round looks in a channel: its starting post and its questions, rendered from the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dialogs.arrived import shown as arrived
from dialogs.authority import reader_of
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Link,
    Message,
    Notice,
    Quote,
    Text,
)
from dialogs.packs.library import PartInSet
from dialogs.packs.models import Question
from dialogs.questions.content import Content, content, copy_of
from dialogs.questions.kinds import kind_of
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.privacy import privacy_of
from dialogs.rounds.respondents import takes_late_answers
from dialogs.rounds.sight import counted, in_thread, visible_to
from dialogs.turn import Turn, View
from storage import counting, rounds
from storage.rounds import Step
from storage.tables import TEAM, Asked, AskedState, Place, Round, RoundState, SeenBy, Way


def row_of(view: View, part: PartInSet, question: Question) -> dict[str, Any]:
    """A question as a row of `Asked`."""
    pack = view.packs.pack_of(question.id)
    return {
        "question_id": question.id,
        "pack_id": pack.id,
        "pack_version": str(pack.version),
        "type": question.type,
        "where": question.where,
        "content": copy_of(view.packs, part, question).kept(),
    }


def show_question(turn: Turn, found: Round, asked: Asked, place: Place) -> int:
    """Post or refresh a question in a place; the outbox row that its thread hangs under."""
    return turn.live(
        place,
        "round",
        "question",
        f"q{asked.id}",
        collaboration=found.collaboration_id,
        rank=20,
    )


@rounds_dialog.live("question")
def question_message(view: View, argument: str) -> Message:
    """One question, as it stands now."""
    asked, found = asked_of(view, argument)
    say, words = view.say, content(asked)
    text = say.pick(words.text)
    steps = rounds.steps(view.db, found.id)
    number = say.t("Question {n} of {total}", n=asked.position, total=len(steps))
    elements: list[Element] = [
        Text(f"{number} · {say.pick(words.part)}", "muted"),
        Text(text, "heading"),
        Text(visible_to(view, asked, found), "muted"),
    ]
    elements += answer_controls(view, asked, found, words)
    elements += arrived.elements(view, asked, found)
    elements += _steering(view, asked, found, steps)
    elements.append(Text(_standing(view, asked, found), "muted"))
    return view.message(*elements, summary=f"{number}: {text}")


def answer_controls(view: View, asked: Asked, found: Round, words: Content) -> list[Element]:
    """The controls that answer a question, by type, and those that explain it."""
    say, argument = view.say, f"q{asked.id}"
    elements: list[Element] = []
    if not takes_late_answers(found):
        return [Buttons(_explaining(view, asked, words))]
    control = kind_of(asked).control(rounds_dialog.id("choose", argument), words, say)
    if control is not None:
        elements.append(control)
    late = found.state == RoundState.CLOSED
    label = say.t("Answer now, or change") if late else say.t("Answer or change")
    row = [
        Button(rounds_dialog.id("answer", argument), label, "primary", opens=True, typed="svar"),
        Button(rounds_dialog.id("dont_know", argument), say.t("Don't know"), typed="vet ikke"),
    ]
    if not late:
        row.append(Button(rounds_dialog.id("skip", argument), say.t("Skip"), typed="hopp over"))
    elements.append(Buttons(tuple(row)))
    elements.append(Buttons(_explaining(view, asked, words)))
    return elements


def _explaining(view: View, asked: Asked, words: Content) -> tuple[Button, ...]:
    say, argument = view.say, f"q{asked.id}"
    row = [Button(rounds_dialog.id("why", argument), say.t("Why do we ask?"), opens=True)]
    if words.hints:
        row.append(Button(rounds_dialog.id("hint", argument), say.t("Show an example"), opens=True))
    if asked.where == SeenBy.HOUSE and asked.state == AskedState.OPENED:
        row.append(Button(rounds_dialog.id("ours", argument), say.t("See ours"), opens=True))
    return tuple(row)


def _steering(view: View, asked: Asked, found: Round, steps: Sequence[Step]) -> list[Element]:
    """What the coordinator can do now; everybody sees it, the press is checked."""
    say = view.say
    row: list[Button] = []
    if asked.state == AskedState.ASKED and privacy_of(found).before_close and _goes_on(found):
        row.append(
            Button(
                rounds_dialog.id("open", f"q{asked.id}"), say.t("Open the answers"), typed="åpne"
            )
        )
    current = max((each.position for each in steps if each.asked_at), default=0)
    if asked.position == current and found.state == RoundState.OPEN:
        if any(each.state == AskedState.WAITING for each in steps):
            row.append(
                Button(
                    rounds_dialog.id("next", f"r{found.id}", current),
                    say.t("Next question"),
                    typed="neste",
                )
            )
        row.append(
            Button(
                rounds_dialog.id("close", f"r{found.id}"), say.t("Finish the round"), typed="ferdig"
            )
        )
    return [Buttons(tuple(row))] if row else []


def _standing(view: View, asked: Asked, found: Round) -> str:
    say = view.say
    line = so_far(view, asked, found)
    if found.state == RoundState.CANCELLED:
        return say.t("The round has been called off.")
    if found.state == RoundState.CLOSED and not takes_late_answers(found):
        return line + " · " + say.t("The round is finished, and nothing can be changed.")
    if found.state == RoundState.CLOSED:
        return line + " · " + say.t("The round is finished. Late answers are welcome.")
    if asked.state == AskedState.OPENED and found.way == Way.TOGETHER:
        if asked.where != SeenBy.OPEN:
            return line + " · " + say.t("No more is shown here. Talk in the thread.")
        return line + " · " + say.t("The answers are open. Talk in the thread.")
    if in_thread(asked, found):
        return line + " · " + say.t("Write your answer in the thread.")
    return line


def so_far(view: View, asked: Asked, found: Round) -> str:
    """How many have answered, as far as it may be told while the round goes on."""
    count, houses = counting.counts(view.db, asked.id)
    shown = counted(found, count)
    if shown == count:
        return how_many(view, count, houses if privacy_of(found).houses else 0)
    if not shown:
        return view.say.t("Fewer than three answers yet")
    return view.say.t("At least {n} answers", n=shown)


def _goes_on(found: Round) -> bool:
    return found.state in (RoundState.OPEN, RoundState.CLOSED)


def how_many(view: View, count: int, houses: int) -> str:
    """ "7 answers from 3 organisations"; without organisations where none are told of."""
    say = view.say
    if not count:
        return say.t("No answers yet")
    given = say.tn("{n} answer", "{n} answers", count)
    if not houses:
        return given
    return say.tn(
        "{given} from {n} organisation", "{given} from {n} organisations", houses, given=given
    )


@rounds_dialog.show("why")
def why(view: View, argument: str) -> Notice:
    """Why the question is asked, and where it comes from."""
    asked, found = asked_of(view, argument)
    _reader(view, found)
    words = content(asked)
    if words.why is None:
        return view.notice(view.say.t("A coordinator of your own has added this question."))
    elements: list[Element] = [Text(view.say.pick(words.why))]
    if words.sources:
        elements += [Link(each.title, each.url) for each in words.sources if each.url]
    else:
        elements.append(Text(view.say.t("This question is our own suggestion."), "muted"))
    return view.notice(*elements)


@rounds_dialog.show("hint")
def hint(view: View, argument: str) -> Notice:
    """One example from another collaboration; the next one at the next press."""
    asked, found = asked_of(view, argument)
    _reader(view, found)
    hints = content(asked).hints
    if not hints:
        return view.notice(view.say.t("There is no example for this question yet."))
    values_after = argument.split(",")[1:]
    index = int(values_after[0]) % len(hints) if values_after and values_after[0].isdecimal() else 0
    chosen = hints[index]
    elements: list[Element] = [Quote(view.say.pick(chosen.text))]
    if chosen.source.url:
        elements.append(Link(chosen.source.title, chosen.source.url))
    if len(hints) > 1:
        button = rounds_dialog.id("hint", f"q{asked.id}", index + 1)
        elements.append(Buttons((Button(button, view.say.t("Another example"), opens=True),)))
    return view.notice(*elements)


def _reader(view: View, found: Round) -> None:
    """Members read; so does whoever stands in one of the collaboration's own channels."""
    here = view.place is not None and view.place.collaboration_id == found.collaboration_id
    if not here or found.audience != TEAM:
        reader_of(view, found)
