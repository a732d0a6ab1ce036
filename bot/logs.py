"""Logging that cannot tell what people wrote: ids, kinds, sizes and places in the code, no more.

An exception's text, a value's repr and another library's message may each hold what somebody wrote.
So an exception is logged as its type and where it came from, another library's message as the line
that logged it, and only our own loggers' words are written out.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from enum import Enum
from pathlib import PurePath
from traceback import StackSummary, walk_tb
from types import TracebackType
from typing import Any, Literal, TextIO

from pythonjsonlogger.json import JsonFormatter

from storage.troubles import named

OURS = ("samspill", "alembic.runtime.migration")
LONGEST = 200  # of a text that is logged
FRAMES = 12  # of a traceback, the innermost

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FIELDS = ("asctime", "levelname", "name", "message")

log = logging.getLogger("samspill.faults")


def set_up(style: Literal["console", "json"], stream: TextIO | None = None) -> None:
    """Log to `stream` (stderr) from INFO up, and let nothing past: no traceback prints itself."""
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(_Json() if style == "json" else _Console())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("apscheduler", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda about: _uncaught(
        about.exc_type, about.exc_value, about.exc_traceback
    )
    threading.excepthook = lambda about: _uncaught(
        about.exc_type, about.exc_value, about.exc_traceback
    )


def described(error: BaseException) -> dict[str, str]:
    """An exception and what led to it, without any text of theirs: `error` types, `at` places."""
    chain = list(_chain(error))
    return {
        "error": " < ".join(named(each) for each in chain),
        "at": " | ".join(_places(each.__traceback__) for each in chain),
    }


def cleaned(record: logging.LogRecord) -> logging.LogRecord:
    """A copy of a record with nothing in it that people may have written."""
    ours = _is_ours(record.name)
    message = _message(record) if ours else "(another library's words)"
    clean = logging.LogRecord(
        record.name, record.levelno, record.pathname, record.lineno, message, None, None
    )
    clean.created, clean.msecs = record.created, record.msecs
    if ours:
        for name, value in vars(record).items():
            if name not in _STANDARD:
                setattr(clean, name, _plain(value))
    else:
        clean.logged_at = f"{_short(record.pathname)}:{record.lineno}:{record.funcName}"
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is not None:
        vars(clean).update(described(error))
    return clean


class _Handler(logging.StreamHandler[TextIO]):
    """Writes cleaned records; one that cannot be written is not shown instead."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(cleaned(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """The library would print the record's arguments."""


class _Console(logging.Formatter):
    """One line to read: time, level, logger, words, then `name=value`."""

    default_time_format = "%Y-%m-%d %H:%M:%S"

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {record.getMessage()}"
        return " ".join([line, *(f"{name}={value}" for name, value in extra.items())])


class _Json(JsonFormatter):
    """One JSON object a line."""

    def __init__(self) -> None:
        super().__init__(
            list(_FIELDS),
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            json_ensure_ascii=False,
        )


class _Named(dict[str, object]):
    """Values that a message takes by name; as a whole they are shown as no more than their type."""

    def __repr__(self) -> str:
        return "dict"


def _is_ours(name: str) -> bool:
    return any(name == own or name.startswith(f"{own}.") for own in OURS)


def _message(record: logging.LogRecord) -> str:
    args: Any = record.args
    if isinstance(args, dict):
        args = _Named({name: _plain(value) for name, value in args.items()})
    else:
        args = tuple(_plain(value) for value in args or ())
    words = _plain(record.msg)
    try:
        return _line(str(words % args if args else words))
    except (TypeError, ValueError, KeyError):
        return _line(str(words))


def _plain(value: object) -> object:
    """A value as it may be logged: numbers and short texts as they are, all else as its type."""
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | float():
            return value
        case str():
            return _line(value)
        case list() | tuple() | set() | frozenset():
            return f"{len(value)} items"
        case _:
            return type(value).__name__


def _line(text: str) -> str:
    """A text on one line: nobody forges a line of their own."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown}…"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what it came from, and what a group holds; each once."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop(0)
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        if isinstance(found, BaseExceptionGroup):
            waiting += found.exceptions
        waiting.append(
            found.__cause__ or (None if found.__suppress_context__ else found.__context__)
        )


def _places(trace: TracebackType | None) -> str:
    frames = list(StackSummary.extract(walk_tb(trace), lookup_lines=False))[-FRAMES:]
    return " < ".join(
        f"{_short(each.filename)}:{each.lineno}:{each.name}" for each in reversed(frames)
    )


def _short(path: str) -> str:
    """A file by its last folders: enough to find it, and nothing of whose machine it is."""
    return "/".join(PurePath(path).parts[-3:])


def _uncaught(
    kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        about = described(error) if error is not None else {"error": kind.__name__}
        log.critical("an exception was not caught", extra=about)
