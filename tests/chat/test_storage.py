"""The chat's record on both databases, and with several writers at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from storage import chat, chat_rooms, sitting
from storage.engine import Database, Db
from storage.tables import ChatMessage

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@contextmanager
def room(database: Database) -> Iterator[int]:
    with database.write() as db:
        made = chat_rooms.open_room(db, "web", "nav", "vei", "Vei", ["kari", "ola"]).id
    yield made


def say(db: Db, room_id: int, key: str) -> ChatMessage:
    return chat.post(db, room_id, key, at=NOW, author="kari", written=key)


def test_every_change_has_a_higher_number(database: Database) -> None:
    with room(database) as here:
        seen = []
        for step in ("post", "edit", "mark", "delete"):
            with database.write() as db:
                row = say(db, here, "one")
                match step:
                    case "edit":
                        chat.edit(db, row, written="new", at=NOW)
                    case "mark":
                        chat.mark(db, row, "✓")
                    case "delete":
                        chat.delete(db, row)
                seen.append(row.change)
        assert seen == [1, 2, 3, 4]
        with database.read() as db:
            (found,) = chat.since(db, "nav", "ola", 0)
            assert (found[0].text, found[0].deleted, found[0].change) == (None, True, 4)
            assert chat.since(db, "nav", "ola", 4) == []
            assert chat.since(db, "nav", "siri", 0) == []


def test_rooms_and_members_are_made_once(database: Database) -> None:
    with room(database) as here, database.write() as db:
        again = chat_rooms.open_room(db, "web", "nav", "vei", "Vei", ["kari", "per"])
        assert again.id == here
        assert {*sitting.members(db, here, "web", "nav")} == {"kari", "ola", "per"}
        direct = chat_rooms.direct_room(db, "web", "nav", "kari")
        assert chat_rooms.direct_room(db, "web", "nav", "kari").id == direct.id
        assert [found.id for found, _ in chat_rooms.rooms_of(db, "nav", "kari")] == [
            direct.id,
            here,
        ]


def test_a_tenant_belongs_to_one_platform(database: Database) -> None:
    with room(database), database.write() as db, pytest.raises(ValueError, match="belongs to"):
        chat_rooms.open_room(db, "terminal", "nav", "vei", "Vei", [])


@pytest.mark.postgres
def test_numbers_are_given_out_in_the_order_of_commits(postgres: Database) -> None:
    """Whoever read up to a number has missed nothing below it, however slow a writer is."""
    with room(postgres) as here:
        started, may_commit, committed = (threading.Event() for _ in range(3))

        def slowly() -> None:
            with postgres.write() as db:
                say(db, here, "slow")
                started.set()
                assert may_commit.wait(20)

        def quickly() -> None:
            with postgres.write() as db:
                say(db, here, "quick")
            committed.set()

        threads = [threading.Thread(target=slowly), threading.Thread(target=quickly)]
        threads[0].start()
        assert started.wait(20)
        threads[1].start()
        assert not committed.wait(0.3)  # it must wait for its number
        may_commit.set()
        for thread in threads:
            thread.join(20)
        with postgres.read() as db:
            rows = [row.key for row, _ in chat.since(db, "nav", "ola", 0)]
        assert rows == ["slow", "quick"]


@pytest.mark.postgres
def test_the_same_key_at_once_is_one_message(postgres: Database) -> None:
    with room(postgres) as here:
        ids: list[int] = []

        def post() -> None:
            with postgres.write() as db:
                ids.append(say(db, here, "same").id)

        threads = [threading.Thread(target=post) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert len(ids) == 6
        assert len({*ids}) == 1
