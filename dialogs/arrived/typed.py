"""Writing what was arrived at in words: in the question's thread, or in a direct message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dialogs import directly
from dialogs.arrived.conclusions import LONGEST, Written, conclude, form
from dialogs.arrived.dialog import arrived, concludes, fault, question_of, unchanged, under, visible
from dialogs.authority import moved_on, stranger
from dialogs.belonging import let_in
from dialogs.choosing import the_collaboration
from dialogs.language import n_
from dialogs.messages import Button, Buttons, Element, Notice, Quote, Reply, Text
from dialogs.questions.content import content
from dialogs.registry import fold
from dialogs.turn import Refusal, Turn
from storage import collaborations, conclusions, memberships, rounds
from storage.tables import Asked, Conversation, Round

LABEL = 60  # characters of a question on a button
WAIT = timedelta(hours=1)


@arrived.command(
    "conclusion",
    ("konklusjon", "kom fram til", "kom frem til", "kom fram", "arrived at", "conclude"),
    n_("write what you arrived at"),
    takes=(),
    colon=True,
)
def conclusion_command(turn: Turn, rest: str) -> Reply | None:
    """In a question's thread it is about that one; else about one of the latest round, by number
    or picked. What follows the word is what was arrived at."""
    text = rest.lstrip(" :–—-\n")
    here = under(turn)
    if here is not None and here[0] == "q":
        asked, found = question_of(turn, f"q{here[1]}")
        return _typed(turn, asked, found, text) if text else form(turn, f"q{asked.id}")
    home = the_collaboration(turn)
    offered = conclusions.to_conclude(turn.db, home.id)
    if not offered:
        raise Refusal(
            turn.say.t("No answers are open yet. When they are, you can write what you arrived at.")
        )
    picked = [each for each in offered if str(each.position) == text]
    if len(offered) > 1 and not picked:
        return _ask_which(turn, home.id, offered, text)
    asked = (picked or offered)[0]
    if picked or not text:
        return _ask_what(turn, asked)
    return _typed(turn, asked, _round_of(turn, asked), text)


def _round_of(turn: Turn, asked: Asked) -> Round:
    found = rounds.one(turn.db, asked.round_id)
    assert found is not None
    return found


def _typed(turn: Turn, asked: Asked, found: Round, text: str) -> Notice:
    wrong = fault(turn, text, LONGEST)
    if wrong is not None:
        raise unchanged(turn, wrong)
    return conclude(turn, asked, found, Written(text))


def _ask_which(turn: Turn, home_id: int, offered: list[Asked], text: str) -> Notice:
    """Which question is it about? What was written already is kept until that is said."""
    if text and (wrong := fault(turn, text, LONGEST)) is not None:
        raise unchanged(turn, wrong)
    _wait(turn, home_id, "which", {"text": text})
    say = turn.say
    action = "about" if text else "write"
    buttons = tuple(
        Button(
            arrived.id(action, f"q{each.id}"),
            f"{each.position}. {say.pick(content(each).text)}"[:LABEL],
            opens=not text,
            typed=str(each.position),
        )
        for each in offered
    )
    names = "\n".join(f"{each.position}. {say.pick(content(each).text)}" for each in offered)
    hint = say.t("Press, or write the number to me in a direct message.")
    question = Text(say.t("Which question is it about?"))
    return turn.notice(question, Text(names), Buttons(buttons), Text(hint, "muted"))


def _wait(turn: Turn, home_id: int, step: str, data: dict[str, Any]) -> None:
    directly.wait_for(turn, arrived.name, step, data, WAIT, collaboration_id=home_id)


@arrived.act("about")
def about(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What was written is about this question."""
    asked, found = question_of(turn, argument)
    let_in(turn, found.collaboration_id)
    waits = directly.waiting(turn, arrived.name)
    text = ""
    if waits is not None and waits.step == "which":
        text = str(waits.data.get("text", ""))
        directly.let_go(turn, waits)
    return _typed(turn, asked, found, text) if text else _ask_what(turn, asked)


@arrived.wait("which")
def which_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The number of the question, typed."""
    home_id = _home_of(turn, waits)
    for each in conclusions.to_conclude(turn.db, home_id):
        if fold(text) in (str(each.position), fold(turn.say.pick(content(each).text))):
            directly.let_go(turn, waits)
            kept = str(waits.data.get("text", ""))
            found = _round_of(turn, each)
            return _typed(turn, each, found, kept) if kept else _ask_what(turn, each)
    raise Refusal(turn.say.t("Write the number of the question. «stop» lets go of it."))


def _home_of(turn: Turn, waits: Conversation) -> int:
    home_id = waits.collaboration_id or 0
    if memberships.of(turn.db, turn.me.id, home_id) is None:
        raise stranger(turn)
    return home_id


def _ask_what(turn: Turn, asked: Asked) -> Notice:
    """The next words in the direct message are what was arrived at."""
    found = _round_of(turn, asked)
    _wait(turn, found.collaboration_id, "what", {"question": asked.id})
    say, standing = turn.say, conclusions.shown(turn.db, asked.id)
    home = collaborations.the(turn.db, found.collaboration_id)
    made: list[Element] = [
        Text(f"{home.name} · {say.pick(content(asked).text)}", "muted"),
        Text(say.t("What did you arrive at? Write it to me in a direct message.")),
    ]
    if standing is not None:
        made += [Text(say.t("This stands now. What you write takes its place:"), "muted")]
        made += [Quote(standing.text, standing.by or "")]
    write = Button(arrived.id("write", f"q{asked.id}"), say.t("Write it in a form"), opens=True)
    return turn.notice(*made, Text(visible(turn), "muted"), Buttons((write,)))


@arrived.wait("what")
def what_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """What was arrived at, typed."""
    _home_of(turn, waits)
    asked = rounds.asked(turn.db, int(waits.data.get("question", 0)))
    found = rounds.one(turn.db, asked.round_id) if asked is not None else None
    if asked is None or found is None or not concludes(asked, found):
        raise moved_on(turn)
    if found.collaboration_id != waits.collaboration_id:
        raise stranger(turn)
    wrong = fault(turn, text, LONGEST)
    if wrong is not None:
        still = turn.say.t("The question still waits. «stop» lets it go.")
        raise Refusal(wrong, Text(still, "muted"))
    directly.let_go(turn, waits)
    return _typed(turn, asked, found, text.strip())
