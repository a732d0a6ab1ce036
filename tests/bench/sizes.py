"""How much of everything is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """How often each case is repeated, and how large it is."""

    repeats: int
    warm_up: int  # answers before anything is measured
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


FULL = Sizes(5, 40, 800, 2000, 300, 50, 1000, 10_000, 2000, 200, 10_000, 5, 30)
QUICK = Sizes(3, 40, 300, 800, 150, 50, 1000, 3000, 600, 200, 10_000, 2, 12)
# So few answers that none of their receipts waits for Slack's limits in the end.
TINY = Sizes(1, 4, 8, 16, 6, 50, 20, 40, 20, 5, 40, 0.1, 0.5)
