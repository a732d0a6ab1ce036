"""What becomes of rows that do not simply go: later, gone, refused, in doubt, broken."""

import asyncio
import logging
from datetime import timedelta
from random import Random

import pytest

from bot.channel import Gone, Later, Refused, Unknown
from bot.retry import CAP, LIMIT, next_try
from bot.settling import Happened
from storage.tables import Inbox, Sending
from tests.delivery.world import BUSINESS, LEASE, MINUTE, SECOND, until, world
from tests.fakes import FakeChannel, Fault


def test_the_wait_grows_to_a_cap_and_ends():
    rng = Random(1)
    waits = [wait for attempts in range(1, LIMIT) if (wait := next_try(attempts, rng))]
    assert len(waits) == LIMIT - 1
    assert SECOND / 2 <= waits[0] <= SECOND
    assert SECOND <= waits[1] <= 2 * SECOND
    assert all(CAP / 2 <= wait <= CAP for wait in waits[9:])
    assert len({*waits[9:]}) > 1
    assert next_try(LIMIT, rng) is None
    assert next_try(3, rng, limit=3) is None


def test_retry_after_is_honoured_for_the_whole_place(database):
    with world(database) as w:
        w.channel.then(Later(timedelta(seconds=30)))
        root = w.post("first")
        w.drain()
        w.post("second")
        w.post("elsewhere", place="b")
        w.later(29 * SECOND)
        assert w.channel.said() == ["first", "elsewhere"]
        w.later(SECOND)
        assert w.channel.said() == ["first", "elsewhere", "first", "second"]
        assert w.row(root).attempts == 0


def test_retry_after_of_one_message_leaves_the_place_alone(database):
    with world(database) as w:
        root = w.post("root")
        w.live("card", "v1", place="a")
        w.drain()
        w.clock.forward(MINUTE)
        w.channel.then(Later(timedelta(seconds=30), whole_place=False))
        w.refresh("card", "v2")
        w.drain()
        w.post("reply", root=root)
        w.drain()
        assert w.channel.said() == ["root", "v1", "reply"]
        w.later(30 * SECOND)
        assert w.channel.said("update") == ["v2", "v2"]


@pytest.mark.parametrize(
    ("outcome", "state"), [(Gone("kicked"), Sending.GONE), (Refused("too_big"), Sending.REFUSED)]
)
def test_what_never_goes_is_ended_emptied_and_does_not_hold_up_the_rest(database, outcome, state):
    with world(database) as w:
        w.channel.then(outcome)
        root = w.post("root")
        w.post("next")
        replies = [w.post(f"reply {number}", root=root) for number in range(3)]
        w.drain()
        row = w.row(root)
        assert (row.state, row.reason, row.body) == (state, outcome.reason, None)
        assert w.channel.said() == ["root", "next"]
        ended = {(w.row(reply).state, w.row(reply).reason, w.row(reply).body) for reply in replies}
        assert ended == {(Sending.GONE, "root", None)}


def test_a_refused_edit_is_tried_again_with_the_next_change(database):
    with world(database) as w:
        card = w.live("card", "v1")
        w.drain()
        w.channel.then(Refused("too_big"))
        w.refresh("card", "v2")
        w.later(MINUTE)
        assert w.row(card).state == Sending.REFUSED
        reply = w.post("reply", root=card)
        w.refresh("card", "v3")
        w.later(MINUTE)
        assert w.shown(card) == "v3"
        assert w.row(card).state == Sending.SETTLED
        assert w.row(reply).state == Sending.SETTLED


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


@pytest.mark.parametrize("step", [Unknown(), Fault.RAISE])
def test_a_broken_edit_is_tried_again_until_given_up(database, step, caplog):
    with world(database) as w:
        card = w.live("card", "v1")
        w.drain()
        w.refresh("card", "v2")
        w.channel.then(*[step] * 4)
        for _ in range(3):
            w.later(CAP)
        assert w.row(card).attempts == 3
        w.change(card, attempts=LIMIT - 1)
        w.later(CAP)
        w.later(CAP)
        assert w.channel.said("update") == ["v2"] * 4
        assert (w.row(card).state, w.row(card).reason) == (Sending.REFUSED, "failed")
        assert w.counted.count(Happened.REFUSED) == 1
        assert [each.levelno for each in caplog.records if each.message == "given up"] == [
            logging.ERROR
        ]


