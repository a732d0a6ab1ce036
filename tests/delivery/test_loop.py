"""The loop that goes on until it is stopped, and several of them on one database."""

import asyncio
from collections import Counter

import pytest

from bot.delivery import LONGEST_BREATH, Delivery, Limits
from bot.workers import Workers
from storage import claiming
from storage.engine import Database
from storage.sending import Pace
from storage.tables import Sending
from tests.delivery.world import LEASE, SECOND, until, world
from tests.fakes import FakeChannel


def test_run_sends_what_is_there_wakes_for_more_and_stops(database):
    with world(database) as w:
        w.post("first")

        async def go():
            running = asyncio.create_task(w.delivery.run())
            await until(lambda: w.channel.said() == ["first"])
            await w.workers.run(w.post, "second", "b")
            await asyncio.to_thread(w.delivery.wake)
            await until(lambda: len(w.channel.said()) == 2)
            w.delivery.stop()
            await running

        asyncio.run(go())
        assert [row.state for row in w.rows()] == [Sending.SETTLED] * 2


def test_run_wakes_by_itself_when_something_becomes_due(database):
    with world(database) as w:
        w.post("first")
        w.change(w.rows()[0].id, not_before=w.clock.wall() + SECOND / 20)

        async def go():
            running = asyncio.create_task(w.delivery.run())
            await until(lambda: w.delivery._going is not None)
            assert w.channel.calls == []
            w.clock.forward(SECOND)
            await until(w.channel.said)
            w.delivery.stop()
            await running

        asyncio.run(go())


def test_an_idle_loop_does_nothing(database):
    """No polling: without a wake-up or something to come, not a single transaction."""
    with world(database) as w:

        async def go():
            running = asyncio.create_task(w.delivery.run())
            await asyncio.sleep(0.2)
            w.delivery.stop()
            await running

        asyncio.run(go())
        assert w.workers.writes <= 2


def test_many_wake_ups_for_nothing_take_few_transactions(database):
    """Each answer wakes delivery, and most have nothing due: turns need the writer more."""
    with world(database) as w:

        async def go():
            running = asyncio.create_task(w.delivery.run())
            began = running.get_loop().time()
            for _ in range(200):
                w.delivery.wake()
                await asyncio.sleep(0.001)
            w.delivery.stop()
            await running
            return running.get_loop().time() - began

        seconds = asyncio.run(go())
        assert w.workers.writes <= 5 + seconds / LONGEST_BREATH


def test_stopping_records_what_is_on_its_way_and_gives_back_the_rest(database):
    with world(database) as w:
        for number in range(50):
            w.post(f"p{number}", place=f"place{number}")

        async def go():
            w.channel.gate = asyncio.Event()
            running = asyncio.create_task(w.delivery.run())
            await until(lambda: len(w.channel.calls) == 32)
            w.delivery.stop()
            w.channel.gate.set()
            await running

        asyncio.run(go())
        states = Counter(row.state for row in w.rows())
        assert states == {Sending.SETTLED: 32, Sending.WAITING: 18}
        asyncio.run(w.another().drain())
        assert len(w.channel.said()) == len(w.channel.stands) == 50


def test_a_slow_message_does_not_hold_up_others(database):
    with world(database) as w:
        w.post("slow")

        async def go():
            w.channel.gate = asyncio.Event()
            running = asyncio.create_task(w.delivery.run())
            await until(w.channel.said)
            gate, w.channel.gate = w.channel.gate, None
            await w.workers.run(w.post, "quick", "b")
            w.delivery.wake()
            await until(lambda: len(w.rows(Sending.SETTLED)) == 1)
            gate.set()
            w.delivery.stop()
            await running

        asyncio.run(go())
        assert [row.state for row in w.rows()] == [Sending.SETTLED] * 2


def test_a_call_that_never_returns_is_in_doubt(database):
    with world(database) as w:
        row = w.post("first")
        w.delivery = w.another(limits=Limits(lease=SECOND / 10))

        async def go():
            w.channel.gate = asyncio.Event()
            await w.delivery.drain()

        asyncio.run(go())
        assert w.row(row).state == Sending.SENDING
        assert w.row(row).attempts == 1


def test_the_loop_survives_a_database_that_is_away(database, caplog):
    with world(database) as w:
        w.post("first")
        w.workers.fail = 1

        async def go():
            running = asyncio.create_task(w.delivery.run())
            await until(lambda: not w.workers.fail)
            w.delivery.wake()
            await until(w.channel.said)
            w.delivery.stop()
            await running

        asyncio.run(go())
        assert caplog.messages == ["the outbox is out of reach"]
        assert "SECRET" not in "".join(str(vars(each)) for each in caplog.records)


def test_a_result_survives_a_failed_record(database):
    """What was sent is recorded when the database is back, not sent again."""
    with world(database) as w:
        row = w.post("first")
        w.workers.when = lambda *args: bool(args[0])
        w.workers.fail = 1

        async def go():
            running = asyncio.create_task(w.delivery.run())
            await until(lambda: not w.workers.fail)
            w.delivery.wake()
            await until(lambda: w.row(row).state == Sending.SETTLED)
            w.delivery.stop()
            await running

        asyncio.run(go())
        assert w.channel.said() == ["first"]


@pytest.mark.postgres
def test_two_processes_on_postgresql_send_each_row_once_and_in_order(postgres):
    with world(postgres, FakeChannel()) as w:
        for number in range(200):
            w.post(f"{number}", place=f"place{number % 25}")
        other = Database(postgres.engine.url.render_as_string(hide_password=False))
        workers = Workers(other)
        deliveries = [
            w.another(),
            Delivery(workers, {"fake": w.channel}, w.render, w.clock, w.delivery._rng),
        ]

        async def go():
            await asyncio.gather(*(each.drain() for each in deliveries))

        asyncio.run(go())
        for _ in range(3):  # one may have stopped while the other still held rows
            w.drain()
        workers.close()
        other.close()
        assert sorted(map(int, w.channel.said())) == list(range(200))
        for place in range(25):
            here = [int(each.text) for each in w.channel.calls if each.channel == f"place{place}"]
            assert here == sorted(here)
        assert {row.state for row in w.rows()} == {Sending.SETTLED}


@pytest.mark.postgres
def test_two_processes_on_postgresql_share_the_distance_between_posts(postgres):
    with world(postgres, FakeChannel(post_gap=SECOND)) as w:
        root = w.post("root")
        w.drain()
        for number in range(10):
            w.live(f"l{number}", f"l{number}", root=root)
            w.post(f"p{number}")

        async def go():
            await asyncio.gather(*(w.another(seed).drain() for seed in range(4)))

        for count in range(2, 8):
            w.clock.forward(SECOND)
            asyncio.run(go())
            assert len(w.channel.said()) == count


@pytest.mark.postgres
def test_who_claims_in_a_place_keeps_others_out_of_it_until_its_pause_is_written(postgres):
    """Else two processes would each take one of its conversations in the same second."""
    with world(postgres) as w:
        root = w.post("root")
        w.drain()
        w.post("reply", root=root)
        w.post("next")
        w.post("elsewhere", place="b")

        def claim(db):
            wall, paces = w.clock.wall(), {"fake": Pace(find=True, post_gap=SECOND)}
            taken = claiming.claim(
                db, paces, "x", wall=wall, now=w.clock.now(), lease=LEASE, limit=1
            )
            return [row.channel for row in taken.rows]

        with w.database.write() as one, w.database.write() as two:
            assert claim(one) == ["a"]
            assert claim(two) == ["b"]
            assert claim(two) == []
