"""What becomes of rows that do not simply go: later, gone, refused, broken."""

import logging
from datetime import timedelta
from random import Random

import pytest

from bot.channel import Gone, Later, Refused, Unknown
from bot.retry import CAP, LIMIT, next_try
from bot.settling import Happened
from storage.tables import Inbox, Sending
from tests.delivery.world import BUSINESS, MINUTE, SECOND, world
from tests.fakes import Fault


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
        root = w.post("root")
        w.drain()
        w.channel.then(Later(timedelta(seconds=30)))
        reply = w.post("reply", root=root)
        w.drain()
        w.post("another thread")
        w.post("elsewhere", place="b")
        w.later(29 * SECOND)
        assert w.channel.said() == ["root", "reply", "elsewhere"]
        w.later(SECOND)
        assert w.channel.said() == ["root", "reply", "elsewhere", "reply", "another thread"]
        assert w.row(reply).attempts == 0


def test_the_longest_pause_of_a_place_counts(database):
    with world(database) as w:
        root = w.post("root")
        w.drain()
        w.channel.then(Later(timedelta(seconds=30)), Later(timedelta(seconds=5)))
        w.post("reply", root=root)
        w.post("next")
        w.drain()
        w.later(29 * SECOND)
        assert len(w.channel.said()) == 3
        w.later(SECOND)
        assert len(w.channel.said()) == 5


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
        w.drain()
        assert w.row(reply).state == Sending.SETTLED
        w.refresh("card", "v3")
        w.later(MINUTE)
        assert w.shown(card) == "v3"
        assert w.row(card).state == Sending.SETTLED


@pytest.mark.parametrize("live", [True, False])
def test_a_live_message_that_was_given_up_comes_when_it_is_wanted_again(database, live):
    with world(database) as w:
        w.channel.then(Refused("too_big"))
        card = w.live("card", "v1")
        below = w.live("below", "answers", root=card)
        reply = w.post("reply", root=card)
        w.drain()
        assert (w.row(card).state, w.row(below).state) == (Sending.REFUSED, Sending.GONE)
        if live:
            assert w.live("card", "v2") == card
        else:
            w.refresh("card", "v2")
        assert w.row(card).attempts == 0
        w.drain()
        assert (w.shown(card), w.shown(below)) == ("v2", "answers")
        assert w.row(reply).state == Sending.GONE  # its words are gone
        w.refresh("card", "v3")
        w.later(MINUTE)
        assert w.shown(card) == "v3"
        assert w.channel.said("post") == ["v1", "v2", "answers"]


def test_what_may_have_gone_twice_is_not_sent_a_third_time(database):
    with world(database) as w:
        card = w.live("card", "v1")
        w.change(card, state=Sending.REFUSED, reason="doubt")
        w.refresh("card", "v2")
        w.drain()
        assert w.channel.calls == []


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


def test_a_long_thread_whose_root_is_gone_ends_at_once(database):
    with world(database) as w:
        w.channel.then(Gone("kicked"))
        root = w.post("root")
        for number in range(30):
            w.post(f"reply {number}", root=root)
        w.drain()
        assert {row.state for row in w.rows()} == {Sending.GONE}
        assert w.workers.writes <= 4


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
