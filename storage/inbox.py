"""What was taken in: one row per event of a sender, so that nothing is done twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select

from storage.engine import Db, by_id, changed, insert_new
from storage.tables import Inbox


def claim(db: Db, source: str, event: str, now: datetime) -> bool:
    """Take the event; False when it was taken before."""
    row = {"source": source, "event": event, "at": now}
    return insert_new(db, Inbox, [row], ["source", "event"]) == 1


def hold(db: Db, source: str, event: str, place_id: int, person_id: int, sealed: bytes) -> None:
    """Keep a claimed event's content, encrypted, until a post in its place has landed."""
    db.execute(
        update(Inbox)
        .where(col(Inbox.source) == source, col(Inbox.event) == event)
        .values(held=sealed, held_for=place_id, held_by=person_id)
    )


def held(db: Db, place_id: int | None = None) -> list[Inbox]:
    """Events that wait for a post in this place (or any), in the order they came."""
    query = select(Inbox).where(col(Inbox.held).is_not(None)).order_by(col(Inbox.id))
    if place_id is not None:
        query = query.where(Inbox.held_for == place_id)
    return list(db.exec(query))


def one(db: Db, inbox_id: int) -> Inbox | None:
    """The row with this id."""
    return by_id(db, Inbox, inbox_id)


def let_go(db: Db, inbox_id: int) -> bool:
    """Empty a held event's content; False when another turn did it first."""
    return bool(
        changed(
            db,
            update(Inbox)
            .where(col(Inbox.id) == inbox_id, col(Inbox.held).is_not(None))
            .values(held=None, held_for=None, held_by=None),
        )
    )


def forget(db: Db, before: datetime) -> int:
    """Drop rows older than any sender repeats; how many."""
    return changed(db, delete(Inbox).where(col(Inbox.at) < before, col(Inbox.held).is_(None)))
