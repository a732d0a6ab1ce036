"""Starts the local Slack on a free port of this machine, and stops it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.typedefs import Middleware

from tests.slack.local.hands import Hands
from tests.slack.local.pacing import Pacing
from tests.slack.local.people import People
from tests.slack.local.sight import Sight
from tests.slack.local.state import NumberedIds, State


class LocalSlack(People, Hands, Sight):
    """A Slack: what people do, what they see, and what the app sent that was wrong."""

    @classmethod
    def empty(
        cls,
        now: Callable[[], datetime],
        *,
        ids: Callable[[str], str] | None = None,
        stamp: Callable[[], float] = time.time,
        paced: bool = True,
        patience: float = 3.0,
    ) -> LocalSlack:
        """A Slack with nobody in it, to furnish before it is `running` or after.

        `now` is Slack's time. `stamp` is what signatures are dated with, in seconds: Bolt compares
        it with the machine's clock. `paced`: too many calls are answered 429. `patience`: how many
        seconds Slack waits for an answer.
        """
        pacing = Pacing(now, on=paced)
        return cls(State(now, ids or NumberedIds()), pacing, stamp, patience)


@asynccontextmanager
async def running(slack: LocalSlack, *around: Middleware) -> AsyncIterator[LocalSlack]:
    """Serves it on a free port of this machine; at the end, `faults` must be empty. `around` are
    middlewares that each call goes through."""
    app = web.Application(client_max_size=50_000_000, middlewares=around)
    app.add_routes(slack.api.routes())
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        slack.api.origin = f"http://{host}:{port}"
        async with ClientSession() as session:
            slack.reach_out(session)
            yield slack
            await slack.quiet()
        assert slack.faults == [], slack.faults
    finally:
        slack.reach_out(None)
        slack.api.ending.set()
        await slack.sockets.close()
        await runner.cleanup()


@asynccontextmanager
async def local_slack(now: Callable[[], datetime], **how: Any) -> AsyncIterator[LocalSlack]:
    """A running Slack with nobody in it; `how` is told to `LocalSlack.empty`."""
    async with running(LocalSlack.empty(now, **how)) as slack:
        yield slack
