"""How much one may ask of the built-in chat: buckets that fill up again, in memory and bounded."""

from __future__ import annotations

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

EVERYBODY = ""  # the key of what all share


class Busy(Exception):
    """Too much at once; it may be tried again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too much at once")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Rule:
    """So many at once, then one in so many seconds."""

    name: str
    burst: int
    every: float


SIGN_INS = Rule("sign-ins", 30, 3.0)  # by one address: an office may share one
ALL_SIGN_INS = Rule("all sign-ins", 200, 0.2)
ACTS = Rule("acts", 60, 0.5)  # by one session
STREAMS = 12  # open at once in one session: a tab has one


class Limits:
    """Counts by rule and key; of the keys it forgets those longest unused."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = 20_000) -> None:
        self._clock = clock
        self._most = most
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._open: Counter[int] = Counter()

    def take(self, rule: Rule, key: str = EVERYBODY) -> None:
        """Count one; Busy when it is one too many, and then it is not counted."""
        now = self._clock()
        # A bucket is known by when it will be full again: one number says all.
        full_at = max(self._full_at.get((rule.name, key), now), now) + rule.every
        over = full_at - now - rule.burst * rule.every
        if over > 0:
            raise Busy(math.ceil(over))
        self._full_at[rule.name, key] = full_at
        self._full_at.move_to_end((rule.name, key))
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)

    @contextmanager
    def stream(self, session: int | None) -> Iterator[None]:
        """Around an open stream of a session; Busy when it has too many."""
        if session is None:
            yield
            return
        if self._open[session] >= STREAMS:
            raise Busy(5)
        self._open[session] += 1
        try:
            yield
        finally:
            self._open[session] -= 1
            if not self._open[session]:
                del self._open[session]
