"""The line before SQLite's one writer: what waits in it together shares a commit.

A commit waits for the disk, and each result wakes the event loop. So of what waits when the writer
comes to it, at most `MOST` are done in one transaction, each a part that can be undone alone, and
their results are handed over at once, after the commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from storage.engine import Database

log = logging.getLogger("samspill.line")

MOST = 16


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done, and who waits for it."""

    do: Callable[[], Any]
    waiting: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of it."""

    work: _Work
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Hand it over, unless nobody waits any more."""
        if self.work.waiting.done():
            return
        if self.error is not None:
            self.work.waiting.set_exception(self.error)
        else:
            self.work.waiting.set_result(self.result)


class Line:
    """Does in the writer's thread what opens writing transactions of its own."""

    def __init__(self, database: Database, writer: ThreadPoolExecutor) -> None:
        self._database = database
        self._writer = writer
        self._waiting: deque[_Work] = deque()

    async def do(self, fn: Callable[[], Any]) -> Any:
        """Run `fn` behind what waits already; its result once what it wrote is committed.

        `fn` may be run a second time, after all that it wrote has been undone.
        """
        loop = asyncio.get_running_loop()
        work = _Work(fn, loop.create_future(), loop)
        self._waiting.append(work)
        self._writer.submit(self._next)
        return await work.waiting

    def close(self) -> None:
        """Nobody is taken any more: who waits is let go. Called when the writer has ended."""
        while self._waiting:
            work = self._waiting.popleft()
            with suppress(RuntimeError):  # the loop has closed: nobody waits
                work.loop.call_soon_threadsafe(work.waiting.cancel)

    def _next(self) -> None:
        """Take who waits; the first of them has asked for it, and the rest find nothing to do."""
        taken: list[_Work] = []
        with suppress(IndexError):
            while len(taken) < MOST:
                taken.append(self._waiting.popleft())
        works = [each for each in taken if not each.waiting.cancelled()]
        if not works:
            return
        done = self._together(works) if len(works) > 1 else [_done(works[0])]
        with suppress(RuntimeError):  # the loop has closed: nobody waits
            works[0].loop.call_soon_threadsafe(_tell, done)

    def _together(self, works: Sequence[_Work]) -> list[_Done]:
        try:
            with self._database.together() as whole:
                done = []
                for each in works:
                    done.append(_done(each))
                    if not whole():
                        break  # `together` raises at its end
        except Exception as error:  # noqa: BLE001 - each is done by itself, and says what is wrong
            log.warning("a shared commit failed", extra={"error": type(error).__name__})
            return [_done(each) for each in works]
        return done


def _done(work: _Work) -> _Done:
    try:
        return _Done(work, work.do())
    except Exception as error:  # noqa: BLE001 - whoever waits gets it
        return _Done(work, error=error)


def _tell(done: Sequence[_Done]) -> None:
    for each in done:
        each.tell()
