"""The Web API over HTTP: lets calls in, paces them, does them or what else was asked for."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from aiohttp import web

from tests.slack.local import methods_apps as apps
from tests.slack.local import methods_chat as chat
from tests.slack.local import methods_places as places
from tests.slack.local import methods_views as views
from tests.slack.local.call import Call, Refusal
from tests.slack.local.events import Post
from tests.slack.local.lines import Sockets
from tests.slack.local.pacing import Pacing
from tests.slack.local.state import RESPONSE_LIFE, RESPONSE_USES, Install, Json, State, User

Method = Callable[[Call], Json]
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

# Each method, and the scopes of which a token needs one.
METHODS: Mapping[str, tuple[Method, tuple[str, ...]]] = {
    "auth.revoke": (apps.revoke, ()),
    "auth.test": (apps.auth_test, ()),
    "chat.delete": (chat.delete, ("chat:write",)),
    "chat.postEphemeral": (chat.post_ephemeral, ("chat:write",)),
    "chat.postMessage": (chat.post_message, ("chat:write",)),
    "chat.update": (chat.update, ("chat:write",)),
    "conversations.history": (places.history, _HISTORY),
    "conversations.info": (places.info, _READ),
    "conversations.join": (places.join, ("channels:join",)),
    "conversations.members": (places.members, _READ),
    "conversations.open": (places.open_conversation, ("im:write",)),
    "conversations.replies": (places.replies, _HISTORY),
    "files.completeUploadExternal": (apps.complete_upload, ("files:write",)),
    "files.delete": (apps.delete_file, ("files:write",)),
    "files.getUploadURLExternal": (apps.upload_url, ("files:write",)),
    "files.info": (apps.file_info, ("files:read",)),
    "reactions.add": (chat.add_reaction, ("reactions:write",)),
    "team.info": (places.team_info, ("team:read",)),
    "users.conversations": (places.user_conversations, _READ),
    "users.info": (places.user_info, ("users:read",)),
    "views.open": (views.open_view, ()),
    "views.publish": (views.publish, ()),
    "views.push": (views.push, ()),
    "views.update": (views.update, ()),
}


class Trouble(Enum):
    """What else a call can come to than its answer."""

    ERROR_500 = auto()  # the server fails before it has done anything
    DROP = auto()  # the connection breaks before anything is done
    DONE_THEN_DROP = auto()  # it is done, and the connection breaks before the answer
    DONE_THEN_SILENCE = auto()  # it is done, and no answer ever comes
    LIMITED = auto()  # 429, with Retry-After


@dataclass(frozen=True)
class Called:
    """A call that came in, and what it was answered."""

    method: str
    args: Json
    status: int
    answer: Json


class Api:
    """Everything that the app can ask for."""

    def __init__(
        self,
        state: State,
        post: Post,
        sockets: Sockets,
        pacing: Pacing,
        refuses_direct: Callable[[User, Install], str],
    ) -> None:
        self.origin = ""
        self.calls: list[Called] = []
        self.faults: list[str] = []
        self.retry_after = 30  # seconds, for Trouble.LIMITED
        self.ending = asyncio.Event()  # lets go of calls that get no answer
        self.unanswered = asyncio.Event()  # set once a call has been done and gets no answer
        self._state = state
        self._post = post
        self._sockets = sockets
        self._pacing = pacing
        self._refuses_direct = refuses_direct
        self._next: defaultdict[str, deque[Trouble | str]] = defaultdict(deque)

    def routes(self) -> list[web.AbstractRouteDef]:
        """What is served."""
        return [
            web.post("/api/{method}", self._api),
            web.get("/api/{method}", self._api),
            web.post("/upload/{id}", self._upload),
            web.post("/response/{id}", self._respond),
            web.get("/link", self._sockets.serve),
        ]

    def then(self, method: str, *troubles: Trouble | str) -> None:
        """What the next calls of a method come to; a string is an error's code."""
        self._next[method].extend(troubles)

    def call(self, method: str, args: Json, install: Install) -> Call:
        """A call that has been let in."""
        return Call(
            method,
            args,
            install,
            self._state,
            self._post,
            self.faults,
            self.origin,
            self._refuses_direct,
        )

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method, args = request.match_info["method"], await arguments(request)
        troubles = self._next[method]
        trouble = troubles.popleft() if troubles else None
        if trouble is Trouble.DROP:
            return _drop(request)
        if trouble is Trouble.ERROR_500:
            status, answer = 500, {"ok": False, "error": "internal_error"}
        elif trouble is Trouble.LIMITED:
            status, answer = 429, {"retry_after": self.retry_after}
        else:
            status, answer = self._answered(request, method, args, trouble)
        told = {key: value for key, value in args.items() if key != "token"}
        self.calls.append(Called(method, told, status, answer))
        if trouble is Trouble.DONE_THEN_DROP:
            return _drop(request)
        if trouble is Trouble.DONE_THEN_SILENCE:
            self.unanswered.set()
            await self.ending.wait()
            return _drop(request)
        headers = {}
        if status == 429:
            headers["Retry-After"] = str(answer["retry_after"])
            answer = {"ok": False, "error": "ratelimited"}
        return web.json_response(answer, status=status, headers=headers)

    def _answered(
        self, request: web.Request, method: str, args: Json, trouble: Trouble | str | None
    ) -> tuple[int, Json]:
        try:
            if isinstance(trouble, str):
                raise Refusal(trouble)
            return self._done(request, method, args)
        except Refusal as refusal:
            return 200, {"ok": False, "error": refusal.error} | refusal.more

    def _done(self, request: web.Request, method: str, args: Json) -> tuple[int, Json]:
        if method == "oauth.v2.access":
            client = _client(request, args)
            return 200, {"ok": True} | apps.access(self._state, client, str(args.get("code")))
        token = _token(request, args)
        if method == "apps.connections.open":
            if token != self._state.app_token:
                raise Refusal("invalid_auth" if token else "not_authed")
            link = self.origin.replace("http", "ws", 1)
            return 200, {"ok": True, "url": f"{link}/link?ticket={self._sockets.ticket()}"}
        if method not in METHODS:
            self.faults.append(f"{method}: no such method here")
            raise Refusal("unknown_method")
        do, scopes = METHODS[method]
        install = self._let_in(token, scopes)
        wait = self._pacing.wait(method, install.bot.team.id, str(args.get("channel", "")))
        if wait is not None:
            return 429, {"retry_after": wait}
        args = args | {"limit": self._pacing.limited(method, int(args.get("limit") or 0))}
        return 200, {"ok": True} | do(self.call(method, args, install))

    def _let_in(self, token: str, scopes: tuple[str, ...]) -> Install:
        install = self._state.tokens.get(token)
        if install is None:
            raise Refusal("invalid_auth" if token else "not_authed")
        if install.dead:
            raise Refusal(install.dead)
        if scopes and install.scopes is not None and not install.scopes & set(scopes):
            self.faults.append(f"a scope is missing: {scopes[0]}")
            raise Refusal("missing_scope", needed=scopes[0])
        return install

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = self._state.uploads.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        if request.content_type == "multipart/form-data":
            part = next(iter((await request.post()).values()))
            file.data = part.file.read() if isinstance(part, web.FileField) else b""
        else:
            file.data = await request.read()
        if len(file.data) != file.length:
            self.faults.append(f"an upload has {len(file.data)} bytes and not {file.length}")
            raise web.HTTPBadRequest
        file.arrived = True
        return web.Response(text=f"OK - {file.length}")

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        troubles = self._next["response_url"]
        if troubles and troubles.popleft() is Trouble.DROP:
            return _drop(request)
        found = self._state.answering.get(request.match_info["id"])
        if found is None or self._state.now() - found.at > RESPONSE_LIFE:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if found.uses >= RESPONSE_USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        found.uses += 1
        args = await request.json() | {"user": found.user.id}
        try:
            chat.respond(
                self.call("response_url", args, found.install), found.message, found.channel
            )
        except Refusal as refusal:
            return web.json_response({"ok": False, "error": refusal.error}, status=400)
        return web.Response(text="ok")


async def arguments(request: web.Request) -> Json:
    """What was sent, as JSON, as a form or in the address."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= json.loads(await request.text() or "{}")
    else:
        args |= dict(await request.post())
    return args


def _token(request: web.Request, args: Json) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") if header else str(args.get("token", ""))


def _client(request: web.Request, args: Json) -> tuple[str, str]:
    header = request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        id, _, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
        return id, secret
    return str(args.get("client_id", "")), str(args.get("client_secret", ""))


def _drop(request: web.Request) -> Any:
    """Break the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError
