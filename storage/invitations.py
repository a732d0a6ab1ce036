"""Codes to join with: kept as a hash, each lets one channel or one person in, and expires."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from storage.engine import Db, changed
from storage.tables import Invitation


def _hash(code: str) -> str:
    # Codes have 50 bits and live a week: a plain hash is enough to keep them out of the database.
    return hashlib.sha256("".join(code.split()).upper().encode()).hexdigest()


def create(
    db: Db, collaboration_id: int, code: str, created_by: int, now: datetime, expires_at: datetime
) -> None:
    """Remember a new code."""
    db.add(
        Invitation(
            collaboration_id=collaboration_id,
            code_hash=_hash(code),
            created_by=created_by,
            created_at=now,
            expires_at=expires_at,
        )
    )
    db.flush()


def by_code(db: Db, code: str, now: datetime) -> Invitation | None:
    """The invitation behind a code (spaces and case do not matter) that can still be used."""
    return db.exec(
        select(Invitation).where(
            Invitation.code_hash == _hash(code),
            col(Invitation.used_at).is_(None),
            Invitation.expires_at > now,
        )
    ).first()


def one(db: Db, invitation_id: int) -> Invitation | None:
    """The invitation with this id."""
    return db.exec(select(Invitation).where(Invitation.id == invitation_id)).first()


def collaboration_of(db: Db, invitation_id: int) -> int | None:
    """Which collaboration it lets into."""
    return db.exec(
        select(Invitation.collaboration_id).where(Invitation.id == invitation_id)
    ).first()


def use(db: Db, invitation_id: int, now: datetime) -> bool:
    """The code has done its work; False when it had done so before."""
    statement = (
        update(Invitation)
        .where(col(Invitation.id) == invitation_id, col(Invitation.used_at).is_(None))
        .values(used_at=now)
    )
    return changed(db, statement) == 1


def reserve(db: Db, invitation_id: int, place_id: int, asked_by: int) -> None:
    """A channel asks to join with this code."""
    _set(db, invitation_id, place_id=place_id, asked_by=asked_by)


def release(db: Db, invitation_id: int) -> None:
    """The channel does not want to after all."""
    _set(db, invitation_id, place_id=None, asked_by=None)


def _set(db: Db, invitation_id: int, **values: object) -> None:
    db.execute(update(Invitation).where(col(Invitation.id) == invitation_id).values(**values))
    found = one(db, invitation_id)
    if found is not None:
        db.refresh(found)
