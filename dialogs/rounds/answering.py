"""Answering by a press or a form; changing and taking back."""

from __future__ import annotations

from typing import Any

from dialogs.authority import member_of, moved_on, part
from dialogs.belonging import ask_organisation, organisation_elements
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    FieldErrors,
    Form,
    Notice,
    Reply,
    Text,
)
from dialogs.questions.content import content
from dialogs.questions.kind import ANSWER, NotUnderstood
from dialogs.questions.kinds import kind_of
from dialogs.rounds.deeper import offer_deeper
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.giving import can_be_answered, give, seat_of
from dialogs.rounds.more import one_thing_more
from dialogs.rounds.proposals import propose
from dialogs.rounds.receipts import after_all, ask_to_replace, receipt_elements, would_replace
from dialogs.rounds.respondents import for_house, needs_organisation, takes_late_answers
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.sight import ALONE, alone_in_house, visible_to
from dialogs.rounds.waits import Wait, following
from dialogs.turn import Refusal, Turn, View
from storage import conversations
from storage.seats import Seat
from storage.tables import AnswerStatus, Asked, Pace, Round, RoundState


@rounds_dialog.act("choose")
def choose(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """One press on a choice or a scale."""
    seat = seat_of(turn, argument)
    chosen = _chosen(turn, seat, value or "")
    if seat.said is None and alone_in_house(turn, seat):
        return _alone_first(turn, seat, value or "")
    return given(turn, seat, AnswerStatus.GIVEN, chosen)


def _chosen(turn: Turn, seat: Seat, option: str) -> dict[str, Any] | None:
    """The value of an option that was pressed; a Refusal when the question has none such."""
    try:
        return kind_of(seat.asked).from_form(content(seat.asked), {ANSWER: option})
    except NotUnderstood as fault:
        raise Refusal(turn.say.t(fault.hint)) from None


def _alone_first(turn: Turn, seat: Seat, value: str) -> Notice:
    say = turn.say
    button = rounds_dialog.id("choose_alone", f"q{seat.asked.id}", value)
    return turn.notice(
        Text(say.t(ALONE)),
        Text(say.t("Nothing changes until you press the button."), "muted"),
        Buttons((Button(button, say.t("Answer all the same"), typed="svar"),)),
    )


@rounds_dialog.act("choose_alone")
def choose_alone(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """They know that others can tell whose answer it is."""
    seat = seat_of(turn, argument)
    return given(turn, seat, AnswerStatus.GIVEN, _chosen(turn, seat, part(turn, argument, 1)))


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
    if seat.said is None or seat.said.status == AnswerStatus.WITHDRAWN:
        return turn.notice(turn.say.t("There is no answer of yours to take back."))
    if not give(turn, seat, AnswerStatus.WITHDRAWN, None):
        return turn.notice(turn.say.t("You have given a newer answer, and it stands."))
    return taken_back(turn, seat)


def taken_back(turn: Turn, seat: Seat) -> Notice:
    """What taking an answer back did."""
    if seat.round.state == RoundState.CLOSED:
        return turn.confirmed(
            turn.say.t("Your answer is taken back."),
            turn.say.t("The round is finished, so what you had answered is kept as a revision."),
        )
    erased = Text(turn.say.t("Your answer is taken back and erased."))
    return turn.confirmed(erased, after_all(turn, seat.asked))


@rounds_dialog.show("answer")
def answer_form(view: View, argument: str) -> Reply:
    """The form with the right input, filled in when there is an answer."""
    asked, found = asked_of(view, argument)
    if not can_be_answered(view, asked, found) or not takes_late_answers(found):
        raise moved_on(view)
    here = view.place is not None and view.place.collaboration_id == found.collaboration_id
    if not here:
        member_of(view, found.collaboration_id)
    seat = seat_before(view, asked.id, view.person.id) if view.person else None
    member = seat.member if seat is not None else None
    if needs_organisation(found) and (member is None or member.organisation_id is None):
        first = Text(view.say.t("Choose your organisation first."))  # else what is written is lost
        return view.notice(first, *organisation_elements(view, found.collaboration_id))
    standing = seat.answer.value if seat and seat.answer else None
    say = view.say
    return Form(
        view.language,
        rounds_dialog.id("answer", f"q{asked.id}"),
        say.t("Your answer"),
        kind_of(asked).fields(content(asked), say, standing),
        say.t("Save"),
        say.t("Cancel"),
        _form_intro(view, asked, found, seat),
    )


def _form_intro(view: View, asked: Asked, found: Round, seat: Seat | None) -> tuple[Element, ...]:
    intro: tuple[Element, ...] = (Text(visible_to(view, asked, found), "muted"),)
    if seat is not None and alone_in_house(view, seat):
        intro += (Text(view.say.t(ALONE)),)
    return intro


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
    """Record, and tell the person what stands, with the next question for those who walk alone; ask
    for their organisation if it is not known. The question waits for their words no longer."""
    if seat.talks:
        conversations.stop_for(turn.db, turn.me.id, seat.asked.id)
    if seat.member is not None and seat.member.organisation_id is None:
        if needs_organisation(seat.round):
            asks = ask_organisation(turn, seat.round.collaboration_id)
            first = Text(turn.say.t("Choose your organisation first, and then answer once more."))
            return turn.notice(first, *asks.message.elements)
    elif for_house(seat.round, seat.asked):
        proposed = propose(turn, seat, status, value)
        if proposed is not None:
            return _and_on(turn, seat, proposed)
    if not give(turn, seat, status, value):
        return turn.notice(Text(turn.say.t("You have given a newer answer, and it stands.")))
    return _and_on(turn, seat, saved(turn, seat, status, value))


def _and_on(turn: Turn, seat: Seat, reply: Notice) -> Notice:
    """In a direct message, the next question of a round that everybody walks through alone."""
    direct = turn.place is not None and turn.place.person_id == turn.me.id
    if not direct or seat.round.pace != Pace.SELF:
        return reply
    home = seat.round.collaboration_id
    return turn.notice(
        *reply.message.elements, *following(turn, seat.asked, home, Wait(seat.asked.id))
    )


def saved(turn: Turn, seat: Seat, status: AnswerStatus, value: dict[str, Any] | None) -> Notice:
    """The receipt of an answer that was recorded now."""
    if seat.member is not None and seat.member.organisation_id is None:
        asks = ask_organisation(turn, seat.round.collaboration_id)
        kept = Text(
            turn.say.t("Your answer is saved, and counts when you have chosen your organisation.")
        )
        return turn.confirmed(kept, *asks.message.elements)
    elements = receipt_elements(turn, seat.asked, seat.round, status, value)
    more = one_thing_more(turn, seat, status, value)
    return turn.confirmed(*elements, *more, *offer_deeper(turn, seat.asked, seat.round, status))
