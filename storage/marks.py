"""Small facts about the database itself: what kind it is, and what the demo keeps."""

from __future__ import annotations

from sqlmodel import select

from storage.engine import Db
from storage.tables import Mark


def read(db: Db, name: str) -> str | None:
    """The mark's value, if it is there."""
    return db.exec(select(Mark.value).where(Mark.name == name)).first()


def write(db: Db, name: str, value: str) -> None:
    """Set a mark."""
    db.merge(Mark(name=name, value=value))
    db.flush()
