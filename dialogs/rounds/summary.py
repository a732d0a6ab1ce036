"""The summary of a round: what we agree on, see differently, do not know, and could talk about.

The arithmetic is done as a job and holds counts and classes only; the words are rendered from the
record each time, so that what was erased is gone. Choices agree when nobody who answered chose
otherwise; a scale agrees when all answers lie within one step; either way two organisations must
have answered. Nothing here is a verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dialogs.dialog import Turn, View
from dialogs.language import Translator
from dialogs.messages import Divider, Element, Fact, Facts, Message, Text
from dialogs.packs.rules import starter_due
from dialogs.questions.content import content
from dialogs.questions.kinds import kind_of
from dialogs.rounds.dialog import rounds_dialog
from storage import answers, jobs, rounds
from storage.answers import Given
from storage.tables import AnswerStatus, Asked, AskedState, Round

AGREE, DIFFER, WORDS, FEW = "agree", "differ", "words", "few"
COUNT, NOBODY = "count", "nobody"
HOUSES_TO_AGREE = 2  # what one organisation says is no agreement between several
WITHIN = 1  # steps between the lowest and the highest answer on a scale that still agree


def sum_up(turn: Turn, found: Round) -> None:
    """Have the summary worked out, or worked out again, outside the turn."""
    jobs.enqueue(turn.db, f"summary:{found.id}", "round", "summary", f"r{found.id}")


def _finish(turn: Turn, argument: str, figures: dict[str, Any]) -> None:
    found = rounds.one(turn.db, int(argument[1:]))
    if found is None:
        return
    rounds.keep_figures(turn.db, found.id, figures)
    for place in rounds.places(turn.db, found.id):
        turn.live(
            place, "round", "summary", argument, collaboration=found.collaboration_id, rank=30
        )


@rounds_dialog.job("summary", _finish)
def figures_of(view: View, argument: str) -> dict[str, Any]:
    """Counts and classes for each question that was asked."""
    questions = [
        each for each in rounds.questions(view.db, int(argument[1:])) if each.asked_at is not None
    ]
    given: dict[int, list[Given]] = {each.id: [] for each in questions}
    for each in answers.given_in(view.db, list(given)):
        given[each.asked_id].append(each)
    people = {each.person_id for several in given.values() for each in several}
    houses = {each.organisation_id for several in given.values() for each in several}
    return {
        "people": len(people),
        "houses": len(houses),
        "questions": [_figures(each, given[each.id]) for each in questions],
    }


def _figures(asked: Asked, given: Sequence[Given]) -> dict[str, Any]:
    told = [each.value for each in given if each.status == AnswerStatus.GIVEN]
    visible = asked.where == "open" and asked.state == AskedState.OPENED
    figures: dict[str, Any] = {
        "asked": asked.id,
        "given": len(told),
        "houses": len({each.organisation_id for each in given}),
        "unknown": sum(each.status == AnswerStatus.DONT_KNOW for each in given),
        "class": NOBODY if not given else COUNT,
        "starter": False,
    }
    if not visible or not given:
        return figures
    figures["class"] = _class(asked, told)
    houses = {each.organisation_id for each in given if each.status == AnswerStatus.GIVEN}
    if figures["class"] in (AGREE, DIFFER) and len(houses) < HOUSES_TO_AGREE:
        figures["class"] = FEW
    rule = content(asked).starter_when
    if rule is not None and len(told) > 1:
        figures["starter"] = starter_due(rule, told)
    if kind_of(asked).spread_only:
        figures["steps"] = Counter(str(value["scale"]) for value in told if value)
    return figures


def _class(asked: Asked, told: Sequence[dict[str, Any] | None]) -> str:
    present = [value for value in told if value is not None]
    if not present:
        return COUNT
    if kind_of(asked).spread_only:
        steps = [value["scale"] for value in present]
        return AGREE if max(steps) - min(steps) <= WITHIN else DIFFER
    if asked.type in ("ypn", "pick"):
        return AGREE if len({value["choice"] for value in present}) == 1 else DIFFER
    if asked.type == "multi":
        return AGREE if len({frozenset(value["choices"]) for value in present}) == 1 else DIFFER
    return WORDS


@rounds_dialog.live("summary")
def summary_message(view: View, argument: str) -> Message:
    """The summary in this place's language."""
    found = rounds.one(view.db, int(argument[1:]))
    assert found is not None
    figures = found.figures or {"people": 0, "houses": 0, "questions": []}
    say = view.say
    name = say.pick(found.name)
    asked = {each.id: each for each in rounds.questions(view.db, found.id)}
    rows = [(asked[each["asked"]], each) for each in figures["questions"]]
    title = say.t("What the answers show: {name}", name=name)
    elements: list[Element] = [Text(title, "heading"), Text(_who(view, figures))]
    elements += _section(view, say.t("We agree on"), AGREE, rows)
    elements += _section(view, say.t("We see it differently"), DIFFER, rows)
    elements += _section(view, say.t("In our own words"), WORDS, rows)
    elements += _section(view, say.t("Answered in one organisation only"), FEW, rows)
    elements += _unknown(view, rows)
    elements += _talk(view, rows)
    elements += _section(view, say.t("Counted, not shown here"), COUNT, rows)
    elements += _section(view, say.t("Nobody answered"), NOBODY, rows)
    elements.append(Divider())
    elements.append(Text(say.t("You find the answers in each question's thread."), "muted"))
    return view.message(*elements, summary=title)


