"""The local Slack's way to the app: signatures, events for what people do, retries, sockets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.listener import Stage, run
from tests.slack.local import at


def test_everything_is_signed() -> None:
    async def act(made: Stage) -> None:
        room = made.slack.channel("digital-vei", made.team, made.kari)
        await made.slack.say(made.kari, room, "hei")
        assert made.slack.post.sent[-1].answer.ok
        made.listener.secret = "another"
        assert (await made.slack.shortcut(made.kari, "menu")).status == 401
        await made.slack.say(made.kari, room, "hei")
        assert [each.answer.status for each in made.slack.post.unacknowledged] == [401, 401]
        assert len(made.listener.came) == 1

    run(act)


def test_a_mention_comes_as_two_events_about_one_message() -> None:
    async def act(made: Stage) -> None:
        slack, bot = made.slack, made.team.app.bot
        room = slack.channel("digital-vei", made.team, made.kari)
        await slack.say(made.kari, room, f"{at(bot)} er 1 < 2 & sant? <@U1> https://nav.no/a.")
        message, mention = made.listener.came
        assert [message["event"]["type"], mention["event"]["type"]] == ["message", "app_mention"]
        assert message["event"]["ts"] == mention["event"]["ts"]
        assert message["event_id"] != mention["event_id"]
        assert (await slack.say(made.kari, room, "fint 🙂")).text == "fint :slightly_smiling_face:"
        text = f"<@{bot.id}> er 1 &lt; 2 &amp; sant? &lt;@U1&gt; <https://nav.no/a>."
        assert message["event"]["text"] == text
        await slack.say(made.kari, slack.direct(made.kari), f"{at(bot)} hei")
        assert made.listener.came[-1]["event"]["channel_type"] == "im"
        assert len(made.listener.came) == 4

    run(act)


def test_edits_and_deletions_are_told_also_those_of_the_app() -> None:
    async def act(made: Stage) -> None:
        slack, client = made.slack, made.client()
        room = slack.channel("digital-vei", made.team, made.kari)
        said = await slack.say(made.kari, room, "hei")
        await slack.edit(said, "hallo")
        changed = made.listener.events("message")[-1]
        assert changed["subtype"] == "message_changed"
        assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("hei", "hallo")
        ours = await client.chat_postMessage(channel=room.id, text="en", thread_ts=said.ts)
        await client.chat_update(channel=room.id, ts=ours["ts"], text="to")
        await slack.quiet()
        by_us = made.listener.events("message")[-1]["message"]
        assert (by_us["text"], by_us["bot_id"]) == ("to", made.team.app.bot_id)
        await slack.delete(said)  # it has a reply: a stone stays
        stone = made.listener.events("message")[-1]
        assert (stone["subtype"], stone["message"]["subtype"]) == ("message_changed", "tombstone")
        assert stone["message"]["user"] == "USLACKBOT"
        await client.chat_delete(channel=room.id, ts=ours["ts"])  # the last reply: it goes as well
        await slack.quiet()
        gone = made.listener.events("message")[-2:]
        assert [each["subtype"] for each in gone] == ["message_deleted", "message_deleted"]
        assert {each["deleted_ts"] for each in gone} == {ours["ts"], said.ts}
        assert slack.sees(made.kari, room) == []

    run(act)


def test_what_is_not_acknowledged_is_sent_again_by_the_clock() -> None:
    async def act(made: Stage) -> None:
        slack, came = made.slack, made.listener.came
        room = slack.channel("digital-vei", made.team, made.kari)
        made.listener.statuses = [500] * 4
        await slack.say(made.kari, room, "hei")
        for wait in (0, 60, 300, 3600):
            made.clock.forward(timedelta(seconds=wait - 1))
            before = len(came)
            if wait:
                await slack.post.retry()
            assert len(came) == before  # not yet
            made.clock.forward(timedelta(seconds=1))
            await slack.post.retry()
        assert len({each["event_id"] for each in came}) == 1
        numbers = [each.get("X-Slack-Retry-Num") for each in made.listener.headers]
        assert numbers == [None, "1", "2", "3"]
        assert made.listener.headers[-1]["X-Slack-Retry-Reason"] == "http_error"
        made.listener.statuses = [500]
        await slack.shortcut(made.kari, "menu")
        await slack.post.retry()
        assert len(came) == 5  # interactions come once

    run(act)


def test_events_come_twice_late_and_in_the_wrong_order() -> None:
    async def act(made: Stage) -> None:
        slack, came = made.slack, made.listener.came
        room = slack.channel("digital-vei", made.team, made.kari)
        slack.post.twice()
        await slack.say(made.kari, room, "to ganger")
        assert came[0] == came[1]
        slack.post.hold()
        first = await slack.say(made.kari, room, "først")
        await slack.edit(first, "endret")
        assert len(came) == 2
        await slack.post.release(backwards=True)
        assert [each["event"].get("subtype") for each in came[2:]] == ["message_changed", None]
        assert came[3]["event"]["text"] == "først"
        await slack.shortcut(made.kari, "menu")
        await slack.post.repeat()
        assert came[-1] == came[-2]

    run(act)


def test_a_websocket_carries_the_same() -> None:
    async def act(made: Stage) -> None:
        slack = made.slack
        room = slack.channel("digital-vei", made.team, made.kari)
        came: list[SocketModeRequest] = []

        async def take(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
            came.append(request)
            payload = {"text": "Hei"} if request.type == "slash_commands" else None
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

        web_client = AsyncWebClient(base_url=slack.base_url)
        client = SocketModeClient(slack.state.app_token, web_client=web_client)
        client.socket_mode_request_listeners.append(take)
        await client.connect()
        try:
            await slack.sockets.linked()
            await slack.say(made.kari, room, "hei")
            answer = await slack.command(made.kari, room, "/samspill", "hjelp")
            await slack.sockets.disconnect()
            assert not slack.sockets.connected
            link = (await web_client.apps_connections_open(app_token=slack.state.app_token))["url"]
            async with ClientSession() as session:
                async with session.ws_connect(link) as again:
                    assert (await again.receive_json())["type"] == "hello"
                with pytest.raises(WSServerHandshakeError):  # it lets in once
                    await session.ws_connect(link)
        finally:
            await client.close()
        assert [each.type for each in came] == ["events_api", "slash_commands"]
        assert answer.body == {"text": "Hei"}
        assert slack.sees(made.kari, room)[-1].ephemeral
        assert made.listener.came == []

    run(act)


def test_files_broadcasts_and_signs_are_told() -> None:
    async def act(made: Stage) -> None:
        slack = made.slack
        room = slack.channel("digital-vei", made.team, made.kari)
        root = await slack.share_file(made.kari, room, "plan.pdf", b"abc", "se her")
        shared = made.listener.events("message")[-1]
        assert (shared["subtype"], shared["text"]) == ("file_share", "se her")
        assert shared["files"][0]["name"] == "plan.pdf"
        await slack.broadcast(made.kari, room, "til alle", root)
        told = made.listener.events("message")[-1]
        assert (told["subtype"], told["root"]["ts"]) == ("thread_broadcast", root.ts)
        await slack.react(made.kari, root, "eyes")
        assert made.listener.events("reaction_added")[0]["item"]["ts"] == root.ts
        assert [each.text for each in slack.sees(made.kari, room)] == ["se her", "til alle"]
        assert slack.sees(made.kari, room)[0].reactions == ("eyes",)

    run(act)


def test_who_is_woken_is_seen() -> None:
    async def act(made: Stage) -> None:
        slack, client = made.slack, made.client()
        room = slack.channel("digital-vei", made.team, made.kari)
        typed = await slack.say(made.kari, room, "<!channel> <@U000001>")
        assert slack.wakes(typed) == set()  # typed, not picked from a list
        for text, woken in (("<!channel>", {"channel"}), ("&lt;!here&gt;", set())):
            answer = await client.chat_postMessage(channel=room.id, text=text)
            assert slack.wakes(room.messages[answer["ts"]]) == woken
        inside = {"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "here"}]}
        loud = await client.chat_postMessage(
            channel=room.id, text="x", blocks=[{"type": "rich_text", "elements": [inside]}]
        )
        assert slack.wakes(room.messages[loud["ts"]]) == {"here"}

    run(act)


def test_an_edit_that_names_the_app_is_a_mention() -> None:
    async def act(made: Stage) -> None:
        slack, bot = made.slack, made.team.app.bot
        room = slack.channel("digital-vei", made.team, made.kari)
        said = await slack.say(made.kari, room, "neste")
        await slack.edit(said, f"{at(bot)} neste")
        await slack.edit(said, f"{at(bot)} neste!")
        assert len(made.listener.events("app_mention")) == 1

    run(act)


def test_an_address_must_give_the_challenge_back() -> None:
    async def act(made: Stage) -> None:
        assert not await made.slack.post.challenge()
        made.listener.answer = made.listener.came[-1]["challenge"].replace("1", "2")
        assert await made.slack.post.challenge()

    run(act)


def test_nothing_is_sent_again_to_who_asks_for_that() -> None:
    async def act(made: Stage) -> None:
        room = made.slack.channel("digital-vei", made.team, made.kari)
        made.listener.statuses, made.listener.no_retry = [500], True
        await made.slack.say(made.kari, room, "hei")
        await made.slack.post.retry()
        assert len(made.listener.came) == 1

    run(act)
