"""Sessions: a cookie that says nothing, ends when it is told to, and lets into one's own rooms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from bot.chat import Site
from bot.chat.limits import ACTS, STREAMS
from storage import links
from storage.engine import Database
from storage.tables import Membership, Person, WebSession
from tests.web.world import OURS, Guest, World, coordinator, member, play, words

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PUBLIC = Site("https://samspill.example")


@asynccontextmanager
async def stream(guest: Guest) -> AsyncIterator[aiohttp.ClientResponse]:
    """An open stream of the shared room."""
    async with guest.http.get(f"/chat/stream?room={guest.room}&since=0") as got:
        assert got.status == 200
        yield got


async def ended(got: aiohttp.ClientResponse) -> str:
    """The rest of a stream that ends by itself."""
    async with asyncio.timeout(20):
        return (await got.content.read()).decode()


def test_the_cookie_is_locked_to_the_site(database: Database) -> None:
    async def story(world: World) -> None:
        link = await world.invitation("Kari")
        guest = world.guest()
        headers = {"Origin": "https://samspill.example", "Sec-Fetch-Site": "same-origin"}
        sent = guest.http.post(link, data={"name": "Kari"}, headers=headers, allow_redirects=False)
        async with sent as got:
            assert got.status == 303
            cookie = got.headers["Set-Cookie"]
            assert cookie.startswith("__Host-samspill=")
            for each in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
                assert each in cookie
            assert "Domain" not in cookie
            assert got.headers["Strict-Transport-Security"].startswith("max-age=")
        async with guest.http.get("/chat/static/chat.css") as got:
            assert "Strict-Transport-Security" in got.headers

    play(database, story, public=PUBLIC)


def test_every_page_is_protected_and_not_kept(database: Database) -> None:
    async def story(world: World) -> None:
        link = await world.invitation("Kari")
        kari = world.guest()
        for path in ("/", "/chat", "/chat/1", link, "/inn/nothing", "/chat/stream", "/healthz"):
            async with kari.http.get(path) as got:
                policy = got.headers["Content-Security-Policy"]
                assert "default-src 'self'" in policy
                assert "unsafe" not in policy
                assert "frame-ancestors 'none'" in policy
                assert got.headers["X-Content-Type-Options"] == "nosniff"
                assert got.headers["Cache-Control"] == "no-store"
                assert got.headers["Referrer-Policy"] in ("no-referrer", "strict-origin")
                text = await got.text()
                page = path not in ("/healthz", "/chat/stream")
                assert (got.content_type == "text/html") == page, path
                assert ("<title>Samspill</title>" in text) == page
                assert "<script" not in text

    play(database, story)


def test_a_session_slides_and_ends_in_the_end(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        for _ in range(6):
            world.clock.forward(links.IDLE - timedelta(days=1))
            assert (await kari.page("/chat"))[0] == 200
        world.clock.forward(links.LONGEST - 6 * (links.IDLE - timedelta(days=1)))
        assert (await kari.page("/chat"))[0] == 401
        amina = world.guest()
        await amina.comes_in(await world.invitation("Amina"), name="Amina")
        world.clock.forward(links.IDLE)
        assert (await amina.page("/chat"))[0] == 401
        await world.core.workers.write(links.forget, world.clock.now())
        with world.database.read() as db:
            assert db.exec(select(WebSession)).all() == []

    play(database, story)


def test_logging_out_everywhere_closes_open_streams(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        await kari.writes("web")
        phone = world.guest()
        await phone.comes_in(kari.link)
        amina = await member(world, kari, "Amina", "Elveby kommune")
        async with stream(phone) as got, stream(amina) as other:
            await kari.writes("web")
            await kari.presses("Logg ut alle steder")
            assert "event: closed" in await ended(got)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await other.content.read()
        for guest in (kari, phone):
            status, html = await guest.page(f"/chat/{guest.room}")
            assert status == 401
            assert "Når noen dør" not in html
            status, _ = await guest.does("say", room=guest.room, text="x", thread=None)
            assert status == 401

    play(database, story)


def test_one_browser_logs_out(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        await kari.writes("web")
        phone = world.guest()
        await phone.comes_in(kari.link)
        async with phone.http.post("/ut", json={}, headers=OURS) as got:
            assert got.status == 200
        assert (await phone.page("/chat"))[0] == 401
        assert (await kari.page("/chat"))[0] == 200
        await kari.writes("web ut")
        assert (await kari.page("/chat"))[0] == 401

    play(database, story)


def test_whoever_is_no_member_any_more_is_out_at_once(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        amina = await member(world, kari, "Amina", "Elveby kommune")
        async with stream(amina) as got:
            with world.database.write() as db:
                gone = select(Person.id).where(Person.name == "Amina")
                db.execute(delete(Membership).where(col(Membership.person_id).in_(gone)))
            await kari.says("Er Amina ute nå?")
            text = await ended(got)
            assert "event: closed" in text
            assert "ute nå" not in text
        assert (await amina.page(f"/chat/{amina.room}"))[0] == 404
        for act, data in (
            ("say", {"text": "x", "thread": None}),
            ("press", {"button": "home:menu:", "value": None}),
        ):
            assert (await amina.does(act, room=amina.room, **data))[0] == 404
        assert await amina.looks_around() == ["Direktemelding"]

    play(database, story)


def test_a_room_that_is_guessed_is_not_there(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        tone = world.guest()
        await tone.comes_in(await world.invitation("Tone"), name="Tone Vik")
        await tone.writes("nytt Noe annet: Etat A, Etat B")
        for room in (kari.room, kari.direct, 999):
            status, html = await tone.page(f"/chat/{room}")
            assert status == 404
            assert "Når noen dør" not in html
            assert (await tone.does("say", room=room, text="x", thread=None))[0] == 404
        nobody = world.guest()
        for path in ("/", "/chat", f"/chat/{kari.room}", "/chat/file/x"):
            status, html = await nobody.page(path)
            assert status == 401
            assert "Du trenger en personlig lenke" in words(html)
            assert "Når noen dør" not in html
            assert "Kari" not in html

    play(database, story)


async def _say(guest: Guest, number: int) -> tuple[int, dict[str, str]]:
    """Talk in the room, without the pause that people make."""
    data = {"id": f"talk-{number:08}", "room": guest.room, "thread": None, "text": "Hei"}
    async with guest.http.post("/chat/say", json=data, headers=OURS) as got:
        return got.status, await got.json()


def test_what_is_asked_too_often_waits(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        many = [await kari.http.get("/chat/stream") for _ in range(STREAMS + 1)]
        assert [each.status for each in many] == [200] * STREAMS + [429]
        for each in many:
            each.close()
        said = [await _say(kari, number) for number in range(ACTS.burst + 1)]
        assert [status for status, _ in said] == [200] * ACTS.burst + [429]
        assert said[-1][1]["error"].startswith("Det ble mye på én gang.")

    play(database, story)
