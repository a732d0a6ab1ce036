"""Files on their way out: made when sent, sent once, and words instead where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dialogs.messages import File, Message
from storage import outbox
from storage.engine import Db
from storage.tables import Kind, Outbox, Place, Sending
from tests.delivery.world import MINUTE, World, message
from tests.fakes import FakeChannel, Fault


class Filing(World):
    """`record` says what a file has in it; a file's words stand after a stroke."""

    def render(self, db: Db, row: Outbox, place: Place) -> Any:
        shown: Message | None = super().render(db, row, place)
        if row.kind != Kind.FILE or shown is None:
            return shown
        data, _, words = str(self.record[row.argument]).partition("|")
        instead = message(words) if words else None
        return File("nb", f"{row.argument}.html", "text/html", data, data.encode(), instead)

    def file(self, argument: str, content: str | None, root: int | None = None) -> int:
        place = self.place()
        self.record[argument] = content
        with self.database.write() as db:
            outbox.file(
                db,
                place_id=place,
                root_id=root,
                dialog="d",
                name="page",
                argument=argument,
                collaboration_id=None,
                now=self.clock.now(),
            )
        return self.rows()[-1].id


@contextmanager
def filing(database: Any, channel: FakeChannel | None = None) -> Iterator[Filing]:
    made = Filing(database, channel)
    try:
        yield made
    finally:
        made.workers.close()


def test_a_file_goes_once_in_its_thread_and_leaves_nothing_behind(database):
    with filing(database) as w:
        post = w.post("first")
        w.file("one", "SECRET WORDS", post)
        w.file("one", "SECRET WORDS", post)  # said again: the same file
        w.drain()
        w.drain()
        assert [(call.what, call.text) for call in w.channel.calls] == [
            ("post", "first"),
            ("file", "one.html"),
        ]
        row = w.rows()[-1]
        assert (row.kind, row.state, row.platform_id) == (Kind.FILE, Sending.SETTLED, "fake-2")
        assert row.body is None
        assert w.channel.calls[-1].thread == "fake-1"


def test_words_go_instead_where_the_channel_takes_no_files(database):
    with filing(database, FakeChannel(files=False)) as w:
        page = w.file("page", "data|in words")
        word = w.file("word", "data")
        w.drain()
        assert [(call.what, call.text) for call in w.channel.calls] == [("post", "in words")]
        assert [w.row(each).state for each in (page, word)] == [Sending.SETTLED] * 2


def test_a_file_that_the_record_no_longer_makes_is_not_sent(database):
    with filing(database) as w:
        gone = w.file("page", None)
        w.post("next")
        w.drain()
        assert w.row(gone).state == Sending.SETTLED
        assert w.channel.said() == ["next"]


def test_a_file_in_doubt_is_looked_up(database):
    with filing(database) as w:
        page = w.file("page", "data")
        w.channel.then(Fault.SEND_THEN_RAISE)
        w.drain()
        assert w.row(page).platform_id is None
        w.later(MINUTE)
        assert [call.what for call in w.channel.calls] == ["file", "find"]
        assert (w.row(page).state, w.row(page).platform_id) == (Sending.SETTLED, "fake-1")


def test_files_keep_their_place_among_posts(database):
    with filing(database) as w:
        w.file("page", "data")
        w.post("after")
        w.drain()
        assert [call.what for call in w.channel.calls] == ["file", "post"]
