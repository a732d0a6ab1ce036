"""A built-in chat with two workspaces and a core that answers as it is told, for tests."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import SQLModel

from bot.chat import ChatChannel, DemoControls, DemoPerson, Hub, Seat, setup
from bot.workers import Workers
from dialogs.events import Event
from dialogs.messages import File, Reply
from storage import chat_rooms, people
from storage.engine import Database, Db

KARI = DemoPerson(Seat("nav", "kari"), "Kari Nordmann", "Nav", "the web chat")
OLA = DemoPerson(Seat("nav", "ola"), "Ola Hansen", "Nav", "the web chat")
SIRI = DemoPerson(Seat("ks", "siri"), "Siri Berg", "KS", "the other web chat")
EVERYBODY = (KARI, OLA, SIRI)

HEADERS = {"X-Samspill": "1", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Core:
    """Takes events as the core would: remembers them, and answers what the test says."""

    events: list[Event] = field(default_factory=list)
    answer: Callable[[Event], Reply | None] = lambda _: None
    failures: int = 0  # so many more events are not taken

    async def take(self, event: Event) -> Reply | None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("secret text that somebody wrote")
        if event.id not in [each.id for each in self.events]:
            self.events.append(event)
        return self.answer(event)


@dataclass
class Stage:
    """Everything of one running chat."""

    database: Database
    workers: Workers
    hub: Hub
    core: Core
    channel: ChatChannel
    rooms: dict[str, int]
    app: web.Application
    now: datetime = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    seat: Seat | None = KARI.seat  # whoever asks, when there is no demo
    files: dict[str, File] = field(default_factory=dict)  # what the record makes, by key

    async def move(self, by: timedelta) -> None:
        self.now += by


def new_id() -> str:
    return str(uuid.uuid4())


@cache
def _empty() -> bytes:
    """A SQLite file with all tables and no rows."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{file}")
        SQLModel.metadata.create_all(database.engine)
        database.close()
        return file.read_bytes()


def _furnish(db: Db, now: datetime) -> dict[str, int]:
    for each in EVERYBODY:
        seat = each.seat
        met = people.meet(db, seat.platform, seat.tenant, seat.user, each.name, now)
        people.choose(db, met.id, language="en")
    rooms = {
        "room": chat_rooms.open_room(
            db, "web", "nav", "digital-vei", "Digital vei", ["kari", "ola"]
        ),
        "other": chat_rooms.open_room(db, "web", "nav", "leder", "Ledergruppa", ["ola"]),
        "ks": chat_rooms.open_room(db, "web", "ks", "digital-vei", "Digital vei", ["siri"]),
        "direct": chat_rooms.direct_room(db, "web", "nav", "kari"),
    }
    return {name: room.id for name, room in rooms.items()}


@asynccontextmanager
async def stage(
    folder: Path, *, demo: bool = False, every: float = 0.02, limit: int = 50
) -> AsyncIterator[Stage]:
    """A chat on a new SQLite file; `demo` with the demo's extras, else `seat` is whoever asks."""
    file = folder / "chat.db"
    file.write_bytes(_empty())
    database = Database(f"sqlite:///{file}")
    workers = Workers(database)
    hub = Hub(workers, every=every, limit=limit)
    core = Core()
    channel = ChatChannel("web", workers, hub, lambda: made.now)
    app = web.Application()
    made = Stage(database, workers, hub, core, channel, {}, app)
    made.rooms = await workers.write(_furnish, made.now)

    async def who(_: web.Request) -> Seat | None:
        return made.seat

    controls = DemoControls(lambda: EVERYBODY, made.move, lambda: made.now)
    extras: dict[str, Any] = {"demo": controls} if demo else {"who": who}
    extras |= {"now": lambda: made.now, "files": lambda _, key: made.files.get(key)}
    setup(app, workers=workers, hub=hub, take=core.take, **extras)
    try:
        yield made
    finally:
        await hub.close()
        workers.close()
        database.close()


@asynccontextmanager
async def served(made: Stage) -> AsyncIterator[TestClient]:
    """The chat over HTTP on loopback."""
    async with TestClient(TestServer(made.app)) as client:
        yield client


async def post(client: TestClient, path: str, **data: Any) -> tuple[int, dict[str, Any]]:
    """A POST as our own page makes it."""
    response = await client.post(path, json={"id": new_id()} | data, headers=HEADERS)
    return response.status, await response.json()
