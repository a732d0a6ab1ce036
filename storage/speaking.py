"""The language of a place: what stands there is shown anew when it changes."""

from __future__ import annotations

from sqlmodel import col, select

from storage import outbox
from storage.engine import Db
from storage.tables import Kind, Outbox, Place


def place(db: Db, place_id: int) -> Place | None:
    """The place with this id, which may be of nothing."""
    return db.exec(select(Place).where(Place.id == place_id)).first()


def speak(db: Db, here: Place, language: str) -> None:
    """Let all that is read in this place be in this language, also what stands there already."""
    here.language = language
    db.flush()
    columns = select(Outbox.dialog, Outbox.live, Outbox.argument)
    standing = columns.where(Outbox.place_id == here.id, Outbox.kind == Kind.LIVE)
    for dialog, name, argument in db.exec(standing.order_by(col(Outbox.id))).all():
        outbox.refresh(db, dialog, name or "", argument, place_id=here.id)