def _who(view: View, figures: dict[str, Any]) -> str:
    if not figures["people"]:
        return view.say.t("Nobody answered in this round. You can ask again another day.")
    people = view.say.tn("{n} person", "{n} people", figures["people"])
    return view.say.tn(
        "{people} from {n} organisation answered.",
        "{people} from {n} organisations answered.",
        figures["houses"],
        people=people,
    )


Rows = Sequence[tuple[Asked, dict[str, Any]]]


def _section(view: View, title: str, kind: str, rows: Rows) -> list[Element]:
    facts = tuple(
        Fact(_text(view, asked), _line(view, asked, figures))
        for asked, figures in rows
        if figures["class"] == kind
    )
    return [Text(title, "heading"), Facts(facts)] if facts else []


def _text(view: View, asked: Asked) -> str:
    return f"{asked.position}. {view.say.pick(content(asked).text)}"


def _line(view: View, asked: Asked, figures: dict[str, Any]) -> str:
    say = view.say
    if figures["class"] == NOBODY:
        return say.t("No answers")
    if figures["class"] in (AGREE, DIFFER, FEW):
        return _choices(view, asked, figures)
    if figures["class"] == WORDS and asked.type == "parties":
        return _named(view, asked, figures)
    return say.tn("{n} answer", "{n} answers", figures["given"] + figures["unknown"])


def _choices(view: View, asked: Asked, figures: dict[str, Any]) -> str:
    say = view.say
    options = content(asked).choices(say)
    if kind_of(asked).spread_only:
        steps = figures.get("steps", {})
        parts = [f"{each.label}: {steps[each.value]}" for each in options if each.value in steps]
        return ", ".join(parts)
    houses: dict[str, list[str]] = {}
    for each in answers.given(view.db, asked.id):
        if each.value is not None:
            chosen = each.value.get("choices") or [each.value.get("choice")]
            for one in chosen:
                houses.setdefault(str(one), []).append(each.organisation)
    parts = [
        f"{each.label}: {len(houses[each.value])} ({_listed(houses[each.value], say)})"
        for each in options
        if each.value in houses
    ]
    return ". ".join(parts) or say.t("None of them")


def _listed(houses: Sequence[str], say: Translator) -> str:
    return say.listing(list(dict.fromkeys(houses)))


def _named(view: View, asked: Asked, figures: dict[str, Any]) -> str:
    """Who or what was named, by how many; never by whom. The most named come first."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for each in answers.given(view.db, asked.id):
        for item in (each.value or {}).get("items", ()):
            key = " ".join(item.casefold().split())
            written.setdefault(key, item)
            counts[key] += 1
    shown = [f"{written[key]} ({count})" for key, count in counts.most_common(12)]
    more = len(counts) - len(shown)
    if more > 0:
        shown.append(view.say.t("and {n} more", n=more))
    return ", ".join(shown)


def _unknown(view: View, rows: Rows) -> list[Element]:
    facts = tuple(
        Fact(
            _text(view, asked),
            view.say.t(
                "{n} of {total} do not know",
                n=each["unknown"],
                total=each["given"] + each["unknown"],
            ),
        )
        for asked, each in rows
        if each["unknown"] and each["class"] not in (COUNT, NOBODY)
    )
    return [Text(view.say.t("We do not know"), "heading"), Facts(facts)] if facts else []


def _talk(view: View, rows: Rows) -> list[Element]:
    lines = [
        Text(f"• {view.say.pick(starter)}")
        for asked, each in rows
        if each["starter"] and (starter := content(asked).starter)
    ]
    return [Text(view.say.t("To talk about and decide"), "heading"), *lines] if lines else []
