"""Marks and removals, and what stands in for what a channel lacks."""

from bot.channel import Gone, Sent
from storage.tables import Sending
from tests.delivery.world import MINUTE, SECOND, world
from tests.fakes import FakeChannel


def test_old_marks_are_dropped_and_fresh_ones_sent(database):
    with world(database) as w:
        old = w.mark("m1")
        w.clock.forward(5 * MINUTE + SECOND)
        fresh = w.mark("m2")
        w.drain()
        assert [(call.what, call.platform_id) for call in w.channel.calls] == [("mark", "m2")]
        assert (w.row(old).state, w.row(old).reason) == (Sending.GONE, "late")
        assert (w.row(fresh).state, w.row(fresh).body) == (Sending.SETTLED, None)


def test_marks_and_removals_are_no_messages_of_ours(database):
    """Else what is written under a person's message would be taken for an answer to ours."""
    with world(database) as w:
        post, mark = w.post("first"), w.mark("m1")
        w.drain()
        w.remove(post)
        w.channel.then(Sent("m1"))
        w.drain()
        assert w.row(mark).platform_id is None
        assert [row.platform_id for row in w.rows()] == ["fake-1", None, None]


def test_removing_what_is_gone_already_is_done(database):
    with world(database) as w:
        post = w.post("first")
        w.drain()
        w.channel.then(Gone("deleted"))
        w.remove(post)
        w.drain()
        assert w.row(post).state == Sending.GONE
        assert w.rows()[-1].state == Sending.SETTLED


def test_a_change_keeps_its_platform_id_when_the_channel_names_none(database):
    with world(database) as w:
        card = w.live("card", "v1")
        w.drain()
        w.channel.then(Sent(""))
        w.refresh("card", "v2")
        w.later(MINUTE)
        assert w.row(card).platform_id == "fake-1"


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
        assert w.channel.said() == ["first", "v1"]


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
