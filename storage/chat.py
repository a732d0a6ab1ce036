"""The built-in chat's own record: messages in the order they changed.

Platform ids of messages are `str(chat_message.id)`. `change` grows with every change of any message
and is given out in the order of commits, so that a reader who saw everything up to `n` may ask for
what came after.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Unicode,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    text,
    update,
)
from sqlmodel import SQLModel, col, select

from storage.chat_rooms import may_enter
from storage.engine import Db, insert_new
from storage.prepared import core, prepared
from storage.tables import ChatMessage, ChatRoom

NOBODY = "-"  # the author of what somebody wrote who is not known any more
_LOCK = 3  # advisory locks: 1 is collaborations, 2 is persons, 3 is the chat's counter


def latest(db: Db) -> int:
    """The number of the latest change; 0 when nothing was ever said."""
    return int(_latest.value(db, {}))


@prepared
def _latest() -> Any:
    return select(func.coalesce(func.max(ChatMessage.change), 0))


def _next_change(db: Db) -> int:
    """The next number. Held until commit on PostgreSQL, so that order of change is of commit."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:kind, 0)"), {"kind": _LOCK})
    return latest(db) + 1


def post(
    db: Db,
    room_id: int,
    key: str,
    *,
    at: datetime,
    author: str | None = None,
    body: dict[str, Any] | None = None,
    written: str | None = None,
    thread: int | None = None,
) -> ChatMessage:
    """Add a message, or find the one that was added with this key before.

    `author` None is Samspill, with a neutral message as `body`; a person has `written` text.
    """
    before = by_key(db, room_id, key)
    if before is not None:
        return before
    row = {
        "room_id": room_id,
        "key": key,
        "thread": thread,
        "author": author,
        "body": body,
        "text": written,
        "at": at,
        "deleted": False,
        "change": _next_change(db),
    }
    insert_new(db, ChatMessage, [row], ["room_id", "key"])
    made = by_key(db, room_id, key)
    assert made is not None
    return made


def by_key(db: Db, room_id: int, key: str) -> ChatMessage | None:
    """The message that was posted with this key."""
    found: ChatMessage | None = _by_key.value(db, {"room": room_id, "wanted": key})
    return found


@prepared
def _by_key() -> Any:
    return select(ChatMessage).where(
        ChatMessage.room_id == bindparam("room"), ChatMessage.key == bindparam("wanted")
    )


def message(db: Db, room_id: int, message_id: int) -> ChatMessage | None:
    """A message of this room."""
    found: ChatMessage | None = _message.value(db, {"room": room_id, "wanted": message_id})
    return found


@prepared
def _message() -> Any:
    return select(ChatMessage).where(
        ChatMessage.room_id == bindparam("room"), ChatMessage.id == bindparam("wanted")
    )


def edit(
    db: Db,
    row: ChatMessage,
    *,
    body: dict[str, Any] | None = None,
    written: str | None = None,
    at: datetime | None = None,
) -> None:
    """Replace what a message says; nothing happens when it says that already."""
    if (row.body, row.text) == (body, written):
        return
    row.body, row.text = body, written
    row.edited_at = at or row.edited_at
    _changed(db, row)


def delete(db: Db, row: ChatMessage) -> None:
    """Take a message away: what it said is gone, that it stood there remains."""
    if row.deleted:
        return
    row.body = row.text = row.mark = None
    row.deleted = True
    _changed(db, row)


def forget(db: Db, platform: str, tenant: str, user: str) -> None:
    """Take away all that a person wrote in any room, and all that stands in their conversation with
    Samspill. That it stood there remains, without its author."""
    rooms = select(ChatRoom.id).where(ChatRoom.platform == platform, ChatRoom.tenant == tenant)
    own = select(ChatRoom.id).where(
        ChatRoom.platform == platform, ChatRoom.tenant == tenant, ChatRoom.direct_user == user
    )
    theirs = or_(
        and_(col(ChatMessage.room_id).in_(rooms), col(ChatMessage.author) == user),
        col(ChatMessage.room_id).in_(own),
    )
    found = db.exec(select(ChatMessage.id).where(theirs).order_by(col(ChatMessage.id))).all()
    if not found:
        return
    first = _next_change(db)
    table = SQLModel.metadata.tables["chat_message"]
    emptied = (
        update(table)
        .where(table.c.id == bindparam("row"))
        .values(
            body=null(),
            text=None,
            mark=None,
            deleted=True,
            author=case((table.c.author.is_(None), null()), else_=NOBODY),
            key=literal("gone:") + cast(table.c.id, Unicode),
            change=bindparam("number"),
        )
    )
    rows = [{"row": each, "number": first + n} for n, each in enumerate(found)]
    core(db).execute(emptied, rows)


def mark(db: Db, row: ChatMessage, sign: str) -> None:
    """Put a small sign on a message."""
    if row.mark != sign:
        row.mark = sign
        _changed(db, row)


def _changed(db: Db, row: ChatMessage) -> None:
    row.change = _next_change(db)
    db.add(row)
    db.flush()


def roots(db: Db, room_id: int, *, before: int | None = None, limit: int = 60) -> list[ChatMessage]:
    """The latest messages of a room that are in no thread, oldest first."""
    wanted = select(ChatMessage).where(
        ChatMessage.room_id == room_id, col(ChatMessage.thread).is_(None)
    )
    if before is not None:
        wanted = wanted.where(col(ChatMessage.id) < before)
    return list(db.exec(wanted.order_by(col(ChatMessage.id).desc()).limit(limit)))[::-1]


def thread(db: Db, room_id: int, root_id: int, limit: int = 500) -> list[ChatMessage]:
    """The latest answers in a thread, oldest first; not the message it began with."""
    wanted = select(ChatMessage).where(
        ChatMessage.room_id == room_id, ChatMessage.thread == root_id
    )
    return list(db.exec(wanted.order_by(col(ChatMessage.id).desc()).limit(limit)))[::-1]


def reply_counts(db: Db, root_ids: Sequence[int]) -> dict[int, int]:
    """How many answers stand in each thread; threads without answers are left out."""
    rows = db.exec(
        select(ChatMessage.thread, func.count())
        .where(col(ChatMessage.thread).in_(root_ids), col(ChatMessage.deleted).is_(False))
        .group_by(col(ChatMessage.thread))
    )
    return {root: count for root, count in rows if root is not None}


def since(
    db: Db, tenant: str, user: str, change: int, limit: int = 100
) -> list[tuple[ChatMessage, ChatRoom]]:
    """What changed after `change` in the rooms of a person, in order of change."""
    which = {"tenant": tenant, "user": user, "seen": change, "most": limit}
    return _since.all(db, which)


@prepared
def _since() -> Any:
    return (
        select(ChatMessage, ChatRoom)
        .join(ChatRoom, col(ChatRoom.id) == col(ChatMessage.room_id))
        .where(ChatRoom.tenant == bindparam("tenant"), may_enter(bindparam("user")))
        .where(col(ChatMessage.change) > bindparam("seen"))
        .order_by(col(ChatMessage.change))
        .limit(bindparam("most"))
    )
