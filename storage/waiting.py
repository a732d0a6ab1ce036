"""Who has questions waiting in which rounds: plain rows, read for many people at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.engine import Db, insert_found
from storage.places import making_directs
from storage.rounds import has_said, is_member, people_of
from storage.tables import (
    Answer,
    Asked,
    AskedState,
    Collaboration,
    Membership,
    Person,
    Place,
    Round,
    RoundState,
)


class Home(NamedTuple):
    """A round with its collaboration."""

    id: int
    name: dict[str, str]
    closes_at: datetime
    collaboration_id: int
    collaboration: str
    language: str
    zone: str
    country: str


class Waiting(NamedTuple):
    """So many questions of a round wait for a person, who is written to in this place."""

    person_id: int
    round_id: int
    questions: int
    language: str | None
    zone: str | None
    away_until: date | None
    place_id: int
    place_language: str | None


def homes(db: Db, round_ids: Iterable[int]) -> dict[int, Home]:
    """The rounds with these ids and their collaborations, by round."""
    rows = db.connection().execute(_homes(), {"rounds": list(round_ids)})
    return {row[0]: Home(*row) for row in rows}


@cache
def _homes() -> Any:
    columns: list[Any] = [
        Round.id,
        Round.name,
        Round.closes_at,
        Collaboration.id,
        Collaboration.name,
        Collaboration.language,
        Collaboration.zone,
        Collaboration.country,
    ]
    return (
        select(*columns)
        .join(Collaboration, col(Collaboration.id) == col(Round.collaboration_id))
        .where(col(Round.id).in_(bindparam("rounds", expanding=True)))
    )


def reach(db: Db, round_ids: Iterable[int]) -> None:
    """See to it that those in the collaborations of these rounds can be written to."""
    insert_found(db, _reaching, {"rounds": list(round_ids)})


@cache
def _reaching(dialect: str) -> Any:
    return making_directs(dialect, people_of())


def for_people_of(db: Db, round_ids: Iterable[int]) -> list[Waiting]:
    """What waits for those in the collaborations of these rounds, in every round that is open:
    members of an organisation who can be written to, with asked questions they have not answered.
    In the order of persons, then of rounds."""
    rows = db.connection().execute(_for_people_of(), {"rounds": list(round_ids)})
    return [Waiting(*row) for row in rows]


@cache
def _for_people_of() -> Any:
    direct = aliased(Place)
    latest = select(func.max(direct.id)).where(
        col(direct.person_id) == col(Person.id), col(direct.removed_at).is_(None)
    )
    columns: list[Any] = [
        Person.id,
        Round.id,
        func.count(col(Asked.id)),
        Person.language,
        Person.zone,
        Person.away_until,
        Place.id,
        Place.language,
    ]
    return (
        select(*columns)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .join(Round, col(Round.collaboration_id) == col(Membership.collaboration_id))
        .join(Asked, col(Asked.round_id) == col(Round.id))
        .join(Place, col(Place.id) == latest.scalar_subquery())
        .outerjoin(Answer, has_said())
        .where(
            col(Person.id).in_(people_of()),
            col(Round.state) == RoundState.OPEN,
            col(Asked.state) != AskedState.WAITING,
            col(Membership.organisation_id).is_not(None),
            is_member(),
            col(Answer.id).is_(None),
        )
        .group_by(col(Person.id), col(Round.id), col(Place.id))
        .order_by(col(Person.id), col(Round.id))
    )
