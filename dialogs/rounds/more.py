"""One more thing: the follow-up to one person's answer, privately, once, optional."""

from __future__ import annotations

from typing import Any

from dialogs.authority import member_of, moved_on
from dialogs.language import n_
from dialogs.messages import (
    Button,
    Buttons,
    Divider,
    Element,
    Field,
    FieldErrors,
    Form,
    Notice,
    Reply,
    Text,
)
from dialogs.packs.rules import followup_due
from dialogs.questions.content import content
from dialogs.questions.kind import LONGEST
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.giving import seat_of
from dialogs.rounds.opening import answers_changed
from dialogs.rounds.respondents import seat as seat_before
from dialogs.rounds.sight import visible_to
from dialogs.rounds.summary import sum_up
from dialogs.turn import Turn, View
from storage import answers
from storage.seats import Seat
from storage.tables import AnswerStatus, RoundState


def one_thing_more(
    turn: Turn, seat: Seat, status: AnswerStatus, value: dict[str, Any] | None
) -> list[Element]:
    """The follow-up to one person's answer: privately, once, optional."""
    asked = seat.asked
    words = content(asked)
    if status != AnswerStatus.GIVEN or words.followup is None:
        return []
    today = turn.calendar(seat.round.collaboration_id).local_date(turn.now)
    if not followup_due(words.followup_when, value, today=today):
        return []
    stands = seat_before(turn, asked.id, turn.me.id)
    if stands is None or stands.answer is None or stands.answer.asked_more:
        return []
    answers.offered_more(turn.db, stands.answer.id)
    say = turn.say
    button = Button(
        rounds_dialog.id("more", f"q{asked.id}"), say.t("Add this"), opens=True, typed="utdyp"
    )
    return [
        Divider(),
        Text(say.t("If you like, one more thing:"), "muted"),
        Text(say.pick(words.followup)),
        Buttons((button,)),
    ]


@rounds_dialog.show("more")
def more_form(view: View, argument: str) -> Reply:
    """The form for the follow-up."""
    asked, found = asked_of(view, argument)
    member_of(view, found.collaboration_id)
    seat = seat_before(view, asked.id, view.me.id)
    answer = seat.answer if seat else None
    given = answer is not None and answer.status == AnswerStatus.GIVEN
    followup = content(asked).followup
    if answer is None or not given or followup is None:
        raise moved_on(view)
    say = view.say
    label = say.pick(followup)
    return Form(
        view.language,
        rounds_dialog.id("more", f"q{asked.id}"),
        say.t("One more thing"),
        (
            Field(
                "more",
                label,
                "long",
                answer.followup or "",
                max_length=LONGEST,
                required=False,
            ),
        ),
        say.t("Save"),
        say.t("Cancel"),
        (Text(visible_to(view, asked, found), "muted"),),
    )


@rounds_dialog.submit("more")
def more_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """What the person added."""
    text = str(sent.get("more", "")).strip()
    if len(text) > LONGEST:
        hint = n_("The answer is too long: there is room for 20,000 characters.")
        return FieldErrors({"more": turn.say.t(hint)})
    return add_more(turn, seat_of(turn, argument), text)


def add_more(turn: Turn, seat: Seat, text: str) -> Notice:
    """Keep what was added beside the answer."""
    if seat.answer is None or seat.answer.status != AnswerStatus.GIVEN:
        raise moved_on(turn)
    if not text:
        return turn.notice(turn.say.t("That is fine. Nothing was added."))
    closed = seat.round.state == RoundState.CLOSED
    answers.follow_up(turn.db, seat.answer, text, closed=closed)
    turn.audit("answer.more", f"asked:{seat.asked.id}", seat.round.collaboration_id)
    answers_changed(turn, seat.asked, seat.round, seat.answer.id)
    if closed:
        sum_up(turn, seat.round)
    return turn.confirmed(turn.say.t("Thank you. It is saved with your answer."))
