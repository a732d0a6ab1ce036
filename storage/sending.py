"""The outbox as delivery sees it: rows under a lease, and what became of them.

All times here are real times (`wall`), except a mark's age, which is told by business time. Rows
are claimed by a lease; a post whose lease ran out, or whose sending broke off, is in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped
from sqlmodel import SQLModel, col

from storage.engine import Db, among, bulk
from storage.outbox import POSTS
from storage.prepared import Prepared, prepared
from storage.tables import Inbox, Kind, Outbox, Place, Reason, Sending


@dataclass(frozen=True, slots=True)
class Pace:
    """What a claim must know of a platform: can posts be looked up, how far apart are they."""

    find: bool
    post_gap: timedelta


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row under our lease, with what is needed to send it.

    `thread` and `target` are platform ids; `doubt` says that it may have gone already. `repeats`
    is what the row says now, `repeated` what it said before the claim.
    """

    id: int
    key: str
    kind: Kind
    place_id: int
    platform: str
    tenant: str
    channel: str
    direct: bool
    thread: str | None
    target_id: int | None
    target: str | None
    sent: int
    wanted: int
    platform_id: str | None
    attempts: int
    repeats: int
    repeated: int
    doubt: bool
    lease: str
    leased_until: datetime
    body: dict[str, Any] | None = field(repr=False)

    @property
    def posts(self) -> bool:
        """Whether this makes a new message on the platform."""
        return self.kind in POSTS and self.platform_id is None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that ended without being sent."""

    id: int
    platform: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Claims:
    """What a claim brought; `more` says that claiming again now may bring more."""

    rows: list[Claimed]
    dropped: list[Dropped]
    more: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a claimed row. `leased_until` set means that it is in doubt from then on.

    `hold` keeps the whole place quiet until then. Without `keeps_body` the row's content goes.
    """

    row: Claimed
    state: Sending
    sent: int
    not_before: datetime
    attempts: int
    platform_id: str | None = None
    repeats: int = 0
    reason: str | None = None
    sent_at: datetime | None = None
    leased_until: datetime | None = None
    hold: datetime | None = None
    keeps_body: bool = False

    @property
    def over(self) -> bool:
        """Whether a post is no longer on its way: it landed, or it never will."""
        there = self.platform_id is not None or self.state != Sending.WAITING
        return there and self.leased_until is None


def record(db: Db, changes: Sequence[Change]) -> int:
    """Write what became of claimed rows, in one statement; how many were still under our lease."""
    if not changes:
        return 0
    rows = [_values(each) for each in sorted(changes, key=lambda each: each.row.id)]
    touched = _recording.change(db, rows)
    pauses = sorted((each.hold, each.row.place_id) for each in changes if each.hold is not None)
    for place_id, until in {place_id: until for until, place_id in pauses}.items():
        hold(db, [place_id], until)
    taken = [
        each.row.target_id
        for each in changes
        if each.row.target_id is not None and each.state == Sending.SETTLED
    ]
    if taken:
        end(db, taken, Sending.GONE, Reason.REMOVED)
    return touched


def with_place(db: Db, row_id: int) -> tuple[Outbox, Place]:
    """A row and its place as they stand in this snapshot."""
    row, place = _with_place.first(db, {"wanted": row_id})
    return row, place


@prepared
def _with_place() -> Any:
    return select(Outbox, Place).where(
        col(Outbox.id) == bindparam("wanted"), col(Outbox.place_id) == col(Place.id)
    )


def held_places(db: Db, place_ids: Sequence[int]) -> list[int]:
    """Which of these places have events that wait for a post to land."""
    query = select(col(Inbox.held_for)).where(col(Inbox.held_for).in_(place_ids)).distinct()
    return [each for each in db.execute(query).scalars() if each is not None]


def next_due_at(db: Db, wall: datetime) -> datetime | None:
    """When something that is not due yet may be: a retry, the end of a lease or of a pause."""
    found = _next_due.first(db, {"wall": wall})
    return min((at for at in found if at is not None), default=None)


