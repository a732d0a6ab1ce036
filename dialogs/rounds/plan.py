"""How a round is to be run: what can be combined, and how it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from dialogs.language import n_
from dialogs.packs.library import PartInSet
from dialogs.registry import fold
from storage.tables import COORDINATORS, Pace, Way, Whose

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
        if self.part.audience == COORDINATORS and self.pace != Pace.SELF:
            return WHY_NOT_PRIVATELY
        return None


_PACES: dict[object, tuple[str, ...]] = {
    Pace.LIVE: ("sammen", "saman", "live", "together"),
    Pace.DAILY: ("daglig", "dagleg", "daily"),
    Pace.SELF: ("hver for seg", "kvar for seg", "selv", "sjølv", "self", "each alone"),
}
_WAYS: dict[object, tuple[str, ...]] = {
    Way.THREAD: (
        *("åpent i tråden", "ope i tråden", "åpen tråd", "open tråd", "i tråden", "tråd"),
        *("åpent", "åpen", "ope", "open", "openly", "open thread", "in the thread", "thread"),
    ),
}
_WHOSE: dict[object, tuple[str, ...]] = {
    Whose.ANONYMOUS: (
        *("anonymt", "anonym", "anonymisert", "uten navn", "utan namn"),
        *("anonymous", "anonymously", "without names"),
    ),
    Whose.ONE_EACH: (
        *("én per virksomhet", "en per virksomhet", "ett per virksomhet", "one each"),
        *("éin per verksemd", "ein per verksemd", "eitt per verksemd", "one per organisation"),
    ),
    Whose.BY_HOUSE: ("per virksomhet", "per verksemd", "by organisation"),
    Whose.NAMED: ("med navn", "med namn", "named", "with names"),
}
_LOOK: dict[object, tuple[str, ...]] = {True: ("se over", "sjå over", "tilpass", "look first")}
_SETTINGS = {"pace": _PACES, "way": _WAYS, "whose": _WHOSE, "look": _LOOK}
DAY_WORDS = ("dag", "dager", "dagar", "arbeidsdager", "arbeidsdagar", "day", "days")
_PHRASES = {
    tuple(fold(phrase).split()): (setting, meaning)
    for setting, known in _SETTINGS.items()
    for meaning, phrases in known.items()
    for phrase in phrases
}
_LONGEST = max(map(len, _PHRASES))
WORDS = (
    *(phrase for known in _SETTINGS.values() for each in known.values() for phrase in each),
    *DAY_WORDS,
)
AS_TYPED = n_(
    "daily · each alone · open thread · anonymous · by organisation · one each · 5 days · "
    "look first"
)


class Typed(NamedTuple):
    """What was typed after a part's number; `unknown` is what could not be understood of it."""

    plan: Plan
    look_first: bool
    unknown: str

    def __repr__(self) -> str:
        """No words: they must not reach logs."""
        return "Typed()"


def typed(part: PartInSet, rest: str) -> Typed:
    """The plan that words after the part's number say: "daglig anonymt", "tråd 5 dager"."""
    said, unknown = _read([(word, each) for each in rest.split() for word in fold(each).split()])
    alone = part.audience == COORDINATORS
    plan = Plan(
        part,
        said.get("pace", Pace.SELF if alone else Pace.LIVE),
        said.get("way", Way.TOGETHER),
        said.get("whose", Whose.NAMED),
        said.get("days"),
    )
    return Typed(plan, bool(said.get("look")), unknown)


def _read(words: list[tuple[str, str]]) -> tuple[dict[str, Any], str]:
    """What is said of each setting, and the words that say nothing, or gainsay what went before.
    Words come folded, each with how it was written."""
    said: dict[str, Any] = {}
    unknown: list[str] = []
    while words:
        length, setting, meaning = _first(words)
        if length and said.get(setting, meaning) == meaning:
            said[setting] = meaning
        elif words[0][0] not in ("og", "and"):
            length = length or 1
            unknown += [written for _, written in words[:length]]
        words = words[length or 1 :]
    return said, " ".join(dict.fromkeys(unknown))


def _first(words: list[tuple[str, str]]) -> tuple[int, str, object]:
    """The longest phrase that words begin with: how many words, what it sets and to what."""
    folded = [word for word, _ in words]
    for length in range(min(_LONGEST, len(folded)), 0, -1):
        found = _PHRASES.get(tuple(folded[:length]))
        if found is not None:
            return length, *found
    if folded[0].isdecimal() and 1 <= int(folded[0]) <= MOST_DAYS:
        return (2 if folded[1:2] and folded[1] in DAY_WORDS else 1), "days", int(folded[0])
    return 0, "", None
