"""How a round looks in a channel: its starting post and its questions, rendered from the record."""

from __future__ import annotations

from typing import Any

from dialogs.authority import member_of
from dialogs.dialog import Turn, View
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Element,
    Fact,
    Facts,
    Link,
    Message,
    Notice,
    Quote,
    Scale,
    Text,
)
from dialogs.packs.library import PartInSet
from dialogs.packs.models import Question
from dialogs.rounds import values
from dialogs.rounds.dialog import asked_of, rounds_dialog
from storage import answers, people, rounds
from storage.tables import Asked, AskedState, Place, Round, RoundState, Way

OPEN, HOUSE, PRIVATE = "open", "house", "private"


def content_of(view: View, part: PartInSet, question: Question) -> dict[str, Any]:
    """Everything a round needs of a question, copied: the pack is not read again."""
    labels = view.packs.answer_labels
    options: Any = question.options or ()
    if question.type == "ypn":
        options = labels.ypn
    elif question.type == "scale5":
        options = labels.scale5
    sources = [view.packs.source(code) for code in question.source]
    return {
        "text": question.text.model_dump(),
        "why": question.why.model_dump(),
        "options": [{"id": str(each.id), "label": each.label.model_dump()} for each in options],
        "condition": _dump(question.condition),
        "followup_when": _dump(question.followup_when),
        "followup": _dump(question.followup),
        "starter_when": _dump(question.conversation_starter_when),
        "starter": _dump(question.conversation_starter),
        "hints": [
            {"text": hint.text.model_dump(), "source": _source(view.packs.source(hint.source))}
            for hint in view.packs.hints_for(question.id)
        ],
        "sources": [_source(each) for each in sources if each.url],
        "part": part.name.model_dump(),
    }


def _dump(model: Any) -> Any:
    return None if model is None else model.model_dump(exclude_none=True, mode="json")


def _source(source: Any) -> dict[str, str | None]:
    return {"title": source.title, "url": source.url}


def row_of(view: View, part: PartInSet, question: Question) -> dict[str, Any]:
    """A question as a row of `Asked`."""
    pack = view.packs.pack_of(question.id)
    return {
        "question_id": question.id,
        "pack_id": pack.id,
        "pack_version": str(pack.version),
        "type": question.type,
        "where": question.where,
        "content": content_of(view, part, question),
    }


def show_start(turn: Turn, found: Round, place: Place) -> None:
    """Post or refresh the starting post in a place."""
    turn.live(
        place,
        "round",
        "start",
        f"r{found.id}",
        collaboration=found.collaboration_id,
        rank=10,
    )


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


@rounds_dialog.live("start")
def start_message(view: View, argument: str) -> Message:
    """What the round is, who sees the answers, how long it lasts."""
    found = rounds.one(view.db, int(argument[1:]))
    assert found is not None
    say = view.say
    home = people.collaboration(view.db, found.collaboration_id)
    count = len(rounds.questions(view.db, found.id))
    parties = [each.name for each in people.organisations(view.db, home.id)]
    name = say.pick(found.name)
    closed = found.state == RoundState.CLOSED
    elements: list[Element] = [
        Text(name, "heading"),
        Text(_how(view, found)),
        Facts(
            (
                Fact(say.t("Collaboration"), home.name),
                Fact(say.t("Organisations"), say.listing(parties)),
                Fact(say.t("Questions"), str(count)),
                Fact(say.t("Visible to"), say.t("stands with each question")),
                Fact(
                    say.t("Closed") if closed else say.t("Closes"),
                    say.moment(found.closed_at or found.closes_at),
                ),
            )
        ),
        Text(
            say.t(
                "Answers are working notes. Others may ask for access to them (innsyn). "
                "«Don't know» is a full answer."
            ),
            "muted",
        ),
    ]
    if not closed:
        elements.append(Buttons((_button_help(view),)))
    return view.message(*elements, summary=say.t("Round: {name}", name=name))


def _button_help(view: View) -> Button:
    return Button("home:help:", view.say.t("How does this work?"), opens=True, typed="hjelp")


def _how(view: View, found: Round) -> str:
    if found.way == Way.THREAD:
        return view.say.t("Write your answers in each question's thread, where all can read them.")
    return view.say.t(
        "First you answer each on your own. Then the answers are opened together, and you talk."
    )


@rounds_dialog.live("question")
def question_message(view: View, argument: str) -> Message:
    """One question, as it stands now."""
    asked, found = asked_of(view, argument)
    say = view.say
    text = say.pick(asked.content["text"])
    elements: list[Element] = [
        Text(f"{_numbered(view, asked)} · {say.pick(asked.content['part'])}", "muted"),
        Text(text, "heading"),
        Text(visible_to(view, asked), "muted"),
    ]
    elements += answer_controls(view, asked, found)
    elements += _steering(view, asked, found)
    elements.append(Text(_standing(view, asked, found), "muted"))
    return view.message(*elements, summary=f"{_numbered(view, asked)}: {text}")


def _numbered(view: View, asked: Asked) -> str:
    total = len(rounds.questions(view.db, asked.round_id))
    return view.say.t("Question {n} of {total}", n=asked.position, total=total)


