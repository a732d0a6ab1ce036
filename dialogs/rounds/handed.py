"""One's own words in a question's thread, handed over as the answer."""

from __future__ import annotations

from dialogs.events import Handed
from dialogs.messages import Reply, Text
from dialogs.questions.content import content
from dialogs.questions.kind import LONGEST, NotUnderstood, meaning
from dialogs.questions.kinds import kind_of
from dialogs.rounds.answering import given
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.giving import seat_of
from dialogs.rounds.sight import ALONE, alone_in_house
from dialogs.rounds.thread_notices import answer_button
from dialogs.turn import Turn
from storage.seats import Seat
from storage.tables import SeenBy, Whose


@rounds_dialog.hand("answer")
def handed_over(turn: Turn, argument: str, event: Handed) -> Reply | None:
    """The words become the answer as if they had been written in the form: what stood before gives
    way, and a later edit of the message changes nothing."""
    say = turn.say
    if not argument.startswith("q"):
        return turn.notice(say.t("This thread belongs to no question. Nothing has been kept."))
    if not event.own:
        return turn.notice(
            say.t("Only whoever wrote a message can hand it over. Nothing has been kept.")
        )
    seat = seat_of(turn, argument)
    if (first := _rather_by_button(turn, seat, event.text)) is not None:
        return turn.notice(Text(first), answer_button(turn, seat.asked))
    try:
        status, value = meaning(kind_of(seat.asked), content(seat.asked), event.text)
    except NotUnderstood as fault:
        return turn.notice(Text(say.t(fault.hint)), answer_button(turn, seat.asked))
    return given(turn, seat, status, value)


def _rather_by_button(turn: Turn, seat: Seat, text: str) -> str | None:
    """Why these words cannot be the answer as they stand there, with a name and for all to read."""
    say = turn.say
    if len(text) > LONGEST:
        return say.t("The answer is too long: there is room for 20,000 characters.")
    if seat.round.whose == Whose.ANONYMOUS:
        return say.t(
            "This round is anonymous, and your name stands beside what you wrote here. I have not "
            "kept it. Press the button to answer."
        )
    if seat.asked.where != SeenBy.OPEN:
        return say.t(
            "The answer to this question is not for all to read, and this thread is. I have not "
            "kept what you wrote. Press the button to answer."
        )
    if seat.said is None and alone_in_house(turn, seat):
        return say.t(ALONE)
    return None
