"""What stands on the one page for a meeting: from the record, in words, before any layout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar

from dialogs.arrived.movement import Movement, movements
from dialogs.arrived.shown import day_with_year_of
from dialogs.language import Translator
from dialogs.questions.content import content
from dialogs.questions.days import day_with_year
from dialogs.questions.shown import cut, shown
from dialogs.rounds.figures import RoundFigures
from dialogs.rounds.findings import MOST_ROWS, Findings, Part, Point, findings
from dialogs.rounds.sight import enough_to_show
from dialogs.turn import View
from storage import actions, collaborations, conclusions, counting, rounds
from storage.actions import Promised
from storage.tables import ActionState, Asked, AskedState, Round, SeenBy

# What XML cannot hold, and HTML should not: control characters, lone surrogates, non-characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
LONGEST_NAME = 80
MOST_SAID = 12  # answers in words to one question
LONGEST_SAID = 300  # characters of one
FULL = (Part.AGREE, Part.DIFFER, Part.WORDS, Part.FEW, Part.UNKNOWN, Part.TALK)
BRIEF = (Part.COUNTED, Part.NOBODY)  # named by their numbers only


@dataclass(frozen=True, slots=True)
class Arrived:
    """What was arrived at on a question."""

    question: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """A question that was asked before: the last time, and then and now beside each other."""

    question: str = field(repr=False)
    then: Movement


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered in words to a question, without names; `more` tells what was left out."""

    texts: tuple[str, ...] = field(default=(), repr=False)
    more: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """All that stands there."""
        return (*self.texts, self.more) if self.more else self.texts


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody promised to do; `when` tells by when, and how it ended if it did."""

    what: str = field(repr=False)
    who: str = field(repr=False)
    when: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page for a meeting; where `arrived` or `promised` is empty, there is room to write."""

    say: Translator
    collaboration: str = field(repr=False)
    round: str = field(repr=False)
    when: str = field(repr=False)
    who: str = field(repr=False)
    made: str = field(repr=False)
    found: Findings = field(repr=False)
    said: Mapping[int, Said] = field(default_factory=dict, repr=False)  # by question number
    moved: tuple[Moved, ...] = field(default=(), repr=False)
    arrived: tuple[Arrived, ...] = field(default=(), repr=False)
    promised: tuple[Promise, ...] = field(default=(), repr=False)

    @property
    def full(self) -> Mapping[Part, tuple[Point, ...]]:
        """The parts whose questions are written out."""
        return {part: points for part, points in self.found.parts.items() if part in FULL}

    @property
    def brief(self) -> Mapping[Part, str]:
        """The parts of which only the questions' numbers stand there, and how many answered."""
        return {
            part: self._numbers(points, counted=part == Part.COUNTED)
            for part, points in self.found.parts.items()
            if part in BRIEF
        }

    def _numbers(self, points: Sequence[Point], *, counted: bool) -> str:
        each_one = [
            f"{each.number} ({each.says})" if counted else str(each.number) for each in points
        ]
        numbers = self.say.listing(each_one)
        return self.say.tn(
            "question {numbers}", "questions {numbers}", len(points), numbers=numbers
        )

    @property
    def title(self) -> str:
        """What the document is called."""
        return f"{self.round} – {self.collaboration}"

    def saved_as(self, ending: str) -> str:
        """A name that every system can save it under."""
        return file_name(self.title, ending)


def file_name(title: str, ending: str) -> str:
    """A name that every system can save a document with this title under."""
    name = _NOT_IN_NAMES.sub(" ", writable(title)).strip(" .")[:LONGEST_NAME].strip(" .")
    return f"{name}.{ending}"


def page_of(view: View, found: Round, figures: RoundFigures) -> Page:
    """The page of a round that is finished."""
    say = view.say
    told = findings(view, found, figures)
    begun, ended = (
        day_with_year_of(view, when) for when in (found.opened_at, found.closed_at or view.now)
    )
    parties = [each.label for each in told.parties]
    named = f"{told.who} {say.listing(parties)}."
    return Page(
        say=say,
        collaboration=collaborations.the(view.db, found.collaboration_id).name,
        round=told.name,
        when=begun if begun == ended else say.t("{begun} to {ended}", begun=begun, ended=ended),
        who=named if 0 < len(parties) <= MOST_ROWS else told.who,
        made=day_with_year_of(view, view.now),
        found=told,
        said=_said(view, found, told),
        moved=tuple(Moved(_titled(view, asked), then) for asked, then in movements(view, found)),
        arrived=arrived_at(view, found),
        promised=tuple(_promise(each, say) for each in actions.promised_in(view.db, found.id)),
    )


def _said(view: View, found: Round, told: Findings) -> dict[int, Said]:
    """The answers in words that everyone who takes part may read. The page is a document that goes
    further than the thread: no names, and of many or long answers the beginning."""
    asked = {each.position: each for each in rounds.questions(view.db, found.id)}
    numbers = [point.number for point in told.parts.get(Part.WORDS, ()) if not point.rows]
    return {number: said for number in numbers if (said := _read(view, asked[number], found)).texts}


def _read(view: View, asked: Asked, found: Round) -> Said:
    given = counting.given(view.db, asked.id)
    shown_now = asked.where == SeenBy.OPEN and asked.state == AskedState.OPENED
    if not shown_now or not enough_to_show(asked, found, len(given)):
        return Said()
    texts = [shown(asked, each.value, view.say) for each in given if each.value is not None]
    more = len(texts) - MOST_SAID
    left = view.say.t("and {n} more", n=more) if more > 0 else ""
    return Said(tuple(cut(each, LONGEST_SAID) for each in texts[:MOST_SAID]), left)


def arrived_at(view: View, found: Round) -> tuple[Arrived, ...]:
    """What was arrived at in a round, question by question."""
    asked = {each.id: each for each in rounds.questions(view.db, found.id)}
    return tuple(
        Arrived(_titled(view, asked[each.asked_id]), each.text)
        for each in conclusions.in_round(view.db, found.id)
    )


def _titled(view: View, asked: Asked) -> str:
    return f"{asked.position}. {view.say.pick(content(asked).text)}"


def _promise(each: Promised, say: Translator) -> Promise:
    ended = {
        ActionState.DONE: say.t("finished"),
        ActionState.DROPPED: say.t("no longer relevant"),
    }
    day = day_with_year(each.by_when.isoformat(), say) if each.by_when else ""
    when = [part for part in (day, ended.get(ActionState(each.state), "")) if part]
    return Promise(f"{each.number}. {each.text}", each.who or "", " · ".join(when))


T = TypeVar("T")


def writable(value: T) -> T:
    """The same without what no document can hold, in all texts of a page or another value."""
    found: Any = value
    if isinstance(found, str):
        found = _UNWRITABLE.sub("", found)
    elif isinstance(found, tuple):
        found = tuple(writable(each) for each in found)
    elif isinstance(found, Mapping):
        found = {key: writable(each) for key, each in found.items()}
    elif is_dataclass(found) and not isinstance(found, type):
        found = replace(
            found, **{each.name: writable(getattr(found, each.name)) for each in fields(found)}
        )
    return found  # type: ignore[no-any-return]
