"""What comes in live: in order, once, again after a lost connection, and never over a wall."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from bot.channel import Address, Sent
from bot.chat import stream
from bot.chat.stream import changes
from dialogs.messages import Message, Text
from storage import chat
from storage.engine import Db
from tests.chat.stage import KARI, Stage, served, stage

ROOM = Address("web", "nav", "digital-vei")
PATIENCE = 10  # seconds after which a test gives up waiting


@dataclass
class Event:
    kind: str
    data: str
    id: str | None


async def events(response: ClientResponse) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield Event(fields["event"], fields.get("data", ""), fields.get("id"))
            fields = {}
        else:
            fields = {}


@asynccontextmanager
async def listening(client: TestClient, query: str, **headers: str) -> AsyncIterator[Any]:
    async with client.get(f"/chat/stream?{query}", headers=headers) as response:
        assert response.status == 200
        coming = events(response)

        async def following() -> Event:
            return await asyncio.wait_for(anext(coming), PATIENCE)

        yield following


async def say(made: Stage, text: str, to: Address = ROOM) -> str:
    sent = await made.channel.post(to, Message("nb", (Text(text),)), text)
    assert isinstance(sent, Sent)
    return sent.platform_id


def acted(
    tmp_path: Path, act: Callable[[Stage, TestClient], Awaitable[None]], **kwargs: Any
) -> None:
    async def play() -> None:
        async with stage(tmp_path, **kwargs) as made, served(made) as client:
            await act(made, client)

    asyncio.run(play())


def test_messages_come_as_they_are_said_and_changed(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        async with listening(client, f"room={made.rooms['room']}&since=0") as following:
            first = await say(made, "one")
            came = await following()
            assert (came.kind, json.loads(came.data)["id"]) == ("message", int(first))
            assert 'lang="nb"' in came.data.replace("\\", "")
            await made.channel.update(ROOM, first, Message("nn", (Text("two"),)))
            again = await following()
            assert json.loads(again.data)["id"] == int(first)
            assert "two" in again.data
            assert int(again.id) > int(came.id)
            await made.channel.remove(ROOM, first)
            assert json.loads((await following()).data)["html"] == ""

    acted(tmp_path, act)


def test_answers_raise_the_count_of_their_thread(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        root = await say(made, "one")
        since = await made.workers.read(chat.latest)
        async with listening(client, f"room={made.rooms['room']}&since={since}") as following:
            await say(made, "answer", Address("web", "nav", "digital-vei", thread=root))
            counted, came = await following(), await following()
            assert json.loads(counted.data) == {"root": int(root), "label": "1 message"}
            assert json.loads(came.data)["thread"] == int(root)

    acted(tmp_path, act)


def test_a_page_from_another_record_is_left(tmp_path: Path) -> None:
    """A copy was restored, or the demo begun anew: what is new has numbers the page has seen."""

    async def act(made: Stage, client: TestClient) -> None:
        await say(made, "one")
        latest = await made.workers.read(chat.latest)
        query = f"room={made.rooms['room']}&since={latest + 1}"
        async with listening(client, query) as following:
            assert (await following()).kind == "closed"
        query = f"room={made.rooms['room']}&since={latest}"
        async with listening(client, query) as following:
            await say(made, "two")
            assert (await following()).kind == "message"

    acted(tmp_path, act)


def test_whoever_lost_the_connection_gets_what_was_missed(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        query = f"room={made.rooms['room']}&since=0"
        async with listening(client, query) as following:
            await say(made, "one")
            last = (await following()).id
        for text in ("two", "three"):
            await say(made, text)
        async with listening(client, query, **{"Last-Event-ID": last}) as following:
            assert ["two" in (await following()).data, "three" in (await following()).data] == [
                True,
                True,
            ]

    acted(tmp_path, act)


def test_more_than_a_batch_is_replayed(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        room = made.rooms["room"]

        def fill(db: Db) -> None:
            for n in range(250):
                chat.post(db, room, str(n), at=made.now, author="ola", written=str(n))

        await made.workers.write(fill)
        async with listening(client, f"room={room}&since=0") as following:
            ids = [int((await following()).id) for _ in range(250)]
        assert ids == sorted({*ids})

    acted(tmp_path, act)


def test_other_rooms_are_only_told_of(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        await say(made, "theirs", Address("web", "ks", "digital-vei"))
        await say(made, "leaders", Address("web", "nav", "leder"))
        await say(made, "private", Address("web", "nav", "ola", direct=True))
        await say(made, "hello", Address("web", "nav", "kari", direct=True))
        await say(made, "here")
        async with listening(client, f"room={made.rooms['room']}&since=0") as following:
            elsewhere, here = await following(), await following()
        assert (elsewhere.kind, elsewhere.data) == ("elsewhere", str(made.rooms["direct"]))
        assert "here" in here.data

    acted(tmp_path, act)


def test_what_another_process_wrote_comes_too(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        async with listening(client, f"room={made.rooms['room']}&since=0") as following:
            waiting = asyncio.create_task(following())

            def write(db: Db) -> None:
                chat.post(db, made.rooms["room"], "k", at=made.now, author="ola", written="hi")

            await made.workers.write(write)  # nobody wakes the hub
            assert "hi" in (await waiting).data

    acted(tmp_path, act)


def test_the_hubs_first_look_lets_everybody_look_again(tmp_path: Path) -> None:
    """Something may have come after whoever listens looked, and before the hub did."""

    async def play() -> None:
        async with stage(tmp_path) as made:
            with made.hub.subscribe() as woken:
                await asyncio.wait_for(woken.wait(), 10)

    asyncio.run(play())


def test_nobody_looks_at_the_database_while_nobody_listens(tmp_path: Path) -> None:
    async def play() -> None:
        async with stage(tmp_path) as made:
            before = asyncio.all_tasks()
            with made.hub.subscribe():
                (looking,) = asyncio.all_tasks() - before
            await asyncio.wait([looking])
            assert looking.cancelled()

    asyncio.run(play())


def test_silence_is_broken_by_signs_of_life(tmp_path: Path) -> None:
    async def play() -> None:
        async with stage(tmp_path) as made:
            coming = changes(made.workers, made.hub, KARI.seat, 0, heartbeat=0.01)
            assert [await anext(coming), await anext(coming)] == [None, None]
            await coming.aclose()

    asyncio.run(play())


def test_there_is_room_for_so_many_and_no_more(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        async with listening(client, "since=0"):
            refused = await client.get("/chat/stream?since=0")
            assert (refused.status, refused.headers["Retry-After"]) == (503, "5")

    acted(tmp_path, act, limit=1)


def test_closing_ends_every_stream(tmp_path: Path) -> None:
    async def act(made: Stage, client: TestClient) -> None:
        async with client.get("/chat/stream?since=0") as response:
            await response.content.readline()
            await made.hub.close()
            await asyncio.wait_for(response.content.read(), PATIENCE)
        assert (await client.get("/chat/stream?since=0")).status == 503

    acted(tmp_path, act)


def test_numbers_from_outside_are_only_numbers() -> None:
    given = (None, "", "x", "-1", "12", "٣", "9" * 30)
    assert [stream.number(each) for each in given] == [0, 0, 0, 0, 12, 0, 0]
