"""Whom nothing reaches: what Samspill last wrote to them alone, their platform did not take."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, func, select

from storage.engine import Db
from storage.tables import Kind, Outbox, Place, Reason, Sending

_TRIED = (Sending.SETTLED, Sending.GONE, Sending.REFUSED)


def unreached(db: Db, person_ids: Sequence[int]) -> set[int]:
    """Those of these people to whom the latest post of Samspill's did not come: their platform said
    that they are gone, or that it lets nobody write to them."""
    latest = (
        select(func.max(Outbox.id))
        .join(Place, col(Place.id) == col(Outbox.place_id))
        .where(
            col(Place.person_id).in_(person_ids),
            Outbox.kind == Kind.POST,
            col(Outbox.state).in_(_TRIED),
            col(Outbox.reason).is_(None)
            | col(Outbox.reason).not_in([each.value for each in Reason]),
        )
        .group_by(col(Place.person_id))
    )
    lost = (
        select(Place.person_id)
        .join(Outbox, col(Outbox.place_id) == col(Place.id))
        .where(col(Outbox.id).in_(latest), Outbox.state == Sending.GONE)
    )
    return {each for each in db.exec(lost) if each is not None}
