"""What Slack answers, and what becomes of a post; how fast Samspill calls."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from bot.slack.workspaces import OneWorkspace
from storage.engine import Database
from storage.tables import Sending
from tests.contract.stories import ON_SQLITE
from tests.slack.local import Trouble
from tests.slack.sending import Sends, run

pytestmark = ON_SQLITE

GONE = [
    "cannot_dm_bot",
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "restricted_action",
    "thread_not_found",
    "user_not_found",
]
REFUSED = ["msg_too_long", "invalid_blocks", "missing_scope", "no_text", "something_new"]


@pytest.mark.parametrize(
    ("code", "state"),
    [(each, Sending.GONE) for each in GONE] + [(each, Sending.REFUSED) for each in REFUSED],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
def test_what_will_never_go_ends_at_once_and_holds_up_nothing(
    database: Database, code: str, state: Sending, method: str
) -> None:
    async def story(w: Sends) -> None:
        w.slack.then(method, code)
        place = w.kari.id if method == "conversations.open" else w.room.id
        row, next_one = w.post("en", place), w.post("to", place)
        await w.settle()
        assert (w.row(row).state, w.row(row).reason) == (state, code)
        assert w.row(row).body is None
        assert w.row(next_one).state == Sending.SETTLED

    run(database, story)


@pytest.mark.parametrize(
    "code", ["ratelimited", "service_unavailable", "team_added_to_org", "message_limit_exceeded"]
)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_what_may_go_later_goes_later(database: Database, code: str, method: str) -> None:
    async def story(w: Sends) -> None:
        row = w.live("card", "en", w.room.id)
        if method == "chat.update":
            await w.settle()
            w.refresh("card", "to")
        w.slack.then(method, code)
        await w.settle()
        assert w.texts() == ["to" if method == "chat.update" else "en"]
        assert w.row(row).attempts == 0  # nothing has failed

    run(database, story)


@pytest.mark.parametrize("code", ["account_inactive", "invalid_auth", "token_revoked"])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "conversations.open"])
def test_what_slack_takes_no_token_for_waits_for_a_new_one(
    database: Database, code: str, method: str
) -> None:
    async def story(w: Sends) -> None:
        place = w.kari.id if method == "conversations.open" else w.room.id
        row = w.live("card", "en", place)
        if method == "chat.update":
            await w.settle()
            w.refresh("card", "to")
        w.slack.then(method, code)
        await w.settle()
        assert (w.row(row).state, w.row(row).attempts) == (Sending.SETTLED, 0)
        assert w.checked == [w.team.id]

    run(database, story)


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("chat.update", "message_not_found"),
        ("chat.update", "channel_not_found"),
        ("chat.delete", "message_not_found"),
        ("chat.delete", "channel_not_found"),
    ],
)
def test_a_change_of_what_is_gone_is_over(database: Database, method: str, code: str) -> None:
    async def story(w: Sends) -> None:
        w.live("card", "en", w.room.id)
        await w.settle()
        w.slack.then(method, code)
        w.refresh("card", "to" if method == "chat.update" else None)
        await w.settle()
        assert len(w.called(method)) == 1

    run(database, story)


def test_slack_is_not_called_before_it_said(database: Database) -> None:
    async def story(w: Sends) -> None:
        w.slack.api.retry_after = 90
        w.slack.then("chat.postMessage", Trouble.LIMITED)
        other = w.slack.channel("andre", w.team, w.kari)
        w.post("en")
        await w.delivery.drain()
        w.post("to", other.id)
        for _ in range(89):
            w.clock.forward(timedelta(seconds=1))
            await w.delivery.drain()
            assert len(w.called("chat.postMessage")) == 1
        await w.settle()
        assert (w.texts(), w.texts(other)) == (["en"], ["to"])

    run(database, story)


def test_a_post_a_second_in_a_channel(database: Database) -> None:
    async def story(w: Sends) -> None:
        for n in range(12):
            w.post(f"{n}")
        went: list[datetime] = []
        while w.rows(Sending.WAITING):
            await w.delivery.drain()
            went += [w.clock.wall()] * (len(w.called("chat.postMessage")) - len(went))
            w.clock.forward(timedelta(milliseconds=250))
        assert max(Counter(went).values()) == 1
        assert went[-1] - went[0] == timedelta(seconds=11)
        assert w.texts() == [f"{n}" for n in range(12)]

    run(database, story, paced=True)


def test_three_hundred_reminders_go_without_slack_having_to_say_stop(database: Database) -> None:
    async def story(w: Sends) -> None:
        people = [w.slack.person(w.team, f"Person {n}") for n in range(300)]
        rows = [w.post(f"Hei {each.id}", each.id) for each in people]
        began = w.clock.wall()
        while w.rows(Sending.WAITING):
            await w.delivery.drain()
            w.clock.forward(timedelta(seconds=3))
        assert {w.row(each).state for each in rows} == {Sending.SETTLED}
        assert all(w.texts(w.direct(each)) == [f"Hei {each.id}"] for each in people)
        assert [each for each in w.slack.api.calls if each.status == 429] == []
        assert w.clock.wall() - began < timedelta(minutes=7)  # 50 conversations a minute

    run(database, story, paced=True)


def test_a_stop_in_one_workspace_holds_up_no_other(database: Database) -> None:
    async def story(w: Sends) -> None:
        w.slack.api.retry_after = 600
        there = w.slack.workspace("Elveby")
        per = w.slack.person(there, "Per")
        other = w.slack.channel("elveby", there, per)
        w.slack.then("chat.postMessage", Trouble.LIMITED)
        w.post("en")
        await w.delivery.drain()
        for n in range(3):
            w.post(f"{n}", other.id)
            w.post(f"direkte {n}", per.id)
        for _ in range(5):
            await w.delivery.drain()
            w.clock.forward(timedelta(seconds=1))
        assert w.texts(other) == ["0", "1", "2"]
        assert len(w.texts(w.direct(per))) == 3
        assert w.texts() == []
        await w.settle()
        assert w.texts() == ["en"]

    run(database, story)


def test_what_is_sent_while_slack_was_never_reached_waits(database: Database) -> None:
    """After a start: which workspace the token is for is not known yet."""

    async def story(w: Sends) -> None:
        w.client_of = OneWorkspace(w.team.app.token, w.slack.base_url).client
        w.slack.then("auth.test", Trouble.DROP, Trouble.ERROR_500)
        row = w.post("en")
        for _ in range(2):
            await w.delivery.drain()
            assert w.row(row).state == Sending.WAITING
            w.clock.forward(timedelta(minutes=5))
        await w.settle()
        assert w.texts() == ["en"]

    run(database, story)


def test_what_waited_when_we_started_goes_before_we_have_heard_from_slack(
    database: Database,
) -> None:
    async def story(w: Sends) -> None:
        per = w.slack.person(w.team, "Per")
        w.client_of = OneWorkspace(w.team.app.token, w.slack.base_url).client
        rows = [w.post("en"), w.post("to", w.kari.id), w.post("tre", per.id)]
        await w.delivery.drain()
        assert {w.row(each).state for each in rows} == {Sending.SETTLED}
        assert len(w.called("auth.test")) == 1

    run(database, story)


async def nowhere(_: str) -> None:
    """No client for any workspace."""


def test_where_samspill_is_not_installed_nothing_is_sent(database: Database) -> None:
    async def story(w: Sends) -> None:
        w.slack.post.hold()
        rows = [w.post("en"), w.post("to", w.kari.id)]
        w.client_of = nowhere
        await w.settle()
        assert {w.row(each).reason for each in rows} == {"no_installation"}
        assert w.slack.api.calls == []

    run(database, story)


@pytest.mark.parametrize("ending", ["uninstall", "revoke"])
def test_a_workspace_that_ended_it_gets_nothing_more(database: Database, ending: str) -> None:
    async def story(w: Sends) -> None:
        w.post("en")
        await w.settle()
        await getattr(w.slack, ending)(w.team)
        there = w.slack.workspace("Elveby")
        other = w.slack.channel("elveby", there, w.slack.person(there, "Per"))
        rows = [w.post("to"), w.post("tre", w.kari.id), w.live("card", "fire", w.room.id)]
        w.post("fem", other.id)
        await w.settle()
        assert {w.row(each).state for each in rows} == {Sending.GONE}
        assert (w.texts(), w.texts(other)) == (["en"], ["fem"])

    run(database, story)
