"""The arithmetic behind a summary: counts and classes for each question, worked out as a job.

What is kept holds no words of people, and of an organisation only what may be shown of it. What is
said of a question follows from what is shown of it alone: where organisations are pooled because
they are small, the measure sees the pool and not them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from dialogs.agreement import LEAST_HOUSES, Diversity, Lies, diversity, overlap, steps, unordered
from dialogs.packs.base import Model
from dialogs.packs.rules import starter_due
from dialogs.questions.content import Content, content
from dialogs.questions.kinds import kind_of
from dialogs.rounds.privacy import House, Privacy, privacy_of
from dialogs.turn import View
from storage import counting, rounds
from storage.counting import Counted
from storage.tables import AnswerStatus, Asked, AskedState, SeenBy, Whose

ORDERED = frozenset({"scale5", "ypn"})
MEASURED = ORDERED | {"pick", "multi"}
LISTS = frozenset({"parties", "roles"})
NONE_CHOSEN = ""  # stands for "none of them" among the options

# `unknown`: all who answered do not know. `counted`: the answers are not open to all.
Result = Literal["agree", "differ", "few", "words", "unknown", "counted", "nobody"]
Choice = frozenset[str]  # the options that one answer chose


class QuestionFigures(Model):
    """One question: what it shows, and how many chose what.

    `counts`: answers by option. `by_house`: the same by organisation (its id), where it may be
    shown. `everyone`: every organisation that answered is among them.
    """

    asked: int
    result: Result
    lies: Lies | None = None
    given: int = 0
    unknown: int = 0
    houses: int = 0
    counts: dict[str, int] = Field(default_factory=dict)
    by_house: dict[str, dict[str, int]] = Field(default_factory=dict)
    everyone: bool = False
    starter: bool = False

    @property
    def open(self) -> bool:
        """Whether there are answers that everyone who takes part may see."""
        return self.result not in ("counted", "nobody")


class RoundFigures(Model):
    """A round: how many answered, of which organisations as far as that is shown, and each
    question. `people` are those who answered: organisations where they answer, and in an anonymous
    round, where nobody can be counted, as many as answered any one question."""

    people: int
    houses: int
    parties: dict[str, int]
    questions: tuple[QuestionFigures, ...]


def kept(figures: dict[str, Any] | None) -> RoundFigures | None:
    """Figures as the record has them."""
    return None if figures is None else RoundFigures.model_validate(figures, strict=False)


def work_out(view: View, argument: str) -> dict[str, Any]:
    """The figures of a round, as they are kept."""
    found = rounds.one(view.db, int(argument[1:]))
    assert found is not None
    privacy = privacy_of(found)
    asked = [each for each in rounds.questions(view.db, found.id) if each.asked_at is not None]
    valued = [each.id for each in asked if each.type in MEASURED | LISTS]
    rows: dict[int, list[Counted]] = {each.id: [] for each in asked}
    for row in counting.counted_in(view.db, list(rows), valued):
        if row.organisation_id is not None or privacy.nameless:
            rows[row.asked_id].append(row)
    one_each = found.whose == Whose.ONE_EACH
    house_of = {
        row.organisation_id if one_each else row.respondent: row.organisation_id
        for each in rows.values()
        for row in each
    }
    parties = Counter(house_of.values())
    most = max((len(each) for each in rows.values()), default=0)
    return RoundFigures(
        people=most if privacy.nameless else len(house_of),
        houses=_how_many(parties),
        parties={str(each): n for each, n in parties.items()} if privacy.houses else {},
        questions=tuple(question_figures(each, rows[each.id], privacy) for each in asked),
    ).model_dump(mode="json")


def question_figures(asked: Asked, rows: Sequence[Counted], privacy: Privacy) -> QuestionFigures:
    """What one question's answers show, as far as they may be seen."""
    told = [row for row in rows if row.status == AnswerStatus.GIVEN]
    figures = QuestionFigures(
        asked=asked.id,
        result="counted" if rows else "nobody",
        given=len(told),
        unknown=len(rows) - len(told),
        houses=_how_many({row.organisation_id: 1 for row in rows}),
    )
    shown = asked.where == SeenBy.OPEN and asked.state == AskedState.OPENED
    if not shown or not privacy.enough(len(rows), scale=kind_of(asked).spread_only):
        return figures
    words = content(asked)
    starter = words.starter_when is not None and len(told) > 1
    more: dict[str, Any] = {
        "starter": starter and starter_due(words.starter_when, [row.value for row in told])
    }
    if not told:
        more["result"] = "unknown"
    elif asked.type not in MEASURED:
        more["result"] = "words"
    else:
        more |= _measured(asked, words, told, privacy)
    return figures.model_copy(update=more)


def _measured(
    asked: Asked, words: Content, told: Sequence[Counted], privacy: Privacy
) -> dict[str, Any]:
    """Result, counts and what may be shown by organisation, for a question with options."""
    choices = [(row.organisation_id, _choice(row.value or {})) for row in told]
    sizes = Counter(house for house, _ in choices)
    apart = privacy.apart(sizes, scale=kind_of(asked).spread_only)
    found = _diversity(asked, words, choices, apart)
    if _how_many(sizes) < LEAST_HOUSES:
        result: Result = "few"
    else:
        result = "agree" if found.verdict == "agree" else "differ"
    of_house: dict[House, list[Choice]] = {}
    for house, choice in choices:
        of_house.setdefault(house, []).append(choice)
    by_house = {str(each): _by_option(of_house[each]) for each in of_house if each in apart}
    everyone = len(apart) == len(sizes)
    # With one answer from each, people in one organisation cannot differ: to say so tells nothing.
    one_each = set(sizes.values()) == {1} and None not in sizes
    said = result == "differ" and (everyone or one_each)
    return {
        "result": result,
        "lies": found.lies if said else None,
        "counts": _by_option(choice for _, choice in choices),
        "by_house": by_house,
        "everyone": everyone,
    }


def _diversity(
    asked: Asked,
    words: Content,
    choices: Sequence[tuple[House, Choice]],
    apart: frozenset[House],
) -> Diversity:
    """How far apart the answers lie, by organisations as far as they stand by themselves: the rest
    is one group; where that leaves one group in all, each answer is a group of its own."""
    groups: dict[object, Counter[Choice]] = {}
    whole_pool = not apart
    for place, (house, choice) in enumerate(choices):
        group: object = f"answer {place}" if whole_pool else house if house in apart else "pool"
        groups.setdefault(group, Counter())[choice] += 1
    if asked.type == "multi":
        return diversity(groups, overlap)
    if asked.type not in ORDERED:
        return diversity(groups, unordered)
    place_of = {each.id: place for place, each in enumerate(words.options)}
    between = steps(len(place_of))
    ranked = {
        group: Counter({place_of[next(iter(choice))]: n for choice, n in counts.items()})
        for group, counts in groups.items()
    }
    return diversity(ranked, between)


def _choice(value: Mapping[str, Any]) -> Choice:
    if "choices" in value:
        return frozenset(value["choices"])
    return frozenset({str(value["choice"] if "choice" in value else value["scale"])})


def _by_option(choices: Iterable[Choice]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for choice in choices:
        counts.update(choice or {NONE_CHOSEN})
    return dict(counts)


def _how_many(houses: Mapping[House, int]) -> int:
    """How many organisations; those that the record has lost were two at least."""
    return len(houses) + (None in houses)
