"""Posts that may or may not have gone: nothing lost, nothing twice where that can be known."""

import asyncio

import pytest

from bot.channel import Unknown
from bot.delivery import Limits
from bot.settling import Happened
from storage.tables import Sending
from tests.delivery.world import LEASE, MINUTE, SECOND, until, world
from tests.fakes import FakeChannel, Fault


@pytest.mark.parametrize("step", [Unknown(), Fault.RAISE, Fault.SEND_THEN_RAISE])
def test_a_post_in_doubt_is_looked_up_and_sent_once(database, step):
    with world(database) as w:
        w.channel.then(step)
        row = w.post("first")
        w.post("second")
        w.post("elsewhere", place="b")
        w.drain()
        assert w.channel.said() == ["first", "elsewhere"]
        assert w.row(row).state == Sending.SENDING
        w.later(MINUTE)
        went_before = step is Fault.SEND_THEN_RAISE
        assert w.channel.said() == ["first", "elsewhere"] + ["first"] * (not went_before) + [
            "second"
        ]
        assert sorted(w.channel.stands.values()) == ["elsewhere", "first", "second"]
        assert w.row(row).platform_id in w.channel.stands
        assert (w.row(row).state, w.row(row).body, w.row(row).repeats) == (Sending.SETTLED, None, 0)


def test_a_post_in_doubt_that_cannot_be_looked_up_is_repeated_once_and_counted(database):
    with world(database, FakeChannel(find=False)) as w:
        w.channel.then(Fault.SEND_THEN_RAISE)
        row = w.post("first")
        w.drain()
        w.later(MINUTE)
        assert w.channel.said() == ["first", "first"]
        assert (w.row(row).state, w.row(row).repeats) == (Sending.SETTLED, 1)
        assert w.counted == [Happened.DOUBT, Happened.REPEATED]


def test_after_the_repeat_it_is_refused(database):
    with world(database, FakeChannel(find=False)) as w:
        w.channel.then(Unknown(), Unknown())
        row = w.post("first")
        w.drain()
        w.post("second")
        w.later(MINUTE)
        w.later(MINUTE)
        assert w.channel.said() == ["first", "first", "second"]
        ended = w.row(row)
        assert (ended.state, ended.reason, ended.body) == (Sending.REFUSED, "doubt", None)
        assert Happened.REFUSED in w.counted


@pytest.mark.parametrize("it_went", [True, False])
def test_a_crash_between_send_and_record_is_mended_by_looking_up(database, it_went):
    with world(database) as w:
        row = w.post("first")
        w.crash_while_sending(row, it_went=it_went)
        asyncio.run(w.another(seed=2).drain())
        assert w.channel.said("find") == [""]
        assert w.channel.said() == [] if it_went else ["first"]
        assert w.row(row).state == Sending.SETTLED
        assert w.row(row).platform_id == ("lost" if it_went else "fake-1")


def test_a_crash_during_the_repeat_does_not_lead_to_another(database):
    with world(database, FakeChannel(find=False)) as w:
        row = w.post("first")
        w.crash_while_sending(row, it_went=True)
        w.drain()
        assert w.row(row).repeats == 1
        w.change(row, state=Sending.SENDING, platform_id=None, leased_until=w.clock.wall())
        asyncio.run(w.another(seed=2).drain())
        assert w.channel.said() == ["first"]
        assert w.row(row).state == Sending.REFUSED


def test_a_running_lease_is_respected(database):
    with world(database) as w:
        row = w.post("first")
        w.change(row, state=Sending.SENDING, lease="x", leased_until=w.clock.wall() + LEASE)
        w.later(LEASE - SECOND)
        assert w.channel.calls == []
        w.later(SECOND)
        assert w.row(row).state == Sending.SETTLED


def test_a_live_message_in_doubt_that_went_is_brought_up_to_date(database):
    with world(database) as w:
        card = w.live("card", "v1")
        w.crash_while_sending(card, it_went=True)
        w.refresh("card", "v2")
        w.drain()
        w.later(MINUTE)
        assert w.channel.said() == []
        assert w.channel.stands["lost"] == "v2"


def test_a_crashed_edit_is_simply_repeated(database):
    with world(database, FakeChannel(find=False)) as w:
        card = w.live("card", "v1")
        w.drain()
        w.refresh("card", "v2")
        w.crash_while_sending(card, it_went=False)
        w.later(MINUTE)
        assert w.channel.said("update") == ["v2"]
        assert (w.row(card).state, w.row(card).repeats) == (Sending.SETTLED, 0)


def test_a_lookup_that_fails_leaves_the_post_in_doubt(database):
    with world(database) as w:
        row = w.post("first")
        w.crash_while_sending(row, it_went=True)
        w.channel.lookups_fail = True
        w.drain()
        assert w.row(row).state == Sending.SENDING
        w.channel.lookups_fail = False
        w.later(MINUTE)
        assert w.row(row).platform_id == "lost"


def test_a_result_that_comes_after_the_lease_ran_out_changes_nothing(database):
    with world(database) as w:
        row = w.post("first")
        w.post("elsewhere", place="b")

        async def go():
            w.channel.gate = asyncio.Event()
            going = asyncio.create_task(w.delivery.drain())
            await until(lambda: len(w.channel.calls) == 2)
            w.change(row, lease="another")
            w.channel.gate.set()
            await going

        asyncio.run(go())
        assert w.row(row).state == Sending.SENDING
        assert w.row(row).lease == "another"
        assert Happened.LOST in w.counted
        assert [row.state for row in w.rows()] == [Sending.SENDING, Sending.SETTLED]


def test_what_was_in_doubt_and_not_tried_still_is_and_is_not_counted(database):
    with world(database, FakeChannel(find=False)) as w:
        rows = [w.post(text, place=text) for text in "ab"]
        for row in rows:
            w.crash_while_sending(row, it_went=True)
        w.delivery = w.another(limits=Limits(at_once=1))

        async def go():
            w.channel.gate = asyncio.Event()
            running = asyncio.create_task(w.delivery.run())
            await until(lambda: w.channel.calls)
            w.delivery.stop()
            w.channel.gate.set()
            await running

        asyncio.run(go())
        w.channel.gate = None
        after = w.row(rows[1])
        assert (after.state, after.repeats) == (Sending.SENDING, 0)
        asyncio.run(w.another().drain())
        assert w.channel.said() == ["a", "b"]
        assert [row.repeats for row in w.rows()] == [1, 1]


def test_a_row_whose_lease_would_not_last_is_given_back(database):
    """Calls take long; what waited behind them is claimed anew, with a lease of its own."""
    with world(database) as w:
        for text in "abc":
            w.post(text, place=text)
        w.delivery = w.another(limits=Limits(at_once=1))

        async def go():
            w.channel.gate = asyncio.Event()
            going = asyncio.create_task(w.delivery.drain())
            await until(lambda: w.channel.calls)
            w.clock.forward(LEASE / 2)
            w.channel.gate.set()
            await going

        asyncio.run(go())
        assert w.channel.said() == ["a", "b", "c"]
        assert w.counted.count(Happened.SKIPPED) == 2
        assert {row.state for row in w.rows()} == {Sending.SETTLED}
