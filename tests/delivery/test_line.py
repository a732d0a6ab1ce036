"""The line before SQLite's writer: who waits together shares a commit, nobody another's faults."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import select

from bot.line import Line
from bot.workers import Workers
from storage.engine import Database
from storage.tables import Mark

LONG = "x" * 200_000


@contextmanager
def writing(database):
    """Workers whose writer is held up until `go` is set, and how often it has committed."""
    workers = Workers(database)
    commits = []
    event.listen(database.engine, "commit", lambda _: commits.append(1))
    try:
        yield workers, commits
    finally:
        workers.close()


def keep(database, name, value="", fails=None):
    def turn():
        with database.write() as db:
            db.add(Mark(name=name, value=value))
            db.flush()
            if fails is not None:
                raise fails
        return name

    return turn


async def together(workers, *turns, leaves=()):
    """Let these wait while the writer is busy, so that it finds them all at once; some leave."""
    go = threading.Event()
    busy = asyncio.create_task(workers.run(go.wait))
    waiting = [asyncio.create_task(workers.turn(each)) for each in turns]
    await asyncio.sleep(0)
    for each in leaves:
        waiting[each].cancel()
        await asyncio.wait([waiting[each]])
    go.set()
    await busy
    return waiting


def names(database):
    with database.read() as db:
        return sorted(db.exec(select(Mark.name)))


@pytest.fixture
def file(sqlite_url):
    made = Database(sqlite_url)
    yield made
    made.close()


def test_who_waits_together_shares_a_commit(file):
    with writing(file) as (workers, commits):

        async def story():
            waiting = await together(workers, *(keep(file, each) for each in "abc"))
            assert await asyncio.gather(*waiting) == ["a", "b", "c"]

        asyncio.run(story())
        assert names(file) == ["a", "b", "c"]
        assert len(commits) == 1


def test_what_is_told_is_committed(file):
    with writing(file) as (workers, _):

        async def story():
            first, *others = await together(workers, *(keep(file, each) for each in "abc"))
            await first
            assert names(file) == ["a", "b", "c"]
            await asyncio.gather(*others)

        asyncio.run(story())


def test_one_that_fails_is_undone_alone(file):
    with writing(file) as (workers, commits):

        async def story():
            turns = (keep(file, "a"), keep(file, "b", fails=ValueError("b")), keep(file, "c"))
            waiting = await together(workers, *turns)
            a, b, c = await asyncio.gather(*waiting, return_exceptions=True)
            assert (a, type(b), c) == ("a", ValueError, "c")

        asyncio.run(story())
        assert names(file) == ["a", "c"]
        assert len(commits) == 1


def test_when_the_database_refuses_one_each_is_done_by_itself(file):
    with writing(file) as (workers, commits):

        async def story():
            turns = keep(file, "a"), keep(file, "a"), keep(file, "c")
            waiting = await together(workers, *turns)
            first, again, c = await asyncio.gather(*waiting, return_exceptions=True)
            assert (first, type(again), c) == ("a", IntegrityError, "c")

        asyncio.run(story())
        assert names(file) == ["a", "c"]
        assert len(commits) == 2


def test_when_the_disk_is_full_each_is_done_by_itself(file):
    """SQLite ends the whole transaction then: what the first had written is written anew."""
    with writing(file) as (workers, _):
        with file.write() as db:
            pages = db.execute(text("PRAGMA page_count")).scalar_one()
            db.execute(text(f"PRAGMA max_page_count = {pages + 20}"))

        async def story():
            turns = (keep(file, "a"), keep(file, "b", LONG), keep(file, "c"))
            waiting = await together(workers, *turns)
            a, b, c = await asyncio.gather(*waiting, return_exceptions=True)
            assert (a, type(b), c) == ("a", OperationalError, "c")

        asyncio.run(story())
        assert names(file) == ["a", "c"]


def test_who_has_stopped_waiting_is_passed_over(file):
    with writing(file) as (workers, _):

        async def story():
            turns = keep(file, "a"), keep(file, "b")
            gone, stays = await together(workers, *turns, leaves=[0])
            assert gone.cancelled()
            assert await stays == "b"

        asyncio.run(story())
        assert names(file) == ["b"]


def test_who_still_waits_at_the_end_waits_for_nothing(file):
    class Stopped(ThreadPoolExecutor):
        def submit(self, *_, **__):
            return Future()  # it begins nothing more

    line = Line(file, Stopped(1))

    async def story():
        waiting = asyncio.create_task(line.do(keep(file, "a")))
        await asyncio.sleep(0)
        line.close()
        await asyncio.wait([waiting])
        assert waiting.cancelled()

    asyncio.run(story())
    assert names(file) == []


@pytest.mark.postgres
def test_on_postgresql_each_has_its_own(postgres):
    with writing(postgres) as (workers, commits):

        async def story():
            turns = [workers.turn(keep(postgres, each)) for each in "abc"]
            assert await asyncio.gather(*turns) == ["a", "b", "c"]

        asyncio.run(story())
        assert len(commits) == 3
