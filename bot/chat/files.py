"""Files in the built-in chat: made anew from the record for whoever may read their room."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from bot.chat.channel import FILES
from bot.chat.pages import stranger_html
from bot.chat.ports import Files, Seat, Who
from bot.chat.security import guarded
from bot.workers import Workers
from dialogs.messages import File
from storage import chat, chat_rooms
from storage.engine import Db

# A document has no scripts and fetches nothing; its own look is in it.
_ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_READ_HERE = "text/html"


def handing_over(workers: Workers, who: Who, files: Files, under: str = FILES) -> web.RouteDef:
    """The way to a file by its key; 404 for those who are not in its room."""

    async def handler(request: web.Request) -> web.StreamResponse:
        seat = await who(request)
        if seat is None:
            html = stranger_html()
            return web.Response(text=html, status=401, content_type="text/html", charset="utf-8")
        found = await workers.read(_for, seat, request.match_info["key"], files)
        if found is None:
            raise web.HTTPNotFound
        return _response(found)

    return web.get(f"{under}/{{key}}", guarded(handler))


def _for(db: Db, seat: Seat, key: str, files: Files) -> File | None:
    """The file, if it was posted in a room that this person is in and still stands there."""
    for room, _ in chat_rooms.rooms_of(db, seat.tenant, seat.user):
        posted = chat.by_key(db, room.id, f"out:{key}")
        if posted is not None and not posted.deleted:
            return files(db, key)
    return None


def _response(file: File) -> web.Response:
    shown = "inline" if file.type == _READ_HERE else "attachment"
    response = web.Response(body=file.data)
    response.content_type = file.type
    if shown == "inline":
        response.charset = "utf-8"
        response.headers["Content-Security-Policy"] = _ALONE
    name = quote(file.name, safe="")
    response.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{name}"
    return response
