"""What a person gets to see of an answer just given: what stands, who sees it, how to change it."""

from __future__ import annotations

from typing import Any

from dialogs.authority import member_of
from dialogs.messages import Button, Buttons, Element, Notice, Text
from dialogs.questions.shown import said_back
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.privacy import privacy_of
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.sight import visible_later, visible_to
from dialogs.turn import View
from storage.seats import Seat
from storage.tables import AnswerStatus, Asked, AskedState, Round, SeenBy


@rounds_dialog.again("choose")
@rounds_dialog.again("dont_know_instead")
@rounds_dialog.again("skip_instead")
@rounds_dialog.again("answer")
def receipt(view: View, argument: str) -> Notice:
    """What stands, for somebody who pressed twice."""
    asked, found = asked_of(view, argument)
    member_of(view, found.collaboration_id)
    seat = seat_before(view, asked.id, view.me.id)
    if seat is None or seat.answer is None:
        return view.notice(view.say.t("I already have this."))
    status = AnswerStatus(seat.answer.status)
    return view.notice(*receipt_elements(view, asked, found, status, seat.answer.value))


@rounds_dialog.again("dont_know")
def dont_know_again(view: View, argument: str) -> Notice:
    """The same question once more, or what stands."""
    return _again(view, argument, AnswerStatus.DONT_KNOW)


@rounds_dialog.again("skip")
def skip_again(view: View, argument: str) -> Notice:
    """The same question once more, or what stands."""
    return _again(view, argument, AnswerStatus.SKIPPED)


def _again(view: View, argument: str, status: AnswerStatus) -> Notice:
    asked, _ = asked_of(view, argument)
    seat = seat_before(view, asked.id, view.me.id)
    if seat is None or not would_replace(seat, status):
        return receipt(view, argument)
    return view.notice(*ask_to_replace(view, asked, status))


def would_replace(seat: Seat, status: AnswerStatus) -> bool:
    """Whether a "don't know" or a skip would cost an answer in words or by choice."""
    given = seat.answer is not None and seat.answer.status == AnswerStatus.GIVEN
    return given and status in (AnswerStatus.DONT_KNOW, AnswerStatus.SKIPPED)


def ask_to_replace(view: View, asked: Asked, status: AnswerStatus) -> tuple[Element, ...]:
    """Nothing has changed yet: do they mean it?"""
    say = view.say
    skips = status == AnswerStatus.SKIPPED
    action = "skip_instead" if skips else "dont_know_instead"
    label = say.t("Yes, skip") if skips else say.t("Yes, «don't know»")
    button = Button(rounds_dialog.id(action, f"q{asked.id}"), label, "danger", typed="endre")
    return (
        Text(say.t("You have answered this. Do you want to replace your answer?")),
        Text(say.t("Nothing changes until you press the button."), "muted"),
        Buttons((button,)),
    )


def after_all(view: View, asked: Asked) -> Buttons:
    """How to answer what one has just let be: it waits for nobody's words any more."""
    answer = rounds_dialog.id("answer", f"q{asked.id}")
    return Buttons((Button(answer, view.say.t("Answer after all"), opens=True, typed="endre"),))


def receipt_elements(
    view: View, asked: Asked, found: Round, status: AnswerStatus, value: dict[str, Any] | None
) -> tuple[Element, ...]:
    """What was saved, who will see it, and how to change it."""
    say, argument = view.say, f"q{asked.id}"
    if status == AnswerStatus.SKIPPED:
        return (Text(say.t("Skipped. That is fine.")), after_all(view, asked))
    return (
        Text(say.t("Your answer is saved.")),
        said_back(asked, value, say),
        Text(_when_seen(view, asked, found), "muted"),
        Buttons(
            (
                Button(
                    rounds_dialog.id("answer", argument), say.t("Change"), opens=True, typed="endre"
                ),
                Button(
                    rounds_dialog.id("withdraw", argument),
                    say.t("Take back"),
                    "danger",
                    typed="trekk tilbake",
                ),
            )
        ),
    )


def _when_seen(view: View, asked: Asked, found: Round) -> str:
    unopened = asked.state == AskedState.ASKED and asked.where == SeenBy.OPEN
    hidden = unopened and privacy_of(found).before_close
    return (visible_later if hidden else visible_to)(view, asked, found)
