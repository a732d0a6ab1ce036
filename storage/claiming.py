"""Claiming what is due in the outbox: what is in doubt, then posts, then edits, then marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from storage.engine import Db, among
from storage.outbox import POSTS
from storage.prepared import Prepared
from storage.sending import (
    Claimed,
    Claims,
    Dropped,
    Pace,
    change,
    end,
    hold,
    in_state,
)
from storage.tables import Kind, Outbox, Place, Reason, Sending

MARK_AGE = timedelta(minutes=5)
ENDED = (Sending.GONE, Sending.REFUSED)

Root = aliased(Outbox, name="root")
Target = aliased(Outbox, name="target")
Earlier = aliased(Outbox, name="earlier")


def claim(
    db: Db,
    paces: Mapping[str, Pace],
    token: str,
    *,
    wall: datetime,
    now: datetime,
    lease: timedelta,
    limit: int,
) -> Claims:
    """Take at most `limit` due rows: what is in doubt, then posts, then edits, then marks."""
    found = Claims([], [], more=False)
    busy: set[int] = set()
    full = False
    for statement in _STAGES:
        left = limit - len(found.rows)
        if left <= 0:
            full = True
            break
        given = {"wall": wall, "platforms": list(paces), "room": left}
        candidates = statement.all(db, given)
        full = full or len(candidates) == left
        for each in map(_Candidate._make, candidates):
            _take(found, each, paces[each.platform], busy, now, (token, wall + lease))
    _write_claims(db, found, paces, wall)
    more = bool(found.dropped) or (full and bool(found.rows))
    return Claims(found.rows, found.dropped, more)


# --- what is due ------------------------------------------------------------------------------


class _Candidate(NamedTuple):
    """What is known of a row that is due, with its place, the root of its thread and its target."""

    id: int
    key: str
    kind: str
    place_id: int
    target_id: int | None
    sent: int
    wanted: int
    platform_id: str | None
    attempts: int
    repeats: int
    state: str
    body: dict[str, Any] | None
    created_at: datetime
    platform: str
    tenant: str
    channel: str
    person_id: int | None
    thread: str | None
    root_state: str | None
    target: str | None
    target_state: str | None


def _due(dialect: str) -> Select[Any]:
    return (
        select(*_columns())
        .select_from(Outbox)
        .join(Place, col(Place.id) == col(Outbox.place_id))
        .outerjoin(Root, col(Root.id) == col(Outbox.root_id))
        .outerjoin(Target, col(Target.id) == col(Outbox.target_id))
        .where(
            col(Place.removed_at).is_(None),
            or_(col(Place.next_post_at).is_(None), col(Place.next_post_at) <= bindparam("wall")),
            among(dialect, col(Place.platform), "platforms"),
        )
        .with_for_update(of=(Outbox, Place), skip_locked=True, key_share=True)
        .limit(bindparam("room"))
    )


def _columns() -> list[Any]:
    """What a `_Candidate` is made of, in its order."""
    return [
        col(Outbox.id),
        col(Outbox.key),
        col(Outbox.kind),
        col(Outbox.place_id),
        col(Outbox.target_id),
        col(Outbox.sent),
        col(Outbox.wanted),
        col(Outbox.platform_id),
        col(Outbox.attempts),
        col(Outbox.repeats),
        col(Outbox.state),
        col(Outbox.body),
        col(Outbox.created_at),
        col(Place.platform),
        col(Place.tenant),
        col(Place.channel),
        col(Place.person_id),
        col(Root.platform_id),
        col(Root.state),
        col(Target.platform_id),
        col(Target.state),
    ]


def _in_doubt(query: Select[Any]) -> Select[Any]:
    return query.where(
        in_state(Sending.SENDING), col(Outbox.leased_until) <= bindparam("wall")
    ).order_by(col(Outbox.id))


def _posts(query: Select[Any]) -> Select[Any]:
    """The head of each conversation; between conversations the lower rank goes first."""
    ahead = exists().where(
        col(Earlier.place_id) == col(Outbox.place_id),
        col(Earlier.root_id).is_not_distinct_from(col(Outbox.root_id)),
        in_state(Sending.WAITING, Sending.SENDING, of=Earlier),
        col(Earlier.platform_id).is_(None),
        col(Earlier.kind).in_(POSTS),
        col(Earlier.id) < col(Outbox.id),
    )
    rooted = or_(
        col(Outbox.root_id).is_(None),
        col(Root.platform_id).is_not(None),
        col(Root.state).in_(ENDED),
    )
    return (
        _waiting(query)
        .where(col(Outbox.kind).in_(POSTS), col(Outbox.platform_id).is_(None), rooted, ~ahead)
        .order_by(col(Outbox.rank), col(Outbox.id))
    )


def _edits(query: Select[Any]) -> Select[Any]:
    """Changes and removals of messages that stand, the longest due first."""
    shown = and_(col(Outbox.kind) == Kind.LIVE, col(Outbox.platform_id).is_not(None))
    there = or_(col(Target.platform_id).is_not(None), col(Target.state).in_(ENDED))
    removal = and_(col(Outbox.kind) == Kind.REMOVE, there)
    return (
        _waiting(query).where(or_(shown, removal)).order_by(col(Outbox.not_before), col(Outbox.id))
    )


def _marks(query: Select[Any]) -> Select[Any]:
    return _waiting(query).where(col(Outbox.kind) == Kind.MARK).order_by(col(Outbox.id))


def _waiting(query: Select[Any]) -> Select[Any]:
    return query.where(
        in_state(Sending.WAITING),
        col(Outbox.wanted) > col(Outbox.sent),
        col(Outbox.not_before) <= bindparam("wall"),
    )


def _stage(narrowed: Callable[[Select[Any]], Select[Any]]) -> Prepared:
    return Prepared(lambda dialect: narrowed(_due(dialect)))


_STAGES = tuple(_stage(each) for each in (_in_doubt, _posts, _edits, _marks))


# --- claiming ---------------------------------------------------------------------------------


def _take(
    found: Claims,
    row: _Candidate,
    pace: Pace,
    busy: set[int],
    now: datetime,
    lease: tuple[str, datetime],
) -> None:
    """Claim a candidate, end it, or pass over it because its place is busy."""
    posts = row.kind in POSTS and row.platform_id is None
    doubt = posts and row.state == Sending.SENDING
    reason = _ended(row, pace, posts, doubt, now)
    if reason is not None:
        found.dropped.append(Dropped(row.id, row.platform, reason))
        return
    if posts and pace.post_gap:
        if row.place_id in busy:
            return
        busy.add(row.place_id)
    found.rows.append(
        Claimed(
            id=row.id,
            key=row.key,
            kind=Kind(row.kind),
            place_id=row.place_id,
            platform=row.platform,
            tenant=row.tenant,
            channel=row.channel,
            direct=row.person_id is not None,
            thread=row.thread,
            target_id=row.target_id,
            target=row.target,
            sent=row.sent,
            wanted=row.wanted,
            platform_id=row.platform_id,
            attempts=row.attempts,
            repeats=row.repeats + (doubt and not pace.find),
            repeated=row.repeats,
            doubt=doubt,
            lease=lease[0],
            leased_until=lease[1],
            body=row.body,
        )
    )


def _ended(row: _Candidate, pace: Pace, posts: bool, doubt: bool, now: datetime) -> Reason | None:
    if posts and _no_more(row.root_state, row.thread):
        return Reason.ROOT
    if row.kind == Kind.REMOVE and _no_more(row.target_state, row.target):
        return Reason.TARGET
    if row.kind == Kind.MARK and row.created_at < now - MARK_AGE:
        return Reason.LATE
    if doubt and not pace.find and row.repeats:
        return Reason.DOUBT
    return None


def _no_more(state: str | None, platform_id: str | None) -> bool:
    """Whether a message is not there: gone, or refused before it ever went."""
    return state == Sending.GONE or (state == Sending.REFUSED and platform_id is None)


def _write_claims(db: Db, found: Claims, paces: Mapping[str, Pace], wall: datetime) -> None:
    for each in {dropped.reason for dropped in found.dropped}:
        ids = [dropped.id for dropped in found.dropped if dropped.reason == each]
        if each == Reason.ROOT:
            ids += _siblings(db, ids)
        end(db, ids, Sending.REFUSED if each == Reason.DOUBT else Sending.GONE, each)
    if not found.rows:
        return
    first = found.rows[0]
    ids = [row.id for row in found.rows]
    _leasing.change(db, {"ids": ids, "token": first.lease, "until": first.leased_until})
    again = [row.id for row in found.rows if row.repeats > row.repeated]
    if again:
        change(db, col(Outbox.id).in_(again), {"repeats": Outbox.repeats + 1})
    for platform, pace in paces.items():
        posting = {row.place_id for row in found.rows if row.posts and row.platform == platform}
        if pace.post_gap and posting:
            hold(db, sorted(posting), wall + pace.post_gap)


@Prepared
def _leasing(dialect: str) -> Any:
    outbox = SQLModel.metadata.tables["outbox"]
    return (
        update(outbox)
        .where(among(dialect, outbox.c.id, "ids"))
        .values(state=Sending.SENDING, lease=bindparam("token"), leased_until=bindparam("until"))
    )


def _siblings(db: Db, ids: list[int]) -> list[int]:
    """What else waits to be posted in the threads of these rows."""
    roots = select(col(Outbox.root_id)).where(col(Outbox.id).in_(ids))
    waiting = in_state(Sending.WAITING), col(Outbox.platform_id).is_(None)
    rest = select(col(Outbox.id)).where(col(Outbox.root_id).in_(roots), *waiting)
    return list(db.execute(rest.where(col(Outbox.kind).in_(POSTS))).scalars())
