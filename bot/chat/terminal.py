"""The built-in chat as plain text and JSON, for `samspill chat` in the demo: `/terminal`.

The same rooms, messages and acts as the pages have. Everything is asked for `as` one of the demo's
people, by the key that `/terminal/people` gives.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.chat import stream
from bot.chat.acts import Acted, Acts
from bot.chat.channel import FILES
from bot.chat.given import NotTaken
from bot.chat.hub import Hub
from bot.chat.pages import Piece
from bot.chat.ports import DemoControls, Seat, viewer
from bot.chat.security import BadRequest, body, guarded, harden
from bot.chat.stream import Batch
from bot.workers import Workers
from dialogs.messages import (
    Buttons,
    Choice,
    Element,
    FieldErrors,
    Form,
    Link,
    Notice,
    Page,
    Reply,
    Scale,
    plain_element,
)
from storage import chat_rooms
from storage.engine import Db

FILES_HERE = "/terminal/file"
Act = Callable[[Seat, dict[str, Any]], Awaitable[Acted]]


def plainly(elements: Sequence[Element]) -> dict[str, Any]:
    """Elements as text, with what can be pressed beside it instead of in it."""
    lines, actions = [], []
    for element in elements:
        match element:
            case Buttons(buttons=buttons):
                actions += [
                    {"button": each.id, "value": None, "label": each.label, "about": each.about}
                    for each in buttons
                ]
            case (
                Choice(id=button, label=label, options=options)
                | Scale(id=button, label=label, options=options)
            ):
                lines.append(label)
                actions += [
                    {"button": button, "value": each.value, "label": each.label, "about": ""}
                    for each in options
                ]
            case _:
                lines.append(plain_element(element))
    return {"text": "\n".join(line for line in lines if line), "actions": actions}


def rendered(reply: Reply | None) -> dict[str, Any]:
    """A reply as the terminal takes it."""
    match reply:
        case Form():
            fields = [asdict(field) for field in reply.fields]
            return {
                "form": {
                    "id": reply.id,
                    "title": reply.title,
                    "intro": plainly(reply.intro)["text"],
                    "fields": fields,
                }
            }
        case Page(title=title, elements=elements):
            return {"page": {"title": title, **plainly(elements)}}
        case Notice(message=message):
            return {"notice": plainly(message.elements)}
        case FieldErrors(errors=errors):
            return {"errors": errors}
    return {}


class Terminal:
    """The handlers under `/terminal`."""

    def __init__(self, workers: Workers, hub: Hub, acts: Acts, demo: DemoControls) -> None:
        self._workers = workers
        self._hub = hub
        self._acts = acts
        self._demo = demo

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [
            web.get("/terminal/people", guarded(self.people)),
            web.get("/terminal/rooms", guarded(self.rooms)),
            web.get("/terminal/stream", guarded(self.stream)),
            web.post("/terminal/say", guarded(self._act(self._acts.say), programs=True)),
            web.post("/terminal/press", guarded(self._act(self._acts.press), programs=True)),
            web.post("/terminal/submit", guarded(self._act(self._acts.submit), programs=True)),
        ]

    async def people(self, _: web.Request) -> web.StreamResponse:
        """Everybody one can be."""
        return web.json_response(
            [
                {
                    "key": each.seat.key,
                    "name": each.name,
                    "organisation": each.organisation,
                    "workspace": each.workspace,
                }
                for each in self._demo.people()
            ]
        )

    async def rooms(self, request: web.Request) -> web.StreamResponse:
        """The person's language and rooms, and the latest change in them; the direct conversation
        is always among them."""
        return web.json_response(await self._workers.write(_rooms, self._seat(request)))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Messages of the person's rooms after change `since`, one JSON object a line, for ever.

        A line of `{}` is a sign of life.
        """
        seat = self._seat(request)
        if self._hub.full:
            return web.Response(status=503)
        after = stream.number(request.query.get("since"))
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        harden(response)
        coming = stream.changes(self._workers, self._hub, seat, after)
        try:
            await response.prepare(request)
            async for batch in coming:
                lines = _lines(batch, str(request.url.origin()), seat) if batch else ["{}"]
                await response.write("".join(f"{line}\n" for line in lines).encode())
        except ConnectionResetError:
            pass
        finally:
            await coming.aclose()
        return response

    def _seat(self, request: web.Request) -> Seat:
        wanted = request.query.get("as")
        for each in self._demo.people():
            if each.seat.key == wanted:
                return each.seat
        raise BadRequest

    def _act(self, act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request) -> web.Response:
            seat = self._seat(request)
            data = await body(request)
            try:
                reply = rendered((await act(seat, data)).reply)
            except NotTaken as not_taken:
                who = await self._workers.read(viewer, seat)
                text = who.say.t(not_taken.text, **not_taken.values)
                return web.json_response({"error": text}, status=not_taken.status)
            who = await self._workers.read(viewer, seat)
            return web.json_response({"language": who.say.language, **reply})

        return handler


def _rooms(db: Db, seat: Seat) -> dict[str, Any]:
    chat_rooms.direct_room(db, seat.platform, seat.tenant, seat.user)
    found = chat_rooms.rooms_of(db, seat.tenant, seat.user)
    rooms = [
        {"id": room.id, "name": room.name or room.room, "direct": room.direct_user is not None}
        for room, _ in found
    ]
    language = viewer(db, seat).say.language
    return {"language": language, "rooms": rooms, "change": max(change for _, change in found)}


def _whole(element: Element, origin: str, seat: Seat) -> Element:
    """A link to a file as an address that can be opened from here, by this person."""
    if not isinstance(element, Link) or not element.url.startswith(f"{FILES}/"):
        return element
    url = f"{origin}{FILES_HERE}{element.url.removeprefix(FILES)}?as={quote(seat.key, safe='')}"
    return Link(element.label, url)


def _lines(batch: Batch, origin: str, seat: Seat) -> list[str]:
    return [json.dumps(_message(change.piece, origin, seat)) for change in batch.changes]


def _message(piece: Piece, origin: str, seat: Seat) -> dict[str, Any]:
    content: dict[str, Any] = {"text": piece.text, "actions": []}
    if piece.message is not None:
        content = plainly([_whole(each, origin, seat) for each in piece.message.elements])
    return {
        "id": piece.id,
        "room": piece.room,
        "thread": piece.thread,
        "change": piece.change,
        "author": piece.author,
        "own": piece.own,
        "deleted": piece.deleted,
        "edited": piece.edited,
        **content,
    }
