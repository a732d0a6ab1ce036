"""The served web pages with the whole core behind them, and guests who have but a browser."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import unescape
from random import Random
from typing import Any

import aiohttp
from aiohttp import web

from bot import chat as built_in
from bot.app import site
from bot.chat import ChatChannel, Limits, Site
from bot.core import Samspill
from bot.http import AccessLogger
from dialogs.packs.loader import load
from storage import links
from storage.engine import Database
from storage.secrets import Vault
from tests.contract.stage import MONDAY, SECRET
from tests.fakes import FakeClock

PACKS = load()
OURS = {"X-Samspill": "1", "Sec-Fetch-Site": "same-origin"}
PAGE = {"Sec-Fetch-Site": "same-origin"}
_ids = itertools.count(1)


def words(html: str) -> str:
    """A page as it is read."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


class Guest:
    """Somebody at a browser of their own."""

    def __init__(self, world: World) -> None:
        self.world = world
        jar = aiohttp.CookieJar(unsafe=True)
        self.http = aiohttp.ClientSession(world.url, cookie_jar=jar)
        world.guests.append(self)
        self.room = 0
        self.direct = 0
        self.notice = ""
        self.form = ""

    async def page(self, path: str) -> tuple[int, str]:
        """Open an address; where it leads, and what is there."""
        async with self.http.get(path) as got:
            return got.status, await got.text()

    async def presses_enter(self, link: str, **fields: str) -> int:
        """The button on the page of a link."""
        async with self.http.post(link, data=fields, headers=PAGE, allow_redirects=False) as got:
            return got.status

    async def comes_in(self, link: str, **fields: str) -> None:
        """Open a link, press its button, land in one's rooms."""
        assert (await self.page(link))[0] == 200
        assert await self.presses_enter(link, **fields) == 303
        assert (await self.page("/"))[0] == 200
        await self.world.settle()
        await self.looks_around()

    async def looks_around(self) -> list[str]:
        """The names of the rooms that one sees."""
        status, html = await self.page("/chat")
        if status != 200:
            return []
        found = re.findall(
            r'data-room-link="(\d+)".*?<span class="name"[^>]*>(.*?)</span>\n', html, re.S
        )
        named = {words(name): int(room) for room, name in found}
        self.direct = named.get("Direktemelding", 0)
        self.room = next((room for name, room in named.items() if room != self.direct), 0)
        return list(named)

    async def does(self, act: str, **data: Any) -> tuple[int, dict[str, Any]]:
        """An act as the page sends it."""
        data = {"id": f"act-{next(_ids):08}"} | data
        async with self.http.post(f"/chat/{act}", json=data, headers=OURS) as got:
            reply = await got.json()
            self.notice, self.form = reply.get("notice", ""), reply.get("form", self.form)
        await self.world.settle()
        return got.status, reply

    async def says(self, text: str) -> None:
        """Write in the shared room."""
        await self._says(self.room, text)

    async def writes(self, text: str) -> None:
        """Write to Samspill alone."""
        await self._says(self.direct, text)

    async def _says(self, room: int, text: str) -> None:
        status, reply = await self.does("say", room=room, text=text, thread=None)
        assert status == 200, reply

    async def sees(self, room: int | None = None, *, thread: str = "") -> str:
        """All that a room shows, as text; with the thread of the first message with these words."""
        room = room or self.room
        _, html = await self.page(f"/chat/{room}")
        for each in html.split("<article")[1:] if thread else ():
            number = re.search(r'data-message="(\d+)"', each)
            if thread in words(each) and number:
                return words((await self.page(f"/chat/{room}/{number[1]}"))[1])
        return words(html)

    async def presses(self, label: str, *, on: str = "") -> None:
        """Press what is called so, on the private answer or on the latest message with words."""
        for room in (self.room, self.direct):
            if await self._pressed(room, label, on):
                return
        raise AssertionError(f"there is no {label!r} on {on!r}")

    async def _pressed(self, room: int, label: str, on: str) -> bool:
        _, html = await self.page(f"/chat/{room}")
        shown = [] if on else [self.notice]
        shown += reversed(html.split("<article")[1:])
        for each in shown:
            for found in re.finditer(
                r"<button[^>]*data-press=\"([^\"]*)\"([^>]*)>(.*?)</button>", each, re.S
            ):
                name = words(found[3]).removesuffix(" …")
                if name != label or on not in words(each):
                    continue
                value = re.search(r'data-value="([^"]*)"', found[2])
                number = re.search(r'data-message="(\d+)"', each)
                await self.does(
                    "press",
                    room=room,
                    button=unescape(found[1]),
                    value=unescape(value[1]) if value else None,
                    message=int(number[1]) if number else None,
                )
                return True
        return False

    async def fills(self, **values: str) -> tuple[int, dict[str, Any]]:
        """Send the open form."""
        found = re.search(r'data-form="([^"]*)"', self.form)
        assert found, "no form is open"
        return await self.does(
            "submit",
            room=self.room or self.direct,
            thread=None,
            form=unescape(found[1]),
            values=values,
        )

    @property
    def link(self) -> str:
        """The link in the private answer just given."""
        found = re.search(r"/inn/[\w-]{43}", self.notice)
        assert found, words(self.notice)
        return found[0]


