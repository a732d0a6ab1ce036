"""Answers as they count: plain rows without names, thousands at once, for summaries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import null, select
from sqlmodel import col

from storage.answers import COUNTED
from storage.engine import Db
from storage.tables import Answer


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


def counted_in(db: Db, asked_ids: Sequence[int], valued: Collection[int]) -> list[Counted]:
    """The answers that count to these questions; values only of those to the questions in
    `valued`. Answers of people without an organisation are among them."""
    bare = [each for each in asked_ids if each not in valued]
    rows: list[Counted] = []
    for ids, value in ((list(valued), col(Answer.value)), (bare, null())):
        query = (
            select(
                col(Answer.asked_id),
                col(Answer.respondent),
                col(Answer.organisation_id),
                col(Answer.status),
                value,
            )
            .where(col(Answer.asked_id).in_(ids), col(Answer.status).in_(COUNTED))
            .order_by(col(Answer.asked_id), col(Answer.id))
        )
        rows += [Counted(*row) for row in db.connection().execute(query)] if ids else []
    return rows
