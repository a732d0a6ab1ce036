"""What is proposed as an organisation's answer, and who agrees; gone once it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_
from sqlmodel import col, select

from storage.engine import Db, insert, insert_new
from storage.tables import Agreed, Asked, Membership, Person, Proposal, Round, RoundState


@dataclass(frozen=True, slots=True, repr=False)
class Proposed:
    """A proposal, with the names of who made it and who agrees."""

    id: int
    person_id: int | None
    by: str
    status: str
    value: dict[str, Any] | None
    agreed: list[str]


def keep(
    db: Db,
    *,
    asked_id: int,
    organisation_id: int,
    person_id: int,
    status: str,
    value: dict[str, Any] | None,
    at: datetime,
) -> int:
    """Let this be the organisation's proposal, and its id; whoever agreed with another one has not
    with it."""
    standing = _standing(db, asked_id, organisation_id)
    if standing is not None:
        drop(db, standing.id)
    row = {"asked_id": asked_id, "organisation_id": organisation_id, "person_id": person_id}
    insert(db, Proposal, row | {"status": status, "value": value, "at": at})
    made = _standing(db, asked_id, organisation_id)
    assert made is not None
    return made.id


def of(db: Db, asked_id: int, organisation_id: int) -> Proposed | None:
    """What an organisation's people have before them."""
    row = _standing(db, asked_id, organisation_id)
    if row is None:
        return None
    agreed = db.exec(
        select(Person.name)
        .join(Agreed, col(Agreed.person_id) == col(Person.id))
        .where(Agreed.proposal_id == row.id)
        .order_by(col(Person.name))
    )
    by = db.exec(select(Person.name).where(Person.id == row.person_id)).first()
    return Proposed(row.id, row.person_id, by or "", row.status, row.value, list(agreed))


def agree(db: Db, proposal_id: int, person_id: int) -> None:
    """A colleague agrees."""
    row = {"proposal_id": proposal_id, "person_id": person_id}
    insert_new(db, Agreed, [row], ["proposal_id", "person_id"])


def agree_no_more(db: Db, person_id: int, collaboration_id: int) -> None:
    """Somebody is a colleague no more: they agree with no proposal of this collaboration."""
    here = (
        select(Proposal.id)
        .join(Asked, col(Asked.id) == col(Proposal.asked_id))
        .join(Round, col(Round.id) == col(Asked.round_id))
        .where(Round.collaboration_id == collaboration_id)
    )
    db.execute(
        delete(Agreed).where(col(Agreed.person_id) == person_id, col(Agreed.proposal_id).in_(here))
    )


def naming(db: Db, person_id: int, collaboration_id: int | None = None) -> list[tuple[int, int]]:
    """(asked question, organisation) of each proposal that somebody made or agrees with."""
    agreed = select(Agreed.proposal_id).where(Agreed.person_id == person_id)
    query = (
        select(Proposal.asked_id, Proposal.organisation_id)
        .join(Asked, col(Asked.id) == col(Proposal.asked_id))
        .join(Round, col(Round.id) == col(Asked.round_id))
        .where(or_(col(Proposal.person_id) == person_id, col(Proposal.id).in_(agreed)))
        .order_by(col(Proposal.id))
    )
    if collaboration_id is not None:
        query = query.where(Round.collaboration_id == collaboration_id)
    return list(db.exec(query))


def drop_all(db: Db, asked_ids: Sequence[int]) -> None:
    """The round is called off: nobody gives any of it."""
    theirs = select(Proposal.id).where(col(Proposal.asked_id).in_(asked_ids))
    db.execute(delete(Agreed).where(col(Agreed.proposal_id).in_(theirs)))
    db.execute(delete(Proposal).where(col(Proposal.asked_id).in_(asked_ids)))


def drop(db: Db, proposal_id: int) -> None:
    """It is given, or another one came."""
    db.execute(delete(Agreed).where(col(Agreed.proposal_id) == proposal_id))
    db.execute(delete(Proposal).where(col(Proposal.id) == proposal_id))


def latest_for(db: Db, person_id: int, collaboration_id: int | None = None) -> int | None:
    """The question of the newest proposal in a person's organisations, in any collaboration or in
    one: in rounds that are open, or proposed late in one that is closed."""
    late = and_(col(Round.state) == RoundState.CLOSED, col(Proposal.at) >= col(Round.closed_at))
    query = (
        select(Proposal.asked_id)
        .join(Membership, col(Membership.organisation_id) == col(Proposal.organisation_id))
        .join(Asked, col(Asked.id) == col(Proposal.asked_id))
        .join(Round, col(Round.id) == col(Asked.round_id))
        .where(Membership.person_id == person_id, or_(col(Round.state) == RoundState.OPEN, late))
        .order_by(col(Proposal.at).desc(), col(Proposal.id).desc())
    )
    if collaboration_id is not None:
        query = query.where(Round.collaboration_id == collaboration_id)
    return db.exec(query).first()


def _standing(db: Db, asked_id: int, organisation_id: int) -> Proposal | None:
    return db.exec(
        select(Proposal).where(
            Proposal.asked_id == asked_id, Proposal.organisation_id == organisation_id
        )
    ).first()
