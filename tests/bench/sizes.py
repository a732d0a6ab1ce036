"""How much of everything is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """How often each case is repeated, and how large it is."""

    repeats: int
    answers: int  # in one sample of the way in
    floor_answers: int
    at_rate: int  # answers at a fixed rate, in one sample
    rate: float  # a second
    reminders: int
    many_reminders: int
    outbox: int
    opened: int
    summed_up: int
    idle_seconds: float
    busy_seconds: float  # of answers while reminders go out


FULL = Sizes(5, 800, 2000, 300, 50, 1000, 10_000, 2000, 200, 10_000, 5, 30)
QUICK = Sizes(3, 300, 800, 150, 50, 1000, 3000, 600, 200, 10_000, 2, 12)
TINY = Sizes(1, 16, 16, 10, 50, 20, 40, 20, 5, 40, 0.1, 0.5)
