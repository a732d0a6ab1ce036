"""The built-in chat over HTTP: what people do becomes events, once, and only where they may."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.channel import Address, Sent
from dialogs.events import Commanded, Deleted, Edited, Pressed, Said, Submitted
from dialogs.language import LANGUAGES, Translator
from dialogs.messages import Field, FieldErrors, Form, Message, Notice, Page, Reply, Text
from storage import chat
from storage.engine import Db
from tests.chat.stage import HEADERS, KARI, OLA, SIRI, Stage, new_id, post, served, stage

Act = Callable[[Stage, TestClient], Awaitable[None]]


def acted(tmp_path: Path, act: Act, **kwargs: Any) -> None:
    async def play() -> None:
        async with stage(tmp_path, **kwargs) as made, served(made) as client:
            await act(made, client)

    asyncio.run(play())


async def question(made: Stage, channel: str = "digital-vei", tenant: str = "nav") -> int:
    """A message of Samspill's that can be answered in its thread."""
    sent = await made.channel.post(
        Address("web", tenant, channel), Message("nb", (Text("Hva nå?"),)), new_id()
    )
    assert isinstance(sent, Sent)
    return int(sent.platform_id)


def first_said(made: Stage) -> int:
    """The message of the first event."""
    event = made.core.events[0]
    assert isinstance(event, Said)
    return int(event.message)


async def written(made: Stage, room: str = "room") -> list[tuple[str | None, str | None]]:
    def read(db: Db) -> list[tuple[str | None, str | None]]:
        return [
            (row.author, row.text)
            for row, found in chat.since(db, "nav", "ola", 0)
            if found.id == made.rooms[room]
        ]

    return await made.workers.read(read)


