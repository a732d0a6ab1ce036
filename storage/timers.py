"""What is due at an instant: one row per occurrence, taken once, by whichever replica is first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, update
from sqlmodel import col, select

from storage.engine import Db, insert_new
from storage.tables import Timer

LATENESS = timedelta(days=1)


class DueTimer(NamedTuple):
    """A timer that was taken."""

    id: int
    occurrence: str
    dialog: str
    action: str
    argument: str
    collaboration_id: int | None
    due_at: datetime


class DueTimers(NamedTuple):
    """Timers taken together: `due` to be done now, `skipped` for being too late."""

    due: list[DueTimer]
    skipped: list[DueTimer]


def plan(db: Db, rows: Sequence[dict[str, Any]]) -> int:
    """Add timers; those whose occurrence is there already, done or not, are passed over.

    Each row: occurrence, dialog, action, argument, collaboration_id, due_at. Returns how many are
    new.
    """
    return insert_new(db, Timer, [{**row, "skipped": False} for row in rows], ["occurrence"])


def claim_due(db: Db, now: datetime, limit: int, lateness: timedelta = LATENESS) -> DueTimers:
    """Take at most `limit` due timers, the longest due first, and mark them done.

    To be called in the transaction that does what they are for: both happen or neither. What is
    later than `lateness` is marked skipped. Both lists empty: nothing more is due.
    """
    query = (
        select(*(getattr(Timer, name) for name in DueTimer._fields))
        .where(col(Timer.done_at).is_(None), col(Timer.due_at) <= now)
        .order_by(col(Timer.due_at), col(Timer.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = [DueTimer(*row) for row in db.connection().execute(query)]
    found = DueTimers(
        [each for each in taken if each.due_at >= now - lateness],
        [each for each in taken if each.due_at < now - lateness],
    )
    _finish(db, found.due, now, skipped=False)
    _finish(db, found.skipped, now, skipped=True)
    return found


def next_due_at(db: Db) -> datetime | None:
    """When the next timer is due, in business time; None when there is none."""
    return db.exec(select(func.min(Timer.due_at)).where(col(Timer.done_at).is_(None))).one()


def _finish(db: Db, timers: Sequence[DueTimer], now: datetime, *, skipped: bool) -> None:
    if timers:
        ids = [each.id for each in timers]
        done = update(Timer).where(col(Timer.id).in_(ids)).values(done_at=now, skipped=skipped)
        db.execute(done, execution_options={"synchronize_session": False})
