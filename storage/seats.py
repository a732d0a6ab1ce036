"""One person before one asked question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Unicode, and_, bindparam, cast, exists, literal
from sqlmodel import col, select

from storage.engine import Db
from storage.prepared import prepared
from storage.tables import Answer, AnswerStatus, Asked, Conversation, Membership, Round


@dataclass(frozen=True, slots=True)
class Seat:
    """One person before one asked question: all that answering needs, by one query. `talks`: a
    question waits for their next words in some direct conversation."""

    asked: Asked
    round: Round
    member: Membership | None
    answer: Answer | None
    talks: bool

    @property
    def said(self) -> Answer | None:
        """What was answered: nothing when the question is not for them."""
        ruled_out = self.answer is not None and self.answer.status == AnswerStatus.NOT_FOR_ME
        return None if ruled_out else self.answer


def seat(db: Db, asked_id: int, person_id: int) -> Seat | None:
    """A person's seat before a question, with their answer or their organisation's (an anonymous
    one cannot be found like this); None when there is no such question."""
    row = _seat.first(db, {"asked": asked_id, "person": person_id})
    return Seat(*row) if row else None


@prepared
def _seat() -> Any:
    person: Any = bindparam("person")
    words_for = col(Conversation.person_id) == person, col(Conversation.dialog) == "round"
    return (
        select(Asked, Round, Membership, Answer)
        .add_columns(exists().where(*words_for))
        .join(Round, col(Round.id) == col(Asked.round_id))
        .outerjoin(
            Membership,
            and_(
                col(Membership.collaboration_id) == col(Round.collaboration_id),
                col(Membership.person_id) == person,
            ),
        )
        .outerjoin(
            Answer,
            and_(
                col(Answer.asked_id) == col(Asked.id),
                col(Answer.respondent).in_(
                    [
                        literal("p") + cast(person, Unicode),
                        literal("o") + cast(col(Membership.organisation_id), Unicode),
                    ]
                ),
            ),
        )
        .where(col(Asked.id) == bindparam("asked"))
    )
