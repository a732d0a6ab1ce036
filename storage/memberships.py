"""Who is in a collaboration, from which organisation and with which roles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, update
from sqlmodel import col, select

from storage import freshening, proposals
from storage.engine import Db, by_id, insert_new
from storage.tables import (
    Answer,
    Asked,
    AskedState,
    Collaboration,
    Left,
    Membership,
    Person,
    Role,
    Round,
    SeenBy,
    Whose,
)


def of(db: Db, person_id: int, collaboration_id: int) -> Membership | None:
    """What the person is in the collaboration."""
    return db.exec(
        select(Membership).where(
            Membership.person_id == person_id, Membership.collaboration_id == collaboration_id
        )
    ).first()


def join(
    db: Db,
    person_id: int,
    collaboration_id: int,
    organisation_id: int | None,
    roles: Sequence[Role],
    now: datetime,
) -> Membership:
    """Make the person a member, or set the organisation of one who had none yet.

    Answers given before the organisation was picked count from then on.
    """
    row = {
        "person_id": person_id,
        "collaboration_id": collaboration_id,
        "organisation_id": organisation_id,
        "roles": list(roles),
        "told_talk": False,
        "told_thread": False,
        "created_at": now,
    }
    insert_new(db, Membership, [row], ["collaboration_id", "person_id"])
    here = of(db, person_id, collaboration_id)
    assert here is not None
    if organisation_id is not None and here.organisation_id is None:
        here.organisation_id = organisation_id
        db.flush()
    if organisation_id is not None:
        _adopt_answers(db, person_id, collaboration_id, organisation_id)
    return here


def told(db: Db, membership_id: int, what: str) -> None:
    """Remember that a person was told something once: `told_talk` or `told_thread`."""
    db.execute(update(Membership).where(col(Membership.id) == membership_id).values({what: True}))


def members(db: Db, collaboration_id: int) -> list[tuple[Membership, Person]]:
    """Everybody in the collaboration, by name."""
    rows = db.exec(
        select(Membership, Person)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(Membership.collaboration_id == collaboration_id)
        .order_by(col(Person.name), col(Person.id))
    )
    return list(rows)


def mondays(db: Db, collaboration_id: int) -> list[Person]:
    """The members who get the week's questions of daily rounds on Mondays."""
    found = members(db, collaboration_id)
    return [
        person
        for member, person in found
        if person.monday and member.organisation_id is not None and Role.MEMBER in member.roles
    ]


def colleagues(db: Db, collaboration_id: int, organisation_id: int) -> list[int]:
    """The people of an organisation who are asked; their ids."""
    rows = db.exec(
        select(Membership).where(
            Membership.collaboration_id == collaboration_id,
            Membership.organisation_id == organisation_id,
        )
    )
    return sorted(each.person_id for each in rows if Role.MEMBER in each.roles)


def one(db: Db, membership_id: int) -> Membership | None:
    """The membership with this id."""
    return by_id(db, Membership, membership_id)


def coordinators(db: Db, collaboration_id: int) -> list[int]:
    """The ids of the people who coordinate."""
    return [
        person.id
        for member, person in members(db, collaboration_id)
        if Role.COORDINATOR in member.roles
    ]


def move(db: Db, member: Membership, organisation_id: int) -> None:
    """Let a member take part from another organisation; their own answers follow.

    What colleagues shared with them is shown to them no more, and they agree with none of it.
    Three kinds of answers stay: what the organisation gave; what was written for colleagues only,
    whoever they are; and what is shown under the organisation's name, for its moving would tell
    whose it is.
    """
    proposals.agree_no_more(db, member.person_id, member.collaboration_id)
    member.organisation_id = organisation_id
    db.flush()
    freshening.directs(db, member.person_id, member.collaboration_id)
    shown_so = and_(col(Round.whose) == Whose.BY_HOUSE, col(Asked.state) == AskedState.OPENED)
    stays = (
        select(Asked.id)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .where(or_(col(Asked.where) == SeenBy.HOUSE, shown_so))
    )
    db.execute(
        update(Answer)
        .where(col(Answer.respondent) == f"p{member.person_id}")
        .where(col(Answer.asked_id).in_(_asked_in(member.collaboration_id)))
        .where(col(Answer.asked_id).not_in(stays))
        .values(organisation_id=organisation_id)
    )


def give_role(db: Db, member: Membership, role: Role) -> None:
    """Let a member hold one role more."""
    if role not in member.roles:
        member.roles = [*member.roles, role]
        db.flush()


def has_left(db: Db, member: Membership, now: datetime, *, removed: bool) -> None:
    """Remember from where they took part, and whether a coordinator `removed` them."""
    row = Left(
        collaboration_id=member.collaboration_id,
        person_id=member.person_id,
        organisation_id=member.organisation_id,
        removed=removed,
        at=now,
    )
    db.add(row)
    db.flush()


def left(db: Db, person_id: int, collaboration_id: int) -> Left | None:
    """How somebody left who is not back."""
    return db.exec(
        select(Left).where(Left.person_id == person_id, Left.collaboration_id == collaboration_id)
    ).first()


def comes_back(db: Db, gone: Left) -> None:
    """They take part again."""
    db.delete(gone)
    db.flush()


def _adopt_answers(db: Db, person_id: int, collaboration_id: int, organisation_id: int) -> None:
    db.execute(
        update(Answer)
        .where(col(Answer.person_id) == person_id, col(Answer.organisation_id).is_(None))
        .where(col(Answer.asked_id).in_(_asked_in(collaboration_id)))
        .values(organisation_id=organisation_id)
    )


def _asked_in(collaboration_id: int) -> Any:
    return (
        select(Asked.id)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .where(Round.collaboration_id == collaboration_id)
    )


def house_language(db: Db, person_id: int, home: Collaboration) -> str | None:
    """The language that a person's organisation has adopted in this collaboration."""
    if not home.house_languages:
        return None
    member = of(db, person_id, home.id)
    house = str(member.organisation_id) if member is not None else ""
    return home.house_languages.get(house)
