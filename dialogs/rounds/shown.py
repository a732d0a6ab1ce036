"""How answers look to those who may see them: quotes, who chose what, spreads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dialogs.authority import moved_on, reader_of
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
from dialogs.questions.shown import cut, shown
from dialogs.rounds.dialog import answer_of, asked_of, rounds_dialog
from dialogs.rounds.privacy import privacy_of
from dialogs.rounds.sight import author, enough_to_show, is_spread, seen_by
from dialogs.turn import View
from storage import counting
from storage.counting import Given
from storage.tables import AnswerStatus, Asked, AskedState, Round, SeenBy

SHOWN_CHARACTERS = 1_500  # of one answer in a page; the rest behind "show all"
MOST_DOTS = 40  # in one line of a spread


def shown_answers(
    asked: Asked, found: Round, given: Sequence[Given], say: Translator
) -> list[Element]:
    """Answers as far as their kind and the round let them be seen: a scale as a spread, choices as
    who chose what, words as quotes."""
    if not enough_to_show(asked, found, len(given)):
        return [Text(say.t("Fewer than three have answered, so the answers are not shown."))]
    chosen = kind_of(asked).choosing
    if is_spread(asked, found):
        return _spread(asked, given, say)
    elements = _choices(asked, found, given, say) if chosen else []
    for each in given:
        by = by_line(each, found, say)
        if not chosen:
            elements += _cut(each, shown(asked, each.value, say), by, say)
        elements += _added(each, by, say) + _stood_before(each, found, say)
    return elements


def _stood_before(given: Given, found: Round, say: Translator) -> list[Element]:
    """What was changed after the round can be seen as it stood."""
    if not given.changes:
        return []
    before = rounds_dialog.id("before", f"n{given.id}")
    who = given.person if privacy_of(found).people else given.organisation
    who = who or say.t("this participant")
    label = say.t("Show what {who} had written before", who=who)
    return [Buttons((Button(before, label, opens=True),))]


def _cut(given: Given, text: str, by: str, say: Translator) -> list[Element]:
    """A quote; of a long one the beginning, with a button for the whole."""
    if len(text) <= SHOWN_CHARACTERS:
        return [Quote(text, by)]
    full = Button(rounds_dialog.id("full", f"n{given.id}"), say.t("Show all"), opens=True)
    return [Quote(cut(text, SHOWN_CHARACTERS), by), Buttons((full,))]


def _added(given: Given, by: str, say: Translator) -> list[Element]:
    """What somebody added when asked one thing more."""
    if not given.followup:
        return []
    by = say.t("{who}, in addition", who=by) if by else say.t("In addition")
    return _cut(given, given.followup, by, say)


def by_line(given: Given, found: Round, say: Translator) -> str:
    """Who said it as others may know it, and whether it came late or was changed after the end."""
    line = author(found, given, say)
    if given.late:
        line += ", " + say.t("answered after the round")
    if given.changes:
        line += ", " + say.tn(
            "changed once after the round", "changed {n} times after the round", given.changes
        )
    return line


def _choices(asked: Asked, found: Round, given: Sequence[Given], say: Translator) -> list[Element]:
    """Who chose what: one line an option that was chosen, in the options' order."""
    names: dict[str, list[str]] = {}
    for each in given:
        for label in _chosen(asked, each, say):
            names.setdefault(label, []).append(author(found, each, say))
    order = [option.label for option in content(asked).choices(say)]
    labels = [label for label in order if label in names] + [
        label for label in names if label not in order
    ]
    facts = tuple(
        Fact(f"{label} ({len(names[label])})", ", ".join(_counted(names[label])))
        for label in labels
    )
    return [Facts(facts)] if facts else []


def _counted(names: Sequence[str]) -> list[str]:
    """Each name once, with how often it stands there when that is more than once."""
    counts = Counter(names)
    return [name if count == 1 else f"{name} ({count})" for name, count in counts.items()]


def _chosen(asked: Asked, given: Given, say: Translator) -> list[str]:
    if given.value is None:
        return [say.t("Don't know")]
    return kind_of(asked).chosen(content(asked), given.value, say)


def _spread(asked: Asked, given: Sequence[Given], say: Translator) -> list[Element]:
    """How many chose what, never who."""
    kind = kind_of(asked)
    picked = [option for each in given if each.value for option in kind.picked(each.value)]
    options = content(asked).choices(say)
    counts = {option.value: picked.count(option.value) for option in options}
    numbered = kind.spread_only  # the steps of a scale have numbers
    facts = [
        Fact(
            f"{option.value} {option.label}" if numbered else option.label,
            dots(counts[option.value], max(counts.values())),
        )
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


def stands_by_itself(view: View, asked: Asked, found: Round, organisation_id: int | None) -> bool:
    """Whether the question's answers, or those of an organisation, are shown one by one: there are
    enough, and they are no spread."""
    count = len(counting.given(view.db, asked.id, organisation_id))
    return enough_to_show(asked, found, count) and not is_spread(asked, found)


@rounds_dialog.show("ours")
def ours(view: View, argument: str) -> Notice:
    """House answers, privately, to somebody of the same organisation; once they are opened."""
    asked, found = asked_of(view, argument)
    member = reader_of(view, found)
    if member.organisation_id is None:
        return view.notice(view.say.t("Choose your organisation first."))
    if asked.where != SeenBy.HOUSE or asked.state != AskedState.OPENED:
        raise moved_on(view)
    given = counting.given(view.db, asked.id, member.organisation_id)
    if not given:
        return view.notice(view.say.t("Nobody in your organisation has answered this."))
    title = Text(view.say.t("Answers in your organisation"), "heading")
    return view.notice(title, *shown_answers(asked, found, given, view.say))


@rounds_dialog.show("full")
def full(view: View, argument: str) -> Notice:
    """The whole of an answer that was cut; only where the answer may be seen by itself."""
    answer, asked, found = answer_of(view, argument)
    member = reader_of(view, found)
    seen = asked.state == AskedState.OPENED and seen_by(member, answer, asked)
    of = member.organisation_id if asked.where == SeenBy.HOUSE else None
    if seen and answer.status == AnswerStatus.WITHDRAWN:
        return view.notice(view.say.t("The answer was taken back."))
    if not seen or answer.value is None or not stands_by_itself(view, asked, found, of):
        raise moved_on(view)
    text = shown(asked, answer.value, view.say)
    added = [LongText(answer.followup)] if answer.followup else []
    return view.notice(LongText(text), *added)
