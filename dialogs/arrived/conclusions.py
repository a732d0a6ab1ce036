"""Writing what was arrived at: the form, what follows from it, and earlier wordings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dialogs.arrived import when
from dialogs.arrived.dialog import arrived, fault, question_of, reads, visible
from dialogs.arrived.promising import SHORT, SHORT_NAME, day_fault, promise_it
from dialogs.arrived.shown import day_with_year_of, promise, show, signed
from dialogs.authority import moved_on, part
from dialogs.belonging import ask_organisation, let_in
from dialogs.buttons import row_number
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Fact,
    Facts,
    Field,
    FieldErrors,
    Form,
    Notice,
    Quote,
    Reply,
    Text,
)
from dialogs.naming import one_line
from dialogs.questions.content import content
from dialogs.questions.days import day_in
from dialogs.questions.kind import text_of
from dialogs.turn import Turn, View
from storage import actions, conclusions
from storage.actions import Promised
from storage.conclusions import Concluded
from storage.tables import ActionState, Asked, Conclusion, Round

LONGEST = 2_000  # characters: what people arrived at, not how


@arrived.show("write")
def form(view: View, argument: str) -> Reply:
    """The form, filled in with what stands."""
    asked, found = question_of(view, argument)
    reads(view, found.collaboration_id)
    say, standing = view.say, conclusions.of(view.db, asked.id)
    months = when.AT_FIRST if standing is None else standing.again_months or when.NEVER
    return Form(
        view.language,
        arrived.id("write", f"q{asked.id}", standing.wordings if standing else 0),
        say.t("What we arrived at"),
        (
            Field(
                "text",
                say.t("What did you arrive at?"),
                "long",
                standing.text if standing else "",
                max_length=LONGEST,
            ),
            *(() if _open_action(view, asked) else _action_fields(view)),
            when.field(view, months),
        ),
        say.t("Save"),
        say.t("Cancel"),
        (
            Text(say.pick(content(asked).text)),
            Text(say.t("Your name stands under it. Anybody can correct it later."), "muted"),
            Text(visible(view), "muted"),
        ),
    )


def _open_action(view: View, asked: Asked) -> Promised | None:
    own = actions.promised_on(view.db, asked.id)
    return next((each for each in own if each.state == ActionState.OPEN), None)


def _action_fields(view: View) -> tuple[Field, ...]:
    say = view.say
    hint = say.t("A person or an organisation. It becomes an action.")
    return (
        Field(
            "who",
            say.t("Who takes it further?"),
            "text",
            hint=hint,
            required=False,
            max_length=SHORT_NAME,
        ),
        Field("by_when", say.t("By when?"), "date", required=False),
    )


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """What somebody wrote: the words, who takes it further by when, when to ask when. `seen` is
    the wording that stood before their eyes, None when they typed without a form."""

    text: str
    who: str = ""
    by_when: date | None = None
    months: int = when.AS_IS
    seen: int | None = None


@arrived.submit("write")
def sent(turn: Turn, argument: str, values: dict[str, Any]) -> Reply | None:
    """What the form says; what does not fit is said by its field, and what was typed stays."""
    asked, found = question_of(turn, argument)
    let_in(turn, found.collaboration_id)
    text, who = text_of(values, "text").strip(), one_line(text_of(values, "who"))
    written = text_of(values, "by_when").strip()
    today = turn.calendar(found.collaboration_id).local_date(turn.now)
    day = day_in(written, today) if written else None
    faults = {
        "text": fault(turn, text, LONGEST),
        "who": fault(turn, who, SHORT_NAME) if who else None,
        "by_when": day_fault(turn, found.collaboration_id, written),
    }
    wrong = {name: each for name, each in faults.items() if each is not None}
    if wrong:
        return FieldErrors(wrong)
    months = when.chosen(text_of(values, "again"))
    return conclude(turn, asked, found, Written(text, who, day, months, _seen(turn, argument)))


def _seen(turn: Turn, argument: str) -> int:
    found = row_number(part(turn, argument, 1))
    if found is None:
        raise moved_on(turn)
    return found


def conclude(turn: Turn, asked: Asked, found: Round, written: Written) -> Notice:
    """Let it stand under the question in every place, and say what follows from it."""
    member = let_in(turn, found.collaboration_id)
    before = conclusions.shown(turn.db, asked.id)
    kept = _write(turn, asked, found, written.text)
    months = when.AT_FIRST if before is None and written.months == when.AS_IS else written.months
    when.plan(turn, kept, months)
    if written.who or written.by_when is not None:
        promise_it(
            turn,
            found.collaboration_id,
            text=_short(written.text),
            who=written.who,
            by_when=written.by_when,
            asked=asked,
        )
    show(turn, asked, found)
    made = _receipt(turn, asked, kept)
    if before is not None and before.text != written.text:
        made += _meanwhile(turn, before, written)
    if member.organisation_id is None:
        made += ask_organisation(turn, found.collaboration_id).message.elements
    return turn.notice(*made)


def _meanwhile(turn: Turn, before: Concluded, written: Written) -> list[Element]:
    """What took the place of words that the writer had not seen."""
    if written.seen in (None, before.wordings):
        return []
    return [
        Text(turn.say.t("Somebody else had written this in the meantime:")),
        Quote(before.text, before.by or ""),
        Text(turn.say.t("It is kept as an earlier wording. Correct yours if it belongs in.")),
    ]


def _write(turn: Turn, asked: Asked, found: Round, text: str) -> Conclusion:
    """What stands already is not written once more."""
    standing = conclusions.of(turn.db, asked.id)
    if standing is not None and standing.text == text:
        return standing
    kept = conclusions.write(turn.db, asked, found.collaboration_id, text, turn.me.id, turn.now)
    what = "conclusion.written" if standing is None else "conclusion.corrected"
    turn.audit(what, f"conclusion:{kept.id}", found.collaboration_id)
    return kept


def _short(text: str) -> str:
    """A conclusion as the words of an action: its first line, no longer than those may be."""
    line = text.splitlines()[0].rstrip(" .")
    return line if len(line) <= SHORT else line[: SHORT - 2] + " …"


def _receipt(turn: Turn, asked: Asked, kept: Conclusion) -> list[Element]:
    say = turn.say
    at = kept.again_at
    facts = [Fact(say.t("Ask again"), day_with_year_of(turn, at) if at else say.t("never"))]
    facts += [promise(say, each) for each in actions.promised_on(turn.db, asked.id)]
    write = arrived.id("write", f"q{asked.id}")
    add = Button(f"action:add:q{asked.id}", say.t("Add an action"), opens=True)
    remove = Button(
        arrived.id("remove", f"q{asked.id}"),
        say.t("Take it away"),
        opens=True,
        typed="fjern konklusjonen",
    )
    return [
        Text(say.t("It is saved, and stands in the question's thread and in the summary.")),
        Quote(kept.text),
        Facts(tuple(facts)),
        Text(visible(turn), "muted"),
        Buttons((Button(write, say.t("Correct it"), opens=True, typed="konklusjon"), add, remove)),
        when.choice(turn, asked),
    ]


@arrived.show("earlier")
def earlier(view: View, argument: str) -> Notice:
    """What stands and what stood before each correction, the oldest last."""
    asked, found = question_of(view, argument)
    reads(view, found.collaboration_id)
    stands = conclusions.shown(view.db, asked.id)
    if stands is None:
        raise moved_on(view)
    say = view.say
    made: list[Element] = [
        Text(say.t("What stands now"), "heading"),
        Quote(stands.text),
        Text(signed(say, stands.by, day_with_year_of(view, stands.at)), "muted"),
    ]
    before = conclusions.earlier(view.db, stands.id)
    if before:
        made.append(Text(say.t("What stood before"), "heading"))
    for wording, name in reversed(before):
        day = day_with_year_of(view, wording.written_at)
        made += [Quote(wording.text), Text(signed(say, name, day), "muted")]
    return view.notice(*made)
