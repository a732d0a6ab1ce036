"""How often Slack may be called: a bucket for each workspace and method, and what Slack says.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits. `chat.postMessage` has a rule of its own,
one message a second in a channel, which the core's `post_gap` keeps; the bucket here is for the
whole workspace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

# Calls a minute. The fifth is ours: for answers to a `response_url` Slack names no limit.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}
RESPONSE = "response_url"
METHODS = {
    "chat.postMessage": 4,
    "chat.update": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "conversations.open": 3,
    "conversations.history": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "reactions.add": 3,
    RESPONSE: 5,
}
BURST = 20  # calls at once after a quiet time, in the higher tiers; Slack allows some
DUST = 1e-6  # of a float: who comes back at the promised moment is let through


@dataclass(slots=True)
class _Bucket:
    """Calls that may go now, and when that was counted."""

    left: float
    at: float
    until: float = 0.0  # Slack said: not before
    line: float = 0.0  # until when calls that had to wait have been promised a place


class Pacing:
    """Says how long to wait before a call. `now` is a clock in seconds that only goes forward."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, tenant: str, method: str, longest: float = inf) -> float:
        """Take a call; how many seconds to wait first, 0 when it may go now (and is counted).

        Those that are told to wait come back one after the other, not all at once: to look and be
        sent away again costs more than to wait. Who would have to wait for more than `longest` will
        not come back, and keeps no place.
        """
        rate = TIERS[METHODS[method]] / 60
        most = min(BURST, TIERS[METHODS[method]])
        now = self._now()
        bucket = self._buckets.setdefault((tenant, method), _Bucket(most, now))
        if bucket.until <= now:
            bucket.left = min(most, bucket.left + (now - bucket.at) * rate)
            bucket.at = now
            if bucket.left >= 1 - DUST:
                bucket.left -= 1
                return 0.0
        free = bucket.at + (1 - bucket.left) / rate
        turn = max(bucket.line + 1 / rate, free)
        if turn - now <= longest:
            bucket.line = turn
        return turn - now

    def pause(self, tenant: str, method: str, seconds: float) -> None:
        """Slack said 429: nothing of this method in this workspace for so long."""
        now = self._now()
        bucket = self._buckets.setdefault((tenant, method), _Bucket(0, now))
        bucket.left, bucket.at, bucket.until = 0, now + seconds, now + seconds
