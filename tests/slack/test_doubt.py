"""Calls to Slack that break: every post stands exactly once, in its place."""

from __future__ import annotations

import pytest

from storage.engine import Database
from storage.tables import Sending
from tests.contract.stories import ON_SQLITE
from tests.slack.local import Channel, Trouble
from tests.slack.sending import Sends, run

pytestmark = ON_SQLITE

LOST = [Trouble.DROP, Trouble.ERROR_500, Trouble.LIMITED]
BROKEN: list[Trouble | str] = [*LOST, Trouble.DONE_THEN_DROP, "fatal_error"]
WHERE = ["channel", "thread", "direct"]
_trouble = pytest.mark.parametrize("trouble", BROKEN, ids=str)
_where = pytest.mark.parametrize("where", WHERE)


class Spot:
    """A channel, a thread or a direct message, to send to and to look at."""

    def __init__(self, sends: Sends, where: str) -> None:
        self.sends = sends
        self.place = sends.kari.id if where == "direct" else sends.room.id
        self.root = sends.post("root") if where == "thread" else None

    async def ready(self) -> Spot:
        await self.sends.settle()
        return self

    def texts(self) -> list[str]:
        """What stands there."""
        channel: Channel | None = None
        if self.place == self.sends.kari.id:
            channel = self.sends.direct()
        thread = self.sends.row(self.root).platform_id if self.root else None
        return self.sends.texts(channel, thread)


@_trouble
@_where
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
def test_a_post_stands_once(
    database: Database, where: str, trouble: Trouble | str, method: str
) -> None:
    async def story(w: Sends) -> None:
        spot = await Spot(w, where).ready()
        w.slack.then(method, trouble, trouble)
        rows = [w.post(text, place=spot.place, root=spot.root) for text in ("en", "to", "tre")]
        await w.settle()
        assert spot.texts() == ["en", "to", "tre"]
        assert {w.row(each).state for each in rows} == {Sending.SETTLED}

    run(database, story)


@_where
@pytest.mark.parametrize("trouble", [*LOST, Trouble.DONE_THEN_DROP, "service_unavailable"], ids=str)
def test_a_post_in_doubt_waits_for_a_look_that_is_itself_hindered(
    database: Database, where: str, trouble: Trouble | str
) -> None:
    async def story(w: Sends) -> None:
        spot = await Spot(w, where).ready()
        for method in ("conversations.history", "conversations.replies"):
            w.slack.then(method, trouble, trouble)
        w.slack.then("chat.postMessage", Trouble.DONE_THEN_DROP)
        w.post("en", place=spot.place, root=spot.root)
        w.post("to", place=spot.place, root=spot.root)
        await w.settle()
        assert spot.texts() == ["en", "to"]
        assert len(w.called("chat.postMessage")) == 2 + (where == "thread")

    run(database, story)


@_where
def test_a_process_that_dies_before_it_heard_of_its_post(database: Database, where: str) -> None:
    async def story(w: Sends) -> None:
        spot = await Spot(w, where).ready()
        w.slack.then("chat.postMessage", Trouble.DONE_THEN_SILENCE)
        row = w.post("en", place=spot.place, root=spot.root)
        w.post("to", place=spot.place, root=spot.root)
        await w.die()
        assert w.row(row).state == Sending.SENDING
        await w.settle()
        assert spot.texts() == ["en", "to"]
        assert w.row(row).platform_id is not None

    run(database, story)


@_where
def test_a_process_that_dies_between_the_record_and_the_post(
    database: Database, where: str
) -> None:
    async def story(w: Sends) -> None:
        spot = await Spot(w, where).ready()
        row = w.post("en", place=spot.place, root=spot.root)
        w.change(row, state=Sending.SENDING, lease="dead", leased_until=w.clock.wall())
        await w.settle()
        assert spot.texts() == ["en"]

    run(database, story)


@_where
@pytest.mark.parametrize("between", [150, 450])
def test_a_post_in_doubt_is_found_under_what_others_wrote_since(
    database: Database, where: str, between: int
) -> None:
    async def story(w: Sends) -> None:
        spot = await Spot(w, where).ready()
        w.slack.then("chat.postMessage", Trouble.DONE_THEN_SILENCE)
        w.post("en", place=spot.place, root=spot.root)
        await w.die()
        channel = w.direct() if where == "direct" else w.room
        root = w.row(spot.root).platform_id if spot.root else None
        for n in range(between):
            await w.slack.say(w.kari, channel, f"melding {n}", root)
        await w.settle()
        assert spot.texts() == ["en"]

    run(database, story)


@pytest.mark.parametrize("trouble", [*BROKEN, Trouble.DONE_THEN_SILENCE], ids=str)
@pytest.mark.parametrize("method", ["chat.update", "chat.delete"])
def test_a_change_arrives_in_the_end(
    database: Database, trouble: Trouble | str, method: str
) -> None:
    async def story(w: Sends) -> None:
        w.live("card", "før", place=w.room.id)
        w.post("annet")
        await w.settle()
        w.slack.then(method, trouble)
        w.refresh("card", "etter" if method == "chat.update" else None)
        if trouble is Trouble.DONE_THEN_SILENCE:
            await w.die()
        await w.settle()
        assert w.texts() == (["etter", "annet"] if method == "chat.update" else ["annet"])

    run(database, story)


@_where
@pytest.mark.parametrize("trouble", [*BROKEN, Trouble.DONE_THEN_SILENCE], ids=str)
@pytest.mark.parametrize("method", ["files.completeUploadExternal", "files.getUploadURLExternal"])
def test_a_file_stands_once(
    database: Database, where: str, trouble: Trouble | str, method: str
) -> None:
    async def story(w: Sends) -> None:
        spot = await Spot(w, where).ready()
        w.slack.then(method, trouble)
        row = w.file("side", spot.place, spot.root)
        if trouble is Trouble.DONE_THEN_SILENCE:
            await w.die()
        await w.settle()
        assert len(spot.texts()) == 1
        assert w.row(row).state == Sending.SETTLED

    run(database, story)


def test_in_a_thread_that_is_gone_nothing_is_looked_for_for_hours(database: Database) -> None:
    async def story(w: Sends) -> None:
        root = w.post("root")
        await w.settle()
        w.slack.then("chat.postMessage", Trouble.DROP, "thread_not_found")
        w.slack.then("conversations.replies", "thread_not_found")
        row = w.post("en", root=root)
        await w.settle()
        assert (w.row(row).state, w.row(row).reason) == (Sending.GONE, "thread_not_found")

    run(database, story)
