"""Actions: what people promised one another, by whom and when, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select

from storage.engine import Db, by_id
from storage.tables import Action, ActionState, Membership, Organisation, Person


@dataclass(frozen=True, slots=True, repr=False)
class Promised:
    """An action for showing; `who` is a member, a party or anybody by name, None when nobody."""

    id: int
    number: int
    text: str
    who: str | None
    by_when: date | None
    state: str
    round_id: int | None
    asked_id: int | None


def add(
    db: Db,
    *,
    collaboration_id: int,
    text: str,
    who: str | None,
    by_when: date | None,
    round_id: int | None,
    asked_id: int | None,
    written_by: int,
    now: datetime,
) -> Action:
    """A new action with the collaboration's next number."""
    highest = select(func.max(Action.number)).where(Action.collaboration_id == collaboration_id)
    made = Action(
        collaboration_id=collaboration_id,
        number=(db.exec(highest).one() or 0) + 1,
        text=text,
        by_when=by_when,
        round_id=round_id,
        asked_id=asked_id,
        written_by=written_by,
        written_at=now,
    )
    _give_to(db, made, who)
    db.add(made)
    db.flush()
    return made


def change(db: Db, action: Action, *, text: str, who: str | None, by_when: date | None) -> None:
    """Other words, another who, another date."""
    action.text, action.by_when = text, by_when
    _give_to(db, action, who)
    db.flush()


def settle(db: Db, action: Action, state: ActionState, now: datetime) -> None:
    """It is done, dropped, or open again."""
    action.state = state
    action.settled_at = None if state == ActionState.OPEN else now
    db.flush()


def _give_to(db: Db, action: Action, who: str | None) -> None:
    """Whoever is called so: the one member, else the party of the collaboration. A name that is
    anybody else's is kept as it was written. So a member's name is in their own row only."""
    action.who = action.person_id = action.organisation_id = None
    wanted = (who or "").casefold()
    if not wanted:
        return
    members = db.exec(
        select(Person.id, Person.name)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(Membership.collaboration_id == action.collaboration_id)
    )
    people = [each for each, name in members if name.casefold() == wanted]
    parties = db.exec(
        select(Organisation.id, Organisation.name).where(
            Organisation.collaboration_id == action.collaboration_id
        )
    )
    houses = [each for each, name in parties if name.casefold() == wanted]
    if len(people) == 1:
        action.person_id = people[0]
    elif houses:
        action.organisation_id = houses[0]
    else:
        action.who = who


def one(db: Db, action_id: int) -> Action | None:
    """The action with this id."""
    return by_id(db, Action, action_id)


def numbered(db: Db, collaboration_id: int, number: int) -> Action | None:
    """The action that a collaboration calls by this number."""
    return db.exec(
        select(Action).where(Action.collaboration_id == collaboration_id, Action.number == number)
    ).first()


def shown(db: Db, action_id: int) -> Promised:
    """One action, for showing; it is there."""
    return _promised(db, Action.id == action_id)[0]


def open_of(db: Db, collaboration_id: int) -> list[Promised]:
    """What is promised and open, the first due first; what has no date comes last."""
    return _promised(
        db, Action.collaboration_id == collaboration_id, Action.state == ActionState.OPEN
    )


def all_of(db: Db, collaboration_id: int) -> list[Promised]:
    """Everything that was ever promised, what is open first."""
    return _promised(db, Action.collaboration_id == collaboration_id)


def promised_in(db: Db, round_id: int) -> list[Promised]:
    """What was promised in a round, however it stands now."""
    return _promised(db, Action.round_id == round_id)


def promised_on(db: Db, asked_id: int) -> list[Promised]:
    """What was promised on a question."""
    return _promised(db, Action.asked_id == asked_id)


def open_at(db: Db, collaboration_id: int, at: datetime) -> list[Promised]:
    """What had been promised before an instant and was open then, as it stands now."""
    return _promised(
        db,
        Action.collaboration_id == collaboration_id,
        Action.written_at < at,
        or_(col(Action.settled_at).is_(None), col(Action.settled_at) >= at),
    )


def _promised(db: Db, *which: Any) -> list[Promised]:
    settled = col(Action.state) != ActionState.OPEN
    rows: Sequence[Any] = db.exec(
        select(Action, Person.name, Organisation.name)
        .outerjoin(Person, col(Person.id) == col(Action.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Action.organisation_id))
        .where(*which)
        .order_by(settled, col(Action.by_when).is_(None), col(Action.by_when), col(Action.number))
    ).all()
    return [
        Promised(
            id=each.id,
            number=each.number,
            text=each.text,
            who=person or house or each.who,
            by_when=each.by_when,
            state=each.state,
            round_id=each.round_id,
            asked_id=each.asked_id,
        )
        for each, person, house in rows
    ]
