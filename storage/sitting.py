"""Who sits in which room of the built-in chat, and where a message stands: plain rows, since every
act asks for them."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlmodel import col

from storage.chat_rooms import may_enter
from storage.engine import Db
from storage.prepared import prepared
from storage.tables import ChatMember, ChatMessage, ChatRoom, Identity, Membership, Person


class Sitting(NamedTuple):
    """A person in one of their rooms, and what Samspill knows of them; all None when they have not
    met."""

    id: int  # the room's
    platform: str
    tenant: str
    room: str
    room_name: str
    direct_user: str | None
    name: str | None
    language: str | None
    zone: str | None


def sitting(db: Db, room_id: int, platform: str, tenant: str, user: str) -> Sitting | None:
    """The person in this room, if they are in it: nobody else gets to know that it exists."""
    who = {"room": room_id, "platform": platform, "tenant": tenant, "user": user}
    row = _sitting.first(db, who)
    return Sitting(*row) if row else None


@prepared
def _sitting() -> Any:
    columns: list[Any] = [
        ChatRoom.id,
        ChatRoom.platform,
        ChatRoom.tenant,
        ChatRoom.room,
        ChatRoom.name,
        ChatRoom.direct_user,
        Person.name,
        Person.language,
        Person.zone,
    ]
    met = and_(
        col(Identity.platform) == bindparam("platform"),
        col(Identity.tenant) == bindparam("tenant"),
        col(Identity.user) == bindparam("user"),
    )
    return (
        select(*columns)
        .select_from(ChatRoom)
        .outerjoin(Identity, met)
        .outerjoin(Person, col(Person.id) == col(Identity.person_id))
        .where(
            col(ChatRoom.id) == bindparam("room"),
            col(ChatRoom.tenant) == bindparam("tenant"),
            may_enter(bindparam("user")),
        )
    )


def members(db: Db, room_id: int, platform: str, tenant: str) -> dict[str, str]:
    """Who is in the room: user to the name that Samspill knows them by."""
    which = {"room": room_id, "platform": platform, "tenant": tenant}
    rows = _members.all(db, which)
    rows += _of_collaboration.all(db, which)
    return {user: name or user for user, name in rows}


@prepared
def _members() -> Any:
    known = and_(
        col(Identity.platform) == bindparam("platform"),
        col(Identity.tenant) == bindparam("tenant"),
        col(Identity.user) == col(ChatMember.user),
    )
    return (
        select(col(ChatMember.user), col(Person.name))
        .select_from(ChatMember)
        .outerjoin(Identity, known)
        .outerjoin(Person, col(Person.id) == col(Identity.person_id))
        .where(col(ChatMember.room_id) == bindparam("room"))
    )


@prepared
def _of_collaboration() -> Any:
    """The same for a room that is open to a collaboration's members."""
    return (
        select(col(Identity.user), col(Person.name))
        .select_from(ChatRoom)
        .join(Membership, col(Membership.collaboration_id) == col(ChatRoom.collaboration_id))
        .join(Person, col(Person.id) == col(Membership.person_id))
        .join(Identity, col(Identity.person_id) == col(Person.id))
        .where(
            col(ChatRoom.id) == bindparam("room"),
            col(Identity.platform) == bindparam("platform"),
            col(Identity.tenant) == bindparam("tenant"),
        )
    )


class Spot(NamedTuple):
    """Where a message stands, without what it says."""

    id: int
    thread: int | None
    author: str | None


def spot(db: Db, room_id: int, message_id: int) -> Spot | None:
    """Where a message of this room stands."""
    which = {"room": room_id, "wanted": message_id}
    row = _spot.first(db, which)
    return Spot(*row) if row else None


@prepared
def _spot() -> Any:
    columns: list[Any] = [ChatMessage.id, ChatMessage.thread, ChatMessage.author]
    return select(*columns).where(
        col(ChatMessage.room_id) == bindparam("room"), col(ChatMessage.id) == bindparam("wanted")
    )
