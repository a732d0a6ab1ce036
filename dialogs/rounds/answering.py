"""Answering: by a press, a form or typed words in a direct message; changing and taking back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from dialogs.authority import member_of, moved_on, number, stranger
from dialogs.belonging import ask_organisation, let_in
from dialogs.calendar import WorkCalendar
from dialogs.dialog import Refusal, Turn, View
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
    Quote,
    Reply,
    Text,
)
from dialogs.packs.rule_models import FollowupRule
from dialogs.packs.rules import followup_due
from dialogs.rounds import values
from dialogs.rounds.asking import answer_controls, visible_to
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.opening import answers_changed, open_when_all_have
from dialogs.rounds.summary import sum_up
from storage import answers, conversations, people, rounds
from storage.rounds import Seat
from storage.tables import (
    Answer,
    AnswerStatus,
    Asked,
    AskedState,
    Conversation,
    Round,
    RoundState,
    Way,
)

WAIT = timedelta(hours=12)
_FOLLOWUP: TypeAdapter[Any] = TypeAdapter(FollowupRule)


def seat_of(turn: Turn, argument: str) -> Seat:
    """The presser's seat before a question that can be answered; strangers in a channel of the
    collaboration are let in."""
    found = rounds.seat(turn.db, number(turn, argument, "q"), turn.me.id)
    if found is None or found.asked.state == AskedState.WAITING:
        raise moved_on(turn)
    if found.member is None:
        member = let_in(turn, found.round.collaboration_id)
        return Seat(found.asked, found.round, member, found.answer)
    return found


def give(
    turn: Turn,
    seat: Seat,
    status: AnswerStatus,
    value: dict[str, Any] | None,
    *,
    place_id: int | None = None,
) -> bool:
    """Record an answer and everything that follows from it; False when a later one stands.

    With `place_id` it was written in that place's thread: what stands there has been put in order
    by then. Any other answer, or taking it back, makes talk of what the person wrote in threads.
    """
    member, asked, found = seat.member, seat.asked, seat.round
    assert member is not None
    at = turn.at
    if place_id is not None and seat.answer is not None:
        at = max(at, seat.answer.at)
    stands = answers.record(
        turn.db,
        asked.id,
        member.person_id,
        member.organisation_id,
        standing=seat.answer,
        status=status,
        value=value,
        at=at,
        closed=found.state == RoundState.CLOSED,
        place_id=place_id,
    )
    if not stands:
        return False
    if place_id is None and found.way == Way.THREAD:
        answers.forget_words(turn.db, asked.id, member.person_id)
    turn.audit(f"answer.{status}", f"asked:{asked.id}", found.collaboration_id)
    if not open_when_all_have(turn, asked, found):
        answer_id = seat.answer.id if seat.answer else None
        answers_changed(turn, asked, found, answer_id)
    if found.state == RoundState.CLOSED:
        sum_up(turn, found)
    return True


@rounds_dialog.act("choose")
def choose(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """One press on a choice or a scale."""
    seat = seat_of(turn, argument)
    try:
        chosen = values.from_form(seat.asked.type, seat.asked.content, value or "")
    except values.NotUnderstood as fault:
        raise Refusal(turn.say.t(fault.hint)) from None
    return _given(turn, seat, AnswerStatus.GIVEN, chosen)


@rounds_dialog.act("dont_know")
def dont_know(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """ "Don't know" is a full answer."""
    return _given(turn, seat_of(turn, argument), AnswerStatus.DONT_KNOW, None)


@rounds_dialog.act("skip")
def skip(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Not this one."""
    return _given(turn, seat_of(turn, argument), AnswerStatus.SKIPPED, None)


