"""The two times: the clock of rounds, which the demo may move, and real time, which paces us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where everybody gets the time from. Both are aware and in UTC."""

    def now(self) -> datetime:
        """Business time: when things happened and are due."""
        ...

    def wall(self) -> datetime:
        """Real time: leases, spacing and retries."""
        ...


class SystemClock:
    """The machine's clock; `offset` moves business time (the demo's, nobody else's)."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Business time."""
        return self.wall() + self.offset

    def wall(self) -> datetime:
        """Real time."""
        return datetime.now(UTC)
