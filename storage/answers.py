"""Answers: one per asked question and respondent, with what they replaced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from storage.engine import Db, by_id, insert, insert_new
from storage.prepared import core
from storage.tables import (
    Agreed,
    Answer,
    AnswerStatus,
    Asked,
    Heard,
    Proposal,
    Responded,
    Revision,
    Round,
    SeenBy,
    Whose,
)


def record(
    db: Db,
    asked_id: int,
    respondent: str,
    person_id: int | None,
    organisation_id: int | None,
    *,
    standing: Answer | None,
    status: AnswerStatus,
    value: dict[str, Any] | None,
    at: datetime,
    closed: bool,
    keeps_followup: bool = True,
    place_id: int | None = None,
) -> bool:
    """Let this be the respondent's answer; False when something later stands already.

    `person_id` is who gave it, None in an anonymous round. Until the round closes a change
    replaces; later it keeps what stood as a revision. What was added to an answer goes with it
    unless it fits the new one too (`keeps_followup`).
    """
    row = {
        "status": status,
        "value": value,
        "at": at,
        "place_id": place_id,
        "person_id": person_id,
        "organisation_id": organisation_id,
    }
    if standing is None:
        first = {
            "asked_id": asked_id,
            "respondent": respondent,
            "late": closed,
            "asked_more": False,
            "changes": 0,
        }
        insert(db, Answer, first | row)
        return True
    taken_back = standing.status == AnswerStatus.WITHDRAWN and standing.at == at
    if standing.at > at or (taken_back and standing.place_id is None):
        return False
    if closed and standing.status in (AnswerStatus.SKIPPED, AnswerStatus.NOT_FOR_ME):
        row["late"] = True  # a first answer after the end is late, not changed
    elif closed and (standing.status, standing.value) != (status, value):
        _keep(db, standing)
        row["changes"] = standing.changes + 1
    if status != AnswerStatus.GIVEN or not keeps_followup:
        row |= {"followup": None, "asked_more": False}
    db.execute(update(Answer).where(col(Answer.id) == standing.id).values(**row))
    return True


def _keep(db: Db, standing: Answer) -> None:
    row = {"answer_id": standing.id, "status": standing.status, "value": standing.value}
    insert(db, Revision, row | {"followup": standing.followup, "at": standing.at})


def revisions(db: Db, answer_id: int) -> list[Revision]:
    """What stood before each change that was made after the round, oldest first."""
    return list(
        db.exec(select(Revision).where(Revision.answer_id == answer_id).order_by(col(Revision.id)))
    )


def follow_up(db: Db, standing: Answer, text: str, *, closed: bool) -> None:
    """What the person added when asked one thing more; after the round it is a change, but not
    when it goes with a late answer for the first time."""
    row: dict[str, Any] = {"followup": text}
    if closed and standing.followup != text and (standing.followup or not standing.late):
        _keep(db, standing)
        row["changes"] = standing.changes + 1
    db.execute(update(Answer).where(col(Answer.id) == standing.id).values(**row))


def offered_more(db: Db, answer_id: int) -> None:
    """Remember that the follow-up was offered."""
    db.execute(update(Answer).where(col(Answer.id) == answer_id).values(asked_more=True))


def one(db: Db, answer_id: int) -> Answer | None:
    """The answer with this id."""
    return by_id(db, Answer, answer_id)


def latest_of(db: Db, person_id: int, collaboration_id: int | None = None) -> Answer | None:
    """The answer that a person gave, changed or took back last: in a collaboration, or anywhere."""
    query = select(Answer).where(
        Answer.person_id == person_id, Answer.status != AnswerStatus.NOT_FOR_ME
    )
    if collaboration_id is not None:
        query = (
            query.join(Asked, col(Asked.id) == col(Answer.asked_id))
            .join(Round, col(Round.id) == col(Asked.round_id))
            .where(Round.collaboration_id == collaboration_id)
        )
    return db.exec(query.order_by(col(Answer.at).desc(), col(Answer.id).desc())).first()


def of(db: Db, asked_id: int, respondent: str) -> Answer | None:
    """What a respondent has answered."""
    return db.exec(
        select(Answer).where(Answer.asked_id == asked_id, Answer.respondent == respondent)
    ).first()


def rename(db: Db, asked_id: int, respondent: str, new: str) -> None:
    """Let an answer be another respondent's, who has none: a pseudonym's."""
    mine = update(Answer).where(
        col(Answer.asked_id) == asked_id, col(Answer.respondent) == respondent
    )
    db.execute(mine.values(respondent=new))


def has_responded(db: Db, asked_id: int, person_id: int) -> None:
    """Note that a person has answered in an anonymous round, never what."""
    insert_new(
        db, Responded, [{"asked_id": asked_id, "person_id": person_id}], ["asked_id", "person_id"]
    )


def values_of(
    db: Db, round_id: int, person_id: int | None = None
) -> list[tuple[str, dict[str, Any] | None]]:
    """(question id, value) of every given answer of a round, or of one person's, for conditions."""
    query = (
        select(Asked.question_id, Answer.value)
        .join(Asked, col(Asked.id) == col(Answer.asked_id))
        .where(Asked.round_id == round_id, Answer.status == AnswerStatus.GIVEN)
    )
    if person_id is not None:
        query = query.where(Answer.person_id == person_id)
    return [(question, dict(value) if value else None) for question, value in db.exec(query)]


