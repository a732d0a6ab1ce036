"""One answer from each organisation: somebody proposes, colleagues agree, one of them gives it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dialogs.authority import member_of, moved_on
from dialogs.messages import Button, Buttons, Element, Message, Notice, Quote, Reply, Text
from dialogs.questions.content import content
from dialogs.questions.shown import QUOTED, cut, shown
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.giving import give, seat_of
from dialogs.rounds.respondents import takes_late_answers
from dialogs.turn import Refusal, Turn, View
from storage import answers, collaborations, memberships, places, proposals
from storage.proposals import Proposed
from storage.seats import Seat
from storage.tables import AnswerStatus, Asked, AskedState, Membership, Round

Proposing = tuple[int, int]  # an asked question, and the organisation that has it before it


def propose(
    turn: Turn, seat: Seat, status: AnswerStatus, value: dict[str, Any] | None
) -> Notice | None:
    """Share a proposal with the colleagues; None when there are none, and the answer can be given.

    To skip is one person's own affair: it proposes nothing and gives nothing.
    """
    member, asked, found = seat.member, seat.asked, seat.round
    assert member is not None
    assert member.organisation_id is not None
    say = turn.say
    if status == AnswerStatus.SKIPPED:
        return turn.notice(say.t("That is fine. Your colleagues can still answer."))
    colleagues = memberships.colleagues(turn.db, found.collaboration_id, member.organisation_id)
    if len(colleagues) < 2:
        return None
    before = proposals.of(turn.db, asked.id, member.organisation_id)
    proposed_id = proposals.keep(
        turn.db,
        asked_id=asked.id,
        organisation_id=member.organisation_id,
        person_id=member.person_id,
        status=status,
        value=value,
        at=turn.at,
    )
    turn.audit("answer.proposed", f"asked:{asked.id}", found.collaboration_id)
    for each in colleagues:
        turn.live(
            places.direct_of(turn.db, each),
            "round",
            "proposal",
            _argument(asked.id, member.organisation_id),
            collaboration=found.collaboration_id,
            rank=30,
        )
    return turn.notice(
        Text(say.t("Your proposal is shared with your colleagues:")),
        Quote(_words(turn, asked, value)),
        *_replaced(turn, member, before),
        Text(say.t("One of you gives it as your organisation's answer."), "muted"),
        Buttons((_give_button(turn, asked, proposed_id),)),
    )


def _replaced(turn: Turn, member: Membership, before: Proposed | None) -> list[Element]:
    """That this took the place of a colleague's proposal: they may have written at the same time.
    Without its words, which stand nowhere any more."""
    if before is None or before.person_id == member.person_id:
        return []
    return [Text(turn.say.t("It takes the place of a colleague's proposal."))]


def refresh_proposals(turn: Turn, found: Iterable[Proposing]) -> None:
    """Show proposals as they stand now to those who have them before them."""
    for asked_id, organisation_id in found:
        turn.refresh("round", "proposal", _argument(asked_id, organisation_id))


def _argument(asked_id: int, organisation_id: int) -> str:
    return f"q{asked_id},{organisation_id}"


def _give_button(view: View, asked: Asked, proposal_id: int) -> Button:
    give_it = rounds_dialog.id("give_ours", _this(asked, proposal_id))
    return Button(give_it, view.say.t("Give this answer"), "primary", typed="gi svaret")


def _agree_button(view: View, asked: Asked, proposal_id: int) -> Button:
    argument = _this(asked, proposal_id)
    return Button(rounds_dialog.id("agree", argument), view.say.t("I agree"), typed="enig")


def _this(asked: Asked, proposal_id: int) -> str:
    """A question, and the proposal that somebody sees who presses."""
    return f"q{asked.id},{proposal_id}"


def _words(view: View, asked: Asked, value: dict[str, Any] | None) -> str:
    return cut(shown(asked, value, view.say), QUOTED)


@rounds_dialog.live("proposal")
def proposal_message(view: View, argument: str) -> Message | None:
    """The proposal as it stands, in a colleague's direct messages; nothing once they have left."""
    asked, found = asked_of(view, argument)
    organisation_id = int(argument.split(",")[1])
    member = memberships.of(view.db, view.me.id, found.collaboration_id)
    if member is None or member.organisation_id != organisation_id:
        return None
    say = view.say
    house = collaborations.organisation(view.db, organisation_id, found.collaboration_id)
    assert house is not None
    elements: list[Element] = [
        Text(say.t("One answer from {organisation}", organisation=house.name), "muted"),
        Text(say.pick(content(asked).text), "heading"),
    ]
    proposed = proposals.of(view.db, asked.id, organisation_id)
    given = answers.of(view.db, asked.id, f"o{organisation_id}")
    if proposed is not None:
        elements += _proposed(view, asked, proposed)
    elif given is not None and given.status != AnswerStatus.WITHDRAWN:
        elements += _given(view, asked, found, given.value)
    else:
        elements.append(Text(say.t("Nothing is proposed now.")))
    return view.message(*elements, summary=say.t("A proposal from a colleague"))


