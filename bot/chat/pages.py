"""The built-in chat's pages and the pieces of them that are sent live: reading, then templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.chat import render
from bot.chat.given import no_message, no_room
from bot.chat.ports import Seat, Viewer, viewer
from dialogs.codec import decode
from dialogs.language import LANGUAGES, Translator, known
from dialogs.messages import Message, Notice, plain
from storage import chat, chat_rooms
from storage.engine import Db
from storage.tables import ChatMessage, ChatRoom

SAMSPILL = "Samspill"
_SPOKEN = 300  # characters of a new message that are read aloud


@dataclass(frozen=True, slots=True)
class Piece:
    """A message as the templates show it."""

    id: int
    room: int
    direct: bool  # in a direct conversation
    thread: int | None
    change: int
    author: str
    samspill: bool
    own: bool
    at: datetime
    edited: bool
    deleted: bool
    language: str
    content: Markup = field(repr=False)
    spoken: str = field(repr=False)
    text: str = field(repr=False)  # what a person wrote
    message: Message | None = field(repr=False)  # what Samspill says
    mark: str
    replies: int


@dataclass(frozen=True, slots=True)
class RoomLink:
    """A room in the list."""

    id: int
    name: str
    direct: bool
    change: int


@dataclass(frozen=True, slots=True)
class Scenery:
    """All that one page shows."""

    viewer: Viewer
    rooms: Sequence[RoomLink]
    change: int  # the stream goes on from here
    room: RoomLink | None = None
    pieces: Sequence[Piece] = ()
    older: int | None = None
    root: Piece | None = None
    replies: Sequence[Piece] = ()


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def show(template: str, say: Translator, **values: object) -> Markup:
    """A template in one language. `t` and `tn` translate in it."""
    made = _templates().get_template(template)
    return Markup(made.render(t=say.t, tn=say.tn, say=say, **values))  # noqa: S704 - autoescaped


def piece_html(piece: Piece, say: Translator) -> Markup:
    """One message, as in the page."""
    return show("message.html", say, piece=piece)


def notice_html(notice: Notice, say: Translator) -> Markup:
    """A private answer, shown beside the messages."""
    content = render.elements(notice.message.elements, say, name="notice")
    return show(
        "notice.html",
        say,
        content=content,
        language=notice.message.language,
        spoken=(notice.message.summary or plain(notice.message))[:_SPOKEN],
    )


def alone_html(template: str) -> Markup:
    """A page for somebody of whom nothing is known: the same in all languages, nothing else."""
    return show(template, Translator("nb"), all=[Translator(each) for each in LANGUAGES])


def stranger_html() -> Markup:
    """What a page without a session shows: how to get a link."""
    return alone_html("link.html")


def scenery(
    db: Db, seat: Seat, room_id: int | None, thread_id: int | None, before: int | None
) -> Scenery:
    """Read a page; NotTaken when the room or thread is none of this person's."""
    who = viewer(db, seat)
    change = chat.latest(db)
    rooms = [
        _link(room, last, who.say) for room, last in chat_rooms.rooms_of(db, seat.tenant, seat.user)
    ]
    if room_id is None:
        return Scenery(who, rooms, change)
    room = chat_rooms.room_for(db, room_id, seat.tenant, seat.user)
    if room is None:
        raise no_room()
    rows = chat.roots(db, room.id, before=before, limit=60)
    older = rows[0].id if len(rows) == 60 else None
    root, replies = None, []
    if thread_id is not None:
        root = chat.message(db, room.id, thread_id)
        if root is None or root.thread is not None:
            raise no_message()
        replies = chat.thread(db, room.id, root.id)
    made = {piece.id: piece for piece in pieces(db, who, room, [*rows, *replies, *_one(root)])}
    return Scenery(
        who,
        rooms,
        change,
        next(each for each in rooms if each.id == room.id),
        [made[row.id] for row in rows if shown(made[row.id])],
        older,
        made[root.id] if root else None,
        [made[row.id] for row in replies if not row.deleted],
    )


def shown(piece: Piece) -> bool:
    """Whether a message is shown: one that was taken away is, while answers stand under it."""
    return not piece.deleted or piece.replies > 0


def pieces(db: Db, who: Viewer, room: ChatRoom, rows: Sequence[ChatMessage]) -> list[Piece]:
    """Messages of one room as this person sees them."""
    counts = chat.reply_counts(db, [row.id for row in rows if row.thread is None])
    authors = sorted({row.author for row in rows if row.author})
    names = chat_rooms.names(db, room.platform, room.tenant, authors)
    direct = room.direct_user is not None
    return [_piece(who, row, names, counts.get(row.id, 0), direct=direct) for row in rows]


def _piece(
    who: Viewer, row: ChatMessage, names: dict[str, str], replies: int, *, direct: bool
) -> Piece:
    message = decode(row.body) if row.body else None
    text, content, spoken = row.text or "", Markup(""), row.text or ""
    if message is not None:
        own_words = Translator(known(message.language), who.say.zone)
        content = render.elements(message.elements, own_words)
        spoken = message.summary or plain(message)
    elif text:
        content = render.written(text, who.say)
    return Piece(
        id=row.id,
        room=row.room_id,
        direct=direct,
        thread=row.thread,
        change=row.change,
        author=names[row.author] if row.author else SAMSPILL,
        samspill=row.author is None,
        own=row.author == who.seat.user,
        at=row.at,
        edited=row.edited_at is not None and row.author is not None,
        deleted=row.deleted,
        language=message.language if message else "",
        content=content,
        spoken=spoken[:_SPOKEN],
        text=text,
        message=message,
        mark=row.mark or "",
        replies=replies,
    )


def _link(room: ChatRoom, change: int, say: Translator) -> RoomLink:
    direct = room.direct_user is not None
    name = say.t("Direct message") if direct else room.name or room.room
    return RoomLink(room.id, name, direct, change)


def _one(row: ChatMessage | None) -> list[ChatMessage]:
    return [row] if row is not None else []
