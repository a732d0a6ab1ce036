"""A small world to deliver in: a database, a channel that does what it is told, a clock to move."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from bot.delivery import Delivery, Hooks, Limits
from bot.settling import Happened
from bot.workers import Workers
from dialogs.codec import encode
from dialogs.messages import Message, Text
from storage import freshening, outbox
from storage.engine import Database, Db
from storage.tables import Outbox, Person, Place, Sending
from tests.fakes import FakeChannel, FakeClock

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LEASE = Limits().lease
BUSINESS = datetime(2030, 1, 1, tzinfo=UTC)  # far from real time, so that a mix-up shows


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait for what another task or thread is about to do."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it happens in a thread that knows no event
            await asyncio.sleep(0.001)


def message(text: str) -> Message:
    return Message("nb", (Text(text),))


class WatchedWorkers(Workers):
    """Counts writing transactions; `fail` many of those for which `when` holds are undone."""

    writes = 0
    fail = 0

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.when: Callable[..., bool] = lambda *_: True

    async def write(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self.writes += 1
        if self.fail and self.when(*args):
            self.fail -= 1
            raise OperationalError("SECRET WORDS", {}, Exception("away"))
        return await super().write(fn, *args, **kwargs)


class World:
    """Places a, b, c … on the fake platform; `record` is what live messages show, by argument."""

    def __init__(self, database: Database, channel: FakeChannel | None = None) -> None:
        self.database = database
        self.workers = WatchedWorkers(database)
        self.clock = FakeClock()
        self.clock.offset = BUSINESS - self.clock.at
        self.channel = channel or FakeChannel()
        self.record: dict[str, str | None] = {}
        self.counted: list[Happened] = []
        self.landed: list[int] = []
        self.faults: set[str] = set()  # arguments that cannot be rendered
        self.during_render: Any = None
        self.delivery = self.another()

    def another(self, seed: int = 1, limits: Limits | None = None) -> Delivery:
        """One more process on the same database."""
        hooks = Hooks(
            count=lambda happened, _: self.counted.append(happened), landed=self.landed.append
        )
        return Delivery(
            self.workers,
            {self.channel.platform: self.channel},
            self.render,
            self.clock,
            Random(seed),
            hooks=hooks,
            limits=limits,
        )

    def render(self, db: Db, row: Outbox, place: Place) -> Message | None:
        if row.argument in self.faults:
            raise ValueError("SECRET WORDS")
        text = self.record[row.argument]
        if self.during_render is not None:
            self.during_render()
        return None if text is None else message(text)

    def drain(self) -> None:
        asyncio.run(self.delivery.drain())

    def later(self, by: timedelta) -> None:
        """Time passes, and delivery looks again."""
        self.clock.forward(by)
        self.drain()

    # --- what turns would write ---------------------------------------------------------------

    def place(self, name: str = "a", *, platform: str = "fake", direct: bool = False) -> int:
        with self.database.write() as db:
            known = db.exec(select(Place).where(Place.channel == name)).first()
            if known is not None:
                return known.id
            person = Person(name=name, created_at=self.clock.now())
            if direct:
                db.add(person)
                db.flush()
            made = Place(
                platform=platform, tenant="t", channel=name, person_id=person.id if direct else None
            )
            db.add(made)
            db.flush()
            return made.id

    def post(self, text: str, place: str = "a", root: int | None = None, rank: int = 50) -> int:
        place_id = self.place(place)
        with self.database.write() as db:
            made = outbox.post(
                db,
                key=f"post:{text}",
                place_id=place_id,
                root_id=root,
                dialog="d",
                argument="1",
                collaboration_id=None,
                body=encode(message(text)),
                rank=rank,
                now=self.clock.now(),
            )
        assert made is not None
        return made

    def live(
        self,
        argument: str,
        text: str | None,
        place: str = "a",
        root: int | None = None,
        rank: int = 50,
    ) -> int:
        self.record[argument] = text
        place_id = self.place(place)
        with self.database.write() as db:
            return outbox.live(
                db,
                place_id=place_id,
                root_id=root,
                dialog="d",
                name="card",
                argument=argument,
                collaboration_id=None,
                rank=rank,
                now=self.clock.now(),
            )

    def refresh(self, argument: str, text: str | None) -> None:
        self.record[argument] = text
        with self.database.write() as db:
            freshening.one(db, "d", "card", argument)

    def mark(self, on: str, sign: str = "seen", place: str = "a") -> int:
        place_id = self.place(place)
        with self.database.write() as db:
            outbox.mark(
                db,
                key=f"mark:{on}",
                place_id=place_id,
                message=on,
                sign=sign,
                now=self.clock.now(),
            )
            return db.exec(select(Outbox.id).where(Outbox.key == f"mark:{on}")).one()

    def remove(self, row_id: int) -> None:
        with self.database.write() as db:
            outbox.remove(db, db.exec(select(Outbox).where(Outbox.id == row_id)).one(), BUSINESS)

    def shown(self, row_id: int) -> str:
        """What people see of a row on the platform."""
        platform_id = self.row(row_id).platform_id
        assert platform_id is not None
        return self.channel.stands[platform_id]

    # --- what stands in the outbox ------------------------------------------------------------

    def row(self, row_id: int) -> Outbox:
        with self.database.read() as db:
            found = db.exec(select(Outbox).where(Outbox.id == row_id)).one()
            db.expunge_all()
        return found

    def rows(self, *states: Sending) -> list[Outbox]:
        with self.database.read() as db:
            found = list(db.exec(select(Outbox).order_by(col(Outbox.id))))
            db.expunge_all()
        return [row for row in found if not states or row.state in states]

    def change(self, row_id: int, **values: Any) -> None:
        with self.database.write() as db:
            db.execute(update(Outbox).where(col(Outbox.id) == row_id).values(**values))

    def change_place(self, name: str, **values: Any) -> None:
        with self.database.write() as db:
            db.execute(update(Place).where(col(Place.channel) == name).values(**values))

    def crash_while_sending(self, row_id: int, *, it_went: bool) -> None:
        """A process claimed the row, perhaps sent it, and died; its lease has run out."""
        row = self.row(row_id)
        if it_went:
            self.channel.stands["lost"] = "sent by a process that died"
            self.channel.keys[row.key] = "lost"
        self.change(row_id, state=Sending.SENDING, lease="dead", leased_until=self.clock.wall())


@contextmanager
def world(database: Database, channel: FakeChannel | None = None) -> Iterator[World]:
    made = World(database, channel)
    try:
        yield made
    finally:
        made.workers.close()
