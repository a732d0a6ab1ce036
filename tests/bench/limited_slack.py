"""A Slack for measuring that keeps its limits: too many calls get 429, and all are counted."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.bench.world import TENANT
from tests.slack.local.api import arguments
from tests.slack.local.pacing import Pacing


class Limited:
    """What was asked for."""

    def __init__(self) -> None:
        self._pacing = Pacing(lambda: datetime.now(UTC), on=True)
        self._numbers = itertools.count(1)
        self._refused: Counter[str] = Counter()
        self._posted: list[tuple[str, float]] = []  # keys, and when
        self._opened: dict[str, float] = {}  # triggers of windows, and when

    def app(self) -> web.Application:
        """What is served."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response", self._response)
        app.router.add_get("/counted", self._counted)
        return app

    async def _api(self, request: web.Request) -> web.Response:
        method, args = request.match_info["method"], await arguments(request)
        wait = self._pacing.wait(method, TENANT, str(args.get("channel", "")))
        if wait is not None:
            self._refused[method] += 1
            headers = {"Retry-After": str(wait)}
            limited = {"ok": False, "error": "ratelimited"}
            return web.json_response(limited, status=429, headers=headers)
        if method == "chat.postMessage":
            key = (args.get("metadata") or {}).get("event_payload", {}).get("key", "")
            self._posted.append((key, time.monotonic()))
        if method == "views.open":
            self._opened[str(args["trigger_id"])] = time.monotonic()
        return web.json_response(self._yes(args))

    async def _response(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="ok")

    def _yes(self, args: dict[str, Any]) -> dict[str, Any]:
        """Enough for every method."""
        return {
            "ok": True,
            "ts": f"1763888400.{next(self._numbers):06d}",
            "team_id": TENANT,
            "user_id": "UBOT",
            "bot_id": "BBOT",
            "channel": {"id": f"D{args.get('users', '')}", "name": "vei"},
            "user": {"name": "kari", "locale": "nb-NO", "profile": {"real_name": "Kari"}},
        }

    async def _counted(self, _: web.Request) -> web.Response:
        told = {"refused": self._refused, "posted": self._posted, "opened": self._opened}
        return web.json_response(told | {"now": time.monotonic()})
