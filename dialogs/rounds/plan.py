"""How a round is to be run: what can be combined, and how it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from dialogs.language import n_
from dialogs.packs.library import PartInSet
from dialogs.registry import fold
from storage.tables import Pace, Way, Whose

T = TypeVar("T")
DAYS = 3  # working days that a round lasts unless the coordinator says otherwise
MOST_DAYS = 60
WHY_NOT_OPENLY = n_("Open threads go with answers under one's name, and not with walking alone.")
WHY_NOT_PRIVATELY = n_("These questions are for coordinators: each walks through them privately.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A part, and how its questions come and are answered."""

    part: PartInSet
    pace: Pace = Pace.LIVE
    way: Way = Way.TOGETHER
    whose: Whose = Whose.NAMED
    days: int | None = None  # working days from start to close; None is what fits the pace

    @property
    def lasts(self) -> int:
        """Working days from start to close: a daily round needs one for each question too."""
        usual = len(self.part.questions) - 1 + DAYS if self.pace == Pace.DAILY else DAYS
        return self.days or usual

    def fault(self) -> str | None:
        """Why this cannot be, as English source text; None when it can."""
        openly = self.way == Way.THREAD
        if openly and (self.whose != Whose.NAMED or self.pace == Pace.SELF):
            return WHY_NOT_OPENLY
        if self.part.audience == "coordinator" and self.pace != Pace.SELF:
            return WHY_NOT_PRIVATELY
        return None


_PACES = {
    Pace.LIVE: ("sammen", "saman", "live"),
    Pace.DAILY: ("daglig", "dagleg", "daily"),
    Pace.SELF: ("hver for seg", "kvar for seg", "selv", "sjolv", "self"),
}
_WAYS = {
    Way.THREAD: ("apent i traden", "ope i traden", "apen trad", "open trad", "trad", "thread"),
}
_WHOSE = {
    Whose.ANONYMOUS: ("anonymt", "anonym", "anonymous"),
    Whose.ONE_EACH: (
        "én per virksomhet",
        "éin per verksemd",
        "en per virksomhet",
        "ett per virksomhet",
        "ein per verksemd",
        "eitt per verksemd",
        "one each",
    ),
    Whose.BY_HOUSE: ("per virksomhet", "per verksemd", "by organisation"),
    Whose.NAMED: ("med navn", "med namn", "named"),
}


def typed(part: PartInSet, rest: str) -> Plan:
    """The plan that words after the part's number say: "daglig anonymt", "tråd 5 dager"."""
    words = fold(rest)
    days = next((int(each) for each in words.split() if each.isdecimal()), None)
    pace = _said(words, _PACES) or (Pace.SELF if part.audience == "coordinator" else Pace.LIVE)
    return Plan(
        part,
        pace,
        _said(words, _WAYS) or Way.TOGETHER,
        _said(words, _WHOSE) or Whose.NAMED,
        min(days, MOST_DAYS) if days else None,
    )


def _said(words: str, known: Mapping[T, tuple[str, ...]]) -> T | None:
    padded = f" {words} "
    for meaning, phrases in known.items():
        if any(f" {phrase} " in padded for phrase in phrases):
            return meaning
    return None
