"""A draft's questions: leave some out, word them anew, add one's own."""

from __future__ import annotations

import re
from typing import Any

from dialogs.authority import moved_on
from dialogs.language import LANGUAGES, n_
from dialogs.messages import (
    Field,
    FieldErrors,
    Form,
    Option,
    Reply,
    Text,
)
from dialogs.questions.content import Alternative, Content, content
from dialogs.questions.kind import says_something
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.tailoring import draft_notice, draft_of, my_draft
from dialogs.turn import Refusal, Turn, View
from storage import rounds
from storage.tables import Asked, Round, SeenBy

FEWEST, MOST = 1, 12  # questions in a round
LONGEST = 500  # characters of a question


OWN = "own"  # the pack that questions of the coordinator's are from


_TYPES = {
    "text": n_("In their own words"),
    "ypn": n_("Yes, partly or no"),
    "scale5": n_("A scale from 1 to 5"),
    "parties": n_("A list, one per line"),
}


_WHERES = {
    SeenBy.OPEN: n_("Everyone taking part"),
    SeenBy.HOUSE: n_("Colleagues in the own organisation"),
    SeenBy.PRIVATE: n_("Only the person, and part of a count"),
}


@rounds_dialog.show("leave_out")
def leave_out_form(view: View, argument: str) -> Reply:
    """Which questions to leave out."""
    draft = draft_of(view, argument)
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
    draft = draft_of(turn, argument)
    chosen = set(sent.get("questions") or ())
    gone = [each for each in rounds.questions(turn.db, draft.id) if str(each.id) in chosen]
    return _leave_out(turn, draft, gone)


@rounds_dialog.command("leave out", ("ta bort", "ta ut", "fjern"), "", takes=("og", "and"))
def leave_out_command(turn: Turn, rest: str) -> Reply | None:
    """`ta bort 2, 5`."""
    draft = my_draft(turn)
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


@rounds_dialog.show("reword")
def reword_form(view: View, argument: str) -> Reply:
    """Which question, and its new words."""
    draft = draft_of(view, argument)
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
    draft = draft_of(turn, argument)
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


@rounds_dialog.command(
    "reword", ("ordlyd", "omformuler", "endre ordlyd", "endre ordlyden"), "", takes=(), colon=True
)
def reword_command(turn: Turn, rest: str) -> Reply | None:
    """`ordlyd 3: …`."""
    draft = my_draft(turn)
    if not rest:
        return reword_form(turn, f"r{draft.id}")
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


@rounds_dialog.show("add")
def add_form(view: View, argument: str) -> Reply:
    """A question of the coordinator's own."""
    draft_of(view, argument)
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
                SeenBy.OPEN,
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
    draft = draft_of(turn, argument)
    text = str(sent.get("text") or "").strip()
    fault = _text_fault(text)
    if fault is not None:
        return FieldErrors({"text": turn.say.t(fault)})
    kind, where = str(sent.get("type") or "text"), str(sent.get("where") or SeenBy.OPEN)
    if kind not in _TYPES or where not in _WHERES:
        raise moved_on(turn)
    return _add(turn, draft, text, kind, where)


@rounds_dialog.command("add question", ("legg til", "nytt spørsmål"), "")
def add_command(turn: Turn, rest: str) -> Reply | None:
    """`legg til: …`, answered in one's own words where all can see it."""
    draft = my_draft(turn)
    text = rest.strip().removeprefix(":").strip()
    fault = _text_fault(text)
    if fault is not None:
        raise Refusal(turn.say.t(fault))
    return _add(turn, draft, text, "text", SeenBy.OPEN)


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
