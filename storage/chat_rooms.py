"""The built-in chat's rooms, and who is in them.

A tenant belongs to one platform, so a room is known by its tenant and its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_
from sqlmodel import col, select

from storage.engine import Db, insert_new
from storage.prepared import prepared
from storage.tables import ChatMember, ChatMessage, ChatRoom, Identity, Membership, Person


def open_room(
    db: Db, platform: str, tenant: str, room: str, name: str, users: Iterable[str]
) -> ChatRoom:
    """The room, made on first sight, with these people in it (and those who were there before)."""
    here = _made(db, platform, tenant, room, name, None)
    join(db, here.id, users)
    return here


def members_room(db: Db, platform: str, tenant: str, collaboration_id: int, name: str) -> ChatRoom:
    """The room of a collaboration, made when missing: its members are in it while they are that."""
    return _made(
        db, platform, tenant, f"c{collaboration_id}", name, None, collaboration_id=collaboration_id
    )


def direct_room(db: Db, platform: str, tenant: str, user: str) -> ChatRoom:
    """The conversation of one person with Samspill, made when missing."""
    here = _made(db, platform, tenant, f"@{user}", "", user)
    join(db, here.id, [user])
    return here


def _made(
    db: Db,
    platform: str,
    tenant: str,
    room: str,
    name: str,
    direct_user: str | None,
    *,
    collaboration_id: int | None = None,
) -> ChatRoom:
    row: dict[str, Any] = {"platform": platform, "tenant": tenant, "room": room, "name": name}
    row |= {"direct_user": direct_user, "collaboration_id": collaboration_id}
    insert_new(db, ChatRoom, [row], ["tenant", "room"])
    here = find_room(db, platform, tenant, room)
    if here is None:
        raise ValueError(f"tenant {tenant!r} belongs to another platform than {platform!r}")
    return here


def join(db: Db, room_id: int, users: Iterable[str]) -> None:
    """Let people into a room."""
    for user in users:
        insert_new(db, ChatMember, [{"room_id": room_id, "user": user}], ["room_id", "user"])


def find_room(db: Db, platform: str, tenant: str, room: str) -> ChatRoom | None:
    """The room with this name."""
    which = {"platform": platform, "tenant": tenant, "name": room}
    found: ChatRoom | None = _find_room.value(db, which)
    return found


@prepared
def _find_room() -> Any:
    return select(ChatRoom).where(
        ChatRoom.platform == bindparam("platform"),
        ChatRoom.tenant == bindparam("tenant"),
        ChatRoom.room == bindparam("name"),
    )


def may_enter(user: Any) -> ColumnElement[bool]:
    """The condition on a room that this user may read and write in it: named as one of it, or a
    member of its collaboration at this moment."""
    named = exists().where(
        col(ChatMember.room_id) == col(ChatRoom.id), col(ChatMember.user) == user
    )
    member = (
        exists()
        .where(col(Membership.collaboration_id) == col(ChatRoom.collaboration_id))
        .where(col(Membership.person_id) == col(Identity.person_id))
        .where(col(Identity.platform) == col(ChatRoom.platform))
        .where(col(Identity.tenant) == col(ChatRoom.tenant), col(Identity.user) == user)
    )
    return or_(named, and_(col(ChatRoom.collaboration_id).is_not(None), member))


def room_for(db: Db, room_id: int, tenant: str, user: str) -> ChatRoom | None:
    """The room, if this person is in it: nobody else gets to know that it exists."""
    who = {"room": room_id, "tenant": tenant, "user": user}
    found: ChatRoom | None = _room_for.value(db, who)
    return found


@prepared
def _room_for() -> Any:
    return (
        select(ChatRoom)
        .where(ChatRoom.id == bindparam("room"), ChatRoom.tenant == bindparam("tenant"))
        .where(may_enter(bindparam("user")))
    )


def rooms_of(db: Db, tenant: str, user: str) -> list[tuple[ChatRoom, int]]:
    """A person's rooms, direct conversation first, each with the number of its latest change."""
    rows = db.exec(
        select(ChatRoom, func.coalesce(func.max(ChatMessage.change), 0))
        .outerjoin(ChatMessage, col(ChatMessage.room_id) == col(ChatRoom.id))
        .where(ChatRoom.tenant == tenant, may_enter(user))
        .group_by(*ChatRoom.__table__.columns)  # type: ignore[attr-defined]
        .order_by(col(ChatRoom.direct_user).is_(None), col(ChatRoom.name), col(ChatRoom.id))
    )
    return [(room, int(change)) for room, change in rows]


def names(db: Db, platform: str, tenant: str, users: Sequence[str]) -> dict[str, str]:
    """The names of people; whoever is not known yet goes by their user id."""
    rows = db.exec(
        select(Identity.user, Person.name)
        .join(Person, col(Person.id) == col(Identity.person_id))
        .where(
            Identity.platform == platform,
            Identity.tenant == tenant,
            col(Identity.user).in_(users),
        )
    )
    return {user: user for user in users} | dict(rows.all())
