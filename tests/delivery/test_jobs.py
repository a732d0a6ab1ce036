"""Jobs: one per key, computed under a lease, written once, done anew when wanted anew."""

import asyncio
import logging
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest
from sqlmodel import select

from bot.jobs import LIMIT, JobWorker
from bot.workers import Workers
from storage import jobs
from storage.tables import Job
from tests.fakes import FakeClock

LEASE = timedelta(minutes=5)
CAP = timedelta(minutes=5)


class Desk:
    """Does jobs of one action: its argument in capitals."""

    def __init__(self, database):
        self.database = database
        self.workers = Workers(database)
        self.clock = FakeClock()
        self.clock.offset = timedelta(days=1000)
        self.computed = []
        self.written = []
        self.faults = 0
        self.while_computing = lambda: None
        self.worker = JobWorker(self.workers, self.compute, self.finish, self.clock, Random(1))

    def compute(self, job):
        self.computed.append(job.argument)
        self.while_computing()
        if self.faults:
            self.faults -= 1
            raise ValueError("SECRET WORDS")
        return {"result": job.argument.upper()}

    def finish(self, job, result):
        with self.database.write() as db:
            if jobs.settle(db, job):
                self.written.append(result["result"])

    def enqueue(self, key="k", argument="a"):
        with self.database.write() as db:
            jobs.enqueue(db, key, "summary", "write", argument)

    def claim(self, token):
        with self.database.write() as db:
            return jobs.claim(db, token, self.clock.wall(), LEASE)

    def drain(self, after=timedelta(0)):
        self.clock.forward(after)
        return asyncio.run(self.worker.drain())

    def row(self):
        with self.database.read() as db:
            found = db.exec(select(Job)).one()
            db.expunge_all()
        return found


@contextmanager
def desk(database):
    made = Desk(database)
    yield made
    made.workers.close()


def test_a_job_is_computed_and_written_once(database):
    with desk(database) as d:
        d.enqueue()
        assert d.drain() == 1
        assert d.drain(LEASE) == 0
        assert d.written == ["A"]
        row = d.row()
        assert (row.done, row.wanted, row.lease, row.attempts) == (1, 1, None, 0)


def test_wanting_a_job_many_times_before_it_runs_is_one_job(database):
    with desk(database) as d:
        for _ in range(5):
            d.enqueue()
        d.drain()
        assert d.written == ["A"]


def test_a_job_wanted_anew_after_it_was_done_is_done_again(database):
    with desk(database) as d:
        d.enqueue()
        d.drain()
        d.enqueue()
        d.drain()
        assert d.written == ["A", "A"]


def test_a_job_wanted_anew_while_it_runs_is_computed_again_and_written_once(database):
    with desk(database) as d:
        d.enqueue()
        d.while_computing = lambda: len(d.computed) == 1 and d.enqueue()
        d.drain()
        assert d.computed == ["a", "a"]
        assert d.written == ["A"]
        assert d.row().done == d.row().wanted == 2


def test_only_one_worker_has_a_job_until_its_lease_runs_out(database):
    with desk(database) as d:
        d.enqueue()
        first = d.claim("first")
        assert d.claim("second") is None
        d.clock.forward(LEASE)
        second = d.claim("second")
        assert second.attempts == 2
        d.finish(first, {"result": "LATE"})
        assert d.written == []
        d.finish(second, {"result": "A"})
        assert d.written == ["A"]


def test_a_job_that_fails_backs_off_and_is_done_later(database, caplog):
    with desk(database) as d:
        d.faults = 2
        d.enqueue()
        d.drain()
        assert d.drain() == 0
        d.drain(CAP)
        d.drain(CAP)
        assert d.written == ["A"]
        assert "SECRET" not in "".join(str(vars(each)) for each in caplog.records)


def test_a_job_that_always_fails_is_given_up_loudly_and_can_be_wanted_again(database, caplog):
    with desk(database) as d:
        d.faults = LIMIT
        d.enqueue()
        for _ in range(LIMIT + 3):
            d.drain(CAP)
        assert len(d.computed) == LIMIT
        assert d.row().failed == "ValueError"
        assert [each.levelno for each in caplog.records].count(logging.ERROR) == 1
        d.enqueue()
        d.drain()
        assert d.written == ["A"]
        assert d.row().failed is None


def test_a_job_that_takes_its_process_with_it_is_given_up_too(database):
    with desk(database) as d:
        d.enqueue()
        for number in range(LIMIT):
            assert d.claim(f"process {number}") is not None
            d.clock.forward(LEASE)
        d.drain()
        assert d.computed == []
        assert d.row().failed == "lease"


def test_a_failing_job_does_not_keep_others_waiting(database):
    with desk(database) as d:
        d.faults = 1
        d.enqueue("k1", "a")
        d.enqueue("k2", "b")
        d.drain()
        assert d.written == ["B"]


@pytest.mark.postgres
def test_two_workers_on_postgresql_do_each_job_once(postgres):
    with desk(postgres) as d:
        for number in range(40):
            d.enqueue(f"k{number}", f"a{number}")
        others = [
            JobWorker(d.workers, d.compute, d.finish, d.clock, Random(seed)) for seed in range(4)
        ]

        async def go():
            return sum(await asyncio.gather(*(each.drain() for each in others)))

        assert asyncio.run(go()) == 40
        assert sorted(d.written) == sorted(f"A{number}" for number in range(40))
