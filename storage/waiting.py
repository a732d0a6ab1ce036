"""Who is asked and has said nothing yet: one person's questions, who is left, whom to remind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Unicode, and_, bindparam, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.engine import Db, among
from storage.places import in_order
from storage.prepared import Prepared, prepared
from storage.tables import (
    COORDINATORS,
    Answer,
    Asked,
    AskedState,
    Collaboration,
    Membership,
    Person,
    Place,
    Responded,
    Role,
    Round,
    RoundState,
    Whose,
)


class Home(NamedTuple):
    """A round with its collaboration."""

    id: int
    name: dict[str, str]
    closes_at: datetime
    collaboration_id: int
    collaboration: str
    language: str
    house_languages: dict[str, str]
    zone: str
    country: str


class Waiting(NamedTuple):
    """So many questions of a round wait for a person who has chosen this language and zone, is in
    this organisation and is written to in a place with that language."""

    round_id: int
    questions: int
    language: str | None
    zone: str | None
    place_language: str | None
    organisation_id: int


PlainRow = tuple[Any, ...]  # person's id, their place's, until when they are away; then a Waiting
WHO = 3  # how much of that says who it is


def homes(db: Db, round_ids: Iterable[int]) -> dict[int, Home]:
    """The rounds with these ids and their collaborations, by round."""
    rows = _homes.all(db, {"rounds": list(round_ids)})
    return {row[0]: Home(*row) for row in rows}


@Prepared
def _homes(dialect: str) -> Any:
    columns: list[Any] = [
        Round.id,
        Round.name,
        Round.closes_at,
        Collaboration.id,
        Collaboration.name,
        Collaboration.language,
        Collaboration.house_languages,
        Collaboration.zone,
        Collaboration.country,
    ]
    return (
        select(*columns)
        .join(Collaboration, col(Collaboration.id) == col(Round.collaboration_id))
        .where(among(dialect, col(Round.id), "rounds"))
    )


def for_people_of(db: Db, round_ids: Iterable[int]) -> list[PlainRow]:
    """What waits for those in the collaborations of these rounds, in every round that is open:
    members of an organisation who can be written to, with asked questions they have not answered.
    In the order of persons, then of the places they can be written to in, that of `direct_of` last,
    then of rounds. Plain rows: there may be thousands."""
    return _for_people_of.all(db, {"rounds": list(round_ids)})


@Prepared
def _for_people_of(dialect: str) -> Any:
    direct = and_(col(Place.person_id) == col(Person.id), col(Place.removed_at).is_(None))
    house = col(Membership.organisation_id)
    each = (col(Person.id), *in_order(), col(Round.id), house)
    columns: list[Any] = [
        Person.id,
        Place.id,
        Person.away_until,
        Round.id,
        func.count(col(Asked.id)),
        Person.language,
        Person.zone,
        Place.language,
        house,
    ]
    return (
        select(*columns)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .join(Round, col(Round.collaboration_id) == col(Membership.collaboration_id))
        .join(Asked, col(Asked.round_id) == col(Round.id))
        .join(Place, direct)
        .outerjoin(Answer, _answered())
        .outerjoin(Responded, _responded())
        .where(
            col(Person.id).in_(people_of(dialect)),
            house.is_not(None),
            col(Round.paused_at).is_(None),
            *_waits(),
        )
        .group_by(*each)
        .order_by(*each)  # all of them, so that SQLite sorts once
    )


def questions_for(
    db: Db, person_id: int, collaboration_id: int | None = None, *, to_come: bool = False
) -> list[Asked]:
    """The questions that wait for a person in any collaboration, or in one; oldest first. With
    `to_come` also those that have their day in a daily round, which is not paused."""
    query = (
        _of_members()
        .with_only_columns(Asked)
        .where(col(Membership.person_id) == person_id, *_waits(to_come=to_come))
        .order_by(col(Asked.round_id), col(Asked.position))
    )
    if collaboration_id is not None:
        query = query.where(col(Round.collaboration_id) == collaboration_id)
    return list(db.execute(query).scalars())


def late_for(db: Db, person_id: int, since: datetime) -> list[Asked]:
    """The questions of rounds that closed after `since` and still take answers, to which a person
    has said nothing; those of the latest round first."""
    query = (
        _of_members()
        .with_only_columns(Asked)
        .where(
            col(Membership.person_id) == person_id,
            col(Round.state) == RoundState.CLOSED,
            col(Round.closed_at) >= since,
            col(Round.whose) != Whose.ANONYMOUS,
            col(Asked.state) != AskedState.WAITING,
            col(Asked.parent_id).is_(None),
            _is_asked(),
            *_nothing_said(),
        )
        .order_by(col(Asked.round_id).desc(), col(Asked.position))
    )
    return list(db.execute(query).scalars())


def somebody_left(db: Db, asked_id: int, today: date) -> bool:
    """Whether somebody is asked who has said nothing: a member in an organisation who is not away
    today. Skips count as said, and so does what was taken back."""
    wanted = {"asked": asked_id, "today": today}
    return _somebody_left.first(db, wanted) is not None


@prepared
def _somebody_left() -> Any:
    away = col(Person.away_until)
    return (
        _of_members()
        .with_only_columns(col(Membership.id))
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(
            col(Asked.id) == bindparam("asked"),
            col(Membership.organisation_id).is_not(None),
            away.is_(None) | (away < bindparam("today")),
            _is_asked(),
            *_nothing_said(),
        )
        .limit(1)
    )


def _of_members() -> Any:
    """Each question beside each membership of its collaboration, with what was said."""
    return (
        select(Asked)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .join(Membership, col(Membership.collaboration_id) == col(Round.collaboration_id))
        .outerjoin(Answer, _answered())
        .outerjoin(Responded, _responded())
    )


def _waits(*, to_come: bool = False) -> list[Any]:
    """That a question is asked now, of this member, who has said nothing to it. Questions that
    deepen one wait for nobody: whoever wants them asks for them."""
    asked = col(Asked.state) != AskedState.WAITING
    has_its_day = and_(col(Asked.due_on).is_not(None), col(Round.paused_at).is_(None))
    return [
        col(Round.state) == RoundState.OPEN,
        or_(asked, has_its_day) if to_come else asked,
        col(Asked.parent_id).is_(None),
        _is_asked(),
        *_nothing_said(),
    ]


def _nothing_said() -> list[Any]:
    """No answer, no "don't know", no skip, nothing taken back: whoever said that is done."""
    return [col(Answer.id).is_(None), col(Responded.person_id).is_(None)]


def _answered() -> Any:
    """The answer of a member, or of their organisation where that is what answers."""
    person = literal("p") + cast(col(Membership.person_id), Unicode)
    house = literal("o") + cast(col(Membership.organisation_id), Unicode)
    return and_(col(Answer.asked_id) == col(Asked.id), col(Answer.respondent).in_([person, house]))


def _responded() -> Any:
    """That a member has answered in an anonymous round."""
    return and_(
        col(Responded.asked_id) == col(Asked.id),
        col(Responded.person_id) == col(Membership.person_id),
    )


def _is_asked() -> Any:
    """Whether a membership's roles, a list in JSON, have the one that a round is for."""
    roles = cast(Membership.roles, Unicode)
    wanted = case(
        (col(Round.audience) == COORDINATORS, f'"{Role.COORDINATOR}"'), else_=f'"{Role.MEMBER}"'
    )
    return roles.contains(wanted)


def people_of(dialect: str) -> Any:
    """The ids of those in the collaborations of `rounds`, as a part of other statements."""
    home, member = aliased(Round), aliased(Membership)
    return (
        select(col(member.person_id))
        .join(home, col(home.collaboration_id) == col(member.collaboration_id))
        .where(among(dialect, col(home.id), "rounds"))
    )