class World:
    """Samspill as it is served, with a clock that stands."""

    def __init__(self, database: Database, *, public: Site | None = None) -> None:
        self.database = database
        self.clock = FakeClock(MONDAY)
        self.site = public or Site()
        self.core = Samspill(
            database,
            lambda: PACKS,
            self.clock,
            Vault(SECRET),
            random=Random(7),
            site=self.site.url or "http://samspill.example",
        )
        self.ticks = 0.0
        self.guests: list[Guest] = []
        self.url = ""

    async def __aenter__(self) -> World:
        app = site(self.core)
        core = self.core
        built_in.setup(
            app,
            workers=core.workers,
            hub=core.hub,
            take=core.take,
            now=self._tick,
            files=core.seer.file,
            site=self.site,
            limits=Limits(lambda: self.ticks),
        )
        core.connect({"web": ChatChannel("web", core.workers, core.hub, self.clock.now)})
        self.runner = web.AppRunner(app, access_log_class=AccessLogger, shutdown_timeout=1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for each in self.guests:
            await each.http.close()
        await self.runner.cleanup()
        await self.core.stop()

    def _tick(self) -> Any:
        self.clock.forward(timedelta(seconds=1))
        return self.clock.now()

    def guest(self) -> Guest:
        """Somebody new, who has nothing."""
        return Guest(self)

    async def invitation(self, name: str) -> str:
        """A link as the operator makes it."""
        token = links.token(self.core.random.randbytes(32))
        await self.core.workers.write(links.invite, links.hashed(token), name, self.clock.now())
        return f"/inn/{token}"

    async def settle(self) -> None:
        """Do everything that is due."""
        self.ticks += 10  # real people do not act sixty times a second
        assert self.core.delivery is not None
        for _ in range(20):
            done = await self.core.jobs.drain()
            await self.core.delivery.drain()
            self.clock.forward(timedelta(seconds=4))
            await self.core.delivery.drain()
            if not done:
                return


def play(database: Database, story: Callable[[World], Awaitable[None]], **more: Any) -> None:
    """Run a story against a fresh installation."""

    async def run() -> None:
        async with World(database, **more) as world:
            await story(world)

    asyncio.run(run())


HOME = "nytt Når noen dør: Fjordetaten, Elveby kommune, Sorgstøtte Norge"


async def coordinator(world: World) -> Guest:
    """The first person, who has set up a collaboration on the web and picked an organisation."""
    kari = world.guest()
    await kari.comes_in(await world.invitation("Kari"), name="Kari Nordmann")
    await kari.writes(HOME)
    await kari.writes("Fjordetaten")
    await kari.looks_around()
    return kari


async def member(world: World, kari: Guest, name: str, organisation: str) -> Guest:
    """Somebody whom the coordinator invited by a link."""
    await kari.writes(f"folk inviter {name}: {organisation}")
    made = world.guest()
    link = kari.link
    _, html = await made.page(link)
    chosen = re.search(r'<option value="(\d+)" selected>', html)
    assert chosen, words(html)
    await made.comes_in(link, name=name, organisation=chosen[1])
    return made
