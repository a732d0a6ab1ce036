"""The audit trail: who changed what in the record, and when; never the content."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from storage.engine import Db, insert
from storage.tables import Audit


def note(
    db: Db,
    now: datetime,
    person_id: int | None,
    collaboration_id: int | None,
    what: str,
    subject: str,
) -> None:
    """Add a row; `what` is a short code ("answer.given"), `subject` a table and id ("asked:7")."""
    row = {
        "at": now,
        "person_id": person_id,
        "collaboration_id": collaboration_id,
        "what": what,
        "subject": subject,
    }
    insert(db, Audit, row)


def last_subject(db: Db, person_id: int, collaboration_id: int, what: str) -> int | None:
    """The id in the subject of what a person did last of this kind in a collaboration."""
    found = db.exec(
        select(Audit.subject)
        .where(Audit.person_id == person_id, Audit.collaboration_id == collaboration_id)
        .where(Audit.what == what)
        .order_by(col(Audit.id).desc())
    ).first()
    return int(found.partition(":")[2]) if found is not None else None
