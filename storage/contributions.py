"""What a person gave to collaborations: counted, erased, or left without their name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, not_, or_, update
from sqlmodel import col, select

from storage.engine import Db, bulk
from storage.tables import (
    Action,
    Agreed,
    Answer,
    AnswerStatus,
    Asked,
    Collaboration,
    Conclusion,
    Heard,
    Membership,
    Person,
    Proposal,
    Responded,
    Revision,
    Role,
    Round,
    Wording,
)

_SAID: Any = col(Answer.status) != AnswerStatus.NOT_FOR_ME  # not what own answers ruled out
TELLING = 12  # characters from which on words say whose they are


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is of a person, in numbers."""

    answers: int
    changed: int  # revisions kept of these answers
    for_organisations: int
    collaborations: list[str]


def extent(db: Db, person_id: int) -> Extent:
    """How much there is to erase."""
    own = select(func.count()).where(*_own(person_id), _SAID)
    theirs = select(func.count()).where(
        Answer.person_id == person_id, col(Answer.respondent).not_like("p%"), _SAID
    )
    changed = select(func.count()).where(col(Revision.answer_id).in_(_own_answers(person_id)))
    names = (
        select(Collaboration.name)
        .join(Membership, col(Membership.collaboration_id) == col(Collaboration.id))
        .where(Membership.person_id == person_id)
        .order_by(col(Collaboration.id))
    )
    return Extent(
        db.exec(own).one(), db.exec(changed).one(), db.exec(theirs).one(), list(db.exec(names))
    )


def _own(person_id: int) -> tuple[Any, ...]:
    """Their own answers, not those that they gave for their organisation."""
    return (col(Answer.person_id) == person_id, col(Answer.respondent).like("p%"))


def _own_answers(person_id: int) -> Any:
    return select(Answer.id).where(*_own(person_id))


def only_coordinates(db: Db, person_id: int) -> list[Collaboration]:
    """The collaborations that nobody else coordinates though others are in them."""
    found = []
    query = select(Membership, Collaboration).join(
        Collaboration, col(Collaboration.id) == col(Membership.collaboration_id)
    )
    for member, home in db.exec(query.where(Membership.person_id == person_id)).all():
        if Role.COORDINATOR not in member.roles:
            continue
        others = db.exec(
            select(Membership.roles).where(
                Membership.collaboration_id == home.id, Membership.person_id != person_id
            )
        ).all()
        if others and not any(Role.COORDINATOR in roles for roles in others):
            found.append(home)
    return found


def answered(
    db: Db, person_id: int, collaboration_id: int | None = None
) -> list[tuple[Asked, Round]]:
    """The questions that a person answered, by themselves or for their organisation."""
    query = (
        select(Asked, Round)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .join(Answer, col(Answer.asked_id) == col(Asked.id))
        .where(Answer.person_id == person_id, _SAID)
        .order_by(col(Asked.id))
    )
    if collaboration_id is not None:
        query = query.where(Round.collaboration_id == collaboration_id)
    return list(db.exec(query))


def responded(db: Db, person_id: int) -> list[tuple[Asked, Round]]:
    """The questions of anonymous rounds that a person answered and whose answers can be found:
    until the round closes."""
    rows = db.exec(
        select(Asked, Round)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .join(Responded, col(Responded.asked_id) == col(Asked.id))
        .where(Responded.person_id == person_id, col(Round.pseudonym_key).is_not(None))
        .order_by(col(Asked.id))
    )
    return list(rows)


def take_away_as(db: Db, asked_id: int, respondent: str) -> None:
    """Erase what a respondent answered, such as a pseudonym."""
    bulk(
        db,
        delete(Answer).where(
            col(Answer.asked_id) == asked_id, col(Answer.respondent) == respondent
        ),
    )


def take_away(db: Db, person_id: int) -> None:
    """Erase a person's own answers with what they replaced; those given for an organisation stay
    as the organisation's. What they proposed and nobody gave yet is theirs."""
    proposed = select(Proposal.id).where(Proposal.person_id == person_id)
    agreed = delete(Agreed).where(col(Agreed.proposal_id).in_(proposed))
    bulk(db, agreed)
    bulk(db, delete(Proposal).where(col(Proposal.person_id) == person_id))
    bulk(db, delete(Revision).where(col(Revision.answer_id).in_(_own_answers(person_id))))
    bulk(db, delete(Answer).where(*_own(person_id)))


