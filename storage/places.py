"""Places: channels that a collaboration lives in, and the direct conversation with each person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from storage.engine import Db, insert_new
from storage.tables import Place


def find(db: Db, platform: str, tenant: str, channel: str) -> Place | None:
    """The place with these platform ids, if we know it."""
    return db.exec(
        select(Place).where(
            Place.platform == platform, Place.tenant == tenant, Place.channel == channel
        )
    ).first()


def place(db: Db, place_id: int) -> Place:
    """The place with this id; NoResultFound when there is none."""
    return db.exec(select(Place).where(Place.id == place_id)).one()


def meet(
    db: Db,
    platform: str,
    tenant: str,
    channel: str,
    *,
    name: str = "",
    person_id: int | None = None,
) -> Place:
    """The place, made on first sight; a direct conversation belongs to `person_id`."""
    row = {
        "platform": platform,
        "tenant": tenant,
        "channel": channel,
        "name": name,
        "person_id": person_id,
    }
    insert_new(db, Place, [row], ["platform", "tenant", "channel"])
    here = find(db, platform, tenant, channel)
    assert here is not None
    if name and here.name != name:
        here.name = name
        db.flush()
    return here


def direct_of(db: Db, person_id: int) -> Place | None:
    """Where a person can be written to privately; the latest one that still stands."""
    return db.exec(
        select(Place)
        .where(Place.person_id == person_id, col(Place.removed_at).is_(None))
        .order_by(col(Place.id).desc())
    ).first()


def channels_of(db: Db, collaboration_id: int) -> list[Place]:
    """The channels a collaboration lives in, oldest first."""
    return list(
        db.exec(
            select(Place)
            .where(
                Place.collaboration_id == collaboration_id,
                col(Place.person_id).is_(None),
                col(Place.removed_at).is_(None),
            )
            .order_by(col(Place.id))
        )
    )


def bind(db: Db, place_id: int, collaboration_id: int, language: str | None = None) -> None:
    """Let the channel be one of the collaboration's places."""
    values: dict[str, object] = {"collaboration_id": collaboration_id, "removed_at": None}
    if language:
        values["language"] = language
    db.execute(update(Place).where(col(Place.id) == place_id).values(**values))


def remove(db: Db, place_id: int, now: datetime) -> None:
    """Samspill is no longer in this place."""
    db.execute(update(Place).where(col(Place.id) == place_id).values(removed_at=now))
