"""What is to be said: rows written in the turn that caused them, sent by delivery afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import case, update
from sqlmodel import col, select

from storage.engine import Db, insert_new
from storage.tables import Kind, Outbox, Sending


def post(
    db: Db,
    *,
    key: str,
    place_id: int,
    root_id: int | None,
    dialog: str,
    argument: str,
    collaboration_id: int | None,
    body: dict[str, Any],
    rank: int,
    now: datetime,
) -> int | None:
    """Enqueue a message that is sent once. Its row id, or None when the key was used before."""
    row = _row(key, Kind.POST, place_id, root_id, dialog, argument, collaboration_id, rank, now)
    if not insert_new(db, Outbox, [row | {"body": body}], ["key"]):
        return None
    return db.exec(select(Outbox.id).where(Outbox.key == key)).one()


def post_many(db: Db, rows: list[dict[str, Any]], now: datetime) -> int:
    """Enqueue many posts with one statement. Each row: key, place_id, dialog, argument,
    collaboration_id, body. Returns how many were new."""
    full = [
        _row(
            row["key"],
            Kind.POST,
            row["place_id"],
            None,
            row["dialog"],
            row["argument"],
            row["collaboration_id"],
            50,
            now,
        )
        | {"body": row["body"]}
        for row in rows
    ]
    return insert_new(db, Outbox, full, ["key"])


def live_key(dialog: str, name: str, argument: str, place_id: int) -> str:
    """The key of a live message: one row per place."""
    return f"live:{dialog}:{name}:{argument}:{place_id}"


def live(
    db: Db,
    *,
    place_id: int,
    root_id: int | None,
    dialog: str,
    name: str,
    argument: str,
    collaboration_id: int | None,
    rank: int,
    now: datetime,
) -> int:
    """Create the place's live message or raise the version that is wanted of it; its row id."""
    key = live_key(dialog, name, argument, place_id)
    row = _row(key, Kind.LIVE, place_id, root_id, dialog, argument, collaboration_id, rank, now)
    if not insert_new(db, Outbox, [row | {"live": name}], ["key"]):
        refresh(db, dialog, name, argument, now, place_id=place_id)
    return db.exec(select(Outbox.id).where(Outbox.key == key)).one()


def refresh(
    db: Db,
    dialog: str,
    name: str,
    argument: str,
    now: datetime,
    *,
    place_id: int | None = None,
) -> None:
    """Raise the wanted version of a live message, in every place or in one.

    `not_before` stays: it is how delivery spaces out edits, so a burst of changes is one edit.
    """
    statement = (
        update(Outbox)
        .where(col(Outbox.live) == name, col(Outbox.argument) == argument)
        .where(col(Outbox.dialog) == dialog)
        .values(
            wanted=Outbox.wanted + 1,
            state=case(
                (col(Outbox.state) == Sending.SETTLED, Sending.WAITING),
                else_=col(Outbox.state),
            ),
        )
    )
    if place_id is not None:
        statement = statement.where(col(Outbox.place_id) == place_id)
    db.execute(statement)


def live_row(db: Db, dialog: str, name: str, argument: str, place_id: int) -> Outbox | None:
    """The live message's row in a place."""
    key = live_key(dialog, name, argument, place_id)
    return db.exec(select(Outbox).where(Outbox.key == key)).first()


def said_as(db: Db, place_id: int, platform_id: str) -> Outbox | None:
    """Which of our messages this platform id is: how a thread finds its question."""
    return db.exec(
        select(Outbox).where(Outbox.place_id == place_id, Outbox.platform_id == platform_id)
    ).first()


def underway(db: Db, place_id: int) -> bool:
    """Whether a first post in this place is on its way or in doubt."""
    return (
        db.exec(
            select(Outbox.id)
            .where(Outbox.place_id == place_id, col(Outbox.platform_id).is_(None))
            .where(col(Outbox.state).in_((Sending.WAITING, Sending.SENDING)))
            .limit(1)
        ).first()
        is not None
    )


def _row(
    key: str,
    kind: Kind,
    place_id: int,
    root_id: int | None,
    dialog: str,
    argument: str,
    collaboration_id: int | None,
    rank: int,
    now: datetime,
) -> dict[str, Any]:
    return {
        "key": key,
        "kind": kind,
        "place_id": place_id,
        "root_id": root_id,
        "dialog": dialog,
        "argument": argument,
        "collaboration_id": collaboration_id,
        "rank": rank,
        "not_before": now,
        "created_at": now,
        "state": Sending.WAITING,
        "wanted": 1,
        "sent": 0,
        "attempts": 0,
        "repeats": 0,
    }
