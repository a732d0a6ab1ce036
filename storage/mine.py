"""All that is kept about one person, read at once: what they see, download and erase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select as plain_select
from sqlmodel import and_, col, or_, select

from storage.engine import Db, the
from storage.tables import (
    Action,
    Answer,
    AnswerStatus,
    Asked,
    Audit,
    ChatMember,
    ChatRoom,
    Collaboration,
    Conclusion,
    Heard,
    Identity,
    Invitation,
    Membership,
    Nudge,
    Organisation,
    Person,
    Place,
    Revision,
    Round,
    Wording,
)


@dataclass(frozen=True, slots=True, repr=False)
class OwnAnswer:
    """One answer with its question, its collaboration and what stood before."""

    answer: Answer
    asked: Asked
    round: Round
    collaboration: str
    organisation: str | None
    before: Sequence[Revision]


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """What the person is in one collaboration."""

    membership: Membership
    collaboration: Collaboration
    organisation: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Mine:
    """Everything. `heard` is what they wrote in threads or directly, as far as it is kept."""

    person: Person
    identities: Sequence[Identity]
    parts: Sequence[Part]
    answers: Sequence[OwnAnswer]
    heard: Sequence[tuple[Heard, Place]]
    rooms: Sequence[ChatRoom]
    invitations: Sequence[tuple[Invitation, str]]
    reminded: Sequence[datetime]
    actions: Sequence[tuple[Action, str]]
    concluded: Sequence[tuple[str, datetime]]
    audit: Sequence[tuple[Audit, str | None]]


def all_of(db: Db, person_id: int) -> Mine:
    """All that is kept about a person, in the order it came; NoResultFound when there is none."""
    identities = db.exec(
        select(Identity).where(Identity.person_id == person_id).order_by(col(Identity.id))
    ).all()
    return Mine(
        the(db, Person, person_id),
        identities,
        parts(db, person_id),
        answers(db, person_id),
        _heard(db, person_id),
        _rooms(db, identities),
        _invitations(db, person_id),
        db.exec(select(Nudge.at).where(Nudge.person_id == person_id).order_by(col(Nudge.at))).all(),
        _actions(db, person_id),
        _concluded(db, person_id),
        _audit(db, person_id),
    )


def _actions(db: Db, person_id: int) -> Sequence[tuple[Action, str]]:
    """What names the person, or was written down by them, with the collaboration."""
    theirs = or_(col(Action.person_id) == person_id, col(Action.written_by) == person_id)
    return db.exec(
        select(Action, Collaboration.name)
        .join(Collaboration, col(Collaboration.id) == col(Action.collaboration_id))
        .where(theirs)
        .order_by(col(Action.id))
    ).all()


def _concluded(db: Db, person_id: int) -> list[tuple[str, datetime]]:
    """The words of conclusions that the person wrote, earlier ones too."""
    found: list[tuple[str, datetime]] = []
    for table in (Wording, Conclusion):
        written: Any = table
        rows = db.exec(select(written).where(written.written_by == person_id)).all()
        found += [(each.text, each.written_at) for each in rows]
    return sorted(found, key=lambda each: each[1])


def parts(db: Db, person_id: int) -> list[Part]:
    """What the person is in each collaboration."""
    rows = db.exec(
        select(Membership, Collaboration, Organisation.name)
        .join(Collaboration, col(Collaboration.id) == col(Membership.collaboration_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Membership.organisation_id))
        .where(Membership.person_id == person_id)
        .order_by(col(Collaboration.id))
    )
    return [Part(*row) for row in rows]


def answers(db: Db, person_id: int) -> list[OwnAnswer]:
    """What the person answered, also for their organisation; not what their answers ruled out."""
    columns: list[Any] = [Answer, Asked, Round, Collaboration.name, Organisation.name]
    rows = db.execute(
        plain_select(*columns)
        .join(Asked, col(Asked.id) == col(Answer.asked_id))
        .join(Round, col(Round.id) == col(Asked.round_id))
        .join(Collaboration, col(Collaboration.id) == col(Round.collaboration_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Answer.organisation_id))
        .where(col(Answer.person_id) == person_id)
        .where(col(Answer.status) != AnswerStatus.NOT_FOR_ME)
        .order_by(col(Round.id), col(Asked.position))
    ).all()
    before: dict[int, list[Revision]] = {}
    theirs = select(Answer.id).where(Answer.person_id == person_id)
    kept = select(Revision).where(col(Revision.answer_id).in_(theirs)).order_by(col(Revision.id))
    for each in db.exec(kept):
        before.setdefault(each.answer_id, []).append(each)
    return [
        OwnAnswer(answer, asked, found, home, house, before.get(answer.id, []))
        for answer, asked, found, home, house in rows
    ]


def _heard(db: Db, person_id: int) -> Sequence[tuple[Heard, Place]]:
    return db.exec(
        select(Heard, Place)
        .join(Place, col(Place.id) == col(Heard.place_id))
        .where(Heard.person_id == person_id)
        .order_by(col(Heard.at), col(Heard.id))
    ).all()


def _rooms(db: Db, identities: Sequence[Identity]) -> Sequence[ChatRoom]:
    """The rooms of the built-in chat that the person is in."""
    own: Any = or_(
        *(
            and_(
                ChatRoom.platform == each.platform,
                ChatRoom.tenant == each.tenant,
                ChatMember.user == each.user,
            )
            for each in identities
        )
    )
    if not identities:
        return []
    return db.exec(
        select(ChatRoom)
        .join(ChatMember, col(ChatMember.room_id) == col(ChatRoom.id))
        .where(own)
        .order_by(col(ChatRoom.id))
    ).all()


def _invitations(db: Db, person_id: int) -> Sequence[tuple[Invitation, str]]:
    return db.exec(
        select(Invitation, Collaboration.name)
        .join(Collaboration, col(Collaboration.id) == col(Invitation.collaboration_id))
        .where(Invitation.created_by == person_id)
        .order_by(col(Invitation.id))
    ).all()


def _audit(db: Db, person_id: int) -> Sequence[tuple[Audit, str | None]]:
    return db.exec(
        select(Audit, Collaboration.name)
        .outerjoin(Collaboration, col(Collaboration.id) == col(Audit.collaboration_id))
        .where(Audit.person_id == person_id)
        .order_by(col(Audit.id))
    ).all()
