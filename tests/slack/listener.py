"""An app that only listens: it checks Slack's signatures and answers as the test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes import FakeClock
from tests.slack.local import LocalSlack, Team, User, local_slack

BUTTON = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "round:next:7",
            "value": "7",
            "text": {"type": "plain_text", "text": "Neste"},
        }
    ],
}


@dataclass
class Listener:
    """What came in: payloads in order, each with the headers of its request."""

    secret: str
    now: Callable[[], datetime]
    came: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: Any = ""
    statuses: list[int] = field(default_factory=list)  # of the next answers; then 200
    no_retry: bool = False  # whether answers ask for nothing again

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The inner events of a type, in order of arrival."""
        events = [each["event"] for each in self.came if "event" in each]
        return [each for each in events if each["type"] == kind]

    async def take(self, request: web.Request) -> web.Response:
        """One request."""
        body = await request.text()
        stands_still = Clock()
        stands_still.now = lambda: self.now().timestamp()  # type: ignore[method-assign]
        verifier = SignatureVerifier(self.secret, stands_still)
        if not verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        form = dict(parse_qsl(body, keep_blank_values=True)) if body[0] != "{" else {}
        whole = form.get("payload", body)
        self.came.append(json.loads(whole) if whole[0] == "{" else form)
        self.headers.append(dict(request.headers))
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"X-Slack-No-Retry": "1"} if self.no_retry else {}
        return web.json_response(self.answer, status=status, headers=headers)


@dataclass
class Stage:
    """A Slack with a workspace of two people, and the listening app."""

    clock: FakeClock
    slack: LocalSlack
    listener: Listener
    team: Team
    kari: User
    ola: User

    def client(self, team: Team | None = None) -> AsyncWebClient:
        """The app's client in a workspace."""
        token = (team or self.team).app.token
        return AsyncWebClient(token, base_url=self.slack.base_url, retry_handlers=[], timeout=30)


@asynccontextmanager
async def stage(*, paced: bool = False) -> AsyncIterator[Stage]:
    """All of it, running."""
    clock = FakeClock()
    async with local_slack(
        clock.now,
        stamp=lambda: clock.now().timestamp(),
        paced=paced,
    ) as slack:
        listener = Listener(slack.state.signing_secret, clock.now)
        app = web.Application()
        app.add_routes([web.post("/slack/events", listener.take)])
        async with TestServer(app) as server:
            slack.events_at = str(server.make_url("/slack/events"))
            team = slack.workspace("Nav")
            kari = slack.person(team, "Kari Nordmann", "Kari")
            ola = slack.person(team, "Ola Hansen", locale="nn-NO")
            yield Stage(clock, slack, listener, team, kari, ola)
            await slack.quiet()


def run(act: Callable[[Stage], Awaitable[object]], *, paced: bool = False) -> None:
    """Play a test on a stage of its own."""

    async def play() -> None:
        async with stage(paced=paced) as made:
            await act(made)

    asyncio.run(play())


async def refused(call: Awaitable) -> str:
    """The code of Slack's no; anything else fails the test."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]
