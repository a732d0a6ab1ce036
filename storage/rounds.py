"""Rounds and the questions asked in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Unicode, and_, bindparam, cast, literal, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from storage.engine import Db, by_id
from storage.people import collaboration_by
from storage.tables import (
    Answer,
    Asked,
    AskedState,
    Collaboration,
    Membership,
    Person,
    Place,
    Role,
    Round,
    RoundPlace,
    RoundState,
)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person before one asked question: all that answering needs, by one query."""

    asked: Asked
    round: Round
    member: Membership | None
    answer: Answer | None


def create(
    db: Db,
    *,
    collaboration_id: int,
    part_id: str,
    name: dict[str, str],
    way: str,
    trial: bool,
    started_by: int,
    now: datetime,
    closes_at: datetime,
    questions: Sequence[dict[str, Any]],
    place_ids: Sequence[int],
) -> Round:
    """A new open round with its questions (rows of `Asked` without round and position)."""
    made = Round(
        collaboration_id=collaboration_id,
        part_id=part_id,
        name=name,
        way=way,
        trial=trial,
        started_by=started_by,
        opened_at=now,
        closes_at=closes_at,
    )
    db.add(made)
    db.flush()
    for position, question in enumerate(questions, start=1):
        db.add(Asked(round_id=made.id, position=position, **question))
    for place_id in place_ids:
        db.add(RoundPlace(round_id=made.id, place_id=place_id))
    db.flush()
    return made


def add_place(db: Db, round_id: int, place_id: int) -> None:
    """Let a running round run in one more channel."""
    db.merge(RoundPlace(round_id=round_id, place_id=place_id))
    db.flush()


def one(db: Db, round_id: int) -> Round | None:
    """The round with this id."""
    return by_id(db, Round, round_id)


def asked(db: Db, asked_id: int) -> Asked | None:
    """The asked question with this id."""
    return by_id(db, Asked, asked_id)


def asked_with_round(db: Db, asked_id: int) -> tuple[Asked, Round] | None:
    """The asked question with this id, and its round."""
    found = db.execute(_asked_with_round(), {"asked": asked_id}).first()
    return (found[0], found[1]) if found else None


@cache
def _asked_with_round() -> Any:
    return (
        select(Asked, Round)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .where(Asked.id == bindparam("asked"))
    )


class Step(NamedTuple):
    """How far a round is with one of its questions, without what is asked."""

    position: int
    state: str
    asked_at: datetime | None


def steps(db: Db, round_id: int) -> list[Step]:
    """How far a round is with each of its questions, in order."""
    rows = db.connection().execute(_steps(), {"round": round_id})
    return [Step(*row) for row in rows]


@cache
def _steps() -> Any:
    return (
        select(Asked.position, Asked.state, Asked.asked_at)
        .where(Asked.round_id == bindparam("round"))
        .order_by(col(Asked.position))
    )


def questions(db: Db, round_id: int) -> list[Asked]:
    """A round's questions in order."""
    return list(db.execute(_questions(), {"round": round_id}).scalars())


@cache
def _questions() -> Any:
    return select(Asked).where(Asked.round_id == bindparam("round")).order_by(col(Asked.position))


def places(db: Db, round_id: int) -> list[Place]:
    """The channels a round runs in, as long as they are there."""
    return list(db.execute(_places(), {"round": round_id}).scalars())


@cache
def _places() -> Any:
    return (
        select(Place)
        .join(RoundPlace, col(RoundPlace.place_id) == col(Place.id))
        .where(RoundPlace.round_id == bindparam("round"), col(Place.removed_at).is_(None))
        .order_by(col(Place.id))
    )


def running(db: Db, collaboration_id: int) -> Round | None:
    """The collaboration's open round, if there is one."""
    return db.exec(
        select(Round)
        .where(Round.collaboration_id == collaboration_id, Round.state == RoundState.OPEN)
        .order_by(col(Round.id).desc())
    ).first()


def finished(db: Db, collaboration_id: int, most: int) -> list[Round]:
    """The rounds that are over and summed up, at most so many, the latest first."""
    return list(
        db.exec(
            select(Round)
            .where(Round.collaboration_id == collaboration_id, Round.state == RoundState.CLOSED)
            .where(col(Round.figures).is_not(None))
            .order_by(col(Round.id).desc())
            .limit(most)
        )
    )


def latest(db: Db, collaboration_id: int) -> Round | None:
    """The round that was started last."""
    return db.exec(
        select(Round)
        .where(Round.collaboration_id == collaboration_id)
        .order_by(col(Round.id).desc())
    ).first()


def seat(db: Db, asked_id: int, person_id: int) -> Seat | None:
    """A person's seat before a question; None when there is no such question."""
    row = db.execute(_seat(), {"asked": asked_id, "person": person_id}).first()
    return Seat(*row) if row else None


@cache
def _seat() -> Any:
    person: Any = bindparam("person")
    return (
        select(Asked, Round, Membership, Answer)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .outerjoin(
            Membership,
            and_(
                col(Membership.collaboration_id) == col(Round.collaboration_id),
                col(Membership.person_id) == person,
            ),
        )
        .outerjoin(
            Answer, and_(col(Answer.asked_id) == col(Asked.id), col(Answer.person_id) == person)
        )
        .where(Asked.id == bindparam("asked"))
    )


