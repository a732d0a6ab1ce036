"""What others may try against the sign-in and the pages: other sites, floods, prying eyes."""

from __future__ import annotations

import io
import logging

import pytest
from sqlmodel import SQLModel
from yarl import URL

from bot import logs
from bot.chat import Site
from bot.chat.limits import ACTS, Busy, Limits
from storage.engine import Database
from tests.web.world import PAGE, World, coordinator, member, play, words

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PUBLIC = "https://samspill.example"


@ON_SQLITE
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://samspill.example.evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": PUBLIC},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_no_other_site_can_press_the_button(database: Database, headers: dict[str, str]) -> None:
    async def story(world: World) -> None:
        link = await world.invitation("Kari")
        guest = world.guest()
        async with guest.http.post(link, data={"name": "Kari"}, headers=headers) as got:
            assert got.status == 403
            assert "Set-Cookie" not in got.headers
            assert "Åpne lenken din på nytt" in words(await got.text())
        ours = {"Origin": PUBLIC}
        sent = guest.http.post(link, data={"name": "Kari"}, headers=ours, allow_redirects=False)
        async with sent as got:
            assert got.status == 303

    play(database, story, public=Site(PUBLIC))


@ON_SQLITE
def test_no_other_site_can_act_in_a_session(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        data = {"id": "act-00000000", "room": kari.room, "text": "x", "thread": None}
        for headers in (
            {},
            {"X-Samspill": "1"},
            {"Sec-Fetch-Site": "same-origin"},
            {"X-Samspill": "1", "Origin": "https://evil.example"},
            {"X-Samspill": "1", "Sec-Fetch-Site": "cross-site"},
        ):
            for path in ("/chat/say", "/ut"):
                async with kari.http.post(path, json=data, headers=headers) as got:
                    assert got.status == 403
        assert (await kari.page("/chat"))[0] == 200

    play(database, story)


@ON_SQLITE
def test_three_hundred_attempts_are_held_back(database: Database) -> None:
    async def story(world: World) -> None:
        link = await world.invitation("Kari")
        guest, answers = world.guest(), []
        for number in range(300):
            async with guest.http.post(f"/inn/guess-{number}", data={}, headers=PAGE) as got:
                answers.append(got.status)
                if got.status == 429:
                    assert int(got.headers["Retry-After"]) > 0
                    assert "Vent et minutt" in await got.text()
        assert answers.count(429) >= 260 - 30
        assert (await guest.page(link))[0] == 429
        world.ticks += 120
        assert (await guest.page(link))[0] == 200

    play(database, story)


def test_a_session_says_no_more_than_people_do() -> None:
    now = [0.0]
    limits = Limits(lambda: now[0], most=3)
    for _ in range(ACTS.burst):
        limits.take(ACTS, "1")
    with pytest.raises(Busy) as busy:
        limits.take(ACTS, "1")
    limits.take(ACTS, "2")
    now[0] += busy.value.seconds
    limits.take(ACTS, "1")
    for number in range(10):
        limits.take(ACTS, f"other {number}")
    assert len(limits._full_at) == 3


@pytest.mark.parametrize(
    ("proxies", "told", "asker"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "what I say", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_our_own_proxies_are_believed(proxies: int, told: str, asker: str) -> None:
    assert Site(proxies=proxies).address(told, "127.0.0.1") == asker


@ON_SQLITE
def test_nothing_secret_is_kept_or_logged(database: Database) -> None:
    written = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logs.set_up("console", written)
    secrets: list[str] = []

    async def story(world: World) -> None:
        invitation = await world.invitation("Kari")
        kari = await coordinator(world)
        await kari.writes("web")
        secrets.extend([invitation, kari.link])
        phone = world.guest()
        await phone.page(kari.link)
        await phone.comes_in(kari.link)
        await member(world, kari, "Amina Yusuf", "Elveby kommune")
        await phone.page(kari.link + "x")
        await phone.page("/inn/not-a-token")
        for guest in world.guests:
            jar = guest.http.cookie_jar.filter_cookies(URL(world.url))
            secrets.extend(each.value for each in jar.values())

    try:
        play(database, story)
    finally:
        logging.getLogger().handlers[:], logging.getLogger().level = before[0], before[1]
    tokens = [each.removeprefix("/inn/") for each in secrets]
    assert len(tokens) >= 5
    with database.read() as db:
        kept = "\n".join(
            str(tuple(row))
            for table in SQLModel.metadata.sorted_tables
            for row in db.connection().execute(table.select())
        )
    for each in tokens:
        assert each not in kept
        assert each not in written.getvalue()
    assert "/inn/{token}" in written.getvalue()  # the access log was on
    for words_of_people in ("Kari", "Amina", "Når noen dør"):
        assert words_of_people not in written.getvalue()
