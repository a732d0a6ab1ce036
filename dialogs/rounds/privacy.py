"""What of a round may be seen by organisation. The one place that decides it.

An organisation stands by itself only with so many answers; the others are pooled. A pool is never
one organisation alone, nor so few answers, for then the difference between the whole and what is
shown would give them away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storage.tables import Round, Whose

THREE = 3
House = int | None  # an organisation's id; None where the record has lost it


@dataclass(frozen=True, slots=True)
class Privacy:
    """The fewest answers of an organisation that may stand under its name: its choices and what it
    named, and its steps on scales. `nameless`: answers of nobody's organisation count."""

    choices: int
    scales: int
    nameless: bool = False

    @property
    def by_name(self) -> bool:
        """Whether it may be said which organisation chose or named something."""
        return self.choices == 1

    def enough(self, answers: int, *, scale: bool) -> bool:
        """Whether so many answers to a question may be shown at all, be it as a spread."""
        return answers >= (self.scales if scale else self.choices)

    def apart(self, answers: Mapping[House, int], *, scale: bool) -> frozenset[House]:
        """The organisations that stand by themselves, from how many answers each has given."""
        least = self.scales if scale else self.choices
        given = {house: count for house, count in answers.items() if count > 0}
        shown = sorted(
            (house for house, count in given.items() if house is not None and count >= least),
            key=lambda house: given[house],
        )
        while shown and least > 1 and _gives_away(given, shown, least):
            shown.pop(0)
        return frozenset(shown)


def _gives_away(given: Mapping[House, int], shown: list[int], least: int) -> bool:
    """Whether what is not shown is so little that it can be told from the rest."""
    pooled = {house: count for house, count in given.items() if house not in shown}
    one_house = len(pooled) == 1 and None not in pooled
    return bool(pooled) and (one_house or sum(pooled.values()) < least)


NAMED = Privacy(choices=1, scales=THREE)
_OF = {
    Whose.NAMED: NAMED,
    Whose.ONE_EACH: NAMED,
    Whose.BY_HOUSE: NAMED,  # what tells them apart is whether people are named, on other pages
    Whose.ANONYMOUS: Privacy(choices=THREE, scales=THREE, nameless=True),
}


def privacy_of(found: Round) -> Privacy:
    """What may be seen of this round."""
    return _OF[Whose(found.whose)]
