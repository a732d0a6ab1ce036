"""Sends what happened to the app: envelopes, authorizations, retries, and mail gone astray."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.slack.local.lines import Answer, Line, What
from tests.slack.local.state import Channel, Install, Json, State

# After the first failure an event is sent again at once, then after a minute, then after five.
AGAIN = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


@dataclass
class Delivery:
    """One thing that was sent, and what came of each attempt."""

    what: What
    payload: Json
    attempts: list[Answer] = field(default_factory=list)
    again_at: datetime | None = None

    @property
    def answer(self) -> Answer:
        """What came of the latest attempt."""
        return self.attempts[-1] if self.attempts else Answer("under way")


class Post:
    """The post office. `line` is how the app is reached now; None: not at all.

    `subscribed` are the app's event subscriptions as its manifest names them; None: all.
    """

    def __init__(self, state: State, line: Callable[[], Line | None]) -> None:
        self._state = state
        self._line = line
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Json] | None = None
        self._twice = 0
        self.subscribed: frozenset[str] | None = None
        self.sent: list[Delivery] = []

    @property
    def unacknowledged(self) -> list[Delivery]:
        """What failed at last, retries or not."""
        return [each for each in self.sent if not each.answer.ok]

    @property
    def due(self) -> list[Delivery]:
        """What failed and is to be sent again by now."""
        now = self._state.now()
        return [each for each in self.sent if each.again_at is not None and each.again_at <= now]

    async def event(
        self, event: Json, install: Install | None, channel: Channel | None = None
    ) -> None:
        """Send an event to the app and wait for its acknowledgement; nobody there: not sent."""
        payload = self._envelope(event, install, channel)
        if payload is None:
            return
        if self._held is not None:
            self._held.append(payload)
            return
        await self._send_event(payload)

    def event_soon(
        self, event: Json, install: Install | None, channel: Channel | None = None
    ) -> None:
        """Send an event once whatever is being answered has been answered; see `quiet`."""
        payload = self._envelope(event, install, channel)
        if payload is None:
            return
        if self._held is not None:
            self._held.append(payload)
            return
        task = asyncio.create_task(self._send_event(payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def interaction(self, what: What, payload: Json) -> Answer:
        """Send what comes once only."""
        return (await self._deliver(Delivery(what, payload))).answer

    async def challenge(self) -> bool:
        """What Slack asks once of a request address: whether it gives the challenge back."""
        challenge = self._state.ids("challenge")
        asked = {"token": "an old verification token", "challenge": challenge}
        answer = await self.interaction("events_api", asked | {"type": "url_verification"})
        return answer.ok and challenge in str(answer.body)

    async def quiet(self) -> None:
        """Wait until everything sent on its own has arrived."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    # --- mail gone astray -----------------------------------------------------------------------

    def hold(self) -> None:
        """Keep events back from now on."""
        self._held = []

    async def release(self, *, backwards: bool = False) -> None:
        """Let go of what was held, late and perhaps in the wrong order."""
        held, self._held = self._held or [], None
        for payload in reversed(held) if backwards else held:
            await self._send_event(payload)

    def twice(self, events: int = 1) -> None:
        """Send each of the next events two times, with the same id."""
        self._twice = events

    async def retry(self) -> None:
        """Send again what failed and is due by now."""
        for delivery in self.due:
            await self._attempt(delivery)

    async def repeat(self, delivery: Delivery | None = None) -> Answer:
        """Send something (the latest) once more, just as it was."""
        old = delivery or self.sent[-1]
        return (await self._deliver(Delivery(old.what, old.payload))).answer

    # --- how ------------------------------------------------------------------------------------

    async def _send_event(self, payload: Json) -> None:
        await self._deliver(Delivery("events_api", payload))
        if self._twice:
            self._twice -= 1
            await self._deliver(Delivery("events_api", payload))

    async def _deliver(self, delivery: Delivery) -> Delivery:
        self.sent.append(delivery)
        await self._attempt(delivery)
        return delivery

    async def _attempt(self, delivery: Delivery) -> None:
        delivery.again_at = None
        line = self._line()
        tried = len(delivery.attempts)
        why = delivery.answer.reason if tried else ""
        answer = (
            await line.send(delivery.what, delivery.payload, tried, why)
            if line
            else Answer("connection_failed")
        )
        delivery.attempts.append(answer)
        once = delivery.what != "events_api" or answer.no_retry
        if not (answer.ok or once) and tried < len(AGAIN):
            delivery.again_at = self._state.now() + AGAIN[tried]

    def _envelope(
        self, event: Json, install: Install | None, channel: Channel | None
    ) -> Json | None:
        """Slack's outer event; None when nobody is to have it."""
        if install is None or not self._wanted(event):
            return None
        if install.dead and event["type"] not in ("app_uninstalled", "tokens_revoked"):
            return None
        team = (install.place(channel.teams) if channel else None) or install.bot.team
        event = event | {"event_ts": event.get("event_ts") or self._state.instant()}
        authorization = {
            "enterprise_id": team.enterprise,
            "team_id": None if install.whole else team.id,
            "user_id": install.bot.id,
            "is_bot": True,
            "is_enterprise_install": install.whole,
        }
        return {
            "token": "an old verification token",
            "team_id": team.id,
            "enterprise_id": team.enterprise,
            "context_team_id": team.id,
            "context_enterprise_id": team.enterprise,
            "api_app_id": self._state.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._state.ids("Ev"),
            "event_time": int(self._state.now().timestamp()),
            "authorizations": [authorization],
            "is_ext_shared_channel": bool(channel and channel.shared),
            "event_context": self._state.ids("4-"),
        }

    def _wanted(self, event: Json) -> bool:
        if self.subscribed is None:
            return True
        name = event["type"]
        if name == "message":
            name = _MESSAGES[event["channel_type"]]
        return name in self.subscribed
