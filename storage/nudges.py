"""When people were reminded: what the weekly cap counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from storage.engine import Db, insert
from storage.tables import Nudge


def since(db: Db, person_ids: Sequence[int], start: datetime) -> dict[int, list[datetime]]:
    """When each of these people was reminded since `start`."""
    rows = db.exec(
        select(Nudge.person_id, Nudge.at).where(
            col(Nudge.person_id).in_(person_ids), Nudge.at >= start
        )
    )
    found: dict[int, list[datetime]] = {}
    for person, at in rows:
        found.setdefault(person, []).append(at)
    return found


def note(db: Db, person_ids: Sequence[int], at: datetime) -> None:
    """These people are reminded now."""
    if person_ids:
        insert(db, Nudge, *({"person_id": each, "at": at} for each in person_ids))