def visible_to(view: View, asked: Asked) -> str:
    """One line on who will see the answer; stands on every ask."""
    say = view.say
    match asked.where:
        case "house":
            who = say.t("Visible to colleagues in your own organisation. Others see a count.")
        case "private":
            who = say.t("Visible only to you, and part of a count.")
        case _ if asked.type == "scale5":
            who = say.t("Visible to everyone taking part, as a spread without names.")
        case _:
            who = say.t("Visible to everyone taking part, with your name.")
    return who + " " + say.t("Others may ask for access (innsyn).")


def answer_controls(view: View, asked: Asked, found: Round) -> list[Element]:
    """The controls that answer a question, by type, and those that explain it."""
    say, argument = view.say, f"q{asked.id}"
    elements: list[Element] = []
    choices = values.options(asked.content, say)
    if asked.type in values.ONE_PRESS and len(choices) <= 5:
        shape = Scale if asked.type == "scale5" else Choice
        elements.append(shape(rounds_dialog.id("choose", argument), say.t("Your answer"), choices))
    late = found.state == RoundState.CLOSED
    label = say.t("Answer now, or change") if late else say.t("Answer or change")
    row = [
        Button(rounds_dialog.id("answer", argument), label, "primary", opens=True, typed="svar"),
        Button(rounds_dialog.id("dont_know", argument), say.t("Don't know"), typed="vet ikke"),
    ]
    if not late:
        row.append(Button(rounds_dialog.id("skip", argument), say.t("Skip"), typed="hopp over"))
    elements.append(Buttons(tuple(row)))
    elements.append(Buttons(_explaining(view, asked)))
    return elements


def _explaining(view: View, asked: Asked) -> tuple[Button, ...]:
    say, argument = view.say, f"q{asked.id}"
    row = [Button(rounds_dialog.id("why", argument), say.t("Why do we ask?"), opens=True)]
    if asked.content["hints"]:
        row.append(Button(rounds_dialog.id("hint", argument), say.t("Show an example"), opens=True))
    if asked.where == HOUSE and asked.state == AskedState.OPENED:
        row.append(Button(rounds_dialog.id("ours", argument), say.t("See ours"), opens=True))
    return tuple(row)


def _steering(view: View, asked: Asked, found: Round) -> list[Element]:
    """What the coordinator can do now; everybody sees it, the press is checked."""
    say = view.say
    row: list[Button] = []
    if asked.state == AskedState.ASKED:
        row.append(
            Button(
                rounds_dialog.id("open", f"q{asked.id}"), say.t("Open the answers"), typed="åpne"
            )
        )
    questions = rounds.questions(view.db, found.id)
    current = max((each.position for each in questions if each.asked_at), default=0)
    if asked.position == current and found.state == RoundState.OPEN:
        if any(each.state == AskedState.WAITING for each in questions):
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
    count, houses = answers.counts(view.db, asked.id)
    line = how_many(view, count, houses)
    if found.state == RoundState.CLOSED:
        return line + " · " + say.t("The round is finished. Late answers are welcome.")
    if asked.state == AskedState.OPENED and found.way == Way.TOGETHER:
        if asked.where != OPEN:
            return line + " · " + say.t("No more is shown here. Talk in the thread.")
        return line + " · " + say.t("The answers are open. Talk in the thread.")
    if found.way == Way.THREAD and asked.where == OPEN and asked.type in values.IN_THREAD:
        return line + " · " + say.t("Write your answer in the thread.")
    return line


def how_many(view: View, count: int, houses: int) -> str:
    """ "7 answers from 3 organisations"."""
    say = view.say
    if not count:
        return say.t("No answers yet")
    given = say.tn("{n} answer", "{n} answers", count)
    return say.tn(
        "{given} from {n} organisation", "{given} from {n} organisations", houses, given=given
    )


@rounds_dialog.show("why")
def why(view: View, argument: str) -> Notice:
    """Why the question is asked, and where it comes from."""
    asked, found = asked_of(view, argument)
    _reader(view, found)
    sources = asked.content["sources"]
    elements: list[Element] = [Text(view.say.pick(asked.content["why"]))]
    if sources:
        elements += [Link(each["title"], each["url"]) for each in sources]
    else:
        elements.append(Text(view.say.t("This question is our own suggestion."), "muted"))
    return view.notice(*elements)


@rounds_dialog.show("hint")
def hint(view: View, argument: str) -> Notice:
    """One example from another collaboration; the next one at the next press."""
    asked, found = asked_of(view, argument)
    _reader(view, found)
    hints = asked.content["hints"]
    if not hints:
        return view.notice(view.say.t("There is no example for this question yet."))
    values_after = argument.split(",")[1:]
    index = int(values_after[0]) % len(hints) if values_after and values_after[0].isdecimal() else 0
    chosen = hints[index]
    elements: list[Element] = [Quote(view.say.pick(chosen["text"]))]
    if chosen["source"]["url"]:
        elements.append(Link(chosen["source"]["title"], chosen["source"]["url"]))
    if len(hints) > 1:
        button = rounds_dialog.id("hint", f"q{asked.id}", index + 1)
        elements.append(Buttons((Button(button, view.say.t("Another example"), opens=True),)))
    return view.notice(*elements)


def _reader(view: View, found: Round) -> None:
    """Members read; so does whoever stands in one of the collaboration's own channels."""
    here = view.place is not None and view.place.collaboration_id == found.collaboration_id
    if not here:
        member_of(view, found.collaboration_id)
