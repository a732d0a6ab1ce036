"""What a process that died was at is taken up at once where no other process can be at it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlmodel import select

from bot.core import Samspill
from bot.time import SystemClock
from dialogs.codec import encode
from dialogs.messages import Message, Text
from dialogs.packs.loader import load
from storage import collaborations, jobs, outbox, people, rounds
from storage.engine import Database, Db
from storage.secrets import Vault
from storage.tables import Job, Outbox, Pace, Place, Sending, Way, Whose
from tests.delivery.world import until
from tests.fakes import FakeChannel

HOUR = timedelta(hours=1)
CLOCK = SystemClock()


def left_behind(database: Database) -> None:
    """A post and a job that a process held for an hour when it died, and a post that waits."""
    with database.write() as db:
        for channel, words in (("a", "held"), ("b", "free")):
            place = Place(platform="fake", tenant="t", channel=channel)
            db.add(place)
            db.flush()
            outbox.post(
                db,
                key=words,
                place_id=place.id,
                root_id=None,
                dialog="round",
                argument="",
                collaboration_id=None,
                body=encode(Message("nb", (Text(words),))),
                rank=50,
                now=CLOCK.now(),
            )
        row = held(db)
        row.state, row.lease, row.leased_until = Sending.SENDING, "dead", CLOCK.wall() + HOUR
        home = collaborations.create(
            db, name="Sak", organisations=(), language="nb", now=CLOCK.now()
        )
        people.meet(db, "fake", "t", "kari", "Kari", CLOCK.now())
        made = rounds.create(
            db,
            collaboration_id=home.id,
            part_id="test",
            name={"nb": "Runde"},
            audience="team",
            way=Way.TOGETHER,
            pace=Pace.LIVE,
            whose=Whose.NAMED,
            days=3,
            now=CLOCK.now(),
            questions=(),
        )
        jobs.enqueue(db, "summary", "round", "summary", f"r{made.id}")
        assert jobs.claim(db, "dead", CLOCK.wall(), HOUR) is not None


def held(db: Db) -> Outbox:
    """The post that was under way."""
    return db.exec(select(Outbox).where(Outbox.key == "held")).one()


def run(database: Database, channel: FakeChannel) -> None:
    """Start Samspill and stop it once it has begun all that it may do at once."""
    packs = load()

    async def go() -> None:
        core = Samspill(
            database, lambda: packs, CLOCK, Vault("a secret for tests that is long enough")
        )
        core.connect({channel.platform: channel})
        core.start()
        await core.jobs.drain()
        await until(lambda: "free" in channel.said())
        await core.stop()

    asyncio.run(go())


def test_leases_of_the_dead_end_at_once_on_sqlite(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    left_behind(database)
    channel = FakeChannel()
    channel.keys["held"] = "posted before the kill"
    run(database, channel)
    with database.read() as db:
        row, job = held(db), db.exec(select(Job)).one()
        assert (row.state, row.platform_id) == (Sending.SETTLED, "posted before the kill")
        assert (job.done, job.lease) == (1, None)
    assert channel.said() == ["free"]
    database.close()


def test_a_post_that_never_went_goes_at_once_on_sqlite(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    left_behind(database)
    channel = FakeChannel()
    run(database, channel)
    assert sorted(channel.said()) == ["free", "held"]
    database.close()


def test_leases_are_waited_for_on_postgresql(postgres: Database) -> None:
    left_behind(postgres)
    channel = FakeChannel()
    run(postgres, channel)
    with postgres.read() as db:
        row, job = held(db), db.exec(select(Job)).one()
        assert (row.state, row.lease, job.done, job.lease) == (Sending.SENDING, "dead", 0, "dead")
    assert channel.said() == ["free"]
