"""Who is listening to the built-in chat, and how they learn that something changed.

Subscribers are woken at once by changes made in this process, and by a look at the database every
other second for those made by other replicas; nobody looks while nobody listens.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from bot.workers import Workers
from storage import links
from storage.troubles import named

log = logging.getLogger("samspill.chat")


class Full(Exception):
    """There are as many subscribers as we take."""


class Hub:
    """Wakes subscribers. Belongs to one event loop; `close` ends every subscription."""

    def __init__(self, workers: Workers, *, every: float = 2.0, limit: int = 500) -> None:
        """`every` is the number of seconds between looks at the database."""
        self._workers = workers
        self._every = every
        self._limit = limit
        self._listening: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None
        self.closed = False

    @property
    def full(self) -> bool:
        """Whether no more subscribers are taken."""
        return self.closed or len(self._listening) >= self._limit

    @property
    def listening(self) -> int:
        """How many listen now."""
        return len(self._listening)

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Event]:
        """An event that is set when something may have changed, or the hub closed; clear it first.

        Raises Full when no more are taken.
        """
        if self.full:
            raise Full
        woken = asyncio.Event()
        self._listening.add(woken)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            yield woken
        finally:
            self._listening.discard(woken)
            if not self._listening and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    def wake(self) -> None:
        """Something changed: let everybody look."""
        for woken in self._listening:
            woken.set()

    async def close(self) -> None:
        """End every subscription; new ones are refused."""
        self.closed = True
        self.wake()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look(self) -> None:
        seen: tuple[int, ...] | None = None
        while True:
            try:
                latest = await self._workers.read(links.pulse)
            except SQLAlchemyError as error:
                log.warning("could not look for changes", extra={"kind": named(error)})
            else:
                if latest != seen:  # at the first look too: who listens may have looked before
                    self.wake()
                seen = latest
            await asyncio.sleep(self._every)
