"""What is wrong with a database, for whoever runs Samspill; never in its own words, which may hold
what people wrote."""

from __future__ import annotations

from collections.abc import Iterator

_LOCKED = (
    "Another program holds the database, such as a copy being taken or a viewer of databases. "
    "Close it or wait for it, then try again."
)
_FULL = "The disk that the database is on is full. Make room, then try again; nothing was changed."
_READ_ONLY = (
    "The database may be read but not written to. See that Samspill's user may write to it (of "
    "SQLite: to the file, to those beside it, and to their folder), then try again."
)
_BROKEN = (
    "The database file is damaged. Stop Samspill and restore the latest copy; keep the damaged "
    "file, from which answers may still be saved."
)
_BY_CODE = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CORRUPT": _BROKEN,
    "53100": _FULL,  # disk_full
    "25006": _READ_ONLY,  # read_only_sql_transaction
}


def code(error: BaseException) -> str:
    """The database's own code for an error, such as SQLITE_FULL or 53100; else empty."""
    for each in _behind(error):
        found = getattr(each, "sqlite_errorname", None) or getattr(each, "sqlstate", None)
        if isinstance(found, str):
            return found
    return ""


def named(error: BaseException) -> str:
    """An error for the log: its type, and the database's code for it."""
    kind, found = type(error).__name__, code(error)
    return f"{kind} {found}" if found else kind


def told(error: BaseException) -> str | None:
    """What to do about an error of the database, where it is known."""
    found = code(error)
    general = "_".join(found.split("_")[:2])  # SQLITE_READONLY_DIRECTORY is SQLITE_READONLY
    return _BY_CODE.get(general)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The error, then what the driver said."""
    yield error
    said = getattr(error, "orig", None)
    if isinstance(said, BaseException):
        yield said
