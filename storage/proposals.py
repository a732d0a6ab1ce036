"""What is proposed as an organisation's answer, and who agrees; gone once it is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from storage.engine import Db, insert, insert_new
from storage.tables import Agreed, Asked, Membership, Person, Proposal, Round, RoundState


@dataclass(frozen=True, slots=True, repr=False)
class Proposed:
    """A proposal, with the names of who made it and who agrees."""

    id: int
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
) -> None:
    """Let this be the organisation's proposal; whoever agreed with another one has not with it."""
    standing = _standing(db, asked_id, organisation_id)
    if standing is not None:
        drop(db, standing.id)
    row = {"asked_id": asked_id, "organisation_id": organisation_id, "person_id": person_id}
    insert(db, Proposal, row | {"status": status, "value": value, "at": at})


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
    return Proposed(row.id, by or "", row.status, row.value, list(agreed))


def agree(db: Db, proposal_id: int, person_id: int) -> None:
    """A colleague agrees."""
    row = {"proposal_id": proposal_id, "person_id": person_id}
    insert_new(db, Agreed, [row], ["proposal_id", "person_id"])


def drop(db: Db, proposal_id: int) -> None:
    """It is given, or another one came."""
    db.execute(delete(Agreed).where(col(Agreed.proposal_id) == proposal_id))
    db.execute(delete(Proposal).where(col(Proposal.id) == proposal_id))


def latest_for(db: Db, person_id: int) -> int | None:
    """The question of the newest proposal in a person's organisations, in rounds that are open."""
    return db.exec(
        select(Proposal.asked_id)
        .join(Membership, col(Membership.organisation_id) == col(Proposal.organisation_id))
        .join(Asked, col(Asked.id) == col(Proposal.asked_id))
        .join(Round, col(Round.id) == col(Asked.round_id))
        .where(Membership.person_id == person_id, Round.state != RoundState.CANCELLED)
        .order_by(col(Proposal.at).desc(), col(Proposal.id).desc())
    ).first()


def _standing(db: Db, asked_id: int, organisation_id: int) -> Proposal | None:
    return db.exec(
        select(Proposal).where(
            Proposal.asked_id == asked_id, Proposal.organisation_id == organisation_id
        )
    ).first()
