"""The threads of the synchronous core: conflicts run again, one writer on SQLite, free readers."""

import asyncio
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from bot.workers import TRIES, Workers
from storage.engine import Database
from storage.tables import Mark


@contextmanager
def workers(database):
    made = Workers(database)
    yield made
    made.close()


def keep(db, name):
    db.add(Mark(name=name, value=threading.current_thread().name))


def names(db):
    return sorted(db.exec(select(Mark.name)))


class Clashing:
    """Meets a serialisation failure so many times, after it has written."""

    def __init__(self, times):
        self.times = times
        self.tries = 0

    def __call__(self, db):
        self.tries += 1
        keep(db, "kept")
        db.flush()
        if self.tries <= self.times:
            db.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"))


@pytest.mark.postgres
def test_a_conflict_runs_the_whole_transaction_again(postgres):
    with workers(postgres) as w:
        clash = Clashing(TRIES - 1)
        asyncio.run(w.write(clash))
        assert clash.tries == TRIES
        assert asyncio.run(w.read(names)) == ["kept"]


@pytest.mark.postgres
def test_a_conflict_that_stays_is_raised(postgres):
    with workers(postgres) as w:
        with pytest.raises(DBAPIError):
            asyncio.run(w.write(Clashing(TRIES)))
        assert asyncio.run(w.read(names)) == []


def test_any_other_error_undoes_and_is_raised_at_once(database):
    tries = []

    def fail(db):
        tries.append(1)
        keep(db, "lost")
        db.flush()
        db.execute(text("SELECT nonsense FROM nowhere"))

    with workers(database) as w:
        with pytest.raises(DBAPIError):
            asyncio.run(w.write(fail))
        assert len(tries) == 1
        assert asyncio.run(w.read(names)) == []


def test_a_reader_never_waits_behind_a_writer(database):
    release = threading.Event()

    def slow(db):
        keep(db, "slow")
        db.flush()
        assert release.wait(10)

    async def go(w):
        writing = asyncio.create_task(w.write(slow))
        await asyncio.sleep(0)
        assert await w.read(names) == []
        assert await w.look(lambda: "looked") == "looked"
        release.set()
        await writing
        return await w.read(names)

    with workers(database) as w:
        assert asyncio.run(go(w)) == ["slow"]


def test_on_sqlite_all_writes_go_through_one_thread(sqlite_url):
    seen = []
    database = Database(sqlite_url)

    def here(*_):
        seen.append(threading.get_ident())

    async def go(w):
        await asyncio.gather(*(w.write(here) for _ in range(20)), *(w.run(here) for _ in range(20)))

    with workers(database) as w:
        asyncio.run(go(w))
    database.close()
    assert len(seen) == 40
    assert len({*seen}) == 1


def test_a_snapshot_stays_as_it_is_and_takes_nothing(database):
    with database.write() as db:
        keep(db, "first")
    with database.read() as db:
        assert names(db) == ["first"]
        with database.write() as other:
            keep(other, "second")
        assert names(db) == ["first"]
    for _ in range(2):  # a connection that served a snapshot writes again
        with database.read() as db:
            keep(db, "third")
            with pytest.raises(DBAPIError):
                db.flush()
        with database.write() as db:
            keep(db, f"{len(names(db))}")
    with database.read() as db:
        assert names(db) == ["2", "3", "first", "second"]
