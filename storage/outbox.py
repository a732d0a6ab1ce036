"""What is to be said: rows written in the turn that caused them, sent by delivery afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Unicode, bindparam, cast, literal, null, update
from sqlmodel import SQLModel, col, select

from storage import freshening
from storage.engine import Db, changed, each_of, insert_new, inserting
from storage.prepared import Prepared, prepared
from storage.tables import Kind, Outbox, Reason, Sending

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
POSTS = (Kind.POST, Kind.LIVE, Kind.FILE)


def post(
    db: Db,
    *,
    key: str,
    place_id: int,
    root_id: int | None,
    dialog: str,
    argument: str,
    collaboration_id: int | None,
    body: dict[str, Any],
    rank: int,
    now: datetime,
) -> int | None:
    """Enqueue a message that is sent once. Its row id, or None when the key was used before."""
    row = _row(
        Kind.POST,
        now,
        key=key,
        place_id=place_id,
        root_id=root_id,
        dialog=dialog,
        argument=argument,
        collaboration_id=collaboration_id,
        rank=rank,
        body=body,
    )
    if not insert_new(db, Outbox, [row], ["key"]):
        return None
    return _id_of(db, key)


def _id_of(db: Db, key: str) -> int:
    (found,) = _with_key.all(db, {"wanted": key})  # it is there: it was before, or we made it
    return int(found[0])


@prepared
def _with_key() -> Any:
    return select(Outbox.id).where(Outbox.key == bindparam("wanted"))


class ToMany(NamedTuple):
    """The same message for many places."""

    place_ids: Sequence[int]
    argument: str
    collaboration_id: int | None
    body: dict[str, Any]


def post_in(db: Db, posts: Sequence[ToMany], *, key: str, dialog: str, now: datetime) -> int:
    """Enqueue messages that many get each; how many rows are new. The key of each row is `key` with
    the place's id: a place gets one of them."""
    same = _row(Kind.POST, now, key=key, dialog=dialog)
    rows = [
        same
        | {
            "argument": each.argument,
            "collaboration_id": each.collaboration_id,
            "body": each.body,
            "places": list(each.place_ids),
        }
        for each in posts
    ]
    return _posting.change(db, rows) if rows else 0


@Prepared
def _posting(dialect: str) -> Any:
    table = SQLModel.metadata.tables["outbox"]
    names = ("key", "dialog", "argument", "collaboration_id", "body", *_row(Kind.POST, AT_ONCE))
    given: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in names}
    place = each_of(dialect, Integer(), "places")
    given["key"] += literal(":") + cast(place, Unicode)
    return inserting(dialect, Outbox, given | {"place_id": place}, ["key"])


def live_key(dialog: str, name: str, argument: str, place_id: int) -> str:
    """The key of a live message: one row per place."""
    return f"live:{dialog}:{name}:{argument}:{place_id}"


def live(
    db: Db,
    *,
    place_id: int,
    root_id: int | None,
    dialog: str,
    name: str,
    argument: str,
    collaboration_id: int | None,
    rank: int,
    now: datetime,
) -> int:
    """Create the place's live message or raise the version that is wanted of it; its row id."""
    key = live_key(dialog, name, argument, place_id)
    row = _row(
        Kind.LIVE,
        now,
        key=key,
        place_id=place_id,
        root_id=root_id,
        dialog=dialog,
        argument=argument,
        collaboration_id=collaboration_id,
        rank=rank,
        live=name,
    )
    if not insert_new(db, Outbox, [row], ["key"]):
        freshening.one(db, dialog, name, argument, place_id=place_id)
    return _id_of(db, key)


def file(
    db: Db,
    *,
    place_id: int,
    root_id: int | None,
    dialog: str,
    name: str,
    argument: str,
    collaboration_id: int | None,
    now: datetime,
) -> None:
    """Enqueue a file that is sent to the place once."""
    row = _row(
        Kind.FILE,
        now,
        key=f"file:{dialog}:{name}:{argument}:{place_id}",
        place_id=place_id,
        root_id=root_id,
        dialog=dialog,
        argument=argument,
        collaboration_id=collaboration_id,
        live=name,
    )
    insert_new(db, Outbox, [row], ["key"])


def with_key(db: Db, key: str) -> Outbox | None:
    """The row with this key."""
    return db.exec(select(Outbox).where(Outbox.key == key)).first()


def mark(db: Db, *, key: str, place_id: int, message: str, sign: str, now: datetime) -> bool:
    """Enqueue a small sign on a person's message (its platform id); False: enqueued before."""
    body = {"on": message, "sign": sign}
    row = _row(
        Kind.MARK,
        now,
        key=key,
        place_id=place_id,
        dialog="",
        argument="",
        collaboration_id=None,
        body=body,
    )
    return insert_new(db, Outbox, [row], ["key"]) == 1


def remove(db: Db, row: Outbox, now: datetime) -> None:
    """Take a post away: one that has not gone is never sent, one that has is removed."""
    unsent = (
        update(Outbox)
        .where(col(Outbox.id) == row.id, col(Outbox.state) == Sending.WAITING)
        .where(col(Outbox.platform_id).is_(None))
        .values(state=Sending.GONE, reason=Reason.REMOVED, body=null())
    )
    if changed(db, unsent):
        return
    taking = _row(
        Kind.REMOVE,
        now,
        key=f"remove:{row.id}",
        place_id=row.place_id,
        root_id=row.root_id,
        dialog=row.dialog,
        argument=row.argument,
        collaboration_id=row.collaboration_id,
        rank=row.rank,
        target_id=row.id,
    )
    insert_new(db, Outbox, [taking], ["key"])


def live_row(db: Db, dialog: str, name: str, argument: str, place_id: int) -> Outbox | None:
    """The live message's row in a place."""
    return with_key(db, live_key(dialog, name, argument, place_id))


def anything(db: Db, place_id: int) -> bool:
    """Whether anything was ever said in a place."""
    return (
        db.exec(select(Outbox.id).where(Outbox.place_id == place_id).limit(1)).first() is not None
    )


def said_as(db: Db, place_id: int, platform_id: str) -> Outbox | None:
    """Which of our messages this platform id is: how a thread finds its question."""
    return db.exec(
        select(Outbox).where(Outbox.place_id == place_id, Outbox.platform_id == platform_id)
    ).first()


def underway(db: Db, place_id: int) -> bool:
    """Whether a first post in this place is on its way or in doubt."""
    return (
        db.exec(
            select(Outbox.id)
            .where(Outbox.place_id == place_id, col(Outbox.platform_id).is_(None))
            .where(col(Outbox.state).in_((Sending.WAITING, Sending.SENDING)))
            .where(col(Outbox.kind).in_(POSTS))
            .limit(1)
        ).first()
        is not None
    )


def _row(kind: Kind, now: datetime, **given: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "root_id": None,
        "rank": 50,
        "not_before": AT_ONCE,
        "created_at": now,
        "state": Sending.WAITING,
        "wanted": 1,
        "sent": 0,
        "attempts": 0,
        "repeats": 0,
        **given,
    }
