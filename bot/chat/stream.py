"""What changes in a person's rooms, as it happens, for the pages (SSE) and the terminal (JSON).

Each change goes out once, in order, with its number; whoever lost the connection says which number
came last and gets what was missed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.chat import pages
from bot.chat.hub import Full, Hub
from bot.chat.pages import Piece
from bot.chat.ports import Seat, Viewer, viewer
from bot.chat.security import harden
from bot.workers import Workers
from dialogs.language import Translator
from storage import chat, chat_rooms, links
from storage.engine import Db

HEARTBEAT = 15.0  # seconds of silence after which a sign of life is sent
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Change:
    """A message that is new or changed, and how many answers its thread has now."""

    piece: Piece
    replies: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes in order, as one person sees them. `closed`: the person's session ended, or the room
    that they look at is none of theirs any more; then there are no changes."""

    viewer: Viewer
    changes: Sequence[Change]
    closed: bool = False


def _read(db: Db, seat: Seat, after: int, looked_at: int | None) -> Batch | None:
    """What changed; None, for one query, when nothing did: most changes are in others' rooms."""
    if seat.session is not None and _closed(db, seat, looked_at):
        return Batch(viewer(db, seat), (), closed=True)
    rows = chat.since(db, seat.tenant, seat.user, after, _BATCH)
    if not rows:
        return None
    who, changes = viewer(db, seat), []
    counts = chat.reply_counts(db, sorted({row.thread for row, _ in rows if row.thread}))
    for room in {room.id: room for _, room in rows}.values():
        here = [row for row, found in rows if found.id == room.id]
        for piece in pages.pieces(db, who, room, here):
            replies = counts.get(piece.thread, 0) if piece.thread else piece.replies
            changes.append(Change(piece, replies))
    return Batch(who, sorted(changes, key=lambda change: change.piece.change))


def _closed(db: Db, seat: Seat, room: int | None) -> bool:
    """Whether a session ended, or the room that is looked at is closed to its person."""
    if links.session(db, seat.session or 0) is None:
        return True
    return bool(room) and chat_rooms.room_for(db, room or 0, seat.tenant, seat.user) is None


async def changes(
    workers: Workers,
    hub: Hub,
    seat: Seat,
    after: int,
    heartbeat: float = HEARTBEAT,
    room: int | None = None,
) -> AsyncGenerator[Batch | None, None]:
    """Batches of what changed after number `after`; None is a sign of life. Ends with the hub, or
    with a batch that says that it is closed: the session, or the `room` that is looked at.

    Raises Full when the hub takes no more listeners.
    """
    with hub.subscribe() as woken:
        while not hub.closed:
            woken.clear()
            batch = await workers.read(_read, seat, after, room)
            if batch is not None and batch.closed:
                yield batch
                return
            if batch is not None:
                after = batch.changes[-1].piece.change
                yield batch
                continue
            try:
                await asyncio.wait_for(woken.wait(), heartbeat)
            except TimeoutError:
                yield None


def number(text: str | None) -> int:
    """A change's number from a header or query; 0 when there is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else 0


async def sse(
    request: web.Request, workers: Workers, hub: Hub, seat: Seat, heartbeat: float = HEARTBEAT
) -> web.StreamResponse:
    """Server-sent events: `message` carries a message as HTML, `replies` a thread's new count,
    `elsewhere` the number of another room in which something was said, `closed` that the page is to
    be left."""
    if hub.full:
        return web.Response(status=503, headers={"Retry-After": "5"})
    after = number(request.headers.get("Last-Event-ID") or request.query.get("since"))
    open_room = number(request.query.get("room"))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    harden(response)
    response.headers["X-Accel-Buffering"] = "no"
    coming = changes(workers, hub, seat, after, heartbeat, open_room)
    try:
        await response.prepare(request)
        await response.write(b"retry: 2000\n: hello\n\n")
        if after and after > await workers.read(chat.latest):  # a page of another record than this
            await response.write(_LEAVE)
            return response
        async for batch in coming:
            await response.write(_events(batch, open_room) if batch else b": still here\n\n")
    except (ConnectionResetError, Full):
        pass
    finally:
        await coming.aclose()
    return response


def _events(batch: Batch, open_room: int) -> bytes:
    if batch.closed:
        return _LEAVE
    made: list[str] = []
    for change in batch.changes:
        piece, say = change.piece, batch.viewer.say
        if piece.room != open_room:
            made.append(_event("elsewhere", str(piece.room), piece.change))
            continue
        if piece.thread is not None:
            made.append(_event("replies", _replies(piece.thread, change.replies, say)))
        html = "" if piece.deleted and not piece.replies else str(pages.piece_html(piece, say))
        data = {"id": piece.id, "thread": piece.thread, "html": html}
        made.append(_event("message", json.dumps(data), piece.change))
    return "".join(made).encode()


def _replies(root: int, count: int, say: Translator) -> str:
    label = say.tn("{n} message", "{n} messages", count) if count else ""
    return json.dumps({"root": root, "label": label})


def _event(kind: str, data: str, change: int | None = None) -> str:
    """One event; JSON and numbers hold no line breaks."""
    mark = f"id: {change}\n" if change is not None else ""
    return f"{mark}event: {kind}\ndata: {data}\n\n"


_LEAVE = _event("closed", "{}").encode()
