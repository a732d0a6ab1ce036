"""How fast each method may be called, by tiers and on an injected clock."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100  # calls a minute, for a method in a workspace
UNPUBLISHED = 300  # Slack says "hundreds" of auth.test and of chat.postMessage

TIERS = {
    "apps.connections.open": TIER_1,
    "auth.revoke": TIER_3,
    "auth.test": UNPUBLISHED,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": UNPUBLISHED,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "oauth.v2.access": TIER_4,
    "reactions.add": TIER_3,
    "team.info": TIER_3,
    "users.conversations": TIER_2,
    "users.info": TIER_4,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
# Apps sold outside the Marketplace read so little; those that a customer makes for itself do not.
DISTRIBUTED = {"conversations.history": 1, "conversations.replies": 1}
DISTRIBUTED_PAGE = 15  # messages
CHANNEL_BURST = 4  # posts to one channel at once; then one a second


class Pacing:
    """Says how long a caller must wait. `on` switches that, and can be set at any time."""

    def __init__(self, now: Callable[[], datetime], *, on: bool) -> None:
        self.on = on
        self.distributed = False  # whether the app is sold outside the Marketplace
        self._now = now
        self._buckets: dict[tuple[str, str], tuple[float, datetime]] = {}

    def wait(self, method: str, team: str, channel: str = "") -> int | None:
        """Whole seconds to wait before this call, or None: it is taken and counted."""
        if not self.on:
            return None
        tier = TIERS[method]
        if self.distributed:
            tier = DISTRIBUTED.get(method, tier)
        wanted = [((method, team), float(tier), tier / 60)]
        if method == "chat.postMessage":
            wanted.append(((method, channel), float(CHANNEL_BURST), 1.0))
        missing = max(self._missing(key, size, pace) for key, size, pace in wanted)
        if missing > 0:
            return max(1, math.ceil(missing))
        for key, size, pace in wanted:
            self._buckets[key] = (self._level(key, size, pace) - 1, self._now())
        return None

    def limited(self, method: str, limit: int) -> int:
        """How many things a page of this method has when so many (0: not said) are asked for."""
        if self.distributed and method in DISTRIBUTED:
            return min(limit or DISTRIBUTED_PAGE, DISTRIBUTED_PAGE)
        return limit or 100

    def _level(self, key: tuple[str, str], size: float, pace: float) -> float:
        level, since = self._buckets.get(key, (size, self._now()))
        return min(size, level + (self._now() - since).total_seconds() * pace)

    def _missing(self, key: tuple[str, str], size: float, pace: float) -> float:
        """Seconds until one more call fits; rounded, so that a float's dust costs no second."""
        return round((1 - self._level(key, size, pace)) / pace, 6)
