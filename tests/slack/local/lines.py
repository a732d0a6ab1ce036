"""How Slack reaches the app: over signed HTTP requests, or through the app's own websockets."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, WSMsgType, web

from tests.slack.local.state import Json, State

What = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True)
class Answer:
    """What came of a delivery: `reason` is Slack's word for why it failed, if it did."""

    reason: str = ""
    status: int | None = None
    body: Any = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether it was acknowledged in time."""
        return not self.reason

    @property
    def response_action(self) -> str:
        """What the answer to a submitted view asks for; empty: that it closes."""
        return self.body.get("response_action", "") if isinstance(self.body, dict) else ""

    @property
    def errors(self) -> dict[str, str]:
        """What was wrong with a submitted view, by block id."""
        return self.body.get("errors", {}) if isinstance(self.body, dict) else {}


class Line(Protocol):
    """One way to the app."""

    async def send(self, what: What, payload: Json, attempt: int, why: str) -> Answer:
        """Deliver, and wait for the acknowledgement; `attempt` counts from 0."""
        ...


class Http:
    """Signed requests to one address. `stamp` is the time that signatures carry, in seconds."""

    def __init__(
        self,
        state: State,
        url: str,
        session: ClientSession,
        stamp: Callable[[], float],
        patience: float,
    ) -> None:
        self._state = state
        self._url = url
        self._session = session
        self._stamp = stamp
        self._patience = ClientTimeout(total=patience)

    async def send(self, what: What, payload: Json, attempt: int, why: str) -> Answer:
        if what == "events_api":
            body, kind = json.dumps(payload), "application/json"
        else:
            form = payload if what == "slash_commands" else {"payload": json.dumps(payload)}
            body, kind = urlencode(form), "application/x-www-form-urlencoded"
        headers = signed(body, self._state.signing_secret, self._stamp()) | {"Content-Type": kind}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": why}
        try:
            async with self._session.post(
                self._url, data=body.encode(), headers=headers, timeout=self._patience
            ) as response:
                text = await response.text()
                no_retry = response.headers.get("X-Slack-No-Retry") == "1"
        except TimeoutError:
            return Answer("http_timeout")
        except ClientError:
            return Answer("connection_failed")
        reason = "" if 200 <= response.status < 300 else "http_error"
        return Answer(reason, response.status, _read(text), no_retry)


def signed(body: str, secret: str, stamp: float) -> dict[str, str]:
    """Slack's signature, version 0."""
    at = str(int(stamp))
    made = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={made}"}


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


class Sockets:
    """The app's websockets: each envelope goes through one of them, in turn."""

    def __init__(self, state: State, patience: float) -> None:
        self._state = state
        self._patience = patience
        self._open: deque[web.WebSocketResponse] = deque()
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._tickets: set[str] = set()
        self._linked = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether there is one."""
        return bool(self._open)

    async def linked(self) -> None:
        """Wait for the first."""
        await self._linked.wait()

    def ticket(self) -> str:
        """Lets one websocket in."""
        made = self._state.ids("ticket")
        self._tickets.add(made)
        return made

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._open.append(socket)
        self._linked.set()
        about = {"type": "hello", "num_connections": len(self._open), "debug_info": {}}
        await socket.send_json(about | {"connection_info": {"app_id": self._state.app_id}})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            if socket in self._open:
                self._open.remove(socket)
        return socket

    async def send(self, what: What, payload: Json, attempt: int, why: str) -> Answer:
        if not self._open:
            return Answer("connection_failed")
        self._open.rotate(-1)
        id = self._state.ids("envelope")
        envelope: Json = {"type": what, "envelope_id": id, "payload": payload}
        envelope["accepts_response_payload"] = what != "events_api"
        if what == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": why}
        waiting = self._waiting[id] = asyncio.get_running_loop().create_future()
        try:
            await self._open[-1].send_json(envelope)
            return Answer(body=await asyncio.wait_for(waiting, self._patience))
        except TimeoutError:
            return Answer("timeout")
        except ClientError:
            return Answer("connection_failed")
        finally:
            del self._waiting[id]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask all connections to come back, as Slack does now and then, and end them."""
        while self._open:
            socket = self._open.popleft()
            await socket.send_json({"type": "disconnect", "reason": reason})
            await socket.close()

    async def close(self) -> None:
        """End all connections without a word."""
        while self._open:
            await self._open.popleft().close()

    def _acknowledged(self, answer: Json) -> None:
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))
