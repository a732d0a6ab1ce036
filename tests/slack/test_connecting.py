"""When Slack takes no token: the log says which setting is wrong, and Samspill tries again."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.channel import Address, Later
from bot.slack.installations import Record
from bot.slack.room import RETRY, Access, Slack
from bot.slack.socket_log import socket_log
from bot.workers import Workers
from dialogs.messages import Message, Text
from storage.engine import Database
from storage.secrets import Vault
from tests.contract.stories import ON_SQLITE
from tests.fakes import FakeClock
from tests.slack.local import local_slack


@ON_SQLITE
@pytest.mark.parametrize("setting", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_wrong_token_is_named_and_tried_again(
    database: Database, setting: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        clock, workers, waited = FakeClock(), Workers(database), []
        async with local_slack(clock.now) as slack:
            team = slack.workspace("Nav")
            access = Access(bot_token=team.app.token, app_token="xapp-new", api=slack.base_url)

            async def sleep(seconds: float) -> None:
                waited.append(seconds)
                team.app.dead, slack.state.app_token = "", "xapp-new"  # somebody mends it

            async def take(event: object) -> None:
                raise AssertionError(event)

            if setting == "SLACK_BOT_TOKEN":
                team.app.dead, slack.state.app_token = "invalid_auth", "xapp-new"
            room = Slack(access, take, Record(workers, Vault("k" * 40), clock.now), sleep=sleep)
            await room.start()
            await room.connected()
            assert slack.sockets.connected
            await room.stop()
        workers.close()
        assert waited == [RETRY]

    with caplog.at_level(logging.INFO, "samspill.slack"):
        asyncio.run(story())
    refused, connected = caplog.records
    assert (refused.getMessage(), connected.getMessage()) == (
        "not connected to Slack",
        "connected to Slack",
    )
    assert vars(refused)["setting"] == setting
    assert vars(refused)["error"] in ("invalid_auth", "not_authed")


@ON_SQLITE
def test_what_is_sent_while_the_token_is_revoked_waits_and_the_log_says_why(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        clock, workers = FakeClock(), Workers(database)
        async with local_slack(clock.now) as slack:
            team = slack.workspace("Nav")
            channel = slack.channel("rommet", team)

            async def take(event: object) -> None:
                raise AssertionError(event)

            access = Access(bot_token=team.app.token, signing_secret="s", api=slack.base_url)
            room = Slack(access, take, Record(workers, Vault("k" * 40), clock.now))
            await room.start()
            await room.connected()
            team.app.dead = "token_revoked"
            to = Address("slack", team.id, channel.id)
            outcome = await room.channel.post(to, Message("nb", (Text("Hei"),)), "k")
            assert isinstance(outcome, Later)
            await room.stop()
        workers.close()

    with caplog.at_level(logging.ERROR, "samspill.slack"):
        asyncio.run(story())
    [refused] = caplog.records
    assert refused.getMessage() == "Slack does not take the token"
    assert vars(refused)["setting"] == "SLACK_BOT_TOKEN"
    assert vars(refused)["error"] == "token_revoked"


def test_trouble_with_the_socket_is_told_by_its_kind_and_once_in_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    says = socket_log()
    with caplog.at_level(logging.INFO, "samspill.slack"):
        for _ in range(3):
            says.info("hemmelig")
            try:
                raise ConnectionError("hemmelig")
            except ConnectionError as error:
                says.error(f"Failed to connect (error: {error}); Retrying...")
    [record] = caplog.records
    assert record.getMessage() == "trouble with Socket Mode"
    assert vars(record)["error"] == "ConnectionError"
    assert not record.exc_info
    assert "hemmelig" not in caplog.text
