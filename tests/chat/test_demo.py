"""The demo's extras: being somebody, the clock, and answering to this machine only."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from bot.chat.demo import COOKIE, until_next_morning
from tests.chat.stage import HEADERS, SIRI, Stage, post, served, stage


def acted(tmp_path: Path, act: Callable[[Stage, TestClient], Awaitable[None]]) -> None:
    async def play() -> None:
        async with stage(tmp_path, demo=True) as made, served(made) as client:
            await act(made, client)

    asyncio.run(play())


def test_one_is_the_first_person_until_one_switches(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        page = await (await client.get("/")).text()
        assert 'data-me="nav/kari"' in page
        response = await client.post(
            "/demo/person", json={"person": SIRI.seat.key}, headers=HEADERS
        )
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith(f"{COOKIE}=")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        page = await (await client.get("/")).text()
        assert 'data-me="ks/siri"' in page
        assert f"/chat/{made.rooms['ks']}" in page

    acted(tmp_path, act)


def test_one_cannot_be_somebody_who_is_not_there(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        assert (await post(client, "/demo/person", person="web/nav/nobody"))[0] == 400
        client.session.cookie_jar.update_cookies({COOKIE: "web/nav/nobody"})
        assert 'data-me="nav/kari"' in await (await client.get("/")).text()

    acted(tmp_path, act)


def test_the_clock_moves(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        for to, hours in (("hour", 1), ("three", 3)):
            before = made.now
            assert (await post(client, "/demo/clock", to=to))[0] == 200
            assert made.now - before == timedelta(hours=hours)
        await post(client, "/demo/clock", to="morning")
        assert made.now == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
        assert (await post(client, "/demo/clock", to="yesterday"))[0] == 400
        assert "08:00" in (await (await client.get("/demo/clock")).json())["now"]

    acted(tmp_path, act)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2027, 1, 2, 7, tzinfo=UTC)),
    ],
)
def test_next_morning_is_eight_on_the_clock_on_the_wall(now: datetime, morning: datetime) -> None:
    assert now + until_next_morning(now, "Europe/Oslo") == morning


def test_the_language_of_the_person_is_chosen(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        assert (await post(client, "/demo/language", language="en"))[0] == 200
        assert '<html lang="en">' in await (await client.get("/")).text()
        assert (await post(client, "/demo/language", language="xx"))[0] == 400

    acted(tmp_path, act)


@pytest.mark.parametrize("path", ["/", "/chat", "/demo/clock", "/terminal/people"])
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "[::2]:1"])
def test_other_names_of_this_machine_are_refused(tmp_path: Path, path: str, host: str) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        response = await client.get(path, headers={"Host": host}, allow_redirects=False)
        assert response.status == 421

    acted(tmp_path, act)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
def test_its_own_names_are_not(tmp_path: Path, host: str) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        response = await client.get("/chat", headers={"Host": host})
        assert response.status == 200

    acted(tmp_path, act)


@pytest.mark.parametrize("path", ["/demo/person", "/demo/language", "/demo/clock", "/terminal/say"])
def test_other_sites_cannot_play_with_the_demo(tmp_path: Path, path: str) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        before = made.now
        data = {"person": SIRI.seat.key, "language": "en", "to": "hour"}
        headers = {"X-Samspill": "1", "Origin": "https://evil.example"}
        assert (await client.post(path, json=data, headers=headers)).status == 403
        assert (await client.post(path, json=data)).status == 403
        assert made.now == before

    acted(tmp_path, act)
