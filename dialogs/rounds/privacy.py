"""What of a round's answers may be seen, by whose they are. The one place that decides it.

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
    named, and its steps on scales. `people`: answers stand beside the name of who gave them.
    `nameless`: they are nobody's, and those of nobody's organisation count."""

    choices: int
    scales: int
    people: bool = False
    nameless: bool = False

    @property
    def houses(self) -> bool:
        """Whether it may be said which organisation chose, named or wrote something."""
        return not self.nameless

    @property
    def before_close(self) -> bool:
        """Whether answers are shown before the round closes. Those of nobody are shown once, at the
        close: two looks could be subtracted."""
        return not self.nameless

    @property
    def late(self) -> bool:
        """Whether answers are taken after the close."""
        return not self.nameless

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


NAMED = Privacy(choices=1, scales=THREE, people=True)
BY_HOUSE = Privacy(choices=1, scales=THREE)
_OF = {
    Whose.NAMED: NAMED,
    Whose.ONE_EACH: BY_HOUSE,
    Whose.BY_HOUSE: BY_HOUSE,
    Whose.ANONYMOUS: Privacy(choices=THREE, scales=THREE, nameless=True),
}


def privacy_of(found: Round) -> Privacy:
    """What may be seen of this round."""
    return _OF[Whose(found.whose)]
