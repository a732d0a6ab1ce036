"""The built-in chat as a channel: stores what Samspill says as neutral messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.channel import Abilities, Address, Gone, Outcome, Sent
from bot.chat.hub import Hub
from bot.workers import Workers
from dialogs.codec import encode
from dialogs.messages import File, Link, Message
from storage import chat, chat_rooms
from storage.engine import Db
from storage.tables import ChatMessage, ChatRoom

FILES = "/chat/file"  # where the page of a file is served, by its key


class ChatChannel:
    """One face of the built-in chat (`web` or `terminal`): same store, other platform."""

    def __init__(
        self,
        platform: str,
        workers: Workers,
        hub: Hub,
        now: Callable[[], datetime],
        abilities: Abilities | None = None,
    ) -> None:
        self.platform = platform
        self.abilities = abilities or Abilities()
        self._workers = workers
        self._hub = hub
        self._now = now

    async def post(self, to: Address, message: Message, key: str) -> Outcome:
        """Add a message to a room or thread; once for each key."""
        return await self._change(_post, to, f"out:{key}", encode(message), self._now())

    async def file(self, to: Address, file: File, key: str) -> Outcome:
        """Add a link to the file. It is made anew for whoever follows it: nothing is kept here."""
        link = Link(file.label, f"{FILES}/{key}")
        return await self.post(to, Message(file.language, (link,), file.label), key)

    async def find(self, to: Address, key: str) -> str | None:
        """The message that was posted with this key."""
        return await self._workers.read(_find, to, f"out:{key}")

    async def update(self, to: Address, platform_id: str, message: Message) -> Outcome:
        """Replace a message."""
        return await self._change(_update, to, platform_id, encode(message))

    async def remove(self, to: Address, platform_id: str) -> Outcome:
        """Take a message away."""
        return await self._change(_remove, to, platform_id)

    async def mark(self, to: Address, platform_id: str, sign: str) -> Outcome:
        """Put a small sign on a message."""
        return await self._change(_mark, to, platform_id, sign)

    async def _change(self, work: Callable[..., Outcome], *args: Any) -> Outcome:
        outcome = await self._workers.write(work, *args)
        self._hub.wake()
        return outcome


def _room(db: Db, to: Address) -> ChatRoom | None:
    """The room of an address; a person's own conversation goes by the person's name."""
    if not to.direct and (room := chat_rooms.find_room(db, to.platform, to.tenant, to.channel)):
        return room
    return chat_rooms.find_room(db, to.platform, to.tenant, f"@{to.channel}")


def _post(db: Db, to: Address, key: str, body: dict[str, Any], now: datetime) -> Outcome:
    room = _room(db, to)
    if room is None and to.direct:
        room = chat_rooms.direct_room(db, to.platform, to.tenant, to.channel)
    if room is None:
        return Gone("room")
    thread: int | None = None
    if to.thread is not None:
        root = _row(db, room, to.thread)
        if root is None:
            return Gone("thread")
        thread = root.thread or root.id
    return Sent(str(chat.post(db, room.id, key, at=now, body=body, thread=thread).id))


def _find(db: Db, to: Address, key: str) -> str | None:
    room = _room(db, to)
    found = chat.by_key(db, room.id, key) if room else None
    return str(found.id) if found else None


def _update(db: Db, to: Address, platform_id: str, body: dict[str, Any]) -> Outcome:
    row = _ours(db, to, platform_id)
    if row is None:
        return Gone("message")
    chat.edit(db, row, body=body)
    return Sent(platform_id)


def _remove(db: Db, to: Address, platform_id: str) -> Outcome:
    row = _ours(db, to, platform_id)
    if row is not None:
        chat.delete(db, row)
    return Sent(platform_id)


def _mark(db: Db, to: Address, platform_id: str, sign: str) -> Outcome:
    room = _room(db, to)
    row = _row(db, room, platform_id) if room else None
    if row is None or row.deleted:
        return Gone("message")
    chat.mark(db, row, sign)
    return Sent(platform_id)


def _ours(db: Db, to: Address, platform_id: str) -> ChatMessage | None:
    room = _room(db, to)
    row = _row(db, room, platform_id) if room else None
    return row if row is not None and row.author is None and not row.deleted else None


def _row(db: Db, room: ChatRoom, platform_id: str) -> ChatMessage | None:
    return chat.message(db, room.id, int(platform_id)) if platform_id.isdecimal() else None