def _proposed(view: View, asked: Asked, proposed: Proposed) -> list[Element]:
    say = view.say
    elements: list[Element] = [
        Quote(
            _words(view, asked, proposed.value),
            say.t("{name} proposes", name=proposed.by)
            if proposed.by
            else say.t("A colleague proposes"),
        )
    ]
    if proposed.agreed:
        names = say.listing(proposed.agreed)
        elements.append(Text(say.t("Agree: {names}", names=names), "muted"))
    row = [
        _agree_button(view, asked, proposed.id),
        Button(
            rounds_dialog.id("answer", f"q{asked.id}"),
            say.t("Propose something else"),
            opens=True,
            typed="svar",
        ),
        _give_button(view, asked, proposed.id),
    ]
    return [*elements, Buttons(tuple(row))]


def _given(view: View, asked: Asked, found: Round, value: dict[str, Any] | None) -> list[Element]:
    say = view.say
    elements: list[Element] = [
        Text(say.t("This is given as your organisation's answer:")),
        Quote(_words(view, asked, value)),
    ]
    if not takes_late_answers(found):
        return elements
    change = Button(
        rounds_dialog.id("answer", f"q{asked.id}"),
        say.t("Propose something else"),
        opens=True,
        typed="svar",
    )
    return [*elements, Buttons((change,))]


@rounds_dialog.act("agree")
def agree(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """A colleague agrees with what stands."""
    return _agree(turn, *asked_of(turn, argument), argument)


def _agree(turn: Turn, asked: Asked, found: Round, argument: str = "") -> Reply | None:
    proposed, organisation_id = _standing(turn, asked, found)
    if _unseen(argument, proposed):
        return _look_first(turn, asked, proposed)
    proposals.agree(turn.db, proposed.id, turn.me.id)
    turn.refresh("round", "proposal", _argument(asked.id, organisation_id))
    return turn.notice(
        turn.say.t("You agree. One of you gives it as your organisation's answer."),
        Buttons((_give_button(turn, asked, proposed.id),)),
    )


def _unseen(argument: str, proposed: Proposed) -> bool:
    """Whether whoever pressed saw another proposal than the one that stands."""
    seen = argument.split(",")[1:]
    return bool(seen) and seen != [str(proposed.id)]


def _look_first(turn: Turn, asked: Asked, proposed: Proposed) -> Notice:
    return turn.notice(
        Text(turn.say.t("A colleague has proposed something else meanwhile:")),
        Quote(_words(turn, asked, proposed.value), proposed.by),
        Text(turn.say.t("Nothing changes until you press the button."), "muted"),
        Buttons(
            (
                _agree_button(turn, asked, proposed.id),
                _give_button(turn, asked, proposed.id),
            )
        ),
    )


@rounds_dialog.act("give_ours")
def give_ours(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """One of them gives it: the organisation's answer."""
    return _give_ours(turn, *asked_of(turn, argument), argument)


def _give_ours(turn: Turn, asked: Asked, found: Round, argument: str = "") -> Reply | None:
    proposed, organisation_id = _standing(turn, asked, found)
    if _unseen(argument, proposed):
        return _look_first(turn, asked, proposed)
    seat = seat_of(turn, f"q{asked.id}")
    proposals.drop(turn.db, proposed.id)
    if not give(turn, seat, AnswerStatus(proposed.status), proposed.value):
        return turn.notice(turn.say.t("A newer answer has been given, and it stands."))
    turn.refresh("round", "proposal", _argument(asked.id, organisation_id))
    return turn.notice(
        Text(turn.say.t("This is given as your organisation's answer:")),
        Quote(_words(turn, asked, proposed.value)),
    )


def _standing(turn: Turn, asked: Asked, found: Round) -> tuple[Proposed, int]:
    member = member_of(turn, found.collaboration_id)
    if member.organisation_id is None or asked.state == AskedState.WAITING:
        raise moved_on(turn)
    proposed = proposals.of(turn.db, asked.id, member.organisation_id)
    if proposed is None:
        raise Refusal(turn.say.t("Nothing is proposed now."))
    return proposed, member.organisation_id


@rounds_dialog.command("agree", ("enig", "einig"), "", alone=True)
def agree_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed: about what was proposed last in one's organisation."""
    return _agree(turn, *_latest(turn))


@rounds_dialog.command("give", ("gi svaret", "gje svaret", "give this answer"), "", alone=True)
def give_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return _give_ours(turn, *_latest(turn))


def _latest(turn: Turn) -> tuple[Asked, Round]:
    here = turn.place.collaboration_id if turn.place else None
    asked_id = proposals.latest_for(turn.db, turn.me.id, here)
    if asked_id is None:
        raise Refusal(turn.say.t("Nothing is proposed now."))
    return asked_of(turn, f"q{asked_id}")
