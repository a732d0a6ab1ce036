"""What waits for a person's next words in a direct conversation: one thing at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete
from sqlmodel import col, select

from storage.engine import Db, bulk, changed
from storage.prepared import prepared
from storage.tables import Conversation


def waiting(db: Db, person_id: int, place_id: int, now: datetime) -> Conversation | None:
    """What waits for this person here, unless its time is over."""
    found = db.exec(
        select(Conversation).where(
            Conversation.person_id == person_id, Conversation.place_id == place_id
        )
    ).first()
    return found if found is not None and found.expires_at > now else None


def wait_for(
    db: Db,
    *,
    person_id: int,
    place_id: int,
    collaboration_id: int | None,
    dialog: str,
    step: str,
    data: dict[str, Any],
    expires_at: datetime,
) -> None:
    """Let this wait for the person's next words, instead of what waited before."""
    stop(db, person_id, place_id)
    db.add(
        Conversation(
            person_id=person_id,
            place_id=place_id,
            collaboration_id=collaboration_id,
            dialog=dialog,
            step=step,
            data=data,
            expires_at=expires_at,
        )
    )
    db.flush()


def stop(db: Db, person_id: int, place_id: int) -> bool:
    """Nothing waits any more; whether something did."""
    return bool(
        changed(
            db,
            delete(Conversation).where(
                col(Conversation.person_id) == person_id, col(Conversation.place_id) == place_id
            ),
        )
    )


def stop_for(db: Db, person_id: int, asked_id: int) -> None:
    """A question that was answered by a form or a press waits for the person's words no longer."""
    theirs = _in_rounds.all(db, {"person": person_id})
    done = [each for each, data in theirs if data.get("asked") == asked_id]
    if done:
        bulk(db, delete(Conversation).where(col(Conversation.id).in_(done)))


@prepared
def _in_rounds() -> Any:
    return select(col(Conversation.id), col(Conversation.data)).where(
        col(Conversation.person_id) == bindparam("person"), col(Conversation.dialog) == "round"
    )


def let_go(db: Db, asked_ids: Collection[int], *, added_to: bool = False) -> None:
    """Nothing waits any more for words about these questions, in anybody's direct messages; with
    `added_to`, only where words have come and more would be added to them."""
    for row in db.exec(select(Conversation).where(Conversation.dialog == "round")):
        before = row.data.get("before") or {}
        about = row.data.get("asked") in asked_ids or before.get("asked") in asked_ids
        if about and (row.data.get("added") or not added_to):
            db.delete(row)
    db.flush()