def test_an_answer_in_a_thread_of_samspill_becomes_an_event(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        root = await question(made)
        room = made.rooms["room"]
        status, reply = await post(client, "/chat/say", room=room, thread=root, text=" My answer ")
        assert (status, reply) == (200, {})
        (event,) = made.core.events
        assert isinstance(event, Said)
        assert (event.text, event.where.thread, event.where.channel, event.where.direct) == (
            "My answer",
            str(root),
            "digital-vei",
            False,
        )
        assert (event.actor.tenant, event.actor.user, event.actor.name) == (
            "nav",
            "kari",
            "Kari Nordmann",
        )
        assert event.at == made.now
        assert ("kari", "My answer") in await written(made)

    acted(tmp_path, act)


def test_talk_between_people_is_not_handed_over(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        room = made.rooms["room"]
        await post(client, "/chat/say", room=room, thread=None, text="Coffee?")
        assert made.core.events == []
        assert await written(made) == [("kari", "Coffee?")]

    acted(tmp_path, act)


def test_who_names_samspill_is_heard_anywhere(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        room = made.rooms["room"]
        await post(client, "/chat/say", room=room, thread=None, text="@Samspill status")
        (event,) = made.core.events
        assert isinstance(event, Said)
        assert (event.text, event.named, event.where.thread) == ("status", True, None)

    acted(tmp_path, act)


def test_a_direct_conversation_goes_by_the_persons_id(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        await post(client, "/chat/say", room=made.rooms["direct"], thread=None, text="4")
        (event,) = made.core.events
        assert (event.where.channel, event.where.direct) == ("kari", True)

    acted(tmp_path, act)


@pytest.mark.parametrize(
    ("written_as", "taken_as"),
    [("/samspel runde 2", "runde 2"), ("/foo bar", "foo bar"), ("/", "")],
)
def test_a_command_is_not_shown_in_the_room(tmp_path: Path, written_as: str, taken_as: str) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        made.core.answer = lambda _: Notice(Message("en", (Text("The menu"),)))
        room = made.rooms["room"]
        _, reply = await post(client, "/chat/say", room=room, thread=None, text=written_as)
        (event,) = made.core.events
        assert isinstance(event, Commanded)
        assert event.text == taken_as
        assert "The menu" in reply["notice"]
        assert await written(made) == []

    acted(tmp_path, act)


def test_the_same_send_again_is_one_message_and_one_event(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        root = await question(made)
        made.core.failures = 1
        send: dict[str, Any] = {
            "id": new_id(),
            "room": made.rooms["room"],
            "thread": root,
            "text": "Once",
        }
        status, _ = await post(client, "/chat/say", **send)
        assert status == 503
        for _ in range(2):
            status, _ = await post(client, "/chat/say", **send)
            assert status == 200
        assert len(made.core.events) == 1
        assert (await written(made)).count(("kari", "Once")) == 1

    acted(tmp_path, act)


def test_one_persons_ids_are_not_anothers(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        root, same = await question(made), new_id()
        send: dict[str, Any] = {
            "id": same,
            "room": made.rooms["room"],
            "thread": root,
            "text": "Hi",
        }
        await post(client, "/chat/say", **send)
        made.seat = OLA.seat
        await post(client, "/chat/say", **send)
        assert len({event.id for event in made.core.events}) == 2
        assert [author for author, _ in await written(made)] == [None, "kari", "ola"]

    acted(tmp_path, act)


def test_a_failure_is_logged_without_what_was_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        made.core.failures = 1
        room = made.rooms["direct"]
        status, _ = await post(client, "/chat/say", room=room, thread=None, text="my secret")
        assert status == 503

    with caplog.at_level(logging.DEBUG):
        acted(tmp_path, act)
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_editing_and_deleting_ones_own(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        root = await question(made)
        room = made.rooms["room"]
        await post(client, "/chat/say", room=room, thread=root, text="First")
        said_at, message = made.now, first_said(made)
        made.now += timedelta(hours=1)
        assert (await post(client, "/chat/edit", message=message, text="Second"))[0] == 200
        assert (await post(client, "/chat/delete", message=message))[0] == 200
        _, edited, deleted = made.core.events
        assert isinstance(edited, Edited)
        assert isinstance(deleted, Deleted)
        assert (edited.text, edited.said_at, edited.at) == ("Second", said_at, made.now)
        assert edited.message == deleted.message == str(message)
        assert edited.where.thread == str(root)
        assert (await written(made))[-1] == ("kari", None)
        assert (await post(client, "/chat/edit", message=message, text="Third"))[0] == 404

    acted(tmp_path, act)


def test_nobody_changes_what_others_wrote(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        root = await question(made)
        room = made.rooms["room"]
        await post(client, "/chat/say", room=room, thread=root, text="Mine")
        message = first_said(made)
        for seat in (OLA.seat, SIRI.seat):
            made.seat = seat
            for victim in (message, root):
                assert (await post(client, "/chat/edit", message=victim, text="x"))[0] == 404
                assert (await post(client, "/chat/delete", message=victim))[0] == 404
        assert ("kari", "Mine") in await written(made)
        assert len(made.core.events) == 1

    acted(tmp_path, act)


def test_presses_and_forms_become_events(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        root, room = await question(made), made.rooms["room"]
        await post(
            client, "/chat/press", room=room, thread=None, message=root, button="a:b:1", value="3"
        )
        await post(
            client,
            "/chat/submit",
            room=room,
            thread=root,
            form="a:b:1",
            values={"text": "x", "many": ["a", "b"]},
        )
        pressed, submitted = made.core.events
        assert isinstance(pressed, Pressed)
        assert (pressed.button, pressed.value, pressed.message) == ("a:b:1", "3", str(root))
        assert isinstance(submitted, Submitted)
        assert submitted.values == {"text": "x", "many": ("a", "b")}
        assert submitted.where.thread == str(root)

    acted(tmp_path, act)


@pytest.mark.parametrize(
    ("reply", "kind", "part"),
    [
        (Form("en", "a:b:1", "Title", (Field("x", "X", "text"),), "Ok", "No"), "form", "<dialog"),
        (Page("en", "Home", (Text("Welcome"),)), "page", "Welcome"),
        (Notice(Message("en", (Text("Psst <b>"),))), "notice", "Psst &lt;b&gt;"),
        (FieldErrors({"x": "Too short."}), "errors", "x"),
    ],
)
def test_replies_are_rendered(tmp_path: Path, reply: Reply, kind: str, part: str) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        made.core.answer = lambda _: reply
        status, data = await post(
            client, "/chat/press", room=made.rooms["room"], button="a:b:1", value=None
        )
        assert status == 200
        assert [*data] == [kind]
        assert part in data[kind]

    acted(tmp_path, act)


def test_nobodys_page_acts_for_somebody_else(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        root = await question(made)
        room, me = made.rooms["room"], f"{KARI.seat.tenant}/{KARI.seat.user}"
        made.seat = OLA.seat  # who came in in another tab of the same browser
        for path, data in (
            ("say", {"text": "Mine", "thread": root}),
            ("press", {"button": "a:b:1", "value": None}),
            ("submit", {"form": "a:b:1", "values": {"text": "Mine"}}),
        ):
            status, reply = await post(client, f"/chat/{path}", room=room, me=me, **data)
            assert status == 409
            assert "Load the page again" in reply["error"]
        assert made.core.events == []
        assert await written(made) == [(None, None)]
        made.seat = KARI.seat
        status, _ = await post(client, "/chat/say", room=room, me=me, thread=root, text="Mine")
        assert status == 200

    acted(tmp_path, act)


# --- walls ------------------------------------------------------------------------------------


def test_nobody_gets_into_rooms_they_are_not_in(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        secret = await question(made, "digital-vei", "ks")
        for room in (made.rooms["other"], made.rooms["ks"], 999):
            for path in (f"/chat/{room}", f"/chat/{room}/{secret}"):
                response = await client.get(path)
                assert response.status == 404
                assert "Hva nå" not in await response.text()
            for path in ("/chat/say", "/chat/press", "/chat/submit"):
                data = {"room": room, "text": "x", "button": "a:b:1", "form": "a:b:1", "values": {}}
                status, _ = await post(client, path, **data)
                assert status == 404
        assert made.core.events == []
        page = await (await client.get("/chat")).text()
        assert "Ledergruppa" not in page

    acted(tmp_path, act)


def test_messages_and_threads_of_other_rooms_cannot_be_named(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        room, theirs = made.rooms["room"], await question(made, "digital-vei", "ks")
        assert (await post(client, "/chat/say", room=room, thread=theirs, text="x"))[0] == 404
        pressed = {"room": room, "button": "a:b:1", "message": theirs}
        assert (await post(client, "/chat/press", **pressed))[0] == 404
        assert (await client.get(f"/chat/{room}/{theirs}")).status == 404
        assert made.core.events == []

    acted(tmp_path, act)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"X-Samspill": "1"},
        {"X-Samspill": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Samspill": "1", "Sec-Fetch-Site": "same-site"},
        {"X-Samspill": "1", "Origin": "https://evil.example"},
        {"X-Samspill": "1", "Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"X-Samspill": "1", "Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["say", "edit", "delete", "press", "submit"])
def test_other_sites_cannot_post(tmp_path: Path, headers: dict[str, str], path: str) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        data = {"id": new_id(), "room": made.rooms["direct"], "text": "x", "button": "a:b:1"}
        response = await client.post(f"/chat/{path}", json=data, headers=headers)
        assert response.status == 403
        assert made.core.events == []

    acted(tmp_path, act)


def test_without_a_session_there_is_nothing(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        made.seat = None
        for path in ("/", "/chat", f"/chat/{made.rooms['room']}"):
            response = await client.get(path)
            page = await response.text()
            assert response.status == 401
            said = "You need a personal link to read and write here."
            assert all(Translator(each).t(said) in page for each in LANGUAGES)
            assert "Digital vei" not in page
        assert (await client.get("/chat/stream")).status == 401
        assert (await post(client, "/chat/say", room=1, text="x"))[0] == 401
        assert (await client.get("/demo/clock")).status == 404
        assert (await client.get("/terminal/people")).status == 404

    acted(tmp_path, act)


def test_every_answer_has_the_headers_that_protect(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        for path in ("/", "/chat", "/chat/999", "/chat/static/chat.css", "/chat/static/no.css"):
            response = await client.get(path, allow_redirects=False)
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Cache-Control"] in ("no-store", "no-cache")
        page = await (await client.get("/chat")).text()
        assert "<style" not in page
        assert "style=" not in page
        assert page.count("<script") == page.count('<script type="module" src="/chat/static/')

    acted(tmp_path, act)


# --- what is not well-formed ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 422), (" \n ", 422), ("a" * 40_000, 200), ("a" * 40_001, 422), ("\0", 422), (7, 400)],
)
def test_texts_have_a_length(tmp_path: Path, text: object, status: int) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        room = made.rooms["room"]
        found, reply = await post(client, "/chat/say", room=room, thread=None, text=text)
        assert found == status
        if status == 422:
            assert reply["error"]
            assert "{" not in reply["error"]

    acted(tmp_path, act)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"id": "short", "room": 1, "text": "x"}',
        b'{"id": "12345678", "room": "1", "text": "x"}',
        b'{"id": "12345678", "room": true, "text": "x"}',
        b'{"id": "12345678", "room": -1, "text": "x"}',
        b'{"id": "12345678", "room": 99999999999999999999, "text": "x"}',
        b"[" * 100_000,
    ],
)
def test_nonsense_is_refused(tmp_path: Path, body: bytes) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        headers = HEADERS | {"Content-Type": "application/json"}
        response = await client.post("/chat/say", data=body, headers=headers)
        assert response.status == 400

    acted(tmp_path, act)


def test_too_much_is_refused(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        headers = HEADERS | {"Content-Type": "application/json"}
        response = await client.post("/chat/say", data=b" " * 700_000, headers=headers)
        assert response.status == 413

        async def parts() -> Any:
            for _ in range(70):
                yield b" " * 10_000

        response = await client.post("/chat/say", data=parts(), headers=headers)
        assert response.status == 413

    acted(tmp_path, act)


def test_halves_of_letters_do_not_break_anything(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        headers = HEADERS | {"Content-Type": "application/json"}
        room = made.rooms["room"]
        data = f'{{"id": "12345678", "room": {room}, "thread": null, "text": "a\\ud800b"}}'
        response = await client.post("/chat/say", data=data, headers=headers)
        assert response.status == 200
        assert await written(made) == [("kari", "a?b")]
        assert (await client.get(f"/chat/{room}")).status == 200

    acted(tmp_path, act)


def test_what_people_write_stays_text_in_the_page(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7*7 }}'
        room = made.rooms["room"]
        await post(client, "/chat/say", room=room, thread=None, text=hostile)
        page = await (await client.get(f"/chat/{room}")).text()
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "{{ 7*7 }}" in page

    acted(tmp_path, act)


def test_older_messages_are_a_page_further(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        room = made.rooms["room"]

        def fill(db: Db) -> None:
            for n in range(70):
                chat.post(db, room, f"k{n}", at=made.now, author="ola", written=f"message-{n:02}.")

        await made.workers.write(fill)
        page = await (await client.get(f"/chat/{room}")).text()
        assert "message-69." in page
        assert "message-09." not in page
        older = page.split("?before=")[1].split('"')[0]
        page = await (await client.get(f"/chat/{room}?before={older}")).text()
        assert "message-09." in page
        assert "message-10." not in page

    acted(tmp_path, act)