@rounds_dialog.act("withdraw")
def withdraw(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Take the answer back: what was written is erased."""
    seat = seat_of(turn, argument)
    if seat.answer is None or seat.answer.status == AnswerStatus.WITHDRAWN:
        return turn.notice(turn.say.t("There is no answer of yours to take back."))
    give(turn, seat, AnswerStatus.WITHDRAWN, None)
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
        (values.field(asked.type, asked.content, say, standing),),
        say.t("Save"),
        say.t("Cancel"),
        (Text(visible_to(view, asked), "muted"),),
    )


@rounds_dialog.submit("answer")
def answer_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """The form's answer; what does not fit is said by the field, and what was typed stays."""
    seat = seat_of(turn, argument)
    try:
        value = values.from_form(seat.asked.type, seat.asked.content, sent.get("answer", ""))
    except values.NotUnderstood as fault:
        return FieldErrors({"answer": turn.say.t(fault.hint)})
    return _given(turn, seat, AnswerStatus.GIVEN, value)


def _given(
    turn: Turn, seat: Seat, status: AnswerStatus, value: dict[str, Any] | None
) -> Reply | None:
    """Record, and tell the person what stands; ask for their organisation if it is not known."""
    fresh = give(turn, seat, status, value)
    if seat.member is not None and seat.member.organisation_id is None:
        asks = ask_organisation(turn, seat.round.collaboration_id)
        saved = Text(
            turn.say.t("Your answer is saved, and counts when you have chosen your organisation.")
        )
        return turn.notice(saved, *asks.message.elements)
    elements = list(receipt_elements(turn, seat.asked, seat.round, status, value))
    if not fresh:
        elements = [Text(turn.say.t("You have given a newer answer, and it stands."))]
    if fresh:
        elements += _one_thing_more(turn, seat, status, value)
    return turn.notice(*elements)


@rounds_dialog.again("choose")
@rounds_dialog.again("dont_know")
@rounds_dialog.again("skip")
@rounds_dialog.again("answer")
def receipt(view: View, argument: str) -> Notice:
    """What stands, for somebody who pressed twice."""
    asked, found = asked_of(view, argument)
    member_of(view, found.collaboration_id)
    seat = rounds.seat(view.db, asked.id, view.me.id)
    if seat is None or seat.answer is None:
        return view.notice(view.say.t("I have this already."))
    status = AnswerStatus(seat.answer.status)
    return view.notice(*receipt_elements(view, asked, found, status, seat.answer.value))


def receipt_elements(
    view: View, asked: Asked, found: Round, status: AnswerStatus, value: dict[str, Any] | None
) -> tuple[Element, ...]:
    """What was saved, who will see it, and how to change it."""
    say, argument = view.say, f"q{asked.id}"
    if status == AnswerStatus.SKIPPED:
        answer = rounds_dialog.id("answer", argument)
        button = Button(answer, say.t("Answer after all"), opens=True, typed="endre")
        return (Text(say.t("Skipped. That is fine.")), Buttons((button,)))
    shown = values.shown(asked.type, asked.content, value, say)
    short = shown if len(shown) <= 600 else shown[:600] + " …"
    return (
        Text(say.t("Your answer is saved.")),
        Quote(short),
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
    hidden = asked.state == AskedState.ASKED and found.state == RoundState.OPEN
    if hidden and asked.where == "open":
        return (
            view.say.t("Nobody sees it before the answers are opened.")
            + " "
            + visible_to(view, asked)
        )
    return visible_to(view, asked)


# --- one thing more ---------------------------------------------------------------------------


def _one_thing_more(
    turn: Turn, seat: Seat, status: AnswerStatus, value: dict[str, Any] | None
) -> list[Element]:
    """The follow-up to one person's answer: privately, once, optional."""
    asked = seat.asked
    if status != AnswerStatus.GIVEN or asked.content["followup"] is None:
        return []
    rule = _FOLLOWUP.validate_python(asked.content["followup_when"], strict=False)
    home = people.collaboration(turn.db, seat.round.collaboration_id)
    today = WorkCalendar(home.country, home.zone).local_date(turn.now)
    if not followup_due(rule, value, today=today):
        return []
    stands = rounds.seat(turn.db, asked.id, turn.me.id)
    if stands is None or stands.answer is None or stands.answer.asked_more:
        return []
    answers.offered_more(turn.db, stands.answer.id)
    say = turn.say
    button = Button(
        rounds_dialog.id("more", f"q{asked.id}"), say.t("Add this"), opens=True, typed="utdyp"
    )
    return [
        Divider(),
        Text(say.t("If you like, one thing more:"), "muted"),
        Text(say.pick(asked.content["followup"])),
        Buttons((button,)),
    ]


@rounds_dialog.show("more")
def more_form(view: View, argument: str) -> Reply:
    """The form for the follow-up."""
    asked, found = asked_of(view, argument)
    member_of(view, found.collaboration_id)
    seat = rounds.seat(view.db, asked.id, view.me.id)
    answer = seat.answer if seat else None
    given = answer is not None and answer.status == AnswerStatus.GIVEN
    if answer is None or not given or asked.content["followup"] is None:
        raise moved_on(view)
    say = view.say
    label = say.pick(asked.content["followup"])
    return Form(
        view.language,
        rounds_dialog.id("more", f"q{asked.id}"),
        say.t("One thing more"),
        (
            Field(
                "more",
                label,
                "long",
                answer.followup or "",
                max_length=values.LONGEST,
                required=False,
            ),
        ),
        say.t("Save"),
        say.t("Cancel"),
        (Text(visible_to(view, asked), "muted"),),
    )


@rounds_dialog.submit("more")
def more_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """What the person added."""
    text = str(sent.get("more", "")).strip()
    if len(text) > values.LONGEST:
        hint = n_("The answer is too long: 20,000 characters is the most.")
        return FieldErrors({"more": turn.say.t(hint)})
    return add_more(turn, seat_of(turn, argument), text)


def add_more(turn: Turn, seat: Seat, text: str) -> Reply:
    """Keep what was added beside the answer."""
    if seat.answer is None or seat.answer.status != AnswerStatus.GIVEN:
        raise moved_on(turn)
    if not text:
        return turn.notice(turn.say.t("That is fine. Nothing was added."))
    answers.follow_up(turn.db, seat.answer.id, text)
    turn.audit("answer.more", f"asked:{seat.asked.id}", seat.round.collaboration_id)
    answers_changed(turn, seat.asked, seat.round, seat.answer.id)
    if seat.round.state == RoundState.CLOSED:
        sum_up(turn, seat.round)
    return turn.notice(turn.say.t("Thank you. It is saved with your answer."))


# --- typed in a direct message ----------------------------------------------------------------


@rounds_dialog.command(
    "answer",
    ("svar", "svare", "spørsmål", "question"),
    n_("answer the question that waits for you"),
)
def answer_command(turn: Turn, rest: str) -> Reply | None:
    """Bring the open question, to answer by words or buttons."""
    here = turn.place.collaboration_id if turn.place else None
    waiting = rounds.waits_for(turn.db, turn.me.id, here)
    if not waiting:
        return turn.notice(turn.say.t("No question waits for you now."))
    return turn.notice(*bring(turn, waiting[0], left=len(waiting) - 1))


@rounds_dialog.act("bring")
def bring_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The same by a button, as in reminders."""
    return answer_command(turn, "")


def bring(turn: Turn, asked: Asked, *, left: int = 0) -> list[Element]:
    """A question as it is asked privately; the next words in this direct message answer it."""
    found = rounds.one(turn.db, asked.round_id)
    if found is None:
        raise moved_on(turn)
    if turn.place is not None and turn.place.person_id == turn.me.id:
        conversations.wait_for(
            turn.db,
            person_id=turn.me.id,
            place_id=turn.place.id,
            collaboration_id=found.collaboration_id,
            dialog="round",
            step="answer",
            data={"asked": asked.id},
            expires_at=turn.now + WAIT,
        )
    return private_question(turn, asked, found, left)


def private_question(view: View, asked: Asked, found: Round, left: int) -> list[Element]:
    """The question with its collaboration's name, who sees the answer, and how to type one."""
    say = view.say
    home = people.collaboration(view.db, found.collaboration_id)
    heading = say.pick(asked.content["text"])
    elements: list[Element] = [
        Text(f"{home.name} · {say.pick(asked.content['part'])}", "muted"),
        Text(heading, "heading"),
        Text(visible_to(view, asked), "muted"),
    ]
    if asked.type in ("ypn", "scale5", "pick", "multi"):
        chosen = values.options(asked.content, say)
        lines = [f"{n}. {option.label}" for n, option in enumerate(chosen, start=1)]
        elements.append(Text("\n".join(lines)))
        hint = say.t("Write the number, or press a button.")
        if asked.type == "multi":
            hint = say.t("Write the numbers of what you choose, with commas between.")
    elif asked.type == "parties":
        hint = say.t("Write one per line, or separate them with commas.")
    else:
        hint = say.t("Write your answer here, or press a button.")
    elements.append(Text(hint, "muted"))
    elements += answer_controls(view, asked, found)
    if left:
        elements.append(
            Text(say.tn("{n} question more waits.", "{n} questions more wait.", left), "muted")
        )
    return elements


@rounds_dialog.wait("answer")
def typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """Words that answer the question which waits."""
    seat = seat_of(turn, f"q{int(waits.data['asked'])}")
    status, value = AnswerStatus.GIVEN, None
    if values.means_dont_know(text):
        status = AnswerStatus.DONT_KNOW
    elif values.means_skip(text):
        status = AnswerStatus.SKIPPED
    else:
        try:
            value = values.from_typed(seat.asked.type, seat.asked.content, text)
        except values.NotUnderstood as fault:
            return turn.notice(
                turn.say.t(fault.hint),
                Text(turn.say.t("The question still waits. «stop» lets it go."), "muted"),
            )
    assert turn.place is not None
    conversations.stop(turn.db, turn.me.id, turn.place.id)
    reply = _given(turn, seat, status, value)
    waiting = [
        each
        for each in rounds.waits_for(turn.db, turn.me.id, seat.round.collaboration_id)
        if each.id != seat.asked.id
    ]
    known = seat.member is not None and seat.member.organisation_id is not None
    if not waiting or not known or not isinstance(reply, Notice):
        return reply
    following = bring(turn, waiting[0], left=len(waiting) - 1)
    return turn.notice(*reply.message.elements, Divider(), *following)


@rounds_dialog.wait("more")
def more_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """Words that answer the follow-up."""
    assert turn.place is not None
    if len(text) > values.LONGEST:
        hint = n_("The answer is too long: 20,000 characters is the most.")
        return turn.notice(turn.say.t(hint))
    conversations.stop(turn.db, turn.me.id, turn.place.id)
    seat = seat_of(turn, f"q{int(waits.data['asked'])}")
    if values.means_skip(text) or values.means_dont_know(text):
        text = ""
    return add_more(turn, seat, text.strip())


def _latest(turn: Turn) -> tuple[Answer, Asked, Round]:
    answer = answers.latest_of(turn.db, turn.me.id)
    if answer is None:
        raise Refusal(turn.say.t("You have not answered anything yet."))
    asked, found = asked_of(turn, f"q{answer.asked_id}")
    if people.membership(turn.db, turn.me.id, found.collaboration_id) is None:
        raise stranger(turn)
    return answer, asked, found


@rounds_dialog.command("change", ("endre", "endre svar", "endre svaret"), "")
def change_command(turn: Turn, rest: str) -> Reply | None:
    """Ask the question that was answered last once more."""
    _, asked, _ = _latest(turn)
    return turn.notice(*bring(turn, asked))


@rounds_dialog.command("withdraw", ("trekk tilbake", "trekk", "take back", "slett svar"), "")
def withdraw_command(turn: Turn, rest: str) -> Reply | None:
    """Take back the answer that was given last."""
    _, asked, _ = _latest(turn)
    return withdraw(turn, f"q{asked.id}", None)


@rounds_dialog.command("more", ("utdyp", "utdjup", "add"), "")
def more_command(turn: Turn, rest: str) -> Reply | None:
    """Let the next words answer the follow-up of the latest answer."""
    answer, asked, found = _latest(turn)
    if not answer.asked_more or asked.content["followup"] is None:
        return turn.notice(turn.say.t("There is nothing more to add to now."))
    if turn.place is not None and turn.place.person_id == turn.me.id:
        conversations.wait_for(
            turn.db,
            person_id=turn.me.id,
            place_id=turn.place.id,
            collaboration_id=found.collaboration_id,
            dialog="round",
            step="more",
            data={"asked": asked.id},
            expires_at=turn.now + WAIT,
        )
    return turn.notice(turn.say.pick(asked.content["followup"]))
