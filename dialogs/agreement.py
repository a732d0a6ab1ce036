"""How far people see the same thing, inside organisations and between them. Pure functions.

The measure is C. R. Rao's quadratic entropy and its apportionment; `docs/agreement.md` says what it
measures, where it comes from and where its edges are. No figure of it is ever shown to people: it
decides only in which part of a summary a question stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Value = TypeVar("Value")
House = TypeVar("House")
Distance = Callable[[Value, Value], float]  # 0 (the same) to 1 (as far apart as can be)
Answers = Mapping[House, Mapping[Value, int]]  # how many of each organisation gave each answer

LEAST_HOUSES = 2  # what one organisation says is no agreement between several
CLOSE = 1 / 8  # one half of the organisations lies one step of a scale of five from the other
APART = 1 / 2  # farther from all the others than half of the way there is: that is no agreement
TWICE = 2  # one part of a difference outweighs the other when it is at least twice as large
_ROUNDING = 1e-9


class Verdict(StrEnum):
    """What the answers to a question show."""

    AGREE = "agree"  # the organisations see it the same way, or nearly so
    DIFFER = "differ"  # they do not
    FEW = "few"  # fewer than two organisations answered


class Lies(StrEnum):
    """Where a difference lies."""

    BETWEEN = "between"  # organisations answered differently from each other
    INSIDE = "inside"  # people in the same organisation did
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Diversity:
    """The expected distance between two answers, each 0 to 1; every organisation weighs the same.

    `whole` (gamma): each answer from any organisation. `inside` (alpha): both from the same one.
    `between` (beta): what is left of the whole. `farthest`: an answer of the organisation that
    stands farthest away, and one of any other.
    """

    houses: int
    whole: float
    inside: float
    farthest: float

    @property
    def between(self) -> float:
        """The part of the whole that comes from organisations being unlike each other."""
        return max(self.whole - self.inside, 0.0)

    @property
    def verdict(self) -> Verdict:
        """Whether this is agreement."""
        if self.houses < LEAST_HOUSES:
            return Verdict.FEW
        close = self.whole <= CLOSE + _ROUNDING and self.farthest <= APART + _ROUNDING
        return Verdict.AGREE if close else Verdict.DIFFER

    @property
    def lies(self) -> Lies | None:
        """Where the difference lies; None where there is none."""
        if self.verdict != Verdict.DIFFER:
            return None
        alone = self.farthest > APART + _ROUNDING and self.whole <= CLOSE + _ROUNDING
        if alone or self.between + _ROUNDING >= TWICE * self.inside:
            return Lies.BETWEEN
        return Lies.INSIDE if self.inside + _ROUNDING >= TWICE * self.between else Lies.BOTH


def diversity(answers: Answers[House, Value], distance: Distance[Value]) -> Diversity:
    """How far apart answers lie. Organisations without an answer have no part."""
    houses = [_shares(counts) for counts in answers.values() if sum(counts.values()) > 0]
    if not houses:
        return Diversity(0, 0.0, 0.0, 0.0)
    everything = list(dict.fromkeys(value for shares in houses for value in shares))
    apart = _distances(everything, distance)
    together = _mean(houses)
    # How far each answer lies from one drawn from all.
    reach = {v: sum(together[w] * apart[v, w] for w in everything) for v in everything}
    own = [_expected(shares, apart) for shares in houses]
    to_all = [sum(share * reach[v] for v, share in shares.items()) for shares in houses]
    n = len(houses)
    others = [(n * each - own[place]) / (n - 1) for place, each in enumerate(to_all) if n > 1]
    return Diversity(n, sum(to_all) / n, sum(own) / n, max(others, default=0.0))


def _shares(counts: Mapping[Value, int]) -> dict[Value, float]:
    total = sum(counts.values())
    return {value: count / total for value, count in counts.items() if count > 0}


def _mean(houses: Sequence[Mapping[Value, float]]) -> dict[Value, float]:
    mean: dict[Value, float] = {}
    for shares in houses:
        for value, share in shares.items():
            mean[value] = mean.get(value, 0.0) + share / len(houses)
    return mean


def _distances(
    values: Sequence[Value], distance: Distance[Value]
) -> dict[tuple[Value, Value], float]:
    apart = {}
    for place, one in enumerate(values):
        apart[one, one] = 0.0
        for other in values[:place]:
            apart[one, other] = apart[other, one] = distance(one, other)
    return apart


def _expected(shares: Mapping[Value, float], apart: Mapping[tuple[Value, Value], float]) -> float:
    return sum(p * q * apart[v, w] for v, p in shares.items() for w, q in shares.items())


# --- distances --------------------------------------------------------------------------------


def unordered(one: object, other: object) -> float:
    """Options without order: the same or not. The measure is then Gini's and Simpson's."""
    return float(one != other)


def steps(count: int) -> Distance[int]:
    """The steps of a scale with so many: how many steps lie between, of those there are."""
    if count < 2:
        raise ValueError(f"a scale has at least two steps, not {count}")
    return lambda one, other: abs(one - other) / (count - 1)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Several options: the share of all that either chose which the other did not (Jaccard)."""
    union = len(one | other)
    return 1 - len(one & other) / union if union else 0.0


# --- lists ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """Something that was named: in the words that came first, and by which organisations."""

    text: str
    houses: tuple[int, ...]


def named(answers: Iterable[tuple[int, Sequence[str]]]) -> list[Named]:
    """Who named what, from (organisation, entries) of each answer. Never the person.

    Entries are the same when only case and spaces differ. What most organisations named comes
    first, then what was named first.
    """
    written: dict[str, str] = {}
    by: dict[str, dict[int, None]] = {}
    for house, entries in answers:
        for entry in entries:
            shown = " ".join(entry.split())
            if not shown:
                continue
            key = shown.casefold()
            written.setdefault(key, shown)
            by.setdefault(key, {})[house] = None
    found = [Named(written[key], tuple(houses)) for key, houses in by.items()]
    return sorted(found, key=lambda each: -len(each.houses))
