"""Going through a round's questions before it starts: leave out, reword, add, look, start."""

from __future__ import annotations

import re
from typing import Any

from dialogs.authority import coordinator_of, moved_on
from dialogs.choosing import the_collaboration
from dialogs.dialog import Refusal, Turn, View
from dialogs.language import LANGUAGES, n_
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Field,
    FieldErrors,
    Form,
    Notice,
    Option,
    Reply,
    Text,
)
from dialogs.questions.content import Alternative, Content, content
from dialogs.questions.kind import says_something
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.sight import HOUSE, OPEN, PRIVATE, visible_to
from dialogs.rounds.starting import begin
from storage import rounds
from storage.tables import Asked, Round, RoundState

LONGEST = 500  # characters of a question
FEWEST, MOST = 1, 12  # questions in a round
OWN = "own"  # the pack that questions of the coordinator's are from
_TYPES = {
    "text": n_("In their own words"),
    "ypn": n_("Yes, partly or no"),
    "scale5": n_("A scale from 1 to 5"),
    "parties": n_("A list, one per line"),
}
_WHERES = {
    OPEN: n_("Everyone taking part"),
    HOUSE: n_("Colleagues in the own organisation"),
    PRIVATE: n_("Only the person, and part of a count"),
}


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


def _draft(view: View, argument: str) -> Round:
    found = round_of(view, argument)
    coordinator_of(view, found.collaboration_id)
    if found.state != RoundState.DRAFT:
        raise moved_on(view)
    return found


def _my_draft(view: View) -> Round:
    home = the_collaboration(view)
    coordinator_of(view, home.id)
    drafts = rounds.drafts(view.db, home.id)
    if not drafts:
        raise Refusal(view.say.t("No round is being put together. Write «round» to begin one."))
    return drafts[0]


# --- starting, throwing away ------------------------------------------------------------------


@rounds_dialog.act("begin")
def begin_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Start the draft as it is."""
    return _begin(turn, _draft(turn, argument))


@rounds_dialog.command("begin", ("start runden", "start runda"), "", alone=True)
def begin_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _begin(turn, _my_draft(turn))


def _begin(turn: Turn, draft: Round) -> Reply | None:
    begin(turn, draft)
    if draft.audience == "coordinator":
        return turn.notice(
            turn.say.t("The round has started. The coordinators have got a message.")
        )
    return turn.notice(turn.say.t("The round has started in your channels."))


@rounds_dialog.act("discard")
def discard(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Throw the draft away."""
    return _discard(turn, _draft(turn, argument))


@rounds_dialog.command("discard", ("forkast",), "", alone=True)
def discard_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _discard(turn, _my_draft(turn))


def _discard(turn: Turn, draft: Round) -> Reply | None:
    turn.audit("round.discarded", f"round:{draft.id}", draft.collaboration_id)
    rounds.discard(turn.db, draft)
    return turn.notice(turn.say.t("It is thrown away. Nothing was asked."))


# --- leaving out ------------------------------------------------------------------------------


@rounds_dialog.show("leave_out")
def leave_out_form(view: View, argument: str) -> Reply:
    """Which questions to leave out."""
    draft = _draft(view, argument)
    say = view.say
    return Form(
        view.language,
        rounds_dialog.id("leave_out", argument),
        say.t("Leave out questions"),
        (
            Field(
                "questions",
                say.t("Which questions shall not be asked?"),
                "multi",
                (),
                _numbered(view, draft),
                required=False,
            ),
        ),
        say.t("Leave out"),
        say.t("Cancel"),
    )


def _numbered(view: View, draft: Round) -> tuple[Option, ...]:
    return tuple(
        Option(str(each.id), f"{each.position}. {view.say.pick(content(each).text)}")
        for each in rounds.questions(view.db, draft.id)
    )


@rounds_dialog.submit("leave_out")
def leave_out_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """Leave these out; one at least stays."""
    draft = _draft(turn, argument)
    chosen = set(sent.get("questions") or ())
    gone = [each for each in rounds.questions(turn.db, draft.id) if str(each.id) in chosen]
    return _leave_out(turn, draft, gone)


@rounds_dialog.command("leave out", ("ta bort", "ta ut"), "")
def leave_out_command(turn: Turn, rest: str) -> Reply | None:
    """`ta bort 2, 5`."""
    draft = _my_draft(turn)
    numbers = {int(each) for each in re.findall(r"\d{1,2}", rest)}
    gone = [each for each in rounds.questions(turn.db, draft.id) if each.position in numbers]
    if not gone:
        raise Refusal(turn.say.t("Write the number of the question, such as «leave out 2»."))
    return _leave_out(turn, draft, gone)


def _leave_out(turn: Turn, draft: Round, gone: list[Asked]) -> Reply | None:
    if len(rounds.questions(turn.db, draft.id)) - len(gone) < FEWEST:
        raise Refusal(turn.say.t("One question must be left. Throw the round away instead."))
    for each in gone:
        rounds.leave_out(turn.db, each)
    turn.audit("round.tailored", f"round:{draft.id}", draft.collaboration_id)
    return draft_notice(turn, draft)


# --- rewording --------------------------------------------------------------------------------