def unname(db: Db, person_id: int, collaboration_id: int, now: datetime) -> None:
    """Let a person's own answers in a collaboration be those of somebody without a name, who is in
    no other collaboration; those given for an organisation stay as the organisation's."""
    asked = (
        select(Asked.id)
        .join(Round, col(Round.id) == col(Asked.round_id))
        .where(Round.collaboration_id == collaboration_id)
    )
    here = col(Answer.asked_id).in_(asked)
    bulk(db, delete(Heard).where(col(Heard.person_id) == person_id, col(Heard.asked_id).in_(asked)))
    own = and_(here, *_own(person_id))
    bulk(db, delete(Answer).where(own, not_(_SAID)))
    if db.exec(select(Answer.id).where(own).limit(1)).first() is not None:
        nobody = Person(name="", created_at=now)
        db.add(nobody)
        db.flush()
        # Their message in a thread may go; what stays of it is shown with the other answers.
        named = {"person_id": nobody.id, "respondent": f"p{nobody.id}", "place_id": None}
        bulk(db, update(Answer).where(own).values(**named))
    proposed = update(Proposal).where(
        col(Proposal.person_id) == person_id, col(Proposal.asked_id).in_(asked)
    )
    bulk(db, proposed.values(person_id=None))
    given = and_(here, col(Answer.person_id) == person_id)
    bulk(db, update(Answer).where(given).values(person_id=None))


def promised(db: Db, person_id: int, collaboration_id: int | None = None) -> list[Action]:
    """What a person is named with in the collaboration's own documents: actions."""
    query = select(Action).where(Action.person_id == person_id).order_by(col(Action.id))
    if collaboration_id is not None:
        query = query.where(Action.collaboration_id == collaboration_id)
    return list(db.exec(query))


def concluded(db: Db, person_id: int, collaboration_id: int | None = None) -> list[Conclusion]:
    """Conclusions in words of which a person wrote some."""
    earlier = select(Wording.conclusion_id).where(Wording.written_by == person_id)
    query = select(Conclusion).where(
        or_(col(Conclusion.written_by) == person_id, col(Conclusion.id).in_(earlier))
    )
    if collaboration_id is not None:
        query = query.where(Conclusion.collaboration_id == collaboration_id)
    return list(db.exec(query.order_by(col(Conclusion.id))))


def promised_by_house(db: Db, member: Membership) -> None:
    """Let what a member promised be known as their organisation's, for when the name goes."""
    theirs = (
        col(Action.person_id) == member.person_id,
        col(Action.collaboration_id) == member.collaboration_id,
    )
    house = {"organisation_id": member.organisation_id}
    bulk(db, update(Action).where(*theirs).values(**house))


def unsign(db: Db, person_id: int, collaboration_id: int) -> None:
    """Take a person's name from conclusions and actions, which stay: what they had promised is
    their organisation's."""
    member = db.exec(
        select(Membership).where(
            Membership.person_id == person_id, Membership.collaboration_id == collaboration_id
        )
    ).first()
    if member is not None:
        promised_by_house(db, member)
    here = col(Action.collaboration_id) == collaboration_id
    named = update(Action).where(here, col(Action.person_id) == person_id)
    bulk(db, named.values(person_id=None))
    homes = select(Conclusion.id).where(Conclusion.collaboration_id == collaboration_id)
    for table, where in (
        (Action, here),
        (Conclusion, col(Conclusion.collaboration_id) == collaboration_id),
        (Wording, col(Wording.conclusion_id).in_(homes)),
    ):
        signed: Any = table
        unsigned = update(signed).where(where, signed.written_by == person_id)
        bulk(db, unsigned.values(written_by=None))


def words_of(db: Db, person_id: int) -> list[str]:
    """What a person wrote in their own answers, as far as it is long enough to tell whose it is."""
    kept: list[Any] = []
    for answer in db.exec(select(Answer).where(*_own(person_id))).all():
        kept += [answer.value, answer.followup]
    for before in db.exec(
        select(Revision).where(col(Revision.answer_id).in_(_own_answers(person_id)))
    ).all():
        kept += [before.value, before.followup]
    return [each[:200] for each in strings(kept) if len(each) >= TELLING]


def strings(value: Any) -> list[str]:
    """All texts in plain data."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value
    return [text for each in inside for text in strings(each)] if _nested(value) else []


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list | tuple)