@prepared
def _next_due() -> Any:
    return select(
        _least(col(Outbox.not_before), in_state(Sending.WAITING)),
        _least(col(Outbox.leased_until), in_state(Sending.SENDING)),
        _least(col(Place.next_post_at), col(Place.removed_at).is_(None)),
    )


def _least(column: Mapped[Any], condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    later = column > bindparam("wall")
    return select(func.min(column)).where(condition, later).scalar_subquery()


def release_all(db: Db, wall: datetime) -> None:
    """End every lease now. For when nobody else can hold one: whoever did is dead.

    A post that was under way is in doubt from here; one in doubt that waits goes on waiting.
    """
    held = and_(in_state(Sending.SENDING), col(Outbox.lease).is_not(None))
    change(db, held, {"lease": null(), "leased_until": wall})


def in_state(*states: Sending, of: Any = Outbox) -> ColumnElement[bool]:
    """Whether a row is in one of these states, as literals: only so do partial indexes serve."""
    literals = [literal(str(each), literal_execute=True) for each in states]
    if len(literals) == 1:
        return col(of.state) == literals[0]
    return or_(*(col(of.state) == each for each in literals))


def end(db: Db, ids: Sequence[int], state: Sending, reason: Reason) -> None:
    """End rows that are not sent; their content goes."""
    change(db, col(Outbox.id).in_(ids), {"state": state, "reason": reason, "body": null()})


def change(db: Db, condition: ColumnElement[bool], values: dict[str, Any]) -> None:
    """Set columns of outbox rows."""
    statement = update(Outbox).where(condition).values(**values)
    bulk(db, statement)


def hold(db: Db, place_ids: Sequence[int], until: datetime) -> None:
    """Keep places quiet until then, or for as long as they are held already."""
    _holding.change(db, {"places": list(place_ids), "until": until})


@Prepared
def _holding(dialect: str) -> Any:
    place = SQLModel.metadata.tables["place"]
    until = bindparam("until", type_=place.c.next_post_at.type)
    shorter = or_(place.c.next_post_at.is_(None), place.c.next_post_at < until)
    return (
        update(place)
        .where(among(dialect, place.c.id, "places"), shorter)
        .values(next_post_at=until)
    )


# --- recording --------------------------------------------------------------------------------


def _values(done: Change) -> dict[str, Any]:
    return {
        "row_id": done.row.id,
        "token": done.row.lease,
        "new_state": done.state,
        "new_sent": done.sent,
        "new_not_before": done.not_before,
        "new_attempts": done.attempts,
        "new_platform_id": done.platform_id,
        "new_repeats": done.repeats,
        "new_reason": done.reason,
        "new_sent_at": done.sent_at,
        "new_leased_until": done.leased_until,
        "keeps_body": int(done.keeps_body),
    }


@prepared
def _recording() -> Any:
    outbox = SQLModel.metadata.tables["outbox"]
    state = bindparam("new_state", type_=outbox.c.state.type)
    sent = bindparam("new_sent", type_=outbox.c.sent.type)
    grew = and_(state == literal(Sending.SETTLED), outbox.c.wanted > sent)
    return (
        update(outbox)
        .where(outbox.c.id == bindparam("row_id"), outbox.c.lease == bindparam("token"))
        .values(
            state=case((grew, literal(Sending.WAITING)), else_=state),
            sent=sent,
            not_before=bindparam("new_not_before"),
            attempts=bindparam("new_attempts"),
            platform_id=bindparam("new_platform_id"),
            repeats=bindparam("new_repeats"),
            reason=bindparam("new_reason"),
            sent_at=func.coalesce(
                bindparam("new_sent_at", type_=outbox.c.sent_at.type), outbox.c.sent_at
            ),
            lease=None,
            leased_until=bindparam("new_leased_until"),
            body=case(
                (bindparam("keeps_body", type_=outbox.c.sent.type) > 0, outbox.c.body), else_=null()
            ),
        )
    )
