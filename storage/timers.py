"""What is due at an instant: one row per occurrence, taken once, by whichever replica is first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, or_, update
from sqlmodel import SQLModel, col, select

from storage.engine import Db, among, bulk, insert_new
from storage.prepared import Prepared, prepared
from storage.tables import Timer

LATENESS = timedelta(days=1)
_PLANNED = "timers were added"


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
    fresh = [{**row, "skipped": False, "attempts": 0} for row in rows]
    new = insert_new(db, Timer, fresh, ["occurrence"])
    if new:
        db.info[_PLANNED] = True
    return new


def planned(db: Db) -> bool:
    """Whether this transaction has added timers; they may be due already."""
    return _PLANNED in db.info


def next_of(
    db: Db, dialog: str, action: str, collaboration_ids: Sequence[int], now: datetime
) -> datetime | None:
    """When the next timer for this is due in any of the collaborations, if one is."""
    query = select(func.min(Timer.due_at)).where(
        Timer.dialog == dialog,
        Timer.action == action,
        col(Timer.collaboration_id).in_(collaboration_ids),
        col(Timer.done_at).is_(None),
        col(Timer.due_at) > now,
    )
    return db.exec(query).first()


def due_ids(db: Db, now: datetime, wall: datetime, limit: int) -> list[int]:
    """At most `limit` due timers, the longest due first; nothing is taken."""
    query = select(Timer.id).where(_due()).order_by(col(Timer.due_at), col(Timer.id))
    return list(db.execute(query.limit(limit), {"now": now, "wall": wall}).scalars())


def claim_due(
    db: Db,
    now: datetime,
    wall: datetime,
    limit: int,
    *,
    only: int | None = None,
    lateness: timedelta = LATENESS,
) -> DueTimers:
    """Take at most `limit` due timers (or the one with the id `only`), the longest due first, and
    mark them done. `wall` is real time, by which those that failed are tried again.

    To be called in the transaction that does what they are for: both happen or neither. What is
    later than `lateness` is marked skipped. Both lists empty: nothing more is due.
    """
    given = {"now": now, "wall": wall, "room": limit, "only": only}
    taken = [DueTimer(*row) for row in _claimable.all(db, given)]
    found = DueTimers(
        [each for each in taken if each.due_at >= now - lateness],
        [each for each in taken if each.due_at < now - lateness],
    )
    _finish(db, found.due, now, skipped=False)
    _finish(db, found.skipped, now, skipped=True)
    return found


@prepared
def _claimable() -> Any:
    only = bindparam("only", type_=Integer)
    return (
        select(*(getattr(Timer, name) for name in DueTimer._fields))
        .where(_due(), or_(only.is_(None), col(Timer.id) == only))
        .order_by(col(Timer.due_at), col(Timer.id))
        .limit(bindparam("room"))
        .with_for_update(skip_locked=True)
    )


def failed_before(db: Db, timer_id: int) -> int | None:
    """How often a timer has failed; None when it is done or somebody else is at it."""
    query = (
        select(Timer.attempts)
        .where(Timer.id == timer_id, col(Timer.done_at).is_(None))
        .with_for_update(skip_locked=True)
    )
    return db.exec(query).first()


def put_off(db: Db, timer_id: int, attempts: int, until: datetime) -> None:
    """A timer has failed so often: it is tried again later, in real time."""
    _change(db, timer_id, attempts=attempts, retry_at=until)


def give_up(db: Db, timer_id: int, attempts: int, now: datetime, why: str) -> None:
    """A timer has failed as often as it may; `why` is the kind of error, never its text."""
    _change(db, timer_id, attempts=attempts, done_at=now, failed=why)


def _due() -> ColumnElement[bool]:
    tried = or_(col(Timer.retry_at).is_(None), col(Timer.retry_at) <= bindparam("wall"))
    return and_(col(Timer.done_at).is_(None), col(Timer.due_at) <= bindparam("now"), tried)


def _finish(db: Db, timers: Sequence[DueTimer], now: datetime, *, skipped: bool) -> None:
    if timers:
        ids = {"timers": [each.id for each in timers]}
        _finishing.change(db, ids | {"done": now, "passed_over": skipped})


@Prepared
def _finishing(dialect: str) -> Any:
    timer = SQLModel.metadata.tables["timer"]
    return (
        update(timer)
        .where(among(dialect, timer.c.id, "timers"))
        .values(done_at=bindparam("done"), skipped=bindparam("passed_over"))
    )


def _change(db: Db, timer_id: int, **values: Any) -> None:
    statement = update(Timer).where(col(Timer.id) == timer_id).values(**values)
    bulk(db, statement)
