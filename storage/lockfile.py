"""A lock file beside an SQLite file: one process at a time, until it ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from storage.engine import Database


class Locked(Exception):
    """Another process uses this file, or the lock file cannot be made; the text says what to do."""


@contextmanager
def only_process(database: Database) -> Iterator[None]:
    """Be the only process on this SQLite file; Locked when there is another.

    The system lets go of the lock when the process ends, also by a kill, so that a lock file left
    behind holds nobody up. On PostgreSQL any number of processes may work together.
    """
    if database.path is None or database.path in ("", ":memory:"):
        yield
        return
    file = Path(database.path).resolve()
    lock = FileLock(f"{file}.lock", timeout=0, thread_local=False)
    try:
        Path(lock.lock_file).touch()  # a folder that is missing is not made
        lock.acquire()
    except Timeout:
        raise Locked(
            f"Another Samspill is using {file.name}. Stop it first, or let this one use another "
            "database (SAMSPILL_DATABASE_URL; in the demo --file). Several processes can share a "
            "PostgreSQL database."
        ) from None
    except OSError as error:
        raise Locked(
            f"The lock file {lock.lock_file} cannot be written ({error.strerror}). See that its "
            "folder exists and that Samspill may write there."
        ) from None
    try:
        yield
    finally:
        lock.release()