@rounds_dialog.show("reword")
def reword_form(view: View, argument: str) -> Reply:
    """Which question, and its new words."""
    draft = _draft(view, argument)
    say = view.say
    return Form(
        view.language,
        rounds_dialog.id("reword", argument),
        say.t("Reword"),
        (
            Field("question", say.t("Which question?"), "choice", "", _numbered(view, draft)),
            Field("text", say.t("How shall it be asked?"), "long", "", max_length=LONGEST),
        ),
        say.t("Save"),
        say.t("Cancel"),
        (Text(_one_language(view), "muted"),),
    )


def _one_language(view: View) -> str:
    return view.say.t("Your words stand as you write them, in all three languages.")


@rounds_dialog.submit("reword")
def reword_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """The new words."""
    draft = _draft(turn, argument)
    wanted = str(sent.get("question") or "")
    asked = next(
        (each for each in rounds.questions(turn.db, draft.id) if str(each.id) == wanted), None
    )
    if asked is None:
        return FieldErrors({"question": turn.say.t("Choose a question.")})
    text = str(sent.get("text") or "").strip()
    fault = _text_fault(text)
    if fault is not None:
        return FieldErrors({"text": turn.say.t(fault)})
    return _reword(turn, draft, asked, text)


def _text_fault(text: str) -> str | None:
    if not says_something(text):
        return n_("Write the question.")
    return (
        n_("This is too long: there is room for 500 characters.") if len(text) > LONGEST else None
    )


@rounds_dialog.command("reword", ("ordlyd", "omformuler"), "")
def reword_command(turn: Turn, rest: str) -> Reply | None:
    """`ordlyd 3: …`."""
    draft = _my_draft(turn)
    found = re.match(r"\s*(\d{1,2})\s*:?\s*(.*)", rest, re.DOTALL)
    number = int(found[1]) if found else 0
    asked = next(
        (each for each in rounds.questions(turn.db, draft.id) if each.position == number), None
    )
    if found is None or asked is None:
        raise Refusal(turn.say.t("Write the question's number and then its new words."))
    fault = _text_fault(found[2])
    if fault is not None:
        raise Refusal(turn.say.t(fault))
    return _reword(turn, draft, asked, found[2].strip())


def _reword(turn: Turn, draft: Round, asked: Asked, text: str) -> Reply | None:
    words = content(asked).model_copy(update={"text": dict.fromkeys(LANGUAGES, text)})
    rounds.reword(turn.db, asked.id, words.kept())
    turn.audit("round.tailored", f"round:{draft.id}", draft.collaboration_id)
    return draft_notice(turn, draft)


# --- adding -----------------------------------------------------------------------------------


@rounds_dialog.show("add")
def add_form(view: View, argument: str) -> Reply:
    """A question of the coordinator's own."""
    _draft(view, argument)
    say = view.say
    return Form(
        view.language,
        rounds_dialog.id("add", argument),
        say.t("Add a question"),
        (
            Field("text", say.t("What do you want to ask?"), "long", "", max_length=LONGEST),
            Field(
                "type",
                say.t("How is it answered?"),
                "choice",
                "text",
                tuple(Option(each, say.t(label)) for each, label in _TYPES.items()),
            ),
            Field(
                "where",
                say.t("Who sees the answers?"),
                "choice",
                OPEN,
                tuple(Option(each, say.t(label)) for each, label in _WHERES.items()),
            ),
        ),
        say.t("Add"),
        say.t("Cancel"),
        (Text(_one_language(view), "muted"),),
    )


@rounds_dialog.submit("add")
def add_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """One more question, the last one."""
    draft = _draft(turn, argument)
    text = str(sent.get("text") or "").strip()
    fault = _text_fault(text)
    if fault is not None:
        return FieldErrors({"text": turn.say.t(fault)})
    kind, where = str(sent.get("type") or "text"), str(sent.get("where") or OPEN)
    if kind not in _TYPES or where not in _WHERES:
        raise moved_on(turn)
    return _add(turn, draft, text, kind, where)


@rounds_dialog.command("add question", ("legg til", "nytt spørsmål"), "")
def add_command(turn: Turn, rest: str) -> Reply | None:
    """`legg til: …`, answered in one's own words where all can see it."""
    draft = _my_draft(turn)
    text = rest.strip().removeprefix(":").strip()
    fault = _text_fault(text)
    if fault is not None:
        raise Refusal(turn.say.t(fault))
    return _add(turn, draft, text, "text", OPEN)


def _add(turn: Turn, draft: Round, text: str, kind: str, where: str) -> Reply | None:
    if len(rounds.questions(turn.db, draft.id)) >= MOST:
        raise Refusal(turn.say.t("There is room for {n} questions in a round.", n=MOST))
    rounds.add_question(
        turn.db,
        draft.id,
        {
            "question_id": OWN,
            "pack_id": OWN,
            "pack_version": "1",
            "type": kind,
            "where": where,
            "content": _own(turn, draft, text, kind).kept(),
        },
    )
    turn.audit("round.tailored", f"round:{draft.id}", draft.collaboration_id)
    return draft_notice(turn, draft)


def _own(view: View, draft: Round, text: str, kind: str) -> Content:
    labels = view.packs.answer_labels
    options: Any = {"ypn": labels.ypn, "scale5": labels.scale5}.get(kind, ())
    return Content(
        text=dict.fromkeys(LANGUAGES, text),
        part=draft.name,
        options=tuple(
            Alternative(id=str(each.id), label=each.label.model_dump()) for each in options
        ),
    )
