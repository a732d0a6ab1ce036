"""The built-in chat keeps what every channel promises."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.channel import Address, Gone, Sent
from bot.chat import ChatChannel
from dialogs.messages import Message, Text
from storage import chat, chat_rooms
from storage.engine import Db
from tests.chat.stage import Stage, stage

ROOM = Address("web", "nav", "digital-vei")
KARI = Address("web", "nav", "kari", direct=True)


def said(text: str) -> Message:
    return Message("nb", (Text(text),))


def acted(tmp_path: Path, act: Callable[[Stage, ChatChannel], Awaitable[None]]) -> None:
    async def play() -> None:
        async with stage(tmp_path) as made:
            await act(made, made.channel)

    asyncio.run(play())


def texts(db: Db, room_id: int) -> list[str]:
    rows = chat.roots(db, room_id)
    return [row.body["elements"][0]["text"] if row.body else "" for row in rows]


def test_a_post_goes_once_for_each_key(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        first = await channel.post(ROOM, said("one"), "a")
        assert isinstance(first, Sent)
        assert await channel.post(ROOM, said("one"), "a") == first
        assert await channel.post(ROOM, said("two"), "b") != first
        assert await made.workers.read(texts, made.rooms["room"]) == ["one", "two"]

    acted(tmp_path, act)


def test_a_post_is_found_by_its_key(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        sent = await channel.post(ROOM, said("one"), "a")
        assert isinstance(sent, Sent)
        assert await channel.find(ROOM, "a") == sent.platform_id
        assert await channel.find(ROOM, "b") is None
        assert await channel.find(KARI, "a") is None
        assert await channel.find(Address("web", "nav", "nowhere"), "a") is None

    acted(tmp_path, act)


def test_people_cannot_use_up_the_keys_of_samspill(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        def guess(db: Db) -> None:
            chat.post(db, made.rooms["room"], "by:kari:a", at=made.now, author="kari", written="x")

        await made.workers.write(guess)
        assert await channel.find(ROOM, "by:kari:a") is None

    acted(tmp_path, act)


def test_updates_and_removals_can_be_repeated(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        sent = await channel.post(ROOM, said("one"), "a")
        assert isinstance(sent, Sent)
        for _ in range(2):
            assert await channel.update(ROOM, sent.platform_id, said("new")) == sent
        assert await made.workers.read(texts, made.rooms["room"]) == ["new"]
        for _ in range(2):
            assert await channel.remove(ROOM, sent.platform_id) == sent
        assert await made.workers.read(texts, made.rooms["room"]) == [""]
        assert await channel.update(ROOM, sent.platform_id, said("newer")) == Gone("message")

    acted(tmp_path, act)


def test_an_update_that_changes_nothing_is_no_change(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        sent = await channel.post(ROOM, said("one"), "a")
        assert isinstance(sent, Sent)
        before = await made.workers.read(chat.latest)
        await channel.update(ROOM, sent.platform_id, said("one"))
        assert await made.workers.read(chat.latest) == before
        await channel.update(ROOM, sent.platform_id, said("two"))
        assert await made.workers.read(chat.latest) == before + 1

    acted(tmp_path, act)


@pytest.mark.parametrize("platform_id", ["999", "x", "", "-1", "１"])
def test_what_is_not_there_is_gone(tmp_path: Path, platform_id: str) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        in_thread = Address("web", "nav", "digital-vei", thread=platform_id)
        assert await channel.post(in_thread, said("x"), "k") == Gone("thread")
        assert await channel.update(ROOM, platform_id, said("x")) == Gone("message")
        assert await channel.mark(ROOM, platform_id, "✓") == Gone("message")
        nowhere = Address("web", "nav", "nowhere")
        assert await channel.post(nowhere, said("x"), "k") == Gone("room")

    acted(tmp_path, act)


def test_a_message_is_changed_only_in_its_own_room(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        sent = await channel.post(ROOM, said("one"), "a")
        assert isinstance(sent, Sent)
        other = Address("web", "ks", "digital-vei")
        assert await channel.update(other, sent.platform_id, said("x")) == Gone("message")
        await channel.remove(other, sent.platform_id)
        assert await made.workers.read(texts, made.rooms["room"]) == ["one"]
        thread = Address("web", "ks", "digital-vei", thread=sent.platform_id)
        assert await channel.post(thread, said("x"), "k") == Gone("thread")

    acted(tmp_path, act)


def test_what_people_wrote_is_not_changed_but_may_be_marked(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        def say(db: Db) -> str:
            row = chat.post(db, made.rooms["room"], "x", at=made.now, author="ola", written="hi")
            return str(row.id)

        theirs = await made.workers.write(say)
        assert await channel.update(ROOM, theirs, said("x")) == Gone("message")
        assert await channel.mark(ROOM, theirs, "✓") == Sent(theirs)
        await channel.remove(ROOM, theirs)

        def left(db: Db) -> tuple[str | None, str | None]:
            (row,) = chat.roots(db, made.rooms["room"])
            return row.text, row.mark

        assert await made.workers.read(left) == ("hi", "✓")

    acted(tmp_path, act)


def test_a_direct_conversation_is_opened_when_missing(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        ola = Address("web", "nav", "ola", direct=True)
        first = await channel.post(ola, said("hello"), "a")
        assert isinstance(first, Sent)
        assert await channel.post(ola, said("hello"), "a") == first

        def rooms(db: Db) -> list[tuple[str | None, list[str]]]:
            found = chat_rooms.rooms_of(db, "nav", "ola")
            return [(room.direct_user, texts(db, room.id)) for room, _ in found]

        assert (await made.workers.read(rooms))[0] == ("ola", ["hello"])

    acted(tmp_path, act)


def test_an_answer_to_an_answer_stands_in_the_same_thread(tmp_path: Path) -> None:
    async def act(made: Stage, channel: ChatChannel) -> None:
        root = await channel.post(ROOM, said("one"), "a")
        assert isinstance(root, Sent)
        thread = Address("web", "nav", "digital-vei", thread=root.platform_id)
        answer = await channel.post(thread, said("two"), "b")
        assert isinstance(answer, Sent)
        deeper = Address("web", "nav", "digital-vei", thread=answer.platform_id)
        await channel.post(deeper, said("three"), "c")

        def counted(db: Db) -> dict[int, int]:
            return chat.reply_counts(db, [int(root.platform_id)])

        assert await made.workers.read(counted) == {int(root.platform_id): 2}

    acted(tmp_path, act)
