"""The audit trail: who changed what in the record, and when; never the content."""

from __future__ import annotations

from datetime import datetime

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
