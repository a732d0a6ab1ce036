"""Answering by a press or a form; changing and taking back."""

from __future__ import annotations

from typing import Any

from dialogs.authority import member_of, moved_on
from dialogs.belonging import ask_organisation
from dialogs.dialog import Refusal, Turn, View
from dialogs.messages import FieldErrors, Form, Notice, Reply, Text
from dialogs.questions.content import content
from dialogs.questions.kind import ANSWER, NotUnderstood
from dialogs.questions.kinds import kind_of
from dialogs.rounds.asking import visible_to
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.giving import give, seat_of
from dialogs.rounds.more import one_thing_more
from dialogs.rounds.receipts import ask_to_replace, receipt_elements, would_replace
from storage import rounds
from storage.rounds import Seat
from storage.tables import AnswerStatus, AskedState, RoundState


@rounds_dialog.act("choose")
def choose(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """One press on a choice or a scale."""
    seat = seat_of(turn, argument)
    try:
        chosen = kind_of(seat.asked).from_form(content(seat.asked), {ANSWER: value or ""})
    except NotUnderstood as fault:
        raise Refusal(turn.say.t(fault.hint)) from None
    return given(turn, seat, AnswerStatus.GIVEN, chosen)


@rounds_dialog.act("dont_know")
def dont_know(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """ "Don't know" is a full answer."""
    return _unless_answered(turn, argument, AnswerStatus.DONT_KNOW)


@rounds_dialog.act("skip")
def skip(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Not this one."""
    return _unless_answered(turn, argument, AnswerStatus.SKIPPED)


def _unless_answered(turn: Turn, argument: str, status: AnswerStatus) -> Reply | None:
    """A stray press costs nobody their answer: it asks first."""
    seat = seat_of(turn, argument)
    if would_replace(seat, status):
        return turn.notice(*ask_to_replace(turn, seat.asked, status))
    return given(turn, seat, status, None)


@rounds_dialog.act("dont_know_instead")
def dont_know_instead(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """They meant it: "don't know" instead of what they had answered."""
    return given(turn, seat_of(turn, argument), AnswerStatus.DONT_KNOW, None)


@rounds_dialog.act("skip_instead")
def skip_instead(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """They meant it: no answer instead of what they had answered."""
    return given(turn, seat_of(turn, argument), AnswerStatus.SKIPPED, None)


@rounds_dialog.act("withdraw")
def withdraw(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Take the answer back: what was written is erased."""
    seat = seat_of(turn, argument)
    if seat.answer is None or seat.answer.status == AnswerStatus.WITHDRAWN:
        return turn.notice(turn.say.t("There is no answer of yours to take back."))
    if not give(turn, seat, AnswerStatus.WITHDRAWN, None):
        return turn.notice(turn.say.t("You have given a newer answer, and it stands."))
    return taken_back(turn, seat)


def taken_back(turn: Turn, seat: Seat) -> Notice:
    """What taking an answer back did."""
    if seat.round.state == RoundState.CLOSED:
        return turn.notice(
            turn.say.t("Your answer is taken back."),
            turn.say.t("The round is finished, so what you had answered is kept as a revision."),
        )
    return turn.notice(turn.say.t("Your answer is taken back and erased."))


@rounds_dialog.show("answer")
def answer_form(view: View, argument: str) -> Reply:
    """The form with the right input, filled in when there is an answer."""
    asked, found = asked_of(view, argument)
    if asked.state == AskedState.WAITING:
        raise moved_on(view)
    here = view.place is not None and view.place.collaboration_id == found.collaboration_id
    if not here:
        member_of(view, found.collaboration_id)
    seat = rounds.seat(view.db, asked.id, view.person.id) if view.person else None
    standing = seat.answer.value if seat and seat.answer else None
    say = view.say
    return Form(
        view.language,
        rounds_dialog.id("answer", f"q{asked.id}"),
        say.t("Your answer"),
        kind_of(asked).fields(content(asked), say, standing),
        say.t("Save"),
        say.t("Cancel"),
        (Text(visible_to(view, asked), "muted"),),
    )


@rounds_dialog.submit("answer")
def answer_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """The form's answer; what does not fit is said by the field, and what was typed stays."""
    seat = seat_of(turn, argument)
    try:
        value = kind_of(seat.asked).from_form(content(seat.asked), sent)
    except NotUnderstood as fault:
        return FieldErrors({fault.field: turn.say.t(fault.hint)})
    return given(turn, seat, AnswerStatus.GIVEN, value)


def given(turn: Turn, seat: Seat, status: AnswerStatus, value: dict[str, Any] | None) -> Notice:
    """Record, and tell the person what stands; ask for their organisation if it is not known."""
    if not give(turn, seat, status, value):
        return turn.notice(Text(turn.say.t("You have given a newer answer, and it stands.")))
    return saved(turn, seat, status, value)


def saved(turn: Turn, seat: Seat, status: AnswerStatus, value: dict[str, Any] | None) -> Notice:
    """The receipt of an answer that was recorded now."""
    if seat.member is not None and seat.member.organisation_id is None:
        asks = ask_organisation(turn, seat.round.collaboration_id)
        kept = Text(
            turn.say.t("Your answer is saved, and counts when you have chosen your organisation.")
        )
        return turn.notice(kept, *asks.message.elements)
    elements = receipt_elements(turn, seat.asked, seat.round, status, value)
    return turn.notice(*elements, *one_thing_more(turn, seat, status, value))
