"""How often Slack may be called: a bucket for each workspace and method, and what Slack says.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits. `chat.postMessage` has a rule of its own,
one message a second in a channel, which the core's `post_gap` keeps; the bucket here is for the
whole workspace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute
METHODS = {
    "chat.postMessage": 4,
    "chat.update": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "conversations.open": 3,
    "conversations.history": 3,
    "conversations.replies": 3,
    "conversations.info": 3,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "reactions.add": 3,
    "users.info": 4,
    "views.publish": 4,
}
LONGEST = 60.0  # seconds until one may ask again
BURST = 20  # calls at once after a quiet time, in the higher tiers; Slack allows some


@dataclass(slots=True)
class _Bucket:
    """Calls that may go now, and when that was counted."""

    left: float
    at: float
    until: float = 0.0  # Slack said: not before
    promised: int = 0  # calls that were told to come back, each at its own time


class Pacing:
    """Says how long to wait before a call. `now` is a clock in seconds that only goes forward."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, tenant: str, method: str) -> float:
        """Take a call; how many seconds to wait first, 0 when it may go now (and is counted).

        Those that are told to wait come back one after the other, not all at once: to look and be
        sent away again costs more than to wait.
        """
        rate = TIERS[METHODS[method]] / 60
        most = min(BURST, TIERS[METHODS[method]])
        now = self._now()
        bucket = self._buckets.setdefault((tenant, method), _Bucket(most, now))
        bucket.left = min(most, bucket.left + max(now - bucket.at, 0) * rate)
        bucket.at = max(now, bucket.at)
        paused = max(bucket.until - now, 0)
        if bucket.left < 1 or paused:
            wait = paused + max(1 + bucket.promised - bucket.left, 0) / rate
            bucket.promised += 1
            return min(wait, LONGEST)
        bucket.promised = max(bucket.promised - 1, 0)
        bucket.left -= 1
        return 0.0

    def pause(self, tenant: str, method: str, seconds: float) -> None:
        """Slack said 429: nothing of this method in this workspace for so long."""
        now = self._now()
        bucket = self._buckets.setdefault((tenant, method), _Bucket(0, now))
        bucket.left, bucket.until = 0, now + seconds
        bucket.at = bucket.until  # nothing is saved up meanwhile
