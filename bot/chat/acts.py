"""What people do in the built-in chat, as neutral events: shared by the pages and the terminal.

Every act names itself with an id made by the client; the same id twice is the same act. An act
returns once the turn has committed; when it raises, the client tries again with the same id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from bot.chat import given, words
from bot.chat.given import no_message, no_room
from bot.chat.hub import Hub
from bot.chat.ports import Seat, Take, Viewer, known_as
from bot.chat.security import BadRequest
from bot.workers import Workers
from dialogs.events import Commanded, Deleted, Edited, Pressed, Said, Submitted, Where
from dialogs.messages import Reply
from storage import chat, chat_rooms, sitting
from storage.engine import Db
from storage.sitting import Sitting, Spot
from storage.tables import ChatMessage


class Acted(NamedTuple):
    """What came of an act, and for whom."""

    viewer: Viewer
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class Scene:
    """Who acts, where, and with which message: plain data, read in one go."""

    viewer: Viewer
    room: int
    where: Where
    message: int | None
    root: int | None  # the thread's first message
    for_samspill: bool  # said to Samspill without naming it: alone with it, or in its thread
    names: tuple[str, ...] = ()  # of those in the room, where words are looked at


class Acts:
    """Everything a person can do. `take` is the way into the core."""

    def __init__(self, workers: Workers, hub: Hub, take: Take, now: Callable[[], datetime]) -> None:
        self._workers = workers
        self._hub = hub
        self._take = take
        self._now = now

    async def say(self, seat: Seat, data: dict[str, Any]) -> Acted:
        """Write in a room or thread. Data: id, room, thread (or None), text."""
        act, text = given.act_id(data), given.text(data)
        scene = await self._workers.read(_hearing, seat, given.number(data, "room"), data)
        rest = words.command(text)
        if rest is not None:
            command = Commanded(
                _event(seat, "command", act), self._now(), scene.viewer.actor, scene.where, rest
            )
            return Acted(scene.viewer, await self._take(command))
        row = await self._workers.write(_say, scene, act, text, self._now())
        self._hub.wake()
        return Acted(scene.viewer, await self._said(scene, row, act))

    async def _said(self, scene: Scene, row: ChatMessage, act: str) -> Reply | None:
        if row.text is None:  # taken away before this repetition arrived
            return None
        meaning = words.meaning(row.text, scene.names)
        if not (scene.for_samspill or meaning.named):
            return None  # talk between people is none of Samspill's business
        return await self._take(
            Said(
                _event(scene.viewer.seat, "say", act),
                row.at,
                scene.viewer.actor,
                scene.where,
                str(row.id),
                meaning.text,
                named=meaning.named,
                only_mentions=meaning.only_mentions,
            )
        )

    async def edit(self, seat: Seat, data: dict[str, Any]) -> Acted:
        """Change an own message. Data: id, message, text."""
        act, text, now = given.act_id(data), given.text(data), self._now()
        scene, row = await self._workers.write(
            _edit, seat, given.number(data, "message"), text, now
        )
        self._hub.wake()
        if not scene.for_samspill:
            return Acted(scene.viewer, None)
        meaning = words.meaning(text, scene.names)
        event = Edited(
            _event(seat, "edit", act),
            now,
            scene.viewer.actor,
            scene.where,
            str(row.id),
            row.at,
            meaning.text,
            only_mentions=meaning.only_mentions,
        )
        return Acted(scene.viewer, await self._take(event))

    async def delete(self, seat: Seat, data: dict[str, Any]) -> Acted:
        """Take an own message away. Data: id, message."""
        act = given.act_id(data)
        scene, row = await self._workers.write(_delete, seat, given.number(data, "message"))
        self._hub.wake()
        if not scene.for_samspill:
            return Acted(scene.viewer, None)
        event = Deleted(
            _event(seat, "delete", act),
            self._now(),
            scene.viewer.actor,
            scene.where,
            str(row.id),
        )
        return Acted(scene.viewer, await self._take(event))

    async def press(self, seat: Seat, data: dict[str, Any]) -> Acted:
        """Press a button. Data: id, room, button, value (or None), message and thread (or None)."""
        act, button, value = given.act_id(data), data.get("button"), data.get("value")
        if not isinstance(button, str) or not (value is None or isinstance(value, str)):
            raise BadRequest
        scene = await self._workers.read(_scene, seat, given.number(data, "room"), data)
        event = Pressed(
            _event(seat, "press", act),
            self._now(),
            scene.viewer.actor,
            scene.where,
            button[:300],
            value,
            str(scene.message) if scene.message else None,
        )
        return Acted(scene.viewer, await self._take(event))

    async def submit(self, seat: Seat, data: dict[str, Any]) -> Acted:
        """Send a form in. Data: id, room, thread (or None), form, values (text or list of text)."""
        act, form, values = given.act_id(data), data.get("form"), data.get("values")
        if not isinstance(form, str) or not isinstance(values, dict) or len(values) > 200:
            raise BadRequest
        taken = {name: given.value(value) for name, value in values.items()}
        scene = await self._workers.read(_scene, seat, given.number(data, "room"), data)
        event = Submitted(
            _event(seat, "submit", act),
            self._now(),
            scene.viewer.actor,
            scene.where,
            form[:300],
            taken,
        )
        return Acted(scene.viewer, await self._take(event))


def _event(seat: Seat, kind: str, act: str) -> str:
    """An event's id: scoped by the person, so that nobody can use up another's."""
    return f"{seat.tenant}:{seat.user}:{kind}:{act}"


def _scene(db: Db, seat: Seat, room_id: int, data: dict[str, Any]) -> Scene:
    """Who acts where, if they are in the room, and the message and thread are of that room."""
    here = sitting.sitting(db, room_id, seat.platform, seat.tenant, seat.user)
    if here is None:
        raise no_room()
    message = root = None
    if data.get("message") is not None:
        message = sitting.spot(db, here.id, given.number(data, "message"))
        if message is None:
            raise no_message()
    thread = message.thread if message else data.get("thread")
    if thread is not None:
        root = sitting.spot(db, here.id, given.number({"thread": thread}, "thread"))
        if root is None or root.thread is not None:
            raise no_message()
    return Scene(
        known_as(seat, here.name, here.language, here.zone),
        here.id,
        _where(here, root),
        message.id if message else None,
        root.id if root else None,
        here.direct_user is not None or (root is not None and root.author is None),
    )


def _hearing(db: Db, seat: Seat, room_id: int, data: dict[str, Any]) -> Scene:
    """The same where words are looked at: with the names of those in the room."""
    scene = _scene(db, seat, room_id, data)
    named = sitting.members(db, scene.room, seat.platform, seat.tenant)
    return replace(scene, names=tuple(named.values()))


def _where(here: Sitting, root: Spot | None) -> Where:
    """The same for the core; a direct conversation goes by the person's user id."""
    direct = here.direct_user
    return Where(
        here.platform,
        here.tenant,
        direct if direct is not None else here.room,
        thread=str(root.id) if root else None,
        direct=direct is not None,
        name=here.room_name,
    )


def _say(db: Db, scene: Scene, act: str, text: str, now: datetime) -> ChatMessage:
    user = scene.viewer.seat.user
    return chat.post(
        db,
        scene.room,
        f"by:{user}:{act}",
        at=now,
        author=user,
        written=text,
        thread=scene.root,
    )


def _own(db: Db, seat: Seat, message_id: int) -> tuple[Scene, ChatMessage]:
    for room, _ in chat_rooms.rooms_of(db, seat.tenant, seat.user):
        row = chat.message(db, room.id, message_id)
        if row is not None and row.author == seat.user:
            return _hearing(db, seat, room.id, {"message": message_id}), row
    raise no_message()


def _edit(
    db: Db, seat: Seat, message_id: int, text: str, now: datetime
) -> tuple[Scene, ChatMessage]:
    scene, row = _own(db, seat, message_id)
    if row.deleted:
        raise no_message()
    chat.edit(db, row, written=text, at=now)
    return scene, row


def _delete(db: Db, seat: Seat, message_id: int) -> tuple[Scene, ChatMessage]:
    scene, row = _own(db, seat, message_id)
    chat.delete(db, row)
    return scene, row
