"""How one person is told something while Slack cannot be reached, or asks for patience."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError

from bot.slack.answers import Answers
from bot.slack.pacing import BURST, TIERS, Pacing
from bot.slack.telling import WAITS, NotTold, Telling, TooLong, tell_at
from bot.slack.workspaces import OneWorkspace
from dialogs.events import Actor, Commanded, Where
from tests.fakes import FakeClock
from tests.slack.local import LocalSlack, Trouble, local_slack
from tests.slack.local.state import Answering

NEXT = 60 / TIERS[4]  # seconds until one more goes
WORDS = {"text": "Takk.", "blocks": []}


def nowhere() -> str:
    """An address where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}/api/"


@dataclass
class Desk:
    """Kari in a channel, and what was waited for."""

    slack: LocalSlack
    back_after: int = 0  # so many waits until Slack can be reached
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.team = self.slack.workspace("Nav")
        self.kari = self.slack.person(self.team, "Kari")
        self.room = self.slack.channel("digital-vei", self.team, self.kari)
        self.workspaces = OneWorkspace(self.team.app.token, self.slack.base_url)
        self.pacing = Pacing(lambda: sum(self.waited))

    async def tells(self, *, direct: bool = False, address: str | None = None) -> None:
        """In the channel, or directly; `address` came with a press."""
        await self.workspaces.connect()
        client = await self.workspaces.client(self.team.id)
        assert client is not None

        async def sleep(seconds: float) -> None:
            self.waited.append(seconds)
            if len(self.waited) == self.back_after:
                client.base_url = self.slack.base_url

        if self.back_after:
            client.base_url = nowhere()
        actor = Actor("slack", self.team.id, self.kari.id)
        channel = self.kari.id if direct else self.room.id
        where = Where("slack", self.team.id, channel, direct=direct)
        event = Commanded("c1", self.slack.state.now(), actor, where, "")
        telling = Telling(self.workspaces, self.pacing, sleep)
        await telling.tell(client, event, dict(WORDS), address)

    def told(self) -> tuple[int, int]:
        """How often in the channel and how often directly."""
        direct = self.slack.direct(self.kari)
        return len(self.room.private), len(direct.messages)


def sit(story: Callable[[Desk], Awaitable[None]]) -> None:
    async def run() -> None:
        async with local_slack(FakeClock().now) as slack:
            await story(Desk(slack))

    asyncio.run(run())


@pytest.mark.parametrize("direct", [False, True], ids=["in the channel", "directly"])
@pytest.mark.parametrize("back_after", [1, len(WAITS)])
def test_what_could_not_go_is_tried_again_and_said_once(direct: bool, back_after: int) -> None:
    async def story(desk: Desk) -> None:
        desk.back_after = back_after
        await desk.tells(direct=direct)
        assert desk.told() == ((0, 1) if direct else (1, 0))
        assert desk.waited == list(WAITS[:back_after])

    sit(story)


def test_it_is_given_up_when_nobody_answers_for_long() -> None:
    async def story(desk: Desk) -> None:
        desk.back_after = len(WAITS) + 1
        with pytest.raises(ClientConnectorError):
            await desk.tells()
        assert desk.waited == list(WAITS)

    sit(story)


@pytest.mark.parametrize(
    ("troubles", "times"),
    [
        ([Trouble.DROP], 1),
        ([Trouble.DONE_THEN_DROP], 2),
        ([Trouble.DONE_THEN_DROP] * 2, 2),
        ([Trouble.DROP] * 2, 0),
    ],
    ids=str,
)
def test_what_is_shown_in_passing_may_be_shown_twice_and_not_thrice(
    troubles: list[Trouble], times: int
) -> None:
    async def story(desk: Desk) -> None:
        desk.slack.then("chat.postEphemeral", *troubles)
        if len(troubles) == 1:
            await desk.tells()
        else:
            with pytest.raises(ClientError):
                await desk.tells()
        assert desk.told() == (times, 0)

    sit(story)