def waits_for(db: Db, person_id: int, collaboration_id: int | None = None) -> list[Asked]:
    """Questions that are asked now and that this member has not answered, oldest first."""
    query = (
        select(Asked)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .join(Membership, col(Membership.collaboration_id) == col(Round.collaboration_id))
        .outerjoin(Answer, has_said())
        .where(
            Membership.person_id == person_id,
            Round.state == RoundState.OPEN,
            Asked.state != AskedState.WAITING,
            col(Answer.id).is_(None),
        )
        .order_by(col(Asked.round_id), col(Asked.position))
    )
    if collaboration_id is not None:
        query = query.where(Round.collaboration_id == collaboration_id)
    return list(db.exec(query))


def answered_questions(db: Db, person_id: int, collaboration_id: int) -> list[tuple[Asked, Round]]:
    """The questions of a collaboration that a person has answered, with their rounds."""
    rows = db.exec(
        select(Asked, Round)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .join(Answer, col(Answer.asked_id) == col(Asked.id))
        .where(Round.collaboration_id == collaboration_id, Answer.person_id == person_id)
        .order_by(col(Asked.id))
    )
    return list(rows)


def collaboration_of_round(db: Db, round_id: int) -> int | None:
    """Which collaboration a round belongs to."""
    return db.exec(select(Round.collaboration_id).where(Round.id == round_id)).first()


def collaboration_of_asked(db: Db, asked_id: int) -> int | None:
    """Which collaboration an asked question belongs to."""
    home = collaboration_by(db, _collaboration_of_asked(), {"asked": asked_id})
    return home.id if home else None


@cache
def _collaboration_of_asked() -> Any:
    return (
        select(Collaboration)
        .join(Round, col(Round.collaboration_id) == col(Collaboration.id))
        .join(Asked, col(Asked.round_id) == col(Round.id))
        .where(Asked.id == bindparam("asked"))
    )


def set_state(
    db: Db, asked_id: int, state: AskedState, now: datetime, *, starter: bool | None = None
) -> None:
    """Move a question on: asked, then opened."""
    values: dict[str, Any] = {"state": state}
    values["asked_at" if state == AskedState.ASKED else "opened_at"] = now
    if starter is not None:
        values["starter"] = starter
    db.execute(update(Asked).where(col(Asked.id) == asked_id).values(**values))
    _refetch(db, asked_id)


def ask(db: Db, asked_id: int, state: AskedState, now: datetime) -> None:
    """Ask a question: in an open thread its answers are open at once."""
    opened = now if state == AskedState.OPENED else None
    db.execute(
        update(Asked)
        .where(col(Asked.id) == asked_id)
        .values(state=state, asked_at=now, opened_at=opened)
    )
    _refetch(db, asked_id)


def close(db: Db, round_id: int, now: datetime) -> None:
    """The round is over; late answers are still welcome."""
    db.execute(
        update(Round)
        .where(col(Round.id) == round_id)
        .values(state=RoundState.CLOSED, closed_at=now)
    )
    found = one(db, round_id)
    if found is not None:
        db.refresh(found)


def keep_figures(db: Db, round_id: int, figures: dict[str, Any]) -> None:
    """The arithmetic behind a summary: counts and classes, no words of people."""
    db.execute(update(Round).where(col(Round.id) == round_id).values(figures=figures))


def all_have_answered(db: Db, asked_id: int, collaboration_id: int, today: date) -> bool:
    """Whether nobody is left who is asked (a member in an organisation who is not away today) and
    has not said anything; skips count, and so does what was taken back."""
    wanted = {"asked": asked_id, "home": collaboration_id, "today": today}
    return db.connection().execute(_somebody_left(), wanted).first() is None


@cache
def _somebody_left() -> Any:
    away = col(Person.away_until)
    return (
        select(Membership.id)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .outerjoin(Answer, has_said(bindparam("asked")))
        .where(
            Membership.collaboration_id == bindparam("home"),
            col(Membership.organisation_id).is_not(None),
            is_member(),
            away.is_(None) | (away < bindparam("today")),
            col(Answer.id).is_(None),
        )
        .limit(1)
    )


@cache
def people_of() -> Any:
    """The ids of those in the collaborations of `rounds`, as a part of other statements."""
    home, member = aliased(Round), aliased(Membership)
    return (
        select(member.person_id)
        .join(home, col(home.collaboration_id) == col(member.collaboration_id))
        .where(col(home.id).in_(bindparam("rounds", expanding=True)))
    )


def has_said(asked_id: Any = None) -> Any:
    """That a member has said something to a question, which is then done with: an answer, "don't
    know", a skip, or an answer taken back. Nobody waits for them and they are not reminded."""
    return and_(
        col(Answer.asked_id) == (col(Asked.id) if asked_id is None else asked_id),
        col(Answer.respondent) == literal("p") + cast(col(Membership.person_id), Unicode),
    )


def is_member() -> Any:
    """Whether a membership's roles, a list in JSON, have the member's among them."""
    return cast(Membership.roles, Unicode).contains(f'"{Role.MEMBER}"')


def _refetch(db: Db, asked_id: int) -> None:
    found = asked(db, asked_id)
    if found is not None:
        db.refresh(found)
