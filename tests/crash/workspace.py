"""The Slack that a killed process is in: it stays, in a thread of its own, and counts what it is
asked for.

Each call of a method is a step, such as `chat.postMessage:2:before` (it has arrived, and nothing of
it is done) or `chat.postMessage:2:after` (it is done, and the answer never arrives).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiohttp import web

from bot.demo import FREE, SAMPLES, TENANTS
from bot.slack.manifest import EVENTS, manifest
from tests.crash.process import PATIENCE
from tests.crash.steps import Steps
from tests.slack.local import Channel, LocalSlack, Message, User, View, running
from tests.slack.local.events import Delivery
from tests.slack.local.pacing import Pacing
from tests.slack.local.state import Json, State
from tests.slack.local.words import elements_of
from tests.slack.reading import reading

T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


def furnished() -> State:
    """The demo's five people, all in one workspace, in two channels."""
    slack = LocalSlack.empty(_now)
    team = slack.workspace("Nav")
    for tenant in FREE:
        people = [
            slack.person(team, each.name, each.user) for each in SAMPLES if each.tenant == tenant
        ]
        slack.channel(TENANTS[tenant], team, *people)
    return slack.state


class Workspace:
    """A Slack with what `state` holds. What is asked of it from outside is done in its thread."""

    def __init__(self, state: State) -> None:
        self.slack = LocalSlack(state, Pacing(_now, on=False), time.time, PATIENCE)
        self.slack.configure(manifest("https://samspill.example.org", socket_mode=False))
        self.team = next(iter(state.teams.values()))
        self.steps: Steps | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._running = AsyncExitStack()
        self._thread.start()
        self.do(self._running.enter_async_context(running(self.slack, self._counted)))

    def close(self) -> None:
        """End it; nothing that Slack would not take may have been sent."""
        try:
            self.do(self._running.aclose())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(PATIENCE)
            self._loop.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(2 * PATIENCE)

    def look(self, look: Callable[[], T]) -> T:
        """See something at one moment."""

        async def looked() -> T:
            return look()

        return self.do(looked())

    def kept(self) -> State:
        """All that stands there now, for another day."""
        return self.look(lambda: deepcopy(self.slack.state))

    def reach(self, port: int) -> None:
        """Where Samspill is from now on."""
        self.slack.events_at = f"http://127.0.0.1:{port}{EVENTS}"

    @web.middleware
    async def _counted(self, request: web.Request, handler: Any) -> web.StreamResponse:
        method, steps = request.match_info.get("method", ""), self.steps
        if steps is None or not method:
            response: web.StreamResponse = await handler(request)
            return response
        number = steps.begin(method)
        response = await handler(request)
        steps.end(method, number)
        return response

    # --- who and where --------------------------------------------------------------------------

    def user(self, name: str) -> User:
        """Somebody of the demo."""
        return next(each for each in self.slack.state.users.values() if each.display_name == name)

    def channel_of(self, user: User) -> Channel:
        """The channel that somebody is in."""
        return next(
            each
            for each in self.slack.state.channels.values()
            if each.kind == "channel" and user in each.members
        )

    def control(
        self, user: User, action: str, on: str, label: str | None = None
    ) -> tuple[Message, Json] | None:
        """The latest message with these words in somebody's channel, and what does this there."""
        for message in reversed(self.channel_of(user).messages.values()):
            if not message.user.is_bot or on not in reading(message):
                continue
            for _, element in elements_of(message.blocks):
                named = element.get("text", {}).get("text", "")
                if element["action_id"].startswith(f"{action}:") and named.endswith(label or ""):
                    return message, element
        return None

    # --- what people do -------------------------------------------------------------------------

    def says(self, user: User, text: str, under: Message | None) -> Delivery:
        """Write in one's channel under a message, or directly; what Slack sends of that."""

        async def say() -> Delivery:
            before = len(self.slack.post.sent)
            channel = self.channel_of(user) if under else self.slack.direct(user)
            await self.slack.say(user, channel, text, under)
            sent = self.slack.post.sent[before:]
            return next(each for each in sent if each.payload["event"].get("user") == user.id)

        return self.do(say())

    def sends_again(self, delivery: Delivery) -> bool:
        """Minutes pass, and Slack sends again what was not acknowledged; whether this is now. Many
        kills here come within moments: so it gives nothing up."""

        async def again() -> bool:
            for each in self.slack.post.sent:
                if each.again_at is not None:
                    each.again_at = _now()
            await self.slack.post.retry()
            return delivery.answer.ok or (await self.slack.post.repeat(delivery)).ok

        return self.do(again())

    def presses(self, user: User, message: Message, element: Json) -> bool:
        """Press a button; whether that was acknowledged."""
        press = self.slack.press(user, message, element["action_id"], element.get("value"))
        return self.do(press).ok

    def submits(self, user: User, view: View, text: str) -> bool:
        """Send a window with one field; whether that was acknowledged."""
        answer = self.do(self.slack.submit(view, {"answer": text}))
        assert not answer.errors
        return answer.ok

    def modal(self, user: User) -> View | None:
        """The window in front of somebody."""
        return self.look(lambda: self.slack.modal(user))

    # --- the whole ------------------------------------------------------------------------------

    def ours(self) -> list[tuple[str, str, Message]]:
        """All that Samspill posted with a key: key, channel and message."""

        def look() -> list[tuple[str, str, Message]]:
            return [
                (_key(each), channel.id, each)
                for channel in self.slack.state.channels.values()
                for each in channel.messages.values()
                if each.user.is_bot and each.subtype is None
            ]

        return self.look(look)

    def quiet(self) -> bool:
        """Whether Slack has told Samspill all that it has to tell."""
        return self.look(lambda: not self.slack.post._tasks)


def _key(message: Message) -> str:
    payload: Json = (message.metadata or {}).get("event_payload", {})
    return str(payload.get("key", ""))
