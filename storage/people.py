"""People and their identities on platforms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from storage.engine import Db, insert_new, the
from storage.prepared import prepared
from storage.tables import Identity, Person, Place


def person(db: Db, person_id: int) -> Person:
    """The person with this id; NoResultFound when there is none."""
    return the(db, Person, person_id)


def persons(db: Db, person_ids: Sequence[int]) -> list[Person]:
    """The people with these ids."""
    return list(db.exec(select(Person).where(col(Person.id).in_(person_ids))))


def called(db: Db, name: str) -> list[int]:
    """The ids of those who go by exactly this name."""
    found = db.exec(select(Person.id).where(Person.name == name).order_by(col(Person.id)))
    return list(found)


def by_identity(db: Db, platform: str, tenant: str, user: str) -> Person | None:
    """Who this is on a platform, if we have met."""
    who = {"platform": platform, "tenant": tenant, "user": user}
    found: Person | None = _by_identity.value(db, who)
    return found


@prepared
def _by_identity() -> Any:
    return (
        select(Person)
        .join(Identity, col(Identity.person_id) == col(Person.id))
        .where(
            Identity.platform == bindparam("platform"),
            Identity.tenant == bindparam("tenant"),
            Identity.user == bindparam("user"),
        )
    )


def meet(db: Db, platform: str, tenant: str, user: str, name: str, now: datetime) -> Person:
    """The person behind an identity, made on the first meeting."""
    known = by_identity(db, platform, tenant, user)
    if known is not None:
        return known
    new = Person(name=name or user, created_at=now)
    db.add(new)
    db.flush()
    if not be_known(db, new.id, platform, tenant, user):
        db.delete(new)  # another turn met them at the same moment
        db.flush()
        return meet(db, platform, tenant, user, name, now)
    return new


def be_known(db: Db, person_id: int, platform: str, tenant: str, user: str) -> bool:
    """Let a person be this user, and have their direct conversation there; False when somebody is
    this user already."""
    where = {"platform": platform, "tenant": tenant}
    row = {"person_id": person_id, "user": user, **where}
    if not insert_new(db, Identity, [row], ["platform", "tenant", "user"]):
        return False
    direct = {"person_id": person_id, "channel": user, "name": "", **where}
    if not insert_new(db, Place, [direct], ["platform", "tenant", "channel"]):
        # Who was erased a moment ago is new now, and where they were last written to is theirs.
        left = update(Place).where(col(Place.platform) == platform, col(Place.tenant) == tenant)
        theirs = (col(Place.channel) == user, col(Place.person_id).is_not(None))
        db.execute(left.where(*theirs).values(person_id=person_id))
    return True


def move(db: Db, platform: str, tenants: Sequence[str], to: str, user: str) -> bool:
    """Let whoever is known as this user of one of these tenants be one of another from now on, with
    their direct conversation; whether anybody is."""
    theirs = select(Identity).where(
        Identity.platform == platform, col(Identity.tenant).in_(tenants), Identity.user == user
    )
    found = db.exec(theirs.order_by(col(Identity.id))).first()
    if found is None:
        return False
    direct = update(Place).where(
        col(Place.platform) == platform,
        col(Place.tenant) == found.tenant,
        col(Place.channel) == user,
        col(Place.person_id).is_not(None),
    )
    there = select(Place.id).where(
        Place.platform == platform, Place.tenant == to, Place.channel == user
    )
    if db.exec(there).first() is None:
        db.execute(direct.values(tenant=to))
    found.tenant = to
    db.flush()
    return True


def choose(db: Db, person_id: int, **values: Any) -> None:
    """What the person chooses for themselves: columns of `Person`."""
    db.execute(update(Person).where(col(Person.id) == person_id).values(**values))
