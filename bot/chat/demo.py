"""What only the demo has: the switch between people, their language, and the clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.chat.ports import DemoControls, DemoPerson, Seat, Viewer, Who, viewer
from bot.chat.security import BadRequest, body, guarded
from bot.chat.sessions import Sessions
from bot.workers import Workers
from dialogs.language import LANGUAGES
from storage import people
from storage.engine import Db

COOKIE = "samspill_demo_person"
_MOVES = {"hour": timedelta(hours=1), "three": timedelta(hours=3)}


def person(demo: DemoControls, wanted: str | None) -> DemoPerson | None:
    """The person with this key (`Seat.key`)."""
    return next((each for each in demo.people() if each.seat.key == wanted), None)


def who_by_cookie(demo: DemoControls, sessions: Sessions) -> Who:
    """Whoever came in by a personal link; else who was last switched to, at first the first."""

    async def who(request: web.Request) -> Seat | None:
        seat = await sessions.who(request)
        if seat is not None:
            return seat
        everybody = demo.people()
        chosen = person(demo, request.cookies.get(COOKIE))
        if chosen is None and everybody:
            chosen = everybody[0]
        return chosen.seat if chosen else None

    return who


def who_is_named(demo: DemoControls) -> Who:
    """Whoever the address says, as for all that the terminal asks."""

    async def who(request: web.Request) -> Seat | None:
        named = person(demo, request.query.get("as"))
        return named.seat if named else None

    return who


def until_next_morning(now: datetime, zone: str) -> timedelta:
    """How long it is until eight o'clock of the day after this one."""
    local = now.astimezone(ZoneInfo(zone))
    morning = datetime.combine(local.date() + timedelta(days=1), time(8), ZoneInfo(zone))
    return morning.astimezone(now.tzinfo) - now


class Demo:
    """The handlers under `/demo`."""

    def __init__(
        self, workers: Workers, who: Who, controls: DemoControls, sessions: Sessions
    ) -> None:
        self._workers = workers
        self._sessions = sessions
        self._who = who
        self._controls = controls

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [
            web.post("/demo/person", guarded(self.switch)),
            web.post("/demo/language", guarded(self.language)),
            web.post("/demo/clock", guarded(self.move, programs=True)),
            web.get("/demo/clock", guarded(self.clock)),
        ]

    async def _viewer(self, request: web.Request) -> Viewer:
        seat = await self._who(request)
        if seat is None:
            raise BadRequest
        return await self._workers.read(viewer, seat)

    async def switch(self, request: web.Request) -> web.StreamResponse:
        """Be somebody else from now on. Data: person."""
        wanted = (await body(request)).get("person")
        if not isinstance(wanted, str) or person(self._controls, wanted) is None:
            raise BadRequest
        response = web.json_response({})
        response.set_cookie(COOKIE, wanted, httponly=True, samesite="Lax", path="/")
        self._sessions.take_back(response)
        return response

    async def language(self, request: web.Request) -> web.StreamResponse:
        """Choose the language of whoever one is. Data: language."""
        wanted = (await body(request)).get("language")
        if wanted not in LANGUAGES:
            raise BadRequest
        who = await self._viewer(request)
        await self._workers.write(_speak, who.seat, who.name, self._controls.now(), wanted)
        return web.json_response({})

    async def move(self, request: web.Request) -> web.StreamResponse:
        """Move the clock forward. Data: to (`hour`, `three` hours, `morning` of the next day)."""
        wanted = (await body(request)).get("to")
        who = await self._viewer(request)
        if wanted == "morning":
            by = until_next_morning(self._controls.now(), who.say.zone)
        elif wanted in _MOVES:
            by = _MOVES[wanted]
        else:
            raise BadRequest
        await self._controls.move_clock(by)
        return await self.clock(request)

    async def clock(self, request: web.Request) -> web.StreamResponse:
        """The demo's time in words."""
        who = await self._viewer(request)
        return web.json_response({"now": who.say.moment(self._controls.now())})


def _speak(db: Db, seat: Seat, name: str, now: datetime, language: str) -> None:
    met = people.meet(db, seat.platform, seat.tenant, seat.user, name, now)
    people.choose(db, met.id, language=language)