def values_before(
    db: Db, collaboration_id: int, question_ids: Sequence[str]
) -> list[tuple[str, dict[str, Any] | None]]:
    """(question id, value) of what the collaboration has answered to these questions openly, in the
    latest round that asked each: kept for conditions on other sets' questions."""
    latest = (
        select(Asked.question_id, func.max(Asked.id).label("asked_id"))
        .join(Round, col(Round.id) == col(Asked.round_id))
        .join(Answer, col(Answer.asked_id) == col(Asked.id))
        .where(
            Round.collaboration_id == collaboration_id,
            col(Asked.question_id).in_(question_ids),
            Asked.where == SeenBy.OPEN,
            Round.whose != Whose.ANONYMOUS,
            Answer.status == AnswerStatus.GIVEN,
        )
        .group_by(col(Asked.question_id))
        .subquery()
    )
    query = (
        select(latest.c.question_id, Answer.value)
        .join(Answer, col(Answer.asked_id) == latest.c.asked_id)
        .where(Answer.status == AnswerStatus.GIVEN)
    )
    rows = core(db).execute(query)
    return [(question, dict(value) if value else None) for question, value in rows]


def erase_all(db: Db, asked_id: int) -> None:
    """Erase every answer to a question, with what was proposed and written about it."""
    ours = select(Answer.id).where(Answer.asked_id == asked_id)
    proposals = select(Proposal.id).where(Proposal.asked_id == asked_id)
    db.execute(delete(Revision).where(col(Revision.answer_id).in_(ours)))
    db.execute(delete(Agreed).where(col(Agreed.proposal_id).in_(proposals)))
    for table in (Answer, Responded, Proposal):
        db.execute(delete(table).where(col(table.asked_id) == asked_id))
    db.execute(update(Heard).where(col(Heard.asked_id) == asked_id).values(text=None))


def keep_houses(db: Db, asked_id: int, organisation_ids: Collection[int]) -> None:
    """Let answers of other organisations than these belong to none."""
    others = col(Answer.organisation_id).not_in(list(organisation_ids))
    db.execute(
        update(Answer).where(col(Answer.asked_id) == asked_id, others).values(organisation_id=None)
    )


def not_for(
    db: Db,
    asked_id: int,
    respondent: str,
    person_id: int | None,
    organisation_id: int | None,
    at: datetime,
) -> None:
    """Note that a question is not for a respondent, so that nobody waits for them."""
    insert(
        db,
        Answer,
        {
            "asked_id": asked_id,
            "respondent": respondent,
            "person_id": person_id,
            "organisation_id": organisation_id,
            "status": AnswerStatus.NOT_FOR_ME,
            "value": None,
            "at": at,
            "late": False,
            "asked_more": False,
            "changes": 0,
        },
    )


def is_for_them(db: Db, standing: Answer, person_id: int) -> None:
    """The question is for this respondent after all: it waits again."""
    db.execute(
        delete(Responded).where(
            col(Responded.asked_id) == standing.asked_id, col(Responded.person_id) == person_id
        )
    )
    db.delete(standing)
    db.flush()
