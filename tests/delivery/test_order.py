"""In which order things go out, and how edits come together."""

import asyncio
from datetime import timedelta

from bot.delivery import Limits
from storage.tables import Kind, Sending
from tests.delivery.world import MINUTE, SECOND, until, world
from tests.fakes import FakeChannel


def test_posts_of_a_thread_go_in_the_order_they_were_said(database):
    with world(database) as w:
        root = w.post("root")
        said = [f"reply {number}" for number in range(20)]
        for text in said:
            w.post(text, root=root)
        w.drain()
        assert w.channel.said() == ["root", *said]
        thread = w.row(root).platform_id
        assert {call.thread for call in w.channel.calls[1:]} == {thread}


def test_a_post_that_must_wait_holds_up_its_own_conversation_only(database):
    with world(database) as w:
        w.post("first")
        w.post("second")
        w.post("elsewhere", place="b")
        w.change(w.rows()[0].id, not_before=w.clock.wall() + MINUTE)
        w.drain()
        assert w.channel.said() == ["elsewhere"]
        w.later(MINUTE)
        assert w.channel.said() == ["elsewhere", "first", "second"]


def test_a_reply_waits_until_its_root_is_there(database):
    with world(database) as w:
        root = w.post("root")
        w.post("reply", root=root)
        w.change(root, not_before=w.clock.wall() + MINUTE)
        w.drain()
        assert w.channel.said() == []
        w.later(MINUTE)
        assert w.channel.said() == ["root", "reply"]


def test_a_new_question_goes_before_opened_answers(database):
    channel = FakeChannel(post_gap=SECOND)
    with world(database, channel) as w:
        root = w.live("q1", "question 1")
        w.drain()
        for number in range(3):
            w.live(f"page{number}", f"answers {number}", root=root, rank=60)
        w.live("q2", "question 2", rank=10)
        for _ in range(4):
            w.later(SECOND)
        assert channel.said() == ["question 1", "question 2", "answers 0", "answers 1", "answers 2"]


def test_posts_go_before_edits_and_edits_before_marks(database):
    with world(database, FakeChannel(edit_gap=timedelta(0))) as w:
        w.live("card", "v1")
        w.drain()
        w.channel.calls.clear()
        w.mark("m1")
        w.refresh("card", "v2")
        w.post("new", place="b")
        w.delivery = w.another(limits=Limits(at_once=1))
        w.drain()
        assert [call.what for call in w.channel.calls] == ["post", "update", "mark"]


def test_posts_in_one_place_keep_their_distance(database):
    channel = FakeChannel(post_gap=SECOND)
    with world(database, channel) as w:
        root = w.post("root")
        w.drain()
        w.post("reply", root=root)
        w.post("next")
        w.post("elsewhere", place="b")
        w.drain()
        assert channel.said() == ["root", "elsewhere"]
        w.later(SECOND)
        assert channel.said() == ["root", "elsewhere", "reply"]
        w.later(SECOND / 2)
        assert len(channel.said()) == 3
        w.later(SECOND / 2)
        assert channel.said()[-1] == "next"


def test_edits_come_together_and_show_the_latest(database):
    with world(database) as w:
        card = w.live("card", "v1")
        w.drain()
        for number in range(2, 30):
            w.refresh("card", f"v{number}")
        w.later(3 * SECOND)
        assert w.channel.said("update") == ["v29"]
        row = w.row(card)
        assert (row.state, row.sent, row.wanted) == (Sending.SETTLED, 29, 29)


def test_an_edit_goes_at_once_when_idle_else_after_the_gap(database):
    with world(database) as w:
        w.live("card", "v1")
        w.drain()
        w.clock.forward(MINUTE)
        w.refresh("card", "v2")
        w.drain()
        assert w.channel.said("update") == ["v2"]
        w.refresh("card", "v3")
        w.later(2 * SECOND)
        assert w.channel.said("update") == ["v2"]
        w.later(SECOND)
        assert w.channel.said("update") == ["v2", "v3"]


