"""What stands on the one page for a meeting: from the record, in words, before any layout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from dialogs.dialog import View
from dialogs.language import Translator
from dialogs.questions.days import day_with_year
from dialogs.rounds.figures import RoundFigures
from dialogs.rounds.findings import Findings, Part, Point, findings
from storage import people
from storage.tables import Round

# What XML cannot hold, and HTML should not: control characters, lone surrogates, non-characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
LONGEST_NAME = 80
FULL = (Part.AGREE, Part.DIFFER, Part.WORDS, Part.FEW, Part.UNKNOWN, Part.TALK)
BRIEF = (Part.COUNTED, Part.NOBODY)  # named by their numbers only


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody promised to do."""

    what: str = field(repr=False)
    who: str = field(repr=False)
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page for a meeting. `conclusions` and `actions` may be empty: then there is room to
    write them."""

    say: Translator
    collaboration: str = field(repr=False)
    round: str = field(repr=False)
    when: str = field(repr=False)
    who: str = field(repr=False)
    made: str = field(repr=False)
    found: Findings = field(repr=False)
    conclusions: tuple[str, ...] = field(default=(), repr=False)
    actions: tuple[Action, ...] = field(default=(), repr=False)

    @property
    def full(self) -> Mapping[Part, tuple[Point, ...]]:
        """The parts whose questions are written out."""
        return {part: points for part, points in self.found.parts.items() if part in FULL}

    @property
    def brief(self) -> Mapping[Part, str]:
        """The parts of which only the questions' numbers stand there."""
        return {
            part: self._numbers(points)
            for part, points in self.found.parts.items()
            if part in BRIEF
        }

    def _numbers(self, points: Sequence[Point]) -> str:
        numbers = self.say.listing([str(each.number) for each in points])
        return self.say.tn(
            "question {numbers}", "questions {numbers}", len(points), numbers=numbers
        )

    @property
    def title(self) -> str:
        """What the document is called."""
        return f"{self.round} – {self.collaboration}"

    def saved_as(self, ending: str) -> str:
        """A name that every system can save it under."""
        name = _NOT_IN_NAMES.sub(" ", writable(self.title)).strip(" .")[:LONGEST_NAME].strip(" .")
        return f"{name}.{ending}"


def page_of(view: View, found: Round, figures: RoundFigures) -> Page:
    """The page of a round that is finished."""
    say = view.say
    told = findings(view, found, figures)
    begun, ended = (_day(when, say) for when in (found.opened_at, found.closed_at or view.now))
    parties = [each.label for each in told.parties]
    who = f"{told.who} {say.listing(parties)}." if parties else told.who
    return Page(
        say=say,
        collaboration=people.collaboration(view.db, found.collaboration_id).name,
        round=told.name,
        when=begun if begun == ended else say.t("{begun} to {ended}", begun=begun, ended=ended),
        who=who,
        made=_day(view.now, say),
        found=told,
    )


def _day(when: datetime, say: Translator) -> str:
    return day_with_year(when.astimezone(ZoneInfo(say.zone)).date().isoformat(), say)


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
