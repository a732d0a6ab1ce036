"""Rounds and the questions asked in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, update
from sqlmodel import col, select

from storage import collaborations
from storage.engine import Db, by_id, the
from storage.prepared import prepared
from storage.tables import (
    TEAM,
    Asked,
    AskedState,
    Collaboration,
    Place,
    Round,
    RoundPlace,
    RoundState,
)


def create(
    db: Db,
    *,
    collaboration_id: int,
    part_id: str,
    audience: str,
    name: dict[str, str],
    way: str,
    pace: str,
    whose: str,
    days: int,
    now: datetime,
    questions: Sequence[dict[str, Any]],
) -> Round:
    """A new draft with its questions (rows of `Asked` without round and position)."""
    made = Round(
        collaboration_id=collaboration_id,
        part_id=part_id,
        audience=audience,
        name=name,
        way=way,
        pace=pace,
        whose=whose,
        days=days,
        opened_at=now,
        closes_at=now,
    )
    db.add(made)
    db.flush()
    for position, question in enumerate(questions, start=1):
        db.add(Asked(round_id=made.id, position=position, **question))
    db.flush()
    return made


def change(db: Db, round_id: int, **values: Any) -> Round:
    """Change a round; as it is then."""
    db.execute(update(Round).where(col(Round.id) == round_id).values(**values))
    found = the(db, Round, round_id)
    db.refresh(found)
    return found


def drafts(db: Db, collaboration_id: int) -> list[Round]:
    """The rounds being put together, the latest first."""
    return list(
        db.exec(
            select(Round)
            .where(Round.collaboration_id == collaboration_id, Round.state == RoundState.DRAFT)
            .order_by(col(Round.id).desc())
        )
    )


def add_question(db: Db, round_id: int, row: dict[str, Any]) -> Asked:
    """One more question, after the others (or, deepening one, beside them)."""
    last = db.exec(select(func.max(Asked.position)).where(Asked.round_id == round_id)).one()
    made = Asked(round_id=round_id, position=(last or 0) + 1, **row)
    db.add(made)
    db.flush()
    return made


def leave_out(db: Db, asked: Asked) -> None:
    """Take a question out of a draft; those after it move up."""
    round_id = asked.round_id
    db.delete(asked)
    db.flush()
    for position, each in enumerate(questions(db, round_id), start=1):
        each.position = position
        db.flush()


def discard(db: Db, draft: Round) -> None:
    """Throw a draft away."""
    for each in questions(db, draft.id):
        db.delete(each)
    db.flush()
    db.delete(draft)
    db.flush()


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
    found = _asked_with_round.first(db, {"asked": asked_id})
    return (found[0], found[1]) if found else None


@prepared
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
    return [Step(*row) for row in _steps.all(db, {"round": round_id})]


@prepared
def _steps() -> Any:
    return (
        select(Asked.position, Asked.state, Asked.asked_at)
        .where(Asked.round_id == bindparam("round"), col(Asked.parent_id).is_(None))
        .order_by(col(Asked.position))
    )


def questions(db: Db, round_id: int) -> list[Asked]:
    """A round's questions in order, without those that deepen one."""
    return [each for (each,) in _questions.all(db, {"round": round_id})]


@prepared
def _questions() -> Any:
    return (
        select(Asked)
        .where(Asked.round_id == bindparam("round"), col(Asked.parent_id).is_(None))
        .order_by(col(Asked.position))
    )


def all_questions(db: Db, round_id: int) -> list[Asked]:
    """A round's questions, those too that deepen one."""
    query = select(Asked).where(Asked.round_id == round_id).order_by(col(Asked.position))
    return list(db.exec(query))


def reword(db: Db, asked_id: int, content: dict[str, Any]) -> None:
    """A draft's question in other words."""
    _change_question(db, asked_id, content=content)


def set_day(db: Db, asked_id: int, day: date) -> None:
    """The day on which a daily round's question comes."""
    _change_question(db, asked_id, due_on=day)


def deeper(db: Db, asked_id: int) -> list[Asked]:
    """The questions of this round that deepen one, in the order they were taken up."""
    return [each for (each,) in _deeper.all(db, {"core": asked_id})]


@prepared
def _deeper() -> Any:
    deepens = col(Asked.parent_id) == bindparam("core")
    return select(Asked).where(deepens).order_by(col(Asked.position))


def places(db: Db, round_id: int) -> list[Place]:
    """The channels a round runs in, as long as they are there."""
    return [each for (each,) in _places.all(db, {"round": round_id})]


@prepared
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
    """The team's rounds that are over and summed up, at most so many, the latest first."""
    return list(
        db.exec(
            select(Round)
            .where(Round.collaboration_id == collaboration_id, Round.state == RoundState.CLOSED)
            .where(col(Round.figures).is_not(None), Round.audience == TEAM)
            .order_by(col(Round.id).desc())
            .limit(most)
        )
    )


def latest(db: Db, collaboration_id: int) -> Round | None:
    """The round that was started last."""
    return db.exec(
        select(Round)
        .where(Round.collaboration_id == collaboration_id, Round.state != RoundState.DRAFT)
        .order_by(col(Round.id).desc())
    ).first()


def collaboration_of_round(db: Db, round_id: int) -> int | None:
    """Which collaboration a round belongs to."""
    return db.exec(select(Round.collaboration_id).where(Round.id == round_id)).first()


def collaboration_of_asked(db: Db, asked_id: int) -> int | None:
    """Which collaboration an asked question belongs to."""
    home = collaborations.found_by(db, _collaboration_of_asked, {"asked": asked_id})
    return home.id if home else None


@prepared
def _collaboration_of_asked() -> Any:
    return (
        select(Collaboration)
        .join(Round, col(Round.collaboration_id) == col(Collaboration.id))
        .join(Asked, col(Asked.round_id) == col(Round.id))
        .where(Asked.id == bindparam("asked"))
    )


def ask(db: Db, asked_id: int, state: AskedState, now: datetime) -> None:
    """Ask a question: in an open thread its answers are open at once."""
    _change_question(db, asked_id, state=state, asked_at=now)


def opened(db: Db, asked_id: int) -> None:
    """The answers to a question are open from now on."""
    _change_question(db, asked_id, state=AskedState.OPENED)


def _change_question(db: Db, asked_id: int, **values: Any) -> None:
    db.execute(update(Asked).where(col(Asked.id) == asked_id).values(**values))
    found = asked(db, asked_id)
    if found is not None:
        db.refresh(found)


def keep_figures(db: Db, round_id: int, figures: dict[str, Any]) -> None:
    """The arithmetic behind a summary: counts and classes, no words of people."""
    db.execute(update(Round).where(col(Round.id) == round_id).values(figures=figures))
