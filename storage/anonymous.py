"""Scrubbing an anonymous round at its end: nothing may link an answer to a person or a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select

from storage import conversations
from storage.engine import Db, insert
from storage.tables import (
    Agreed,
    Answer,
    Audit,
    Heard,
    Outbox,
    Place,
    Proposal,
    Responded,
    Revision,
)


def scrub(db: Db, round_id: int, asked_ids: Sequence[int], now: datetime) -> None:
    """Take away who answered these questions and when: markers, notes of messages, what waits in
    direct messages, private posts, and the person of audit rows. All answers get one time."""
    ids = list(asked_ids)
    ours = select(Answer.id).where(col(Answer.asked_id).in_(ids))
    db.execute(delete(Responded).where(col(Responded.asked_id).in_(ids)))
    db.execute(delete(Heard).where(col(Heard.asked_id).in_(ids)))
    db.execute(delete(Revision).where(col(Revision.answer_id).in_(ours)))
    proposals = select(Proposal.id).where(col(Proposal.asked_id).in_(ids))
    db.execute(delete(Agreed).where(col(Agreed.proposal_id).in_(proposals)))
    db.execute(delete(Proposal).where(col(Proposal.asked_id).in_(ids)))
    db.execute(
        update(Answer)
        .where(col(Answer.asked_id).in_(ids))
        .values(person_id=None, place_id=None, at=now, changes=0, late=False, asked_more=False)
    )
    _in_new_rows(db, ids)
    conversations.let_go(db, ids)
    _posts(db, round_id, ids)
    subjects = [f"asked:{each}" for each in ids]
    db.execute(
        update(Audit)
        .where(col(Audit.subject).in_(subjects), col(Audit.what).startswith("answer."))
        .values(person_id=None, at=now, what="answer.forgotten")
    )


def _in_new_rows(db: Db, asked_ids: Sequence[int]) -> None:
    """Answers get rows anew, in the order of their pseudonyms: ids would tell who came when."""
    old = list(
        db.exec(
            select(Answer)
            .where(col(Answer.asked_id).in_(asked_ids))
            .order_by(col(Answer.asked_id), col(Answer.respondent))
        )
    )
    rows = [each.model_dump(exclude={"id"}) for each in old]
    db.execute(delete(Answer).where(col(Answer.asked_id).in_(asked_ids)))
    db.expire_all()
    if rows:
        insert(db, Answer, *rows)


def _posts(db: Db, round_id: int, asked_ids: Sequence[int]) -> None:
    """Private posts about the questions, receipts and reminders too: what is not sent yet says what
    somebody answered, and what is sent still says who, and when."""
    direct = select(Place.id).where(col(Place.person_id).is_not(None))
    arguments = [f"r{round_id}", *(f"q{each}" for each in asked_ids)]
    db.execute(
        delete(Outbox).where(
            col(Outbox.argument).in_(arguments),
            col(Outbox.place_id).in_(direct),
            col(Outbox.live).is_(None),
        )
    )
