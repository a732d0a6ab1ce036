"""What stood before an answer was changed after its round."""

from __future__ import annotations

from dialogs.authority import moved_on, reader_of
from dialogs.messages import Element, LongText, Notice, Text
from dialogs.questions.kinds import kind_of
from dialogs.questions.shown import shown
from dialogs.rounds.dialog import answer_of, rounds_dialog
from dialogs.rounds.sight import seen_by
from dialogs.turn import View
from storage import answers
from storage.tables import Answer, AnswerStatus, Asked, AskedState, Membership, Revision


@rounds_dialog.show("before")
def before(view: View, argument: str) -> Notice:
    """What stood before each change, oldest first. Its author sees it always; others as far as
    they may see the answer, until it is taken back, and never one person's step on a scale."""
    answer, asked, found = answer_of(view, argument)
    member = reader_of(view, found)
    if answer.person_id != view.me.id and not _may_see(answer, asked, member):
        raise moved_on(view)
    kept = answers.revisions(view.db, answer.id)
    if not kept:
        return view.notice(view.say.t("The answer has not been changed after the round."))
    elements: list[Element] = [Text(view.say.t("What stood before"), "heading")]
    for each in kept:
        elements += _shown(view, asked, each)
    return view.notice(*elements)


def _may_see(answer: Answer, asked: Asked, member: Membership) -> bool:
    if asked.state != AskedState.OPENED or kind_of(asked).spread_only:
        return False
    if answer.status == AnswerStatus.WITHDRAWN:
        return False
    return seen_by(member, answer, asked)


def _shown(view: View, asked: Asked, kept: Revision) -> list[Element]:
    say = view.say
    elements: list[Element] = [Text(say.t("Written {moment}", moment=say.moment(kept.at)), "muted")]
    match kept.status:
        case AnswerStatus.SKIPPED:
            elements.append(Text(say.t("Skipped")))
        case AnswerStatus.WITHDRAWN:
            elements.append(Text(say.t("The answer was taken back.")))
        case _:
            elements.append(LongText(shown(asked, kept.value, say)))
    if kept.followup:
        elements.append(LongText(kept.followup))
    return elements
