"""Which questions are asked: conditions, met by answers of this round or of an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dialogs.packs.rule_models import Condition
from dialogs.packs.rules import condition_met
from dialogs.questions.content import content
from dialogs.rounds.respondents import respondent_of
from dialogs.turn import Turn, View
from storage import answers, rounds
from storage.tables import AnswerStatus, Asked, AskedState, Membership, Round, Whose

Values = dict[str, list[dict[str, Any] | None]]


def can_be_next(view: View, found: Round, questions: Sequence[Asked]) -> list[Asked]:
    """The waiting questions whose condition is met, as things stand. In a channel anybody's answer
    meets it."""
    waiting = [each for each in questions if each.state == AskedState.WAITING]
    if all(content(each).condition is None for each in waiting):
        return waiting
    values = _by_question(answers.values_of(view.db, found.id)) | _before(view, found, questions)
    return [each for each in waiting if _is_met(found, each, questions, values)]


def next_question(view: View, found: Round, questions: Sequence[Asked]) -> Asked | None:
    """The first of them: what is asked next."""
    return next(iter(can_be_next(view, found, questions)), None)


def can_ever_be_asked(view: View, found: Round, questions: Sequence[Asked]) -> bool:
    """Whether anything in the round is asked, as things stand before it begins."""
    return next_question(view, found, questions) is not None


def follows(view: View, found: Round, condition: Condition | None) -> bool:
    """Whether a question that deepens one may be asked: its condition is met by this round or by
    what the collaboration has answered before. In an anonymous round it is never held back."""
    if condition is None or found.whose == Whose.ANONYMOUS:
        return True
    wanted = sorted(_asks_about(condition))
    before = _by_question(answers.values_before(view.db, found.collaboration_id, wanted))
    return condition_met(condition, before | _by_question(answers.values_of(view.db, found.id)))


def apply_to(
    view: View, found: Round, questions: Sequence[Asked], own: Iterable[tuple[str, Any]]
) -> dict[int, bool | None]:
    """Whether each conditional question is for somebody who walks alone, by their own answers:
    None as long as what it depends on has not been said."""
    said = _by_question(own)
    values = said | _before(view, found, questions)
    ids = {each.question_id for each in questions}
    found_out: dict[int, bool | None] = {}
    for each in questions:
        condition = content(each).condition
        if condition is None:
            continue
        open_still = {clause.question for clause in condition.any} & (ids - said.keys())
        met = _is_met(found, each, questions, values)
        found_out[each.id] = None if open_still and not met else met
    return found_out


def settle_conditions(turn: Turn, found: Round, member: Membership) -> None:
    """After an answer: questions that it rules out wait no longer for this respondent, and those
    that it brings back do."""
    questions = rounds.questions(turn.db, found.id)
    applies = apply_to(turn, found, questions, _own(turn, found, questions, member))
    for asked in questions:
        for_them = applies.get(asked.id)
        if asked.id in applies:
            _settle(turn, found, asked, member, for_them)


def _own(
    view: View, found: Round, questions: Sequence[Asked], member: Membership
) -> list[tuple[str, dict[str, Any] | None]]:
    """What a respondent has said in the round; a skip is said, and meets nothing."""
    own = []
    for asked in questions:
        respondent = respondent_of(found, asked, member)
        answer = answers.of(view.db, asked.id, respondent) if respondent else None
        if answer is not None and answer.status != AnswerStatus.NOT_FOR_ME:
            own.append((asked.question_id, answer.value))
    return own


def _settle(
    turn: Turn, found: Round, asked: Asked, member: Membership, for_them: bool | None
) -> None:
    respondent = respondent_of(found, asked, member)
    standing = answers.of(turn.db, asked.id, respondent) if respondent else None
    if respondent is None:
        return
    if standing is None and for_them is False:
        anonymous = found.whose == Whose.ANONYMOUS
        person_id = None if anonymous else member.person_id
        answers.not_for(turn.db, asked.id, respondent, person_id, member.organisation_id, turn.at)
        if anonymous:
            answers.has_responded(turn.db, asked.id, member.person_id)
    elif standing is not None and standing.status == AnswerStatus.NOT_FOR_ME and for_them:
        answers.is_for_them(turn.db, standing, member.person_id)


def _is_met(found: Round, asked: Asked, questions: Sequence[Asked], values: Values) -> bool:
    """In an anonymous round a question that follows from an answer in it is asked anyhow: its being
    asked would tell what somebody answered."""
    condition = content(asked).condition
    ids = {each.question_id for each in questions}
    if condition is not None and found.whose == Whose.ANONYMOUS and _asks_about(condition) & ids:
        return True
    return condition_met(condition, values)


def _before(view: View, found: Round, questions: Sequence[Asked]) -> Values:
    """What the collaboration has answered earlier to what this round depends on and does not ask:
    "it concerns municipalities" is kept."""
    ids = {each.question_id for each in questions}
    wanted: set[str] = set()
    for each in questions:
        condition = content(each).condition
        if condition is not None:
            wanted |= _asks_about(condition) - ids
    if not wanted:
        return {}
    return _by_question(answers.values_before(view.db, found.collaboration_id, sorted(wanted)))


def _asks_about(condition: Condition) -> set[str]:
    return {clause.question for clause in condition.any}


def _by_question(given: Iterable[tuple[str, Any]]) -> Values:
    values: Values = {}
    for question_id, value in given:
        values.setdefault(question_id, []).append(value)
    return values
