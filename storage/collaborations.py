"""Collaborations, their parties, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, union
from sqlmodel import col, select

from storage import engine
from storage.engine import Db, by_id
from storage.prepared import Prepared, prepared
from storage.tables import (
    Action,
    Answer,
    Asked,
    Collaboration,
    Conclusion,
    Membership,
    Organisation,
    Round,
    Wording,
)


def the(db: Db, collaboration_id: int) -> Collaboration:
    """The collaboration with this id; NoResultFound when there is none.

    It is kept for the transaction, since several ask for it in every turn.
    """
    kept = _kept(db)
    if collaboration_id not in kept:
        kept[collaboration_id] = engine.the(db, Collaboration, collaboration_id)
    return kept[collaboration_id]


def found_by(db: Db, query: Prepared, given: dict[str, Any]) -> Collaboration | None:
    """The collaboration that a query finds; kept for the transaction as well."""
    found: Collaboration | None = query.value(db, given)
    if found is not None:
        _kept(db)[found.id] = found
    return found


def _kept(db: Db) -> dict[int, Collaboration]:
    kept: dict[int, Collaboration] = db.info.setdefault("collaborations", {})
    return kept


def latest_of(db: Db, person_id: int) -> Collaboration | None:
    """The collaboration that a person joined last."""
    query = (
        select(Collaboration)
        .join(Membership, col(Membership.collaboration_id) == col(Collaboration.id))
        .where(Membership.person_id == person_id)
        .order_by(col(Membership.id).desc())
    )
    return db.exec(query).first()


def exists(db: Db, collaboration_id: int) -> bool:
    """Whether there is a collaboration with this id."""
    return by_id(db, Collaboration, collaboration_id) is not None


def of(db: Db, person_id: int) -> list[Collaboration]:
    """The collaborations a person is in, oldest first."""
    return list(
        db.exec(
            select(Collaboration)
            .join(Membership, col(Membership.collaboration_id) == col(Collaboration.id))
            .where(Membership.person_id == person_id)
            .order_by(col(Collaboration.id))
        )
    )


def touched_by(db: Db, person_id: int) -> list[int]:
    """The ids of all collaborations that a person has to do with: those they are in, and those
    they left an answer, an action or a conclusion in."""
    return [each for (each,) in _touched_by.all(db, {"person": person_id})]


@prepared
def _touched_by() -> Any:
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
    the(db, collaboration_id).joining_open = opened
    db.flush()
