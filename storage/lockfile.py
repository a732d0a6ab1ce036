"""A lock file beside an SQLite file: one process at a time, until it ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url


class Locked(Exception):
    """Another process uses this file, or the lock file cannot be made; the text says what to do."""


@contextmanager
def one_process(url: str) -> Iterator[None]:
    """Be the only process on the SQLite file of this address; Locked when there is another.

    The system lets go of the lock when the process ends, also by a kill, so that a lock file left
    behind holds nobody up. On PostgreSQL any number of processes may work together.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        yield
        return
    file = Path(str(address.database)).resolve()
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
