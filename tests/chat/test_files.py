"""Files in the built-in chat: a link in the room, made anew for those who are in it."""

from __future__ import annotations

import json
from pathlib import Path

from aiohttp.test_utils import TestClient
from yarl import URL

from bot.channel import Address, Sent
from dialogs.messages import File
from storage import chat
from storage.engine import Db
from tests.chat.stage import KARI, OLA, SIRI, Stage
from tests.chat.test_edge import acted, written

HTML = File("nb", "Én side – «møtet».html", "text/html", "Én side til møtet", b"<p>Hei</p>")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCX = File("nb", "Én side.docx", WORD, "Én side (Word)", b"PK")


async def hand_over(made: Stage, file: File, key: str, channel: str = "digital-vei") -> str:
    """Send a file as delivery does; its address."""
    made.files[key] = file
    sent = await made.channel.file(Address("web", "nav", channel), file, key)
    assert isinstance(sent, Sent)
    return f"/chat/file/{key}"


def test_whoever_is_in_the_room_gets_the_file(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        page = await hand_over(made, HTML, "file:round:page:r1:3")
        async with client.get(f"/chat/{made.rooms['room']}") as room:
            assert f'href="{page}"' in await room.text()
        async with client.get(page) as got:
            assert got.status == 200
            assert await got.read() == HTML.data
            assert got.headers["Content-Type"] == "text/html; charset=utf-8"
            assert got.headers["Content-Disposition"] == (
                "inline; filename*=UTF-8''%C3%89n%20side%20%E2%80%93%20%C2%ABm%C3%B8tet%C2%BB.html"
            )
            policy = got.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'")
            assert "sandbox" in policy
            assert "script" not in policy
            assert got.headers["X-Content-Type-Options"] == "nosniff"
            assert got.headers["Cache-Control"] == "no-store"
        async with client.get(await hand_over(made, DOCX, "file:round:docx:r1:3")) as got:
            assert got.headers["Content-Type"] == WORD
            assert got.headers["Content-Disposition"].startswith("attachment; ")
            assert "default-src 'self'" in got.headers["Content-Security-Policy"]

    acted(tmp_path, act)


def test_nobody_else_gets_it(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        ours = await hand_over(made, HTML, "file:round:page:r1:3")
        leaders = await hand_over(made, HTML, "file:round:page:r1:4", "leder")
        for seat, address, status in (
            (KARI.seat, ours, 200),
            (KARI.seat, leaders, 404),  # not in that room
            (OLA.seat, leaders, 200),
            (SIRI.seat, ours, 404),  # in a room of the same name elsewhere
            (KARI.seat, "/chat/file/file:round:page:r2:3", 404),
            (None, ours, 401),
        ):
            made.seat = seat
            async with client.get(address) as got:
                assert got.status == status
                assert (b"Hei" in await got.read()) == (status == 200)

    acted(tmp_path, act)


def test_what_was_taken_away_or_erased_is_gone(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        address = await hand_over(made, HTML, "file:1")
        del made.files["file:1"]  # the record makes none any more
        assert (await client.get(address)).status == 404
        again = await hand_over(made, HTML, "file:2")
        await made.workers.write(_take_away, made.rooms["room"], "out:file:2")
        assert (await client.get(again)).status == 404
        assert len(await written(made)) > 0

    acted(tmp_path, act)


def _take_away(db: Db, room: int, key: str) -> None:
    row = chat.by_key(db, room, key)
    assert row is not None
    chat.delete(db, row)


def test_it_is_sent_once_and_can_be_found(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        to = Address("web", "nav", "digital-vei")
        first = await made.channel.file(to, HTML, "file:1")
        assert await made.channel.file(to, HTML, "file:1") == first
        assert isinstance(first, Sent)
        assert await made.channel.find(to, "file:1") == first.platform_id

    acted(tmp_path, act)


def test_the_terminal_asks_in_the_name_of_whoever_uses_it(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        await hand_over(made, HTML, "file:1")
        for who, status in ((KARI, 200), (SIRI, 404)):
            async with client.get("/terminal/file/file:1", params={"as": who.seat.key}) as got:
                assert got.status == status
        assert (await client.get("/terminal/file/file:1")).status == 401

    acted(tmp_path, act, demo=True)


def test_the_terminal_shows_where_a_file_is(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        await hand_over(made, HTML, "file:1")
        params = {"as": KARI.seat.key, "since": "0"}
        async with client.get("/terminal/stream", params=params) as stream:
            line = json.loads(await stream.content.readline())
        label, _, url = line["text"].partition(": ")
        assert label == HTML.label
        assert url.startswith(str(client.make_url("/terminal/file/file:1")))
        async with client.get(URL(url, encoded=True).relative()) as got:
            assert await got.read() == HTML.data

    acted(tmp_path, act, demo=True)
