"""Work too long for a turn: one row per key, raised when wanted again, done under a lease.

All times are real times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, null, or_, update
from sqlmodel import col, select

from storage.engine import Db, changed, insert_new
from storage.outbox import AT_ONCE
from storage.tables import Job

_ENQUEUED = "a job was enqueued"


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job under our lease. `wanted` is the version computed; `attempts` counts this one too."""

    id: int
    key: str
    dialog: str
    action: str
    argument: str
    wanted: int
    attempts: int
    lease: str


def enqueue(db: Db, key: str, dialog: str, action: str, argument: str) -> None:
    """Have a job done; when one with this key waits or runs already, have it done anew after.

    A job that had failed is tried again.
    """
    row = {
        "key": key,
        "dialog": dialog,
        "action": action,
        "argument": argument,
        "wanted": 1,
        "done": 0,
        "attempts": 0,
        "due_at": AT_ONCE,
    }
    db.info[_ENQUEUED] = True
    if insert_new(db, Job, [row], ["key"]):
        return
    again = {"wanted": Job.wanted + 1, "attempts": 0, "due_at": AT_ONCE, "failed": null()}
    _change(db, col(Job.key) == key, again)


def enqueued(db: Db) -> bool:
    """Whether this transaction has had a job done."""
    return _ENQUEUED in db.info


def claim(db: Db, token: str, wall: datetime, lease: timedelta) -> ClaimedJob | None:
    """Take the job that waits longest; None when none is due. The attempt counts at once, so that
    a job that takes the process with it is given up too."""
    query = (
        select(Job)
        .where(_open(), col(Job.due_at) <= wall)
        .where(or_(col(Job.lease).is_(None), col(Job.leased_until) <= wall))
        .order_by(col(Job.due_at), col(Job.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = db.exec(query).first()
    if found is None:
        return None
    job = ClaimedJob(
        id=found.id,
        key=found.key,
        dialog=found.dialog,
        action=found.action,
        argument=found.argument,
        wanted=found.wanted,
        attempts=found.attempts + 1,
        lease=token,
    )
    taken = {"lease": token, "leased_until": wall + lease, "attempts": job.attempts}
    _change(db, col(Job.id) == job.id, taken)
    return job


def settle(db: Db, job: ClaimedJob) -> bool:
    """Mark a job done, in the transaction that writes its result.

    False when the result must not be written: the lease is another's by now, or the job is wanted
    anew (then it waits to be computed again).
    """
    ours = and_(col(Job.id) == job.id, col(Job.lease) == job.lease)
    done = {"done": job.wanted, "lease": None, "leased_until": None, "attempts": 0}
    if _change(db, and_(ours, col(Job.wanted) == job.wanted), done):
        return True
    _change(db, ours, {"lease": None, "leased_until": None, "attempts": 0, "due_at": AT_ONCE})
    return False


def put_off(db: Db, job: ClaimedJob, until: datetime) -> None:
    """Try a job again later."""
    ours = and_(col(Job.id) == job.id, col(Job.lease) == job.lease)
    _change(db, ours, {"lease": None, "leased_until": None, "due_at": until})


def give_up(db: Db, job: ClaimedJob, why: str) -> None:
    """A job has failed as often as it may; `why` is the kind of error, never its text.

    When it was wanted anew meanwhile, that is tried.
    """
    ours = and_(col(Job.id) == job.id, col(Job.lease) == job.lease)
    free = {"lease": None, "leased_until": None}
    if not _change(db, and_(ours, col(Job.wanted) == job.wanted), {**free, "failed": why}):
        _change(db, ours, {**free, "attempts": 0, "due_at": AT_ONCE})


def release_all(db: Db) -> None:
    """End every lease now. For when nobody else can hold one: whoever did is dead."""
    _change(db, col(Job.lease).is_not(None), {"lease": None, "leased_until": None})


def _open() -> ColumnElement[bool]:
    return and_(col(Job.wanted) > col(Job.done), col(Job.failed).is_(None))


def _change(db: Db, condition: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    return changed(db, update(Job).where(condition).values(**values))
