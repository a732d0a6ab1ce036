"""Timers happen once, on time or late, and never when too late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from storage import timers
from storage.tables import Timer

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def timer(occurrence, due_at=NOW):
    return {
        "occurrence": occurrence,
        "dialog": "d",
        "action": "remind",
        "argument": occurrence,
        "collaboration_id": None,
        "due_at": due_at,
    }


def plan(database, *rows):
    with database.write() as db:
        return timers.plan(db, rows)


def take(database, now=NOW, limit=100):
    with database.write() as db:
        due, skipped = timers.claim_due(db, now, now, limit)
        return [each.occurrence for each in due], [each.occurrence for each in skipped]


def test_a_timer_is_due_at_its_instant_and_taken_once(database):
    plan(database, timer("a"))
    assert take(database, NOW - TICK) == ([], [])
    assert take(database) == (["a"], [])
    assert take(database) == ([], [])


def test_planning_the_same_occurrence_again_changes_nothing_even_when_it_is_done(database):
    assert plan(database, timer("a"), timer("b")) == 2
    assert plan(database, timer("b"), timer("c")) == 1
    take(database)
    assert plan(database, timer("a")) == 0
    assert plan(database) == 0
    assert take(database) == ([], [])


def test_the_longest_due_come_first_and_in_batches(database):
    plan(database, *(timer(f"{hours}", NOW - timedelta(hours=hours)) for hours in range(5)))
    assert take(database, limit=2) == (["4", "3"], [])
    assert take(database, limit=9) == (["2", "1", "0"], [])


def test_what_is_later_than_a_day_is_skipped_and_said(database):
    plan(database, timer("just", NOW - DAY), timer("late", NOW - DAY - TICK))
    assert take(database) == (["just"], ["late"])
    assert take(database) == ([], [])
    with database.read() as db:
        found = {row.occurrence: (row.done_at, row.skipped) for row in db.exec(select(Timer))}
    assert found == {"just": (NOW, False), "late": (NOW, True)}


def test_a_turn_that_fails_leaves_its_timers_due(database):
    plan(database, timer("a"))

    def fail():
        with database.write() as db:
            timers.claim_due(db, NOW, NOW, 10)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert take(database) == (["a"], [])


@pytest.mark.postgres
def test_two_workers_on_postgresql_take_each_timer_once(postgres):
    plan(postgres, *(timer(f"{number}") for number in range(2000)))

    def work(_):
        mine = []
        while batch := take(postgres, limit=50)[0]:
            mine += batch
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(work, range(4)))
    assert sorted(int(each) for mine in taken for each in mine) == list(range(2000))
    assert sum(1 for mine in taken if mine) >= 2