def test_what_cannot_be_rendered_backs_off_and_is_given_up(database, caplog):
    with world(database) as w:
        card = w.live("card", "v1")
        w.faults.add("card")
        for _ in range(20):
            w.later(CAP)
        assert (w.row(card).state, w.row(card).reason) == (Sending.REFUSED, "render")
        assert w.channel.calls == []
        assert len([each for each in caplog.records if each.message == "could not render"]) == 8


def test_an_erased_post_is_not_sent(database):
    with world(database) as w:
        row = w.post("first")
        w.change(row, body=None)
        w.drain()
        assert (w.row(row).state, w.row(row).reason) == (Sending.GONE, "empty")
        assert w.channel.calls == []


def test_no_log_line_holds_what_people_wrote(database, caplog):
    caplog.set_level(logging.DEBUG, logger="samspill")
    with world(database) as w:
        w.channel.then(Fault.RAISE, Refused("too_big"))
        w.post("SECRET WORDS")
        w.live("card", "SECRET WORDS", place="b")
        w.live("broken", "SECRET WORDS", place="c")
        w.faults.add("broken")
        w.drain()
        w.later(MINUTE)
        assert len(caplog.records) >= 3
        assert "SECRET" not in "".join(str(vars(each)) for each in caplog.records)
        assert "SECRET" not in repr(w.delivery)


def test_old_marks_are_dropped_and_fresh_ones_sent(database):
    with world(database) as w:
        old = w.mark("m1")
        w.clock.forward(5 * MINUTE + SECOND)
        fresh = w.mark("m2")
        w.drain()
        assert [(call.what, call.platform_id) for call in w.channel.calls] == [("mark", "m2")]
        assert (w.row(old).state, w.row(old).reason) == (Sending.GONE, "late")
        assert (w.row(fresh).state, w.row(fresh).body) == (Sending.SETTLED, None)


def test_a_channel_without_update_gets_no_edits(database):
    with world(database, FakeChannel(update=False, remove=False)) as w:
        card = w.live("card", "v1")
        w.drain()
        w.refresh("card", "v2")
        w.later(MINUTE)
        assert w.shown(card) == "v1"
        assert (w.row(card).state, w.row(card).sent) == (Sending.SETTLED, 2)


def test_a_channel_without_remove_gets_a_placeholder(database):
    with world(database, FakeChannel(remove=False)) as w:
        post, card = w.post("first"), w.live("card", "v1")
        w.drain()
        w.remove(post)
        w.refresh("card", None)
        w.later(MINUTE)
        assert {*w.channel.stands.values()} == {"—"}
        w.refresh("card", "v2")
        w.later(MINUTE)
        assert w.shown(card) == "v2"


def test_a_channel_with_neither_keeps_what_it_has(database):
    with world(database, FakeChannel(remove=False, update=False)) as w:
        post = w.post("first")
        w.drain()
        w.remove(post)
        w.drain()
        assert {*w.channel.stands.values()} == {"first"}
        assert w.rows(Sending.WAITING, Sending.SENDING) == []


def test_a_channel_without_marks_gets_none(database):
    with world(database, FakeChannel(marks=False)) as w:
        row = w.mark("m1")
        w.drain()
        assert w.row(row).state == Sending.SETTLED


def test_held_events_are_told_when_a_post_has_landed(database):
    with world(database) as w:
        w.channel.then(Later(SECOND))
        w.post("first")
        w.post("elsewhere", place="b")
        here = w.place("a")
        with w.database.write() as db:
            db.add(Inbox(source="s", event="e", at=BUSINESS, held=b"x", held_for=here))
        w.drain()
        assert w.landed == []
        w.later(SECOND)
        assert w.landed == [here]
