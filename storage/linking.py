"""Two persons who are one human: what points to the one points to the other from then on.

Of two answers to one question the earlier stands; the other is added to it by whoever links them,
for only they can put it into words. Pseudonyms of anonymous rounds are theirs to join, too.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import SQLModel, col, select

from storage import memberships
from storage.counting import COUNTED
from storage.engine import Db, bulk
from storage.erasing import GOES, LAST, LETS_GO, columns_of
from storage.tables import (
    Answer,
    Collaboration,
    Conversation,
    Heard,
    Left,
    Membership,
    Person,
    Revision,
)

# At most one row a person of each of these.
_ONCE_EACH = {"agreed": "proposal_id", "responded": "asked_id", "nudge": "at"}


def in_two_houses(db: Db, one_id: int, other_id: int) -> list[Collaboration]:
    """Where the two take part from different organisations: what colleagues wrote for one of them
    would open to the other."""
    found = []
    for theirs in _memberships(db, other_id):
        mine = memberships.of(db, one_id, theirs.collaboration_id)
        houses = {each.organisation_id for each in (mine, theirs) if each is not None} - {None}
        if len(houses) > 1:
            found.append(db.get_one(Collaboration, theirs.collaboration_id))
    return found


def both_answered(db: Db, one_id: int, other_id: int) -> list[tuple[Answer, Answer]]:
    """What both answered in their own names: the answer that stands, and the other. The earlier of
    two full answers stands, and a full one before a skip or one that was taken back."""
    mine = {each.asked_id: each for each in _own_answers(db, one_id)}
    pairs = [
        (mine[each.asked_id], each) for each in _own_answers(db, other_id) if each.asked_id in mine
    ]
    return [_in_order(*each) for each in pairs]


def _in_order(one: Answer, other: Answer) -> tuple[Answer, Answer]:
    first, second = sorted((one, other), key=lambda each: (each.status not in COUNTED, each.at))
    return first, second


def join_answers(db: Db, stands: Answer, other: Answer, comment: str) -> None:
    """Let one answer be left of two, with the other as a comment; what stood before either of them
    stood before it."""
    bulk(
        db, update(Revision).where(col(Revision.answer_id) == other.id).values(answer_id=stands.id)
    )
    bulk(
        db,
        update(Heard)
        .where(col(Heard.asked_id) == other.asked_id, col(Heard.person_id) == other.person_id)
        .values(text=None),
    )
    stands.changes += other.changes
    if comment:
        stands.followup = "\n".join(each for each in (stands.followup, comment) if each)
    db.delete(other)
    db.flush()


def link(db: Db, kept_id: int, gone_id: int, now: datetime) -> None:
    """Let everything of one person be the other's, and be one person less. Their answers to the
    same questions have been joined before."""
    _join_memberships(db, kept_id, gone_id)
    _join_departures(db, kept_id, gone_id)
    for name, about in _ONCE_EACH.items():
        table = SQLModel.metadata.tables[name].c
        has = select(table[about]).where(table.person_id == kept_id)
        theirs = delete(table.person_id.table).where(table.person_id == gone_id)
        bulk(db, theirs.where(table[about].in_(has)))
    waits = delete(Conversation).where(col(Conversation.person_id) == gone_id)
    bulk(db, waits)
    own = update(Answer).where(col(Answer.respondent) == f"p{gone_id}")
    bulk(db, own.values(respondent=f"p{kept_id}"))
    for column in columns_of((*GOES, *LETS_GO, *LAST)):
        moved = update(column.table).where(column == gone_id).values({column.name: kept_id})
        bulk(db, moved)
    bulk(db, delete(Person).where(col(Person.id) == gone_id))
    db.expire_all()
    for each in _memberships(db, kept_id):  # answers from before they had an organisation
        memberships.join(db, kept_id, each.collaboration_id, each.organisation_id, [], now)


def _join_memberships(db: Db, kept_id: int, gone_id: int) -> None:
    """In a collaboration of both, one membership with the roles of both."""
    for theirs in _memberships(db, gone_id):
        mine = memberships.of(db, kept_id, theirs.collaboration_id)
        if mine is None:
            continue
        mine.roles = [*mine.roles, *(each for each in theirs.roles if each not in mine.roles)]
        mine.organisation_id = mine.organisation_id or theirs.organisation_id
        db.delete(theirs)
    db.flush()


def _join_departures(db: Db, kept_id: int, gone_id: int) -> None:
    """Of two who left, one is left; whoever of them was removed was. A member has not left."""
    for theirs in db.exec(select(Left).where(Left.person_id == gone_id)).all():
        mine = memberships.left(db, kept_id, theirs.collaboration_id)
        if mine is not None:
            mine.removed = mine.removed or theirs.removed
            mine.at = max(mine.at, theirs.at)
            db.delete(theirs)
    db.flush()
    homes = select(Membership.collaboration_id).where(
        col(Membership.person_id).in_((kept_id, gone_id))
    )
    bulk(
        db,
        delete(Left).where(
            col(Left.person_id).in_((kept_id, gone_id)), col(Left.collaboration_id).in_(homes)
        ),
    )


def _memberships(db: Db, person_id: int) -> list[Membership]:
    query = select(Membership).where(Membership.person_id == person_id)
    return list(db.exec(query.order_by(col(Membership.id))))


def _own_answers(db: Db, person_id: int) -> list[Answer]:
    return list(db.exec(select(Answer).where(Answer.respondent == f"p{person_id}")))
