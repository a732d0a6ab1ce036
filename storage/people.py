"""People, their identities, and who they are in which collaboration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, union, update
from sqlmodel import col, select

from storage.engine import Db, insert_new, the
from storage.tables import (
    Action,
    Answer,
    Asked,
    Collaboration,
    Conclusion,
    Identity,
    Membership,
    Organisation,
    Person,
    Place,
    Round,
    Wording,
)


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
    return db.execute(_by_identity(), who).scalar()


@cache
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
    row = {"person_id": new.id, "platform": platform, "tenant": tenant, "user": user}
    if not insert_new(db, Identity, [row], ["platform", "tenant", "user"]):
        db.delete(new)  # another turn met them at the same moment
        db.flush()
        return meet(db, platform, tenant, user, name, now)
    # Who was erased a moment ago is new now, and where they were last written to is theirs again.
    direct = (
        update(Place)
        .where(col(Place.platform) == platform, col(Place.tenant) == tenant)
        .where(col(Place.channel) == user, col(Place.person_id).is_not(None))
    )
    db.execute(direct.values(person_id=new.id))
    return new


def choose(db: Db, person_id: int, **values: Any) -> None:
    """What the person chooses for themselves: columns of `Person`."""
    db.execute(update(Person).where(col(Person.id) == person_id).values(**values))


def collaboration(db: Db, collaboration_id: int) -> Collaboration:
    """The collaboration with this id; NoResultFound when there is none.

    It is kept for the transaction, since several ask for it in every turn.
    """
    kept = _kept(db)
    if collaboration_id not in kept:
        kept[collaboration_id] = the(db, Collaboration, collaboration_id)
    return kept[collaboration_id]


def collaboration_by(db: Db, query: Any, given: dict[str, Any]) -> Collaboration | None:
    """The collaboration that a query finds; kept for the transaction as well."""
    found: Collaboration | None = db.execute(query, given).scalar()
    if found is not None:
        _kept(db)[found.id] = found
    return found


def _kept(db: Db) -> dict[int, Collaboration]:
    kept: dict[int, Collaboration] = db.info.setdefault("collaborations", {})
    return kept


def latest_home(db: Db, person_id: int) -> Collaboration | None:
    """The collaboration that a person joined last."""
    query = (
        select(Collaboration)
        .join(Membership, col(Membership.collaboration_id) == col(Collaboration.id))
        .where(Membership.person_id == person_id)
        .order_by(col(Membership.id).desc())
    )
    return db.exec(query).first()


def collaborations(db: Db, ids: Iterable[int]) -> dict[int, Collaboration]:
    """The collaborations with these ids, by id."""
    rows = db.exec(select(Collaboration).where(col(Collaboration.id).in_(list(ids))))
    return {each.id: each for each in rows}


def collaborations_of(db: Db, person_id: int) -> list[Collaboration]:
    """The collaborations a person is in, oldest first."""
    return list(
        db.exec(
            select(Collaboration)
            .join(Membership, col(Membership.collaboration_id) == col(Collaboration.id))
            .where(Membership.person_id == person_id)
            .order_by(col(Collaboration.id))
        )
    )


def homes_of(db: Db, person_id: int) -> list[int]:
    """The ids of all collaborations that a person has to do with: those they are in, and those
    they left an answer, an action or a conclusion in."""
    return list(db.connection().execute(_homes_of(), {"person": person_id}).scalars())


@cache
def _homes_of() -> Any:
    person: Any = bindparam("person")
    member = select(Membership.collaboration_id).where(Membership.person_id == person)
    answered = (
        select(Round.collaboration_id)
        .join(Asked, col(Asked.round_id) == col(Round.id))
        .join(Answer, col(Answer.asked_id) == col(Asked.id))
        .where(Answer.person_id == person)
    )
    promised = select(Action.collaboration_id).where(
        (col(Action.person_id) == person) | (col(Action.written_by) == person)
    )
    concluded = (
        select(Conclusion.collaboration_id)
        .outerjoin(Wording, col(Wording.conclusion_id) == col(Conclusion.id))
        .where((col(Conclusion.written_by) == person) | (col(Wording.written_by) == person))
    )
    return union(member, answered, promised, concluded)


def organisations(db: Db, collaboration_id: int) -> list[Organisation]:
    """The parties, in the order they were named."""
    return list(
        db.exec(
            select(Organisation)
            .where(Organisation.collaboration_id == collaboration_id)
            .order_by(col(Organisation.id))
        )
    )


def organisation(db: Db, organisation_id: int, collaboration_id: int) -> Organisation | None:
    """The party with this id, if it is one of this collaboration's."""
    return db.exec(
        select(Organisation).where(
            Organisation.id == organisation_id,
            Organisation.collaboration_id == collaboration_id,
        )
    ).first()


def add_organisation(db: Db, collaboration_id: int, name: str) -> Organisation:
    """A party with this name: the one there is, or a new one."""
    for each in organisations(db, collaboration_id):
        if each.name.casefold() == name.casefold():
            return each
    new = Organisation(collaboration_id=collaboration_id, name=name)
    db.add(new)
    db.flush()
    return new


def create(
    db: Db,
    *,
    name: str,
    organisations: Sequence[str],
    language: str,
    now: datetime,
) -> Collaboration:
    """A new collaboration with its parties."""
    made = Collaboration(name=name, language=language, created_at=now)
    db.add(made)
    db.flush()
    for each in organisations:
        db.add(Organisation(collaboration_id=made.id, name=each))
    db.flush()
    return made


def set_joining(db: Db, collaboration_id: int, *, opened: bool) -> None:
    """Let people in its channels join by themselves, or not."""
    collaboration(db, collaboration_id).joining_open = opened
    db.flush()
