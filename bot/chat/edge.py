"""The built-in chat over HTTP: each handler receives, translates, makes one call and renders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.chat import forms, pages, stream
from bot.chat.acts import Acted, Acts
from bot.chat.given import NotTaken
from bot.chat.hub import Hub
from bot.chat.limits import ACTS, Busy, Limits
from bot.chat.ports import DemoControls, Seat, Viewer, Who, viewer
from bot.chat.security import body, guarded, harden
from bot.chat.signing import busy_page, html
from bot.workers import Workers
from dialogs.language import Translator, n_
from dialogs.messages import FieldErrors, Form, Notice, Page, Reply

_STATIC = Path(__file__).parent / "static"
_FILES = {path.name: path for path in _STATIC.iterdir() if path.suffix in (".js", ".css", ".svg")}

_OTHER = n_(
    "Somebody else is signed in in this browser now. Load the page again. What you wrote is kept."
)
_BUSY = n_("That was a lot at once. Wait a minute, then try again.")

Act = Callable[[Seat, dict[str, Any]], Awaitable[Acted]]
Welcome = Callable[[Seat], Awaitable[None]]  # before a person's first page


def rendered(reply: Reply | None, say: Translator) -> dict[str, Any]:
    """A reply as the page takes it: HTML of a form, notice or page, or sentences by field."""
    match reply:
        case Form(language=language):
            return {"form": str(forms.form(reply, Translator(language, say.zone)))}
        case Page(language=language):
            return {"page": str(forms.page(reply, Translator(language, say.zone)))}
        case Notice():
            return {"notice": str(pages.notice_html(reply, say))}
        case FieldErrors(errors=errors):
            return {"errors": errors}
    return {}


class Edge:
    """The handlers. `demo` adds the bar with people and clock to each page."""

    def __init__(
        self,
        workers: Workers,
        hub: Hub,
        acts: Acts,
        who: Who,
        *,
        demo: DemoControls | None,
        limits: Limits,
        welcome: Welcome,
    ) -> None:
        self._workers = workers
        self._hub = hub
        self._acts = acts
        self._who = who
        self._demo = demo
        self._limits = limits
        self._welcome = welcome

    def routes(self) -> list[web.RouteDef]:
        """What is served, under `/` and `/chat`."""
        return [
            web.get("/", guarded(self.start)),
            web.get("/chat", guarded(self.page)),
            web.get("/chat/stream", guarded(self.stream)),
            web.get("/chat/static/{name}", guarded(_static)),
            web.get(r"/chat/{room:\d{1,9}}", guarded(self.page)),
            web.get(r"/chat/{room:\d{1,9}}/{thread:\d{1,9}}", guarded(self.page)),
            web.post("/chat/say", guarded(self._act(self._acts.say))),
            web.post("/chat/edit", guarded(self._act(self._acts.edit))),
            web.post("/chat/delete", guarded(self._act(self._acts.delete))),
            web.post("/chat/press", guarded(self._act(self._acts.press))),
            web.post("/chat/submit", guarded(self._act(self._acts.submit))),
        ]

    def _act(self, act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request) -> web.Response:
            seat = await self._who(request)
            if seat is None:
                return web.json_response({"error": "", "reason": "no session"}, status=401)
            data = await body(request)
            try:
                _same(seat, data.get("me"))
                if seat.session is not None:
                    self._limits.take(ACTS, str(seat.session))
                acted = await act(seat, data)
            except NotTaken as not_taken:
                who: Viewer = await self._workers.read(viewer, seat)
                return _refused(not_taken, who.say)
            except Busy as busy:
                who = await self._workers.read(viewer, seat)
                response = _refused(NotTaken(429, _BUSY), who.say)
                response.headers["Retry-After"] = str(busy.seconds)
                return response
            return web.json_response(rendered(acted.reply, acted.viewer.say))

        return handler

    async def start(self, request: web.Request) -> web.StreamResponse:
        """The way in: the person's first shared room, or all of their rooms."""
        seat = await self._who(request)
        if seat is None:
            return html(pages.stranger_html(), 401)
        await self._welcome(seat)
        found = await self._workers.read(pages.scenery, seat, None, None, None)
        shared = [room for room in found.rooms if not room.direct] or list(found.rooms)
        raise web.HTTPFound(f"/chat/{shared[0].id}" if shared else "/chat")

    async def page(self, request: web.Request) -> web.StreamResponse:
        """A room, a room with a thread beside it, or just the list of rooms."""
        seat = await self._who(request)
        if seat is None:
            return html(pages.stranger_html(), 401)
        await self._welcome(seat)
        room, thread = (_number(request.match_info.get(name)) for name in ("room", "thread"))
        before = _number(request.query.get("before"))
        try:
            found = await self._workers.read(pages.scenery, seat, room, thread, before)
        except NotTaken as not_taken:
            who = await self._workers.read(viewer, seat)
            text = who.say.t(not_taken.text, **not_taken.values)
            return html(pages.show("missing.html", who.say, text=text), not_taken.status)
        say = found.viewer.say
        bar = self._bar(found.viewer)
        return html(pages.show("chat.html", say, it=found, demo=bar, before=before))

    def _bar(self, who: Viewer) -> dict[str, Any] | None:
        if self._demo is None:
            return None
        return {"people": self._demo.people(), "now": who.say.moment(self._demo.now())}

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """What changes, as it happens."""
        seat = await self._who(request)
        if seat is None:
            return web.Response(status=401)
        try:
            with self._limits.stream(seat.session):
                return await stream.sse(request, self._workers, self._hub, seat)
        except Busy as busy:
            return busy_page(busy)


def _same(seat: Seat, me: object) -> None:
    """NotTaken when the page was made for another person than who would be acting now: in another
    tab somebody else came in, and nobody's answer becomes theirs."""
    if me is not None and me != f"{seat.tenant}/{seat.user}":
        raise NotTaken(409, _OTHER)


def _refused(not_taken: NotTaken, say: Translator) -> web.Response:
    text = say.t(not_taken.text, **not_taken.values)
    return web.json_response({"error": text}, status=not_taken.status)


def _number(text: str | None) -> int | None:
    return stream.number(text) or None


async def _static(request: web.Request) -> web.StreamResponse:
    path = _FILES.get(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    response = web.FileResponse(path)
    harden(response, "no-cache")
    return response