def test_a_change_while_sending_is_sent_after(database):
    with world(database) as w:
        card = w.live("card", "v1")
        w.during_render = lambda: w.refresh("card", "v2")
        w.drain()
        w.during_render = None
        assert w.channel.said() == ["v1"]
        assert w.row(card).state == Sending.WAITING
        w.later(3 * SECOND)
        assert w.channel.said("update") == ["v2"]
        assert w.row(card).state == Sending.SETTLED


def test_waiting_edits_of_many_messages_take_turns(database):
    """One that changes all the time does not keep the others from being shown."""
    with world(database) as w:
        w.delivery = w.another(limits=Limits(at_once=1))
        for name in "xyz":
            w.live(name, f"{name}1", place=name)
        w.drain()
        w.clock.forward(MINUTE)
        w.refresh("x", "x2")
        w.drain()
        for name in "xyz":
            w.refresh(name, f"{name}3")
        w.later(3 * SECOND)
        assert w.channel.said("update") == ["x2", "y3", "z3", "x3"]


def test_different_conversations_are_sent_side_by_side_but_not_all_at_once(database):
    with world(database) as w:
        for number in range(80):
            w.post(f"p{number}", place=f"place{number}")

        async def go():
            w.channel.gate = asyncio.Event()
            going = asyncio.create_task(w.delivery.drain())
            await until(lambda: len(w.channel.calls) == 32)
            w.channel.gate.set()
            await going

        asyncio.run(go())
        assert w.channel.most_at_once == 32
        assert len({*w.channel.said()}) == 80


def test_nothing_is_said_in_a_place_we_were_taken_out_of(database):
    with world(database) as w:
        w.post("first")
        w.change_place("a", removed_at=w.clock.now())
        w.drain()
        assert w.channel.calls == []
        w.change_place("a", removed_at=None)
        w.drain()
        assert w.channel.said() == ["first"]


def test_rows_of_a_platform_that_is_off_wait(database):
    with world(database) as w:
        w.place("far", platform="off")
        row = w.post("hello", place="far")
        w.drain()
        assert w.row(row).state == Sending.WAITING


def test_a_direct_message_is_addressed_as_one(database):
    with world(database) as w:
        w.place("dm", direct=True)
        w.post("hello", place="dm")
        w.post("hello all")
        w.drain()
        assert {call.channel: call.direct for call in w.channel.calls} == {"dm": True, "a": False}


def test_a_post_is_emptied_once_it_has_gone(database):
    with world(database) as w:
        row = w.post("hello")
        assert w.row(row).body is not None
        w.drain()
        after = w.row(row)
        assert after.body is None
        assert (after.kind, after.state, after.sent) == (Kind.POST, Sending.SETTLED, 1)
        assert after.sent_at == w.clock.now()


def test_a_removed_post_goes_away_and_takes_its_thread_with_it(database):
    with world(database) as w:
        root = w.post("root")
        w.drain()
        w.remove(root)
        w.drain()
        assert w.shown(root) == ""
        reply = w.post("reply", root=root)
        w.drain()
        assert (w.row(reply).state, w.row(reply).reason) == (Sending.GONE, "root")


def test_a_post_removed_before_it_went_is_never_sent(database):
    with world(database) as w:
        w.remove(w.post("oops"))
        w.drain()
        assert w.channel.calls == []
        assert [row.body for row in w.rows()] == [None]


def test_a_live_message_with_nothing_to_show_goes_away_and_comes_back(database):
    with world(database) as w:
        card = w.live("card", None)
        w.drain()
        assert w.channel.calls == []
        w.refresh("card", "here")
        w.later(MINUTE)
        w.refresh("card", None)
        w.later(MINUTE)
        assert w.row(card).platform_id is None
        w.refresh("card", "again")
        w.later(MINUTE)
        assert [call.what for call in w.channel.calls] == ["post", "remove", "post"]
        assert w.row(card).platform_id is not None
        assert len({call.key for call in w.channel.calls if call.what == "post"}) == 2
