"""Which answers count, and reading those: how many, with names for showing, or as plain rows,
thousands at once, for summaries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Unicode, bindparam, case, cast, func, null, or_
from sqlmodel import col, select

from storage.engine import Db
from storage.prepared import core, prepared
from storage.tables import Answer, AnswerStatus, Organisation, Person

COUNTED = (AnswerStatus.GIVEN, AnswerStatus.DONT_KNOW)


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """One answer with who gave it, for showing."""

    id: int
    asked_id: int
    person_id: int | None
    person: str
    organisation_id: int | None
    organisation: str
    status: str
    value: dict[str, Any] | None
    followup: str | None
    late: bool
    changes: int
    place_id: int | None


class Counted(NamedTuple):
    """One answer as it counts."""

    asked_id: int
    respondent: str
    organisation_id: int | None
    status: str
    value: dict[str, Any] | None

    def __repr__(self) -> str:
        """No words: they must not reach logs."""
        return f"Counted(asked_id={self.asked_id})"


def counts(db: Db, asked_id: int) -> tuple[int, int]:
    """(answers, organisations) that count: given or "don't know", by members of organisations."""
    answers, houses = _counts.first(db, {"asked": asked_id})
    return answers, houses


@prepared
def _counts() -> Any:
    return select(
        func.count(col(Answer.id)), func.count(col(Answer.organisation_id).distinct())
    ).where(*_that_count(bindparam("asked")))


def _that_count(asked_id: Any) -> tuple[Any, ...]:
    """An answer counts once its author has an organisation; an anonymous one always has had."""
    somebody = or_(col(Answer.organisation_id).is_not(None), col(Answer.person_id).is_(None))
    return (col(Answer.asked_id) == asked_id, col(Answer.status).in_(COUNTED), somebody)


def sizes(db: Db, asked_id: int) -> list[tuple[int, int, int, int | None]]:
    """(answer id, its length and its addition's in characters, place it was written in) of each
    answer that counts."""
    rows = db.exec(
        select(
            Answer.id,
            func.length(cast(Answer.value, Unicode)),
            func.length(Answer.followup),
            Answer.place_id,
        )
        .where(*_that_count(asked_id))
        .order_by(col(Answer.id))
    )
    return [(answer, size or 0, more or 0, place) for answer, size, more, place in rows]


def given(db: Db, asked_id: int, organisation_id: int | None = None) -> list[Given]:
    """The answers that count, in the order they came (anonymous ones in none), with names."""
    query = (
        select(Answer, Person.name, Organisation.name)
        .outerjoin(Person, col(Person.id) == col(Answer.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Answer.organisation_id))
        .where(*_that_count(asked_id))
        .order_by(_in_order(), col(Answer.id))
    )
    if organisation_id is not None:
        query = query.where(Answer.organisation_id == organisation_id)
    return [
        Given(
            id=answer.id,
            asked_id=answer.asked_id,
            person_id=answer.person_id,
            person=person or "",
            organisation_id=answer.organisation_id,
            organisation=organisation or "",
            status=answer.status,
            value=answer.value,
            followup=answer.followup,
            late=answer.late,
            changes=answer.changes,
            place_id=answer.place_id,
        )
        for answer, person, organisation in db.exec(query)
    ]


def _in_order() -> Any:
    """Anonymous answers by their pseudonyms: the order they came in would tell who came when."""
    return case((col(Answer.person_id).is_(None), col(Answer.respondent)), else_="")


def counted_in(db: Db, asked_ids: Sequence[int], valued: Collection[int]) -> list[Counted]:
    """The answers that count to these questions; values only of those to the questions in
    `valued`. Answers of people without an organisation are among them."""
    bare = [each for each in asked_ids if each not in valued]
    rows: list[Counted] = []
    for ids, value in ((list(valued), col(Answer.value)), (bare, null())):
        columns: list[Any] = [
            Answer.asked_id,
            Answer.respondent,
            Answer.organisation_id,
            Answer.status,
            value,
        ]
        query = (
            select(*columns)
            .where(col(Answer.asked_id).in_(ids), col(Answer.status).in_(COUNTED))
            .order_by(col(Answer.asked_id), col(Answer.id))
        )
        rows += [Counted(*row) for row in core(db).execute(query)] if ids else []
    return rows
