"""What a person is told privately about what they wrote in a question's thread."""

from __future__ import annotations

from dialogs.messages import Button, Buttons, Notice, Quote, Text
from dialogs.questions.shown import QUOTED, cut
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.respondents import seat as seat_before
from dialogs.turn import Turn
from storage import heard, memberships
from storage.tables import AnswerStatus, Asked, Round


def too_long(turn: Turn) -> Notice:
    """What was written is longer than any answer may be, and was not kept."""
    return turn.notice(
        turn.say.t("The answer is too long: there is room for 20,000 characters."),
        turn.say.t("I have not kept it. Shorten it by editing your message."),
    )


def does_not_fit(turn: Turn, asked: Asked) -> Notice:
    """What was written last does not go with what stands: say how to answer instead."""
    return turn.notice(
        turn.say.t("This is more than an answer has room for. I have kept what stood before."),
        answer_button(turn, asked),
    )


def answer_button(turn: Turn, asked: Asked) -> Buttons:
    """The way to answer outside the thread."""
    answer = rounds_dialog.id("answer", f"q{asked.id}")
    label = turn.say.t("Answer or change")
    return Buttons((Button(answer, label, "primary", opens=True, typed="svar"),))


def stands_elsewhere(turn: Turn, asked: Asked) -> Notice | None:
    """Once for each answer that was given by form or button: it stands, what is written is talk."""
    assert turn.place is not None
    seat = seat_before(turn, asked.id, turn.me.id)
    if seat is None or seat.answer is None:
        return None
    given = seat.answer.at
    everything = heard.in_place(turn.db, asked.id, turn.place.id)
    own = [each for each in everything if each.person_id == turn.me.id]
    if sum(each.at > given and not each.talk for each in own) != 1 or own[-1].talk:
        return None
    change = Button(
        rounds_dialog.id("answer", f"q{asked.id}"), turn.say.t("Change"), opens=True, typed="endre"
    )
    return turn.notice(
        turn.say.t(
            "You have answered this already, and that answer stands. What you write in the thread "
            "is talk."
        ),
        Buttons((change,)),
    )


def nothing_left(turn: Turn, asked: Asked, place_id: int) -> tuple[Text, Buttons] | None:
    """The answer was taken away though later words of the same person stand in the thread: they
    were not kept, and only their author can make an answer of them."""
    seat = seat_before(turn, asked.id, turn.me.id)
    if seat is None or seat.answer is None or seat.answer.status != AnswerStatus.WITHDRAWN:
        return None
    everything = heard.in_place(turn.db, asked.id, place_id)
    own = [each for each in everything if each.person_id == turn.me.id]
    if not any(not each.deleted and not each.talk for each in own):
        return None
    said = Text(
        turn.say.t(
            "You have no answer to this question now. I have not kept what you wrote later in the "
            "thread, since it was talk by then."
        )
    )
    return said, answer_button(turn, asked)


def taken_as_answer(turn: Turn, asked: Asked, found: Round, message: str) -> Notice | None:
    """A message was taken as the answer: said once in a collaboration, or each time to those who
    want receipts."""
    member = memberships.of(turn.db, turn.me.id, found.collaboration_id)
    if member is None or (member.told_thread and not turn.me.text_receipts):
        return None
    assert turn.place is not None
    row = heard.of_message(turn.db, turn.place.id, message)
    if row is None or row.text is None:
        return None
    memberships.told(turn.db, member.id, "told_thread")
    say, argument = turn.say, f"q{asked.id}"
    return turn.confirmed(
        Text(say.t("I took this as your answer:")),
        Quote(cut(row.text, QUOTED)),
        Buttons(
            (
                Button(rounds_dialog.id("not_answer", argument, row.id), say.t("Not an answer")),
                Button(
                    rounds_dialog.id("answer", argument), say.t("Change"), opens=True, typed="endre"
                ),
            )
        ),
    )
