"""When to try again what failed: a decision, apart from the loops that follow it."""

from __future__ import annotations

from datetime import timedelta
from random import Random

FIRST = timedelta(seconds=1)
CAP = timedelta(minutes=5)
LIMIT = 50  # attempts in all: about three hours, so that a platform may be away for a while


def next_try(attempts: int, rng: Random, limit: int = LIMIT) -> timedelta | None:
    """How long to wait after this many failed attempts (from 1); None: give up.

    The wait doubles up to the cap. Between half of it and all of it is chosen at random, so that
    what failed together is not tried together.
    """
    if attempts >= limit:
        return None
    whole: timedelta = min(FIRST * 2 ** min(attempts - 1, 16), CAP)
    return whole * rng.uniform(0.5, 1.0)
