"""Live messages shown anew: the record behind them changed, or who may read them."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, update
from sqlmodel import SQLModel, col, select

from storage.engine import Db, changed
from storage.prepared import Prepared, prepared
from storage.tables import Kind, Outbox, Place, Reason, Sending


def one(db: Db, dialog: str, name: str, argument: str, *, place_id: int | None = None) -> None:
    """Raise the wanted version of a live message, in every place or in one.

    `not_before` stays: it is how delivery spaces out edits, so a burst of changes is one edit.
    A message that was given up is tried again, and with one that never came, what it took with it:
    the live messages of its thread. What may have gone twice (`doubt`) is not sent a third time.
    """
    which: dict[str, Any] = {"owner": dialog, "name": name, "about": argument}
    if place_id is not None:
        which["place"] = place_id
    raised = _raising(everywhere=place_id is None).all(db, which)
    revived = [
        row_id
        for row_id, platform_id, reason, state in raised
        if reason is not None and platform_id is None and state == Sending.WAITING
    ]
    if revived:
        again = {"state": Sending.WAITING, "attempts": 0, "wanted": Outbox.wanted + 1}
        lost = and_(col(Outbox.state) == Sending.GONE, col(Outbox.reason) == Reason.ROOT)
        threads = and_(col(Outbox.root_id).in_(revived), col(Outbox.kind) == Kind.LIVE)
        changed(db, update(Outbox).where(threads, lost).values(**again))


def directs(db: Db, person_id: int, collaboration_id: int) -> None:
    """Have what a person is shown of a collaboration directly shown anew: what is not for them any
    more is taken away."""
    places = select(Place.id).where(Place.person_id == person_id)
    where(db, col(Outbox.place_id).in_(places), _of(collaboration_id))


def beginning(db: Db, dialog: str, name: str, head: str, collaboration_id: int) -> None:
    """Have the live messages shown anew whose arguments begin so."""
    about = col(Outbox.argument).startswith(head, autoescape=True)
    this = and_(col(Outbox.dialog) == dialog, col(Outbox.live) == name)
    where(db, this, about, _of(collaboration_id))


def _of(collaboration_id: int) -> Any:
    return col(Outbox.collaboration_id) == collaboration_id


def where(db: Db, *which: Any) -> None:
    """Have the live messages that these conditions find shown anew, in their places."""
    columns = select(Outbox.dialog, Outbox.live, Outbox.argument, Outbox.place_id)
    for dialog, name, argument, place_id in db.exec(
        columns.where(Outbox.kind == Kind.LIVE, col(Outbox.live).is_not(None), *which)
    ):
        one(db, dialog, name or "", argument, place_id=place_id)


@cache
def _raising(*, everywhere: bool) -> Prepared:
    return prepared(lambda: _raise(everywhere=everywhere))


def _raise(*, everywhere: bool) -> Any:
    outbox = SQLModel.metadata.tables["outbox"].c
    rests = or_(
        outbox.state == Sending.SETTLED,
        and_(
            outbox.state == Sending.REFUSED,
            or_(outbox.platform_id.is_not(None), outbox.reason != Reason.DOUBT),
        ),
    )
    statement = (
        update(outbox.id.table)
        .where(outbox.live == bindparam("name"), outbox.argument == bindparam("about"))
        .where(outbox.dialog == bindparam("owner"))
        .values(
            wanted=outbox.wanted + 1,
            attempts=case((rests, 0), else_=outbox.attempts),
            state=case((rests, Sending.WAITING), else_=outbox.state),
        )
        .returning(outbox.id, outbox.platform_id, outbox.reason, outbox.state)
    )
    return statement if everywhere else statement.where(outbox.place_id == bindparam("place"))
