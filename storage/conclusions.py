"""Conclusions: what a collaboration arrived at on a question, with earlier wordings, and when the
question is to be asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, update
from sqlmodel import col, select

from storage.engine import Db, insert
from storage.tables import (
    TEAM,
    Asked,
    AskedState,
    Conclusion,
    Person,
    Round,
    RoundState,
    SeenBy,
    Wording,
)


@dataclass(frozen=True, slots=True, repr=False)
class Concluded:
    """What was arrived at on one question: the words that stand, who wrote them (None when the
    record has lost it), when, and how many wordings there have been."""

    id: int
    asked_id: int
    text: str
    by: str | None
    by_id: int | None
    at: datetime
    wordings: int
    again_at: datetime | None


class Before(NamedTuple):
    """An earlier time a question was asked; what was arrived at then, if anything."""

    asked: Asked
    round: Round
    conclusion: Conclusion | None


def of(db: Db, asked_id: int) -> Conclusion | None:
    """The conclusion on a question, to be changed."""
    return db.exec(select(Conclusion).where(Conclusion.asked_id == asked_id)).first()


def write(
    db: Db, asked: Asked, collaboration_id: int, text: str, person_id: int, now: datetime
) -> Conclusion:
    """Let this be what was arrived at; what stood before is kept as an earlier wording."""
    standing = of(db, asked.id)
    if standing is None:
        standing = Conclusion(
            asked_id=asked.id,
            collaboration_id=collaboration_id,
            text=text,
            written_by=person_id,
            written_at=now,
        )
        db.add(standing)
    else:
        earlier = {
            "conclusion_id": standing.id,
            "text": standing.text,
            "written_by": standing.written_by,
            "written_at": standing.written_at,
        }
        insert(db, Wording, earlier)
        standing.text, standing.written_by, standing.written_at = text, person_id, now
        standing.wordings += 1
    db.flush()
    return standing


def remove(db: Db, conclusion_id: int) -> None:
    """Let it be gone, with its earlier wordings."""
    db.execute(delete(Wording).where(col(Wording.conclusion_id) == conclusion_id))
    db.execute(delete(Conclusion).where(col(Conclusion.id) == conclusion_id))


def ask_again(db: Db, conclusion: Conclusion, months: int | None, at: datetime | None) -> None:
    """When the coordinators are told to ask the question again; None: never."""
    conclusion.again_months, conclusion.again_at = months, at
    conclusion.brought_at = None
    db.flush()


def shown(db: Db, asked_id: int) -> Concluded | None:
    """What was arrived at on a question, for showing."""
    found = _shown(db, Conclusion.asked_id == asked_id)
    return found[0] if found else None


def in_round(db: Db, round_id: int) -> list[Concluded]:
    """What was arrived at in a round, in the order of its questions."""
    return _shown(db, Asked.round_id == round_id)


def _shown(db: Db, which: Any) -> list[Concluded]:
    rows = db.exec(
        select(Conclusion, Person.name)
        .join(Asked, col(Asked.id) == col(Conclusion.asked_id))
        .outerjoin(Person, col(Person.id) == col(Conclusion.written_by))
        .where(which)
        .order_by(col(Asked.position))
    )
    return [
        Concluded(
            id=each.id,
            asked_id=each.asked_id,
            text=each.text,
            by=name,
            by_id=each.written_by,
            at=each.written_at,
            wordings=each.wordings,
            again_at=each.again_at,
        )
        for each, name in rows
    ]


def earlier(db: Db, conclusion_id: int) -> list[tuple[Wording, str | None]]:
    """What stood before each correction, oldest first, with who wrote it."""
    rows = db.exec(
        select(Wording, Person.name)
        .outerjoin(Person, col(Person.id) == col(Wording.written_by))
        .where(Wording.conclusion_id == conclusion_id)
        .order_by(col(Wording.id))
    )
    return list(rows)


def latest_by(db: Db, person_id: int, collaboration_id: int) -> Conclusion | None:
    """What a person wrote last in a collaboration, as far as their words stand."""
    return db.exec(
        select(Conclusion)
        .where(Conclusion.written_by == person_id)
        .where(Conclusion.collaboration_id == collaboration_id)
        .order_by(col(Conclusion.written_at).desc(), col(Conclusion.id).desc())
    ).first()


def to_conclude(db: Db, collaboration_id: int) -> list[Asked]:
    """The questions of the round that was started last whose answers all can see, in order."""
    latest = (
        select(Round.id)
        .join(Asked, col(Asked.round_id) == col(Round.id))
        .where(Round.collaboration_id == collaboration_id, _opened())
        .where(Round.audience == TEAM)
        .where(col(Round.state).in_((RoundState.OPEN, RoundState.CLOSED)))
        .order_by(col(Round.id).desc())
        .limit(1)
    )
    query = (
        select(Asked)
        .where(col(Asked.round_id).in_(latest), _opened(), col(Asked.parent_id).is_(None))
        .order_by(col(Asked.position))
    )
    return list(db.exec(query))


def last_time(db: Db, asked: Asked, found: Round) -> Before | None:
    """When the same question was asked before and its answers were open to all: the latest time
    that something was arrived at, else the latest."""
    row = db.exec(
        select(Asked, Round, Conclusion)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .outerjoin(Conclusion, col(Conclusion.asked_id) == col(Asked.id))
        .where(
            Round.collaboration_id == found.collaboration_id,
            Round.state == RoundState.CLOSED,
            col(Round.id) < found.id,
            Asked.pack_id == asked.pack_id,
            Asked.question_id == asked.question_id,
            Asked.type == asked.type,
            _opened(),
        )
        .order_by(col(Conclusion.id).is_(None), col(Round.id).desc())
    ).first()
    return Before(*row) if row is not None else None


def _opened() -> ColumnElement[bool]:
    return and_(col(Asked.state) == AskedState.OPENED, col(Asked.where) == SeenBy.OPEN)


# --- asking again -------------------------------------------------------------------------------


def due_by(db: Db, collaboration_id: int, until: datetime) -> list[Conclusion]:
    """Those whose questions are to be asked again before an instant, and that have not been put
    before the coordinators; the longest due first."""
    query = (
        select(Conclusion)
        .where(Conclusion.collaboration_id == collaboration_id)
        .where(col(Conclusion.again_at) < until, col(Conclusion.brought_at).is_(None))
        .order_by(col(Conclusion.again_at), col(Conclusion.id))
    )
    return list(db.exec(query))


def bring(db: Db, conclusions: Sequence[Conclusion], now: datetime) -> None:
    """They are put before the coordinators now, together."""
    ids = [each.id for each in conclusions]
    db.execute(update(Conclusion).where(col(Conclusion.id).in_(ids)).values(brought_at=now))


def brought(db: Db, collaboration_id: int, at: datetime | None = None) -> list[Conclusion]:
    """Those that wait for a coordinator's choice; with `at`, the ones put before them together."""
    query = select(Conclusion).where(Conclusion.collaboration_id == collaboration_id)
    if at is None:
        query = query.where(col(Conclusion.brought_at).is_not(None))
    else:
        query = query.where(Conclusion.brought_at == at)
    return list(db.exec(query.order_by(col(Conclusion.id))))
