"""The local Slack behaves like Slack: messages, what is refused, pace, and trouble."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiohttp import ServerDisconnectedError
from slack_sdk.errors import SlackApiError

from tests.slack.listener import BUTTON, Stage, refused, run
from tests.slack.local import Trouble
from tests.slack.local.words import typed


def test_addresses_in_typed_text_are_marked() -> None:
    written, [block] = typed("Se https://nav.no. Skriv til (kari.nordmann+post@post.nav.no)")
    address = "kari.nordmann+post@post.nav.no"
    assert written == f"Se <https://nav.no>. Skriv til (<mailto:{address}|{address}>)"
    urls = [each.get("url") for each in block["elements"][0]["elements"]]
    assert urls == [None, "https://nav.no", None, f"mailto:{address}", None]


def test_timestamps_increase_in_a_channel_while_the_clock_stands_still() -> None:
    async def act(made: Stage) -> None:
        one = made.slack.channel("en", made.team, made.kari)
        two = made.slack.channel("to", made.team, made.kari)
        said = [await made.slack.say(made.kari, one, f"nr {n}") for n in range(3)]
        answer = await made.client().chat_postMessage(channel=one.id, text="og en til")
        stamps = [each.ts for each in said] + [answer["ts"]]
        assert len(set(stamps)) == 4
        assert stamps == sorted(stamps)
        other = await made.slack.say(made.kari, two, "samtidig")
        assert other.ts == stamps[0]  # unique in its channel, and nowhere else

    run(act)


def test_a_person_sees_channels_threads_and_what_is_for_their_eyes_only() -> None:
    async def act(made: Stage) -> None:
        slack, client = made.slack, made.client()
        room = slack.channel("digital-vei", made.team, made.kari, made.ola)
        root = await slack.say(made.kari, room, "Hei & <b>")
        post = client.chat_postMessage
        await post(channel=room.id, thread_ts=root.ts, text="svar")
        await post(channel=room.id, thread_ts=root.ts, text="til alle", reply_broadcast=True)
        secret = await client.chat_postEphemeral(channel=room.id, user=made.ola.id, text="bare Ola")
        assert [each.text for each in slack.sees(made.kari, room)] == ["Hei & <b>", "til alle"]
        assert [each.text for each in slack.sees(made.ola, room)][-1] == "bare Ola"
        assert slack.sees(made.ola, room)[-1].ephemeral
        assert [each.text for each in slack.sees(made.kari, room, root)][1:] == ["svar", "til alle"]
        history = await client.conversations_history(channel=room.id)
        assert [each["text"] for each in history["messages"]] == ["til alle", "Hei &amp; &lt;b&gt;"]
        ts = secret["message_ts"]
        assert await refused(client.chat_update(channel=room.id, ts=ts, text="x")) == (
            "message_not_found"
        )
        stranger = slack.person(slack.workspace("KS"), "Siri Berg")
        assert slack.sees(stranger, room) == []
        assert await refused(
            client.chat_postEphemeral(channel=room.id, user=stranger.id, text="x")
        ) == ("user_not_found")

    run(act)


def test_metadata_is_found_again_in_history_and_threads() -> None:
    async def act(made: Stage) -> None:
        client = made.client()
        room = made.slack.channel("digital-vei", made.team, made.kari)
        kept = {"event_type": "samspill", "event_payload": {"key": "k1"}}
        root = await client.chat_postMessage(channel=room.id, text="a", metadata=kept)
        for n in range(3):
            await client.chat_postMessage(channel=room.id, text=f"{n}", thread_ts=root["ts"])
        found = await client.conversations_history(channel=room.id, include_all_metadata=True)
        assert found["messages"][0]["metadata"] == kept
        hidden = await client.conversations_history(channel=room.id)
        assert "metadata" not in hidden["messages"][0]
        page = await client.conversations_replies(channel=room.id, ts=root["ts"], limit=3)
        assert [each["text"] for each in page["messages"]] == ["a", "0", "1"]
        cursor = page["response_metadata"]["next_cursor"]
        rest = await client.conversations_replies(channel=room.id, ts=root["ts"], cursor=cursor)
        assert [each["text"] for each in rest["messages"]] == ["2"]

    run(act)


def test_what_may_not_be_done_is_refused_in_slacks_words() -> None:
    async def act(made: Stage) -> None:
        slack, client = made.slack, made.client()
        room = slack.channel("digital-vei", made.team, made.kari)
        outside = slack.channel("andre", made.team, made.kari, bot=False)
        hidden = slack.channel("lukket", made.team, made.kari, kind="group", bot=False)
        said = await slack.say(made.kari, room, "mitt")
        post, update = client.chat_postMessage, client.chat_update
        assert await refused(post(channel="C404", text="x")) == "channel_not_found"
        assert await refused(post(channel=outside.id, text="x")) == "not_in_channel"
        assert await refused(post(channel=hidden.id, text="x")) == "channel_not_found"
        assert await refused(update(channel=room.id, ts=said.ts, text="x")) == "cant_update_message"
        assert await refused(client.users_info(user="U404")) == "user_not_found"
        await client.reactions_add(channel=room.id, timestamp=said.ts, name="eyes")
        again = client.reactions_add(channel=room.id, timestamp=said.ts, name="eyes")
        assert await refused(again) == "already_reacted"
        await slack.archive(room, made.kari)
        assert await refused(post(channel=room.id, text="x")) == "is_archived"
        await slack.deactivate(made.ola)
        assert await refused(client.conversations_open(users=made.ola.id)) == "user_disabled"
        await slack.revoke(made.team)
        assert await refused(post(channel=room.id, text="x")) == "token_revoked"
        client.token = "xoxb-nobody"
        assert await refused(post(channel=room.id, text="x")) == "invalid_auth"

    run(act)


def test_what_slack_would_not_show_is_a_fault() -> None:
    async def act(made: Stage) -> None:
        client = made.client()
        room = made.slack.channel("digital-vei", made.team, made.kari)
        twice = client.chat_postMessage(channel=room.id, text="x", blocks=[BUTTON, BUTTON])
        assert await refused(twice) == "invalid_blocks"
        assert len(made.slack.faults) == 1
        long = client.chat_postMessage(channel=room.id, text="x" * 40_001)
        assert await refused(long) == "msg_too_long"
        assert await refused(client.api_call("chat.typo")) == "unknown_method"
        assert len(made.slack.faults) == 3
        made.slack.faults.clear()  # else the test would fail here

    run(act)
    with pytest.raises(AssertionError, match="no such method"):
        run(lambda made: refused(made.client().api_call("chat.typo")))


def test_too_many_calls_wait_as_long_as_slack_says() -> None:
    async def act(made: Stage) -> None:
        client = made.client()
        room = made.slack.channel("digital-vei", made.team, made.kari)
        other = made.slack.channel("en annen", made.team, made.kari)

        async def post(channel: str) -> int:
            try:
                await client.chat_postMessage(channel=channel, text="x")
            except SlackApiError as error:
                return int(error.response.headers["Retry-After"])
            return 0

        assert [await post(room.id) for _ in range(6)] == [0, 0, 0, 0, 1, 1]
        assert await post(other.id) == 0
        made.clock.forward(timedelta(seconds=2))
        assert [await post(room.id) for _ in range(3)] == [0, 0, 1]
        for _ in range(20):
            await client.users_conversations()
        with pytest.raises(SlackApiError) as caught:
            await client.users_conversations()
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "3"  # 20 a minute
        made.clock.forward(timedelta(seconds=3))
        await client.users_conversations()
        made.slack.pacing.on = False
        assert [await post(room.id) for _ in range(9)] == [0] * 9

    run(act, paced=True)


def test_calls_fail_as_they_are_told_to() -> None:
    async def act(made: Stage) -> None:
        slack, client = made.slack, made.client()
        room = slack.channel("digital-vei", made.team, made.kari)

        async def post(text: str) -> None:
            await client.chat_postMessage(channel=room.id, text=text)

        slack.then("chat.postMessage", Trouble.ERROR_500, Trouble.DROP, Trouble.LIMITED)
        slack.then("chat.postMessage", "restricted_action", Trouble.DONE_THEN_DROP)
        slack.then("chat.postMessage", Trouble.DONE_THEN_SILENCE)
        with pytest.raises(SlackApiError):
            await post("feil")
        with pytest.raises(ServerDisconnectedError):
            await post("brudd")
        with pytest.raises(SlackApiError) as caught:
            await post("vent")
        assert caught.value.response.headers["Retry-After"] == "30"
        assert await refused(post("nei")) == "restricted_action"
        with pytest.raises(ServerDisconnectedError):
            await post("gjort, så brudd")
        silent = asyncio.create_task(post("gjort, så stille"))
        await slack.api.unanswered.wait()
        silent.cancel()
        await asyncio.wait([silent])
        await post("godt")
        texts = [each.text for each in slack.sees(made.kari, room)]
        assert texts == ["gjort, så brudd", "gjort, så stille", "godt"]

    run(act)


def test_a_file_is_shared_and_says_later_which_message_it_became() -> None:
    async def act(made: Stage) -> None:
        client = made.client()
        room = made.slack.channel("digital-vei", made.team, made.kari)
        await client.files_upload_v2(channel=room.id, filename="side.docx", content=b"abc")
        seen = made.slack.sees(made.kari, room)[0]
        assert seen.files == ("side.docx",)
        told = await client.files_info(file=seen.message.files[0].id)
        assert told["file"]["shares"]["public"][room.id] == [{"ts": seen.ts}]

    run(act)


def test_an_app_that_is_sold_reads_little_history() -> None:
    async def act(made: Stage) -> None:
        client, pacing = made.client(), made.slack.pacing
        room = made.slack.channel("digital-vei", made.team, made.kari)
        for n in range(20):
            await made.slack.say(made.kari, room, f"{n}")
        pacing.on = pacing.distributed = True
        page = await client.conversations_history(channel=room.id, limit=200)
        assert len(page["messages"]) == 15
        with pytest.raises(SlackApiError) as caught:
            await client.conversations_history(channel=room.id)
        assert caught.value.response.headers["Retry-After"] == "60"
        pacing.on = pacing.distributed = False
        assert len((await client.conversations_history(channel=room.id))["messages"]) == 20

    run(act)


def test_blocks_stay_when_only_the_text_is_changed() -> None:
    async def act(made: Stage) -> None:
        client = made.client()
        room = made.slack.channel("digital-vei", made.team, made.kari)
        words = {"type": "section", "text": {"type": "plain_text", "text": "gammelt"}}
        post = await client.chat_postMessage(channel=room.id, text="gammelt", blocks=[words])
        await client.chat_update(channel=room.id, ts=post["ts"], text="nytt")
        assert [each.text for each in made.slack.sees(made.kari, room)] == ["gammelt"]
        await client.chat_update(channel=room.id, ts=post["ts"], text="nytt", blocks=[])
        assert [each.text for each in made.slack.sees(made.kari, room)] == ["nytt"]

    run(act)
