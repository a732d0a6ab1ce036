"""When people were reminded: what the weekly cap counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam
from sqlmodel import SQLModel, col, select

from storage.engine import Db, each_of, inserting
from storage.prepared import Prepared
from storage.tables import Nudge
from storage.waiting import people_of


def since(db: Db, round_ids: Iterable[int], start: datetime) -> dict[int, list[datetime]]:
    """When each of those in the collaborations of these rounds was reminded since `start`."""
    rows = _since.all(db, {"rounds": list(round_ids), "start": start})
    found: dict[int, list[datetime]] = {}
    for person, at in rows:
        found.setdefault(person, []).append(at)
    return found


@Prepared
def _since(dialect: str) -> Any:
    return select(Nudge.person_id, Nudge.at).where(
        col(Nudge.person_id).in_(people_of(dialect)), Nudge.at >= bindparam("start")
    )


def note(db: Db, person_ids: Sequence[int], at: datetime) -> None:
    """These people are reminded now."""
    if person_ids:
        _noting.change(db, {"people": list(person_ids), "at": at})


@Prepared
def _noting(dialect: str) -> Any:
    person = each_of(dialect, Integer(), "people")
    at = bindparam("at", type_=SQLModel.metadata.tables["nudge"].c.at.type)
    columns = {"person_id": person, "at": at}
    return inserting(dialect, Nudge, columns)
