"""Places: channels that a collaboration lives in, and the direct conversation with each person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, literal, update
from sqlmodel import col, select

from storage.engine import Db, by_id, changed, insert_new, the
from storage.prepared import prepared
from storage.tables import Identity, Person, Place

WEB_PLATFORM, WEB_TENANT = "web", "nett"  # where those sit who came by a personal link


def find(db: Db, platform: str, tenant: str, channel: str) -> Place | None:
    """The place with these platform ids, if we know it."""
    where = {"platform": platform, "tenant": tenant, "channel": channel}
    found: Place | None = _find.value(db, where)
    return found


@prepared
def _find() -> Any:
    return select(Place).where(
        Place.platform == bindparam("platform"),
        Place.tenant == bindparam("tenant"),
        Place.channel == bindparam("channel"),
    )


def find_with(
    db: Db, who: tuple[str, str, str], where: tuple[str, str, str]
) -> tuple[Person | None, Place | None]:
    """Who this is (platform, tenant, user), if we have met, and the place (platform, tenant,
    channel), if we know it: mostly by one query, since every event asks for both."""
    keys = {"platform": who[0], "tenant": who[1], "user": who[2]}
    keys |= {"there": where[0], "of": where[1], "channel": where[2]}
    found = _find_with.first(db, keys)
    return (found[0], found[1]) if found else (None, find(db, *where))


@prepared
def _find_with() -> Any:
    here = and_(
        col(Place.platform) == bindparam("there"),
        col(Place.tenant) == bindparam("of"),
        col(Place.channel) == bindparam("channel"),
    )
    return (
        select(Person, Place)
        .join(Identity, col(Identity.person_id) == col(Person.id))
        .outerjoin(Place, here)
        .where(
            Identity.platform == bindparam("platform"),
            Identity.tenant == bindparam("tenant"),
            Identity.user == bindparam("user"),
        )
    )


def place(db: Db, place_id: int) -> Place:
    """The place with this id; NoResultFound when there is none."""
    return the(db, Place, place_id)


def one(db: Db, place_id: int) -> Place | None:
    """The place with this id, if there is one."""
    return by_id(db, Place, place_id)


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
    here = find(db, platform, tenant, channel)
    if here is None:
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


def direct_of(db: Db, person_id: int) -> Place:
    """Where a person is written to privately: in the latest of their direct conversations that
    stands. The web comes last, for it calls nobody: it has only those who look."""
    found: Place = _directs.all(db, {"person": person_id})[-1][0]
    return found


@prepared
def _directs() -> Any:
    theirs = select(Place).where(col(Place.person_id) == bindparam("person"))
    return theirs.order_by(col(Place.removed_at).is_(None), *in_order())


def in_order() -> tuple[Any, ...]:
    """Somebody's direct conversations in such an order that the one to write in is the last."""
    page = literal(WEB_TENANT, literal_execute=True)  # the same words each time: it is sorted once
    return (col(Place.tenant) != page, col(Place.id))


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


def bind(db: Db, place_id: int, collaboration_id: int) -> bool:
    """Let the channel be one of the collaboration's places; False when it belongs to one already,
    also when another turn was quicker by a moment."""
    statement = (
        update(Place)
        .where(
            col(Place.id) == place_id,
            col(Place.person_id).is_(None),
            col(Place.collaboration_id).is_(None),
        )
        .values(collaboration_id=collaboration_id, removed_at=None)
    )
    return changed(db, statement) == 1


def remove(db: Db, place_id: int, now: datetime) -> None:
    """Samspill is no longer in this place."""
    db.execute(update(Place).where(col(Place.id) == place_id).values(removed_at=now))


def come_back(db: Db, place_id: int) -> None:
    """Samspill is in this place again."""
    db.execute(update(Place).where(col(Place.id) == place_id).values(removed_at=None))


def of_channel(db: Db, platform: str, channel: str) -> Place | None:
    """The channel with this id, whichever workspace it was met in: such ids are nowhere twice."""
    query = select(Place).where(Place.platform == platform, Place.channel == channel)
    return db.exec(query.where(col(Place.person_id).is_(None)).order_by(col(Place.id))).first()


def follow(db: Db, place: Place, now_at: Place) -> bool:
    """Let a place have the platform's ids of another one, which gets its old ones; False when that
    belongs to a collaboration already."""
    if place.id == now_at.id or now_at.collaboration_id is not None:
        return False
    old = (place.tenant, place.channel, place.name)
    new = (now_at.tenant, now_at.channel, now_at.name or place.name)
    now_at.channel = f"{now_at.channel} {now_at.id}"  # for a moment: no two are the same
    db.flush()
    place.tenant, place.channel, place.name = new
    db.flush()
    now_at.tenant, now_at.channel, now_at.name = old
    db.flush()
    return True