@pytest.mark.parametrize(("drops", "times"), [(1, 1), (2, 0)])
def test_a_broken_connection_to_the_address_of_a_press_is_tried_once_more(
    drops: int, times: int
) -> None:
    """It may be one that was open, and that Slack has closed meanwhile."""

    async def story(desk: Desk) -> None:
        desk.slack.then("chat.postEphemeral", Trouble.LIMITED)
        desk.slack.then("response_url", *[Trouble.DROP] * drops)
        kari, install = desk.kari, desk.team.app
        press = Answering(kari, desk.room, install, desk.slack.state.now(), None)
        desk.slack.state.answering["press"] = press
        with nullcontext() if times else pytest.raises(ClientError):
            await desk.tells(address=f"{desk.slack.api.origin}/response/press")
        assert desk.told() == (times, 0)

    sit(story)


@pytest.mark.parametrize(("trouble", "times"), [(Trouble.DROP, 0), (Trouble.DONE_THEN_DROP, 1)])
def test_nobody_is_called_twice_by_a_direct_message(trouble: Trouble, times: int) -> None:
    async def story(desk: Desk) -> None:
        desk.slack.then("chat.postMessage", trouble)
        with pytest.raises(ClientError):
            await desk.tells(direct=True)
        assert desk.told() == (0, times)
        assert desk.waited == []

    sit(story)


@pytest.mark.parametrize(
    ("seconds", "direct", "told", "waited"),
    [
        (7, False, (1, 0), [7 + NEXT, 7 + NEXT]),
        (30, False, (0, 1), []),  # longer than one waits for an answer: directly then
        (30, True, (0, 1), [30 + NEXT, 30 + NEXT]),
    ],
)
def test_slack_is_given_the_time_it_asks_for(
    seconds: int, direct: bool, told: tuple[int, int], waited: list[float]
) -> None:
    async def story(desk: Desk) -> None:
        desk.slack.api.retry_after = seconds
        method = "chat.postMessage" if direct else "chat.postEphemeral"
        desk.slack.then(method, Trouble.LIMITED, Trouble.LIMITED)
        await desk.tells(direct=direct)
        assert desk.told() == told
        assert desk.waited == pytest.approx(waited)

    sit(story)


def test_whoever_is_told_more_than_slack_takes_waits_their_turn() -> None:
    async def story(desk: Desk) -> None:
        for _ in range(BURST):
            await desk.tells()
        assert desk.waited == []
        await desk.tells()
        assert desk.told() == (BURST + 1, 0)
        assert desk.waited == pytest.approx([NEXT])

    sit(story)


@pytest.mark.parametrize("direct", [False, True], ids=["in the channel", "directly"])
def test_what_would_have_to_wait_too_long_for_its_turn_is_given_up(direct: bool) -> None:
    """It takes no other's turn, and Slack is not asked."""

    async def story(desk: Desk) -> None:
        method = "chat.postMessage" if direct else "chat.postEphemeral"
        desk.pacing.pause(desk.team.id, method, 600)
        with pytest.raises(TooLong):
            await desk.tells(direct=direct)
        assert (desk.told(), desk.waited) == ((0, 0), [])

    sit(story)


def test_it_is_said_when_slack_takes_nothing_more_at_the_address_of_a_press() -> None:
    """After half an hour, or when it was used too often."""

    async def story(desk: Desk) -> None:
        client = await desk.workspaces.client(desk.team.id)
        assert client is not None
        with pytest.raises(NotTold):
            await tell_at(client, f"{desk.slack.api.origin}/response/forgotten", dict(WORDS))

    sit(story)


def test_a_message_that_would_come_much_too_late_is_given_up() -> None:
    async def story(desk: Desk) -> None:
        desk.slack.api.retry_after = 600
        desk.slack.then("chat.postMessage", Trouble.LIMITED)
        with pytest.raises(SlackApiError):
            await desk.tells(direct=True)
        assert (desk.told(), desk.waited) == ((0, 0), [])

    sit(story)


def test_who_stops_does_not_wait_for_what_does_not_go(caplog: pytest.LogCaptureFixture) -> None:
    async def story(desk: Desk) -> None:
        telling = Telling(desk.workspaces, desk.pacing, asyncio.sleep)
        answers, never, goes = Answers(telling), asyncio.Event(), []

        async def stuck() -> None:
            await never.wait()
            goes.append("at last")

        answers.later(stuck())
        await answers.settled(0)
        assert goes == []
        assert "answers are left behind" in caplog.text
        never.set()
        await answers.settled()
        assert goes == ["at last"]

    sit(story)
