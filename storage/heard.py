"""Messages about questions, in threads and direct: their ids and times; words while they answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from storage.engine import Db, by_id
from storage.tables import Heard


def note(
    db: Db,
    *,
    place_id: int,
    message: str,
    asked_id: int,
    person_id: int,
    at: datetime,
    text: str | None,
    talk: bool,
) -> Heard:
    """Note a message about a question; an edit or deletion may have come before it."""
    known = of_message(db, place_id, message)
    if known is None:
        known = Heard(
            place_id=place_id,
            message=message,
            asked_id=asked_id,
            person_id=person_id,
            at=at,
            text=text,
            talk=talk,
        )
        db.add(known)
    else:
        known.at = at  # an edit or a deletion came first and stands; the message's own time counts
        if not known.deleted and known.changed_at is None:
            known.text, known.talk = text, talk
    db.flush()
    return known


def of_message(db: Db, place_id: int, message: str) -> Heard | None:
    """What is known of a message in a question's thread, or in a direct message."""
    return db.exec(
        select(Heard).where(Heard.place_id == place_id, Heard.message == message)
    ).first()


def in_place(db: Db, asked_id: int, place_id: int) -> list[Heard]:
    """All messages about a question in one place, in the order they were written."""
    return list(
        db.exec(
            select(Heard)
            .where(Heard.asked_id == asked_id, Heard.place_id == place_id)
            .order_by(col(Heard.at), col(Heard.id))
        )
    )


def forget_words(db: Db, asked_id: int, person_id: int, *, but: int | None = None) -> None:
    """Keep nothing of what a person wrote about a question, but in the place `but`."""
    query = (
        update(Heard)
        .where(col(Heard.asked_id) == asked_id, col(Heard.person_id) == person_id)
        .where(col(Heard.text).is_not(None))
    )
    if but is not None:
        query = query.where(col(Heard.place_id) != but)
    db.execute(query.values(text=None))


def one(db: Db, heard_id: int) -> Heard | None:
    """The message with this id of ours."""
    return by_id(db, Heard, heard_id)


def bury(db: Db, place_id: int, message: str, asked_id: int, person_id: int, at: datetime) -> None:
    """A message was deleted before we heard it: leave a tombstone, so that it never counts."""
    db.add(
        Heard(
            place_id=place_id,
            message=message,
            asked_id=asked_id,
            person_id=person_id,
            at=at,
            deleted=True,
        )
    )
    db.flush()
