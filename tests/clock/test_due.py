"""A timer that cannot be done holds up no other; what counts over all goes one at a time."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from time import sleep

import pytest
from sqlmodel import select

from bot.core import Samspill
from bot.own_turns import TIMERS_AT_ONCE, Taken
from bot.retry import LIMIT
from dialogs.dialog import Dialog
from dialogs.packs.library import Packs
from storage import audit, timers
from storage.secrets import Vault
from storage.tables import Audit, Timer
from tests.fakes import FakeClock

HOUR = timedelta(hours=1)
test = Dialog("test", lambda *_: None)
broken: set[str] = set()


@test.due("write", whenever=True)
def write(turn, arguments):
    for each in arguments:
        audit.note(turn.db, turn.now, None, None, "timer", each)
        if each in broken:
            raise ValueError("SECRET WORDS")


@test.due("again")
def again(turn, arguments):
    """Plan what is due already, as a round that should have gone on while nobody was running."""
    row = {"dialog": "test", "action": "write", "collaboration_id": None, "due_at": turn.now}
    timers.plan(turn.db, [row | {"occurrence": f"{each}!", "argument": each} for each in arguments])


@test.due("count", alone=True)
def count(turn, arguments):
    """Write when nobody else has: two that look at the same time would both."""
    if not turn.db.exec(select(Audit.id)).first():
        sleep(0.3)
        audit.note(turn.db, turn.now, None, None, "timer", arguments[0])


class World:
    def __init__(self, database):
        self.database = database
        self.clock = FakeClock()
        secret = Vault("a secret for tests that is long enough")
        self.core = Samspill(database, lambda: Packs(()), self.clock, secret, random=Random(1))
        self.core.seer.registry.dialogs["test"] = test

    def plan(self, *names, dialog="test", action="write"):
        rows = [
            {
                "occurrence": each,
                "dialog": dialog,
                "action": action,
                "argument": each,
                "collaboration_id": None,
                "due_at": self.clock.now(),
            }
            for each in names
        ]
        with self.database.write() as db:
            timers.plan(db, rows)

    def run(self):
        """As the clock does: until nothing is due."""
        batches = 0
        while self.core.own_turns.due().more:
            batches += 1
            assert batches < 10

    def done(self):
        with self.database.read() as db:
            return sorted(db.exec(select(Audit.subject)))

    def timer(self, name):
        with self.database.read() as db:
            return db.exec(select(Timer).where(Timer.occurrence == name)).one()


@pytest.fixture
def world(database):
    broken.clear()
    made = World(database)
    yield made
    made.core.workers.close()


def test_what_a_timer_plans_for_now_is_done_at_once(world):
    world.plan("a", "b", action="again")
    world.run()
    assert world.done() == ["a", "b"]


def test_a_batch_that_is_full_is_not_the_last(world):
    names = [f"{n:03}" for n in range(TIMERS_AT_ONCE + 1)]
    world.plan(*names)
    world.run()
    assert world.done() == names


def test_a_handler_that_raises_and_an_unknown_dialog_hold_up_no_other(world, caplog):
    broken.add("bad")
    world.plan("nobody", dialog="none")
    world.plan("a", "bad", "b")
    world.run()
    assert world.done() == ["a", "b"]
    assert [world.timer(each).attempts for each in ("bad", "nobody", "a")] == [1, 1, 0]
    assert "SECRET" not in "".join(str(vars(each)) for each in caplog.records)
    # what comes after is not held up either
    world.plan("c")
    world.run()
    assert world.done() == ["a", "b", "c"]


def test_it_is_tried_again_and_done_when_it_works(world):
    broken.add("bad")
    world.plan("bad")
    world.run()
    world.run()
    assert world.timer("bad").attempts == 1  # not before its time
    world.clock.forward(timedelta(seconds=1))
    world.run()
    assert world.timer("bad").attempts == 2
    broken.clear()
    world.clock.forward(HOUR)
    world.run()
    assert world.done() == ["bad"]
    assert world.timer("bad").failed is None


def test_it_is_given_up_loudly(world, caplog):
    broken.add("bad")
    world.plan("bad")
    for _ in range(LIMIT + 3):
        world.run()
        world.clock.forward(HOUR)
    found = world.timer("bad")
    assert (found.attempts, found.failed) == (LIMIT, "ValueError")
    assert found.done_at is not None
    (told,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert (told.getMessage(), told.timer) == ("a timer is given up", found.id)
    broken.clear()
    world.run()
    assert world.done() == []


@pytest.mark.postgres
def test_what_counts_over_all_collaborations_goes_one_at_a_time(postgres):
    world = World(postgres)
    batch = TIMERS_AT_ONCE
    world.plan(*(str(each) for each in range(2 * batch)), action="count")
    with ThreadPoolExecutor(2) as replicas:
        taken = list(replicas.map(lambda _: world.core.own_turns.due(), range(2)))
    assert taken == [Taken(batch, more=True)] * 2
    assert len(world.done()) == 1
    world.core.workers.close()
