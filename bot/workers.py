"""Threads for the synchronous core: one writer on SQLite, a pool on PostgreSQL, and readers.

Nothing that touches the database runs on the event loop. What waits, waits in line: a writing turn
behind the one before it, never a reader behind a writer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from bot.line import Line
from storage.engine import Database, Db, is_conflict

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 4  # the first and three more


class Workers:
    """Runs synchronous functions in threads, for code on the event loop to await."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writers = ThreadPoolExecutor(database.writers, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(database.readers, thread_name_prefix="reader")
        self._line = Line(database, self._writers) if database.is_sqlite else None

    async def write(
        self, fn: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(db, *args)` in a writing transaction; run it again when it met a conflict."""

        def transaction() -> T:
            with self._database.write() as db:
                return fn(db, *args, **kwargs)

        return await self._on(self._writers, lambda: retried(transaction))

    async def read(
        self, fn: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn(db, *args)` on a read-only snapshot."""

        def snapshot() -> T:
            with self._database.read() as db:
                return fn(db, *args, **kwargs)

        return await self._on(self._readers, snapshot)

    async def run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that opens its own writing transaction."""
        return await self._on(self._writers, lambda: fn(*args, **kwargs))

    async def turn(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for one of many that come at once: on SQLite those that wait share a commit, and
        when that fails each is run again by itself."""
        if self._line is None:
            return await self.run(fn, *args, **kwargs)
        result: T = await self._line.do(lambda: fn(*args, **kwargs))
        return result

    async def look(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that opens its own snapshot, or none: it never waits behind a writer."""
        return await self._on(self._readers, lambda: fn(*args, **kwargs))

    def close(self) -> None:
        """Wait for what runs; what waits in line is dropped."""
        self._writers.shutdown(wait=True, cancel_futures=True)
        if self._line is not None:
            self._line.close()
        self._readers.shutdown(wait=True, cancel_futures=True)

    async def _on(self, pool: ThreadPoolExecutor, fn: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, fn)


def retried(work: Callable[[], T], *again: type[Exception]) -> T:
    """Run a whole transaction, up to `TRIES` times while it meets a conflict or an error of these:
    what it did is undone, and it has no outside effect. The last try's error is raised."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except again:
            continue
        except DBAPIError as error:
            if not is_conflict(error):
                raise
    return work()
