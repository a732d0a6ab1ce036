"""How answers look to those who may see them: quotes, who chose what, spreads."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.authority import member_of, moved_on
from dialogs.dialog import View
from dialogs.language import Translator
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Fact,
    Facts,
    LongText,
    Notice,
    Quote,
    Text,
)
from dialogs.questions.content import content
from dialogs.questions.kinds import kind_of
from dialogs.questions.shown import shown
from dialogs.rounds.asking import HOUSE, OPEN
from dialogs.rounds.dialog import answer_of, asked_of, rounds_dialog
from storage import answers
from storage.answers import Given
from storage.tables import AnswerStatus, Asked, AskedState

SHOWN_CHARACTERS = 1_500  # of one answer in a page; the rest behind "show all"
MOST_DOTS = 40  # in one line of a spread


def shown_answers(asked: Asked, given: Sequence[Given], say: Translator) -> list[Element]:
    """Answers as far as their kind may be shown: a scale as a spread without names, choices as who
    chose what, words as quotes."""
    if kind_of(asked).spread_only:
        return _scale(asked, given, say)
    chosen = kind_of(asked).choosing
    elements = _choices(asked, given, say) if chosen else []
    for each in given:
        if not chosen:
            text = shown(asked, each.value, say)
            elements += _cut(each, text, by_line(each, say), say)
        elements += _added(each, by_line(each, say), say) + _stood_before(each, say)
    return elements


def _stood_before(given: Given, say: Translator) -> list[Element]:
    """What was changed after the round can be seen as it stood."""
    if not given.changes:
        return []
    before = rounds_dialog.id("before", f"n{given.id}")
    label = say.t("Show what {who} had written before", who=given.person)
    return [Buttons((Button(before, label, opens=True),))]


def _cut(given: Given, text: str, by: str, say: Translator) -> list[Element]:
    """A quote; of a long one the beginning, with a button for the whole."""
    if len(text) <= SHOWN_CHARACTERS:
        return [Quote(text, by)]
    full = Button(rounds_dialog.id("full", f"n{given.id}"), say.t("Show all"), opens=True)
    return [Quote(text[:SHOWN_CHARACTERS] + " …", by), Buttons((full,))]


def _added(given: Given, by: str, say: Translator) -> list[Element]:
    """What somebody added when asked one thing more."""
    if not given.followup:
        return []
    return _cut(given, given.followup, say.t("{who}, in addition", who=by), say)


def by_line(given: Given, say: Translator) -> str:
    """Who said it, and whether it came late or was changed after the end."""
    line = f"{given.person} ({given.organisation})"
    if given.late:
        line += ", " + say.t("answered after the round")
    if given.changes:
        line += ", " + say.tn(
            "changed once after the round", "changed {n} times after the round", given.changes
        )
    return line


def _choices(asked: Asked, given: Sequence[Given], say: Translator) -> list[Element]:
    """Who chose what: one line an option that was chosen, in the options' order."""
    names: dict[str, list[str]] = {}
    for each in given:
        for label in _chosen(asked, each, say):
            names.setdefault(label, []).append(f"{each.person} ({each.organisation})")
    order = [option.label for option in content(asked).choices(say)]
    labels = [label for label in order if label in names] + [
        label for label in names if label not in order
    ]
    facts = tuple(
        Fact(f"{label} ({len(names[label])})", ", ".join(names[label])) for label in labels
    )
    return [Facts(facts)] if facts else []


def _chosen(asked: Asked, given: Given, say: Translator) -> list[str]:
    if given.value is None:
        return [say.t("Don't know")]
    return kind_of(asked).chosen(content(asked), given.value, say)


def _scale(asked: Asked, given: Sequence[Given], say: Translator) -> list[Element]:
    """A scale is shown as a spread, never per person."""
    steps = [str(each.value["scale"]) for each in given if each.value is not None]
    options = content(asked).choices(say)
    counts = {option.value: steps.count(option.value) for option in options}
    facts = [
        Fact(f"{option.value} {option.label}", dots(counts[option.value], max(counts.values())))
        for option in options
    ]
    unknown = sum(each.status == AnswerStatus.DONT_KNOW for each in given)
    if unknown:
        facts.append(Fact(say.t("Don't know"), str(unknown)))
    added = [Quote(each.followup[:SHOWN_CHARACTERS]) for each in given if each.followup]
    title = [Text(say.t("In addition"), "heading")] if added else []
    return [Facts(tuple(facts)), *title, *added]


def dots(count: int, most: int) -> str:
    """So many answers, for the eye and in figures; `most` is the largest number in the same spread:
    where it is too large for dots, all are figures."""
    return f"{'●' * count} {count}".strip() if most <= MOST_DOTS else str(count)


@rounds_dialog.show("ours")
def ours(view: View, argument: str) -> Notice:
    """House answers, privately, to somebody of the same organisation; once they are opened."""
    asked, found = asked_of(view, argument)
    member = member_of(view, found.collaboration_id)
    if member.organisation_id is None:
        return view.notice(view.say.t("Choose your organisation first."))
    if asked.where != HOUSE or asked.state != AskedState.OPENED:
        raise moved_on(view)
    given = answers.given(view.db, asked.id, member.organisation_id)
    if not given:
        return view.notice(view.say.t("Nobody in your organisation has answered this."))
    title = Text(view.say.t("Answers in your organisation"), "heading")
    return view.notice(title, *shown_answers(asked, given, view.say))


@rounds_dialog.show("full")
def full(view: View, argument: str) -> Notice:
    """The whole of an answer that was cut; only where the answer may be seen."""
    answer, asked, found = answer_of(view, argument)
    member = member_of(view, found.collaboration_id)
    same_house = asked.where == HOUSE and answer.organisation_id == member.organisation_id
    seen = asked.state == AskedState.OPENED and (asked.where == OPEN or same_house)
    if not seen or kind_of(asked).spread_only:  # a scale is a spread, never one person's answer
        raise moved_on(view)
    if answer.value is None:
        return view.notice(view.say.t("The answer was taken back."))
    text = shown(asked, answer.value, view.say)
    added = [LongText(answer.followup)] if answer.followup else []
    return view.notice(LongText(text), *added)
