"""Codes to join with: kept as a hash, each lets one channel or one person in, and expires."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Update, or_, update
from sqlmodel import col, select

from storage.engine import Db, by_id, changed
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


def is_for(invitation: Invitation, person_id: int) -> bool:
    """Whether this person may use it: a code written in a channel was read by others there, and
    is from then on for the one who wrote it."""
    return invitation.asked_by is None or invitation.asked_by == person_id


def one(db: Db, invitation_id: int) -> Invitation | None:
    """The invitation with this id."""
    return by_id(db, Invitation, invitation_id)


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


def reserve(db: Db, invitation_id: int, place_id: int, asked_by: int) -> bool:
    """A channel asks to join with this code; False when somebody else asked with it before."""
    return _set(
        db,
        update(Invitation)
        .where(col(Invitation.id) == invitation_id, col(Invitation.used_at).is_(None))
        .where(or_(col(Invitation.asked_by).is_(None), col(Invitation.asked_by) == asked_by))
        .values(place_id=place_id, asked_by=asked_by),
        invitation_id,
    )


def release(db: Db, invitation_id: int) -> None:
    """The channel does not want to after all; the code stays with the one who wrote it there."""
    statement = update(Invitation).where(col(Invitation.id) == invitation_id)
    _set(db, statement.values(place_id=None), invitation_id)


def _set(db: Db, statement: Update, invitation_id: int) -> bool:
    done = changed(db, statement) == 1
    found = one(db, invitation_id)
    if found is not None:
        db.refresh(found)
    return done
